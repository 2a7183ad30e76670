"""Digests of many readers in one go: deals are measured once and read in batches, not reader by reader."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.coach.access import asker_for
from bot.coach.departures import departures
from bot.coach.digest import DEFAULT_CONTENT, NO_WISHES, Choice, ContentRules, Digest, Pick, Wishes, choose, compose
from bot.coach.news import Before, News
from bot.coach.playbook import CoachPlaybook
from bot.coach.recall import Recall
from bot.coach.reply import NextStep
from bot.coach.standings import Standings
from bot.coach.steps import for_signals, from_action
from bot.coach.told import with_notes
from bot.coach.view import DealView, view_deal
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import Note, User

BATCH = 2_000
"""Deals read at a time: enough to make the statements worth it, few enough to hold in memory."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One digest to build: for whom, and what is remembered of their deals.

    `own_only` leaves out deals the reader sees because somebody reports to them.
    """

    reader: User
    before: Mapping[str, Before]
    wishes: Wishes = NO_WISHES
    own_only: bool = False


@dataclass(frozen=True, slots=True)
class Mornings:
    """Builds digests from one set of standings. `told` returns what people told, `recall` is what models read."""

    standings: Standings
    playbook: CoachPlaybook
    told: Callable[[Sequence[str]], Mapping[str, Sequence[Note]]]
    rules: ContentRules = DEFAULT_CONTENT
    recall: Recall | None = None

    def digests(self, wanted: Sequence[Wanted]) -> dict[str, Digest]:
        """Return a digest for each of these readers, by reader id. Blocks."""
        choices = {each.reader.id: self._choose(each) for each in wanted}
        picked = {pick.row["id"]: pick for choice in choices.values() for pick in choice.picks}
        briefs: dict[str, DealBrief] = {}
        steps: dict[str, NextStep] = {}
        for brief in self.briefs(sorted(picked)):
            briefs[brief.deal.id] = slim(brief)
            steps[brief.deal.id] = self._step(brief, picked[brief.deal.id])
        return {
            each.reader.id: compose(
                each.reader, choices[each.reader.id], briefs, steps, each.wishes, self.standings.now, self.rules
            )
            for each in wanted
        }

    def briefs(self, deal_ids: Sequence[str]) -> Iterator[DealBrief]:
        """Read deals in batches, with what people told among the notes."""
        for start in range(0, len(deal_ids), BATCH):
            batch = deal_ids[start : start + BATCH]
            told = self.told(batch)
            for brief in self.standings.pipeline.briefs(batch, self.standings.now):
                yield with_notes(brief, told.get(brief.deal.id, ()))

    def _step(self, brief: DealBrief, pick: Pick) -> NextStep:
        """What to do first: answer the buyer, where that is the news; else the first step of the plan."""
        if any(item.kind is News.UNANSWERED for item in pick.news):
            gone = frozenset(departures(brief.deal, self.playbook.cues))
            return from_action(self.rules.unanswered, brief, gone).step
        return first_step(brief, self.playbook, self.view)

    def view(self, brief: DealBrief) -> DealView:
        """One deal judged, without the handbook. Whoever calls has checked access."""
        return self.recall.view(brief, None) if self.recall else view_deal(brief, self.playbook, None)

    def visible(self, wanted: Wanted) -> list[str]:
        """Ids of the open deals a digest may speak of."""
        asker = asker_for(wanted.reader, self.standings.users)
        if asker and wanted.own_only:
            asker = replace(asker, owner_ids=frozenset({asker.user.id}))
        return self.standings.visible_to(asker) if asker else []

    def _choose(self, wanted: Wanted) -> Choice:
        rows = (self.standings.rows[each] for each in self.visible(wanted))
        return choose(rows, wanted.before, wanted.wishes, self.rules)


def slim(brief: DealBrief) -> DealBrief:
    """The brief without its activities and notes, which are the bulk of it and are not needed any more."""
    return replace(brief, deal=replace(brief.deal, activities=(), notes=()))


def first_step(brief: DealBrief, playbook: CoachPlaybook, judge: Callable[[DealBrief], DealView]) -> NextStep:
    """The first step of the deal's plan, without its sources; the whole judgement is made only where it decides."""
    if not brief.health.insufficient:
        planned = for_signals(brief, playbook.actions, frozenset(departures(brief.deal, playbook.cues)))
        if planned:
            return planned[0].step
    return judge(brief).steps[0]
