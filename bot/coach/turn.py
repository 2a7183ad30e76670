"""One message and its answer: what it asks, which deals it is about, which answer fits (DESIGN, the walk of one DM).

Deals are looked for among those the asker may see and nowhere else, so a hidden deal reads like one that is not there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from bot.coach.access import Asker, visible_deals
from bot.coach.answers.closed import answer_closed
from bot.coach.answers.compare import answer_compare, deals_compared
from bot.coach.answers.deal import answer_deal
from bot.coach.answers.facet import answer_facet
from bot.coach.answers.handbook import answer_handbook
from bot.coach.answers.menu import ONLY_OPEN, OWN_ACTIVITY, clarify, not_found, plain, small_talk
from bot.coach.answers.pointed import answer_point
from bot.coach.answers.rota import answer_rota, asks_for_rota
from bot.coach.answers.sheet import SheetRequest, answer_sheet
from bot.coach.listings import ListKind, asks_own_activity, listing_of
from bot.coach.many import ManyDeals, asks_for_person, open_deals
from bot.coach.names import Resolution, resolve, without_names, words
from bot.coach.persons import deals_of_person
from bot.coach.phrases import Spoken
from bot.coach.points import means_another, refers_back
from bot.coach.reply import CoachReply
from bot.coach.results import result_asked
from bot.coach.strangers import unknown_names
from bot.coach.tidy import tidy
from bot.coach.understand import Kind, Question, understand
from bot.coach.view import view_deal
from bot.coach.writing import wanted
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import DealName
from bot.pipeline.service import Pipeline

if TYPE_CHECKING:  # it hands out turns
    from bot.coach.service import Coach

_ABOUT_MANY = frozenset({Kind.PIPELINE, Kind.FORECAST})


@dataclass(frozen=True)
class Turn:
    """What `asker` said at `now`. `focus` is the deal the conversation is about, used when no deal is named."""

    coach: "Coach"
    asker: Asker
    said: str
    now: datetime
    focus: str | None = None

    @cached_property
    def question(self) -> Question:
        """What was said, understood, with hurried spelling put right."""
        return self._may_change(understand(tidy(self.said)))

    @cached_property
    def today(self) -> date:
        """The date where the asker is."""
        return self.asker.today(self.now)

    @cached_property
    def pipeline(self) -> Pipeline:
        """The pipeline deals are looked for in, the same one throughout."""
        return self.coach.open_pipeline()

    @cached_property
    def deals(self) -> list[DealName]:
        """The deals the asker may see."""
        return visible_deals(self.asker, self.pipeline)

    def answer(self) -> CoachReply:
        """Answer on the deals named, on many, on the one in focus, or from the handbook, in this order."""
        spoken = self.coach.playbook.phrases.spoken(self.said)
        if spoken:
            return self._foreign(spoken)
        return self._about_no_deal() or self._compared() or self._about_named() or self._about_many() or self._unnamed()

    def _foreign(self, spoken: Spoken) -> CoachReply:
        """An answer in English to a question in another language, with a word in that language."""
        resolution = resolve(self.said, self.deals)
        if resolution.deals:
            reply = self._named(resolution, self._may_change(understand(spoken.means or "")))
        elif spoken.means:
            reply = replace(self, said=spoken.means).answer()
        else:
            return plain(spoken.language.says, self.now)
        return reply.model_copy(update={"text": f"{reply.text}\n{spoken.language.note}"})

    def _about_no_deal(self) -> CoachReply | None:
        """Small talk, or the rota of consults."""
        chat = small_talk(self.question.kind, self.now)
        if chat or not asks_for_rota(self.question.text):
            return chat
        return answer_rota(self.coach.rota(self.asker, now=self.now), self.now, self.today)

    def _compared(self) -> CoachReply | None:
        compared = deals_compared(self.said, self.deals, self.focus)
        if not compared:
            return None
        briefs = self.coach.briefs([deal.id for deal in compared], self.now)
        return answer_compare([self.coach.view(brief) for brief in briefs], self.now)

    def _about_named(self) -> CoachReply | None:
        """An answer on the deal named by its own name or by a person of its buyer; None if nothing like a name is."""
        resolution = resolve(self.said, self.deals)
        if resolution.deals:
            return self._named(resolution, self._asked_of(resolution.deals))
        strange = unknown_names(self.question.text, self._known_words())
        theirs = deals_of_person(self.question.text, strange, self.deals, self.pipeline)
        if theirs:
            return self._named(Resolution(tuple(open_deals(theirs) or theirs)), self.question)
        if not strange:
            return None
        return clarify(resolution.near, self.now, near=True) if resolution.near else not_found(self.now)

    def _about_many(self) -> CoachReply | None:
        """An answer on results or on many deals; None for a question about one, or about none."""
        question, text = self.question, self.question.text
        if question.point and (self.focus or refers_back(text)):
            return None
        if asked := result_asked(text, self.today):
            return self._many().results(self.asker, text, asked, self.deals)
        if question.kind is Kind.CLOSED_DEALS:
            return plain(ONLY_OPEN, self.now)
        if asks_own_activity(text):
            return plain(OWN_ACTIVITY, self.now)
        listing = listing_of(text, self.today, self.coach.probabilities)
        if listing and listing.kind is ListKind.TODAY and self.focus:
            listing = None  # in a conversation about a deal, "what should I do next?" is about that deal
        if listing or question.kind in _ABOUT_MANY or asks_for_person(text, self.pipeline.users):
            return self._many().answer(self.asker, question, listing, self.deals)
        return None

    def _unnamed(self) -> CoachReply:
        """The deal in focus, the handbook, or the question which deal is meant."""
        question = self.question
        other = self._the_other() if means_another(question.text) else None
        if other:
            return other
        in_focus = next((deal.id for deal in self.deals if deal.id == self.focus), None)
        if in_focus and not question.is_general:
            return self._one(in_focus, question)
        if not self.deals or (question.asks_how_to and not refers_back(question.text)):
            return answer_handbook(question.text, self.coach.open_handbook(), self.now)
        return clarify(open_deals(self.deals) or self.deals, self.now, unnamed=True)

    def _asked_of(self, named: Sequence[DealName]) -> Question:
        """The question as it stands without the words of the deal's name."""
        heard = understand(without_names(tidy(self.said), named))
        return self._may_change(replace(heard, text=self.question.text))

    def _the_other(self) -> CoachReply | None:
        """An answer on the deal beside the one in focus, at its account first; the question which, where several are.

        None without a deal in focus or any other.
        """
        here = next((deal for deal in self.deals if deal.id == self.focus), None)
        others = [deal for deal in open_deals(self.deals) if here and deal.id != here.id]
        near = [deal for deal in others if here and here.account and deal.account == here.account] or others
        if len(near) == 1:
            return self._one(near[0].id, self.question)
        return clarify(near, self.now, unnamed=True) if near else None

    def _named(self, resolution: Resolution, question: Question) -> CoachReply:
        """The deal named; where several fit, the one in focus (a pressed menu button sets it), else the menu."""
        ids = [deal.id for deal in resolution.deals]
        if len(ids) > 1 and self.focus not in ids:
            return clarify(resolution.deals, self.now)
        return self._one(self.focus if self.focus and len(ids) > 1 else ids[0], question)

    def _one(self, deal_id: str, question: Question) -> CoachReply:
        coach, brief = self.coach, self._brief_at(deal_id, self.now)
        if not brief.deal.is_open:
            return answer_closed(brief, coach.playbook, coach.open_handbook())
        if question.sheet:
            earlier = partial(self._brief_at, deal_id)
            asked = SheetRequest(coach.view(brief), question.sheet, question.text, earlier, coach.kept_plan)
            return answer_sheet(asked, coach.playbook)
        if question.point:
            return answer_point(coach.view(brief), question.point, question.text)
        if question.kind is Kind.FACET and question.facet:
            return answer_facet(brief, question.facet)
        return answer_deal(coach.view(brief), question)

    def _may_change(self, question: Question) -> Question:
        """The question with who may change the CRM; one for a change that can be written is one for a change."""
        refusal = self.coach.write_refusal
        if refusal is None:
            return question
        if wanted(question.text):
            question = replace(question, kind=Kind.CHANGE, point=None)
        return replace(question, write_refusal=partial(refusal, self.asker))

    def _brief_at(self, deal_id: str, at: datetime) -> DealBrief:
        return self.coach.briefs([deal_id], at)[0]

    def _many(self) -> ManyDeals:
        coach = self.coach
        return ManyDeals(
            pipeline=self.pipeline,
            probabilities=coach.probabilities,
            share_histories=coach.share_histories,
            alert_rules=coach.alert_rules,
            handbook=coach.open_handbook(),
            first_step=lambda brief: next(iter(coach.view(brief).steps), None),
            result_rules=coach.playbook.results,
            judge=lambda brief: view_deal(brief, coach.playbook, None),
            now=self.now,
        )

    def _known_words(self) -> frozenset[str]:
        """Words that are no unknown deal name: colleagues' names, stages and the vocabulary of the handbook."""
        people = _words_of(user.name for user in self.pipeline.users.values())
        handbook = self.coach.open_handbook()
        known = people | _words_of(self.coach.probabilities)
        return known | handbook.vocabulary if handbook else known


def _words_of(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in words(name))
