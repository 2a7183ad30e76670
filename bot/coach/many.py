"""Answers on many deals: whose they are, then the list, the forecast or the pipeline that was asked for."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.coach.access import Asker
from bot.coach.answers.coverage import answer_coverage
from bot.coach.answers.elements import answer_lacking
from bot.coach.answers.listing import answer_listing, answer_today
from bot.coach.answers.menu import colleague_unseen
from bot.coach.answers.moved import answer_moved
from bot.coach.answers.portfolio import answer_forecast, answer_pipeline
from bot.coach.answers.process import answer_funnel, answer_hygiene, answer_rebooking, funnel_steps
from bot.coach.answers.results import Results, answer_results
from bot.coach.answers.team import answer_team
from bot.coach.listings import Listing, ListKind
from bot.coach.names import words
from bot.coach.reply import CoachReply, NextStep
from bot.coach.results import ResultAsked, ResultKind
from bot.coach.results_playbook import ResultPlaybook
from bot.coach.understand import Kind, Question
from bot.coach.view import DealView
from bot.handbook.search import Handbook
from bot.pipeline.brief import DealBrief, HealthBucket
from bot.pipeline.model import DealName, DealStatus, User
from bot.pipeline.reports.closed import closed_deals
from bot.pipeline.service import Pipeline
from bot.pipeline.shares import AlertRules, ShareFinding, ShareHistory, judge_share, peers_of

_HOW_IS = re.compile(
    r"^\W*(how('s| is| are|s)|what about|and|status of)\b.{1,30}$"
    r"|\b(1:1|1-1|one[- ]on[- ]one)\b|\bdeals does \w+ have\b",
    re.IGNORECASE,
)

_MINE = re.compile(r"\b(my|mine|our|ours)\b", re.IGNORECASE)
_ON_OPEN_DEALS = frozenset({ResultKind.REBOOK, ResultKind.HYGIENE})


@dataclass(frozen=True, slots=True)
class ManyDeals:
    """What an answer on many deals needs at `now`.

    `first_step` finds the one thing to do about a deal, `judge` reads all that was written on it.
    """

    pipeline: Pipeline
    probabilities: Mapping[str, float]
    share_histories: Callable[[datetime], Mapping[str, ShareHistory]]
    alert_rules: AlertRules
    handbook: Handbook | None
    first_step: Callable[[DealBrief], NextStep | None]
    result_rules: ResultPlaybook
    judge: Callable[[DealBrief], DealView]
    now: datetime

    def answer(
        self, asker: Asker, question: Question, listing: Listing | None, deals: Sequence[DealName]
    ) -> CoachReply:
        """Answer on those of `deals`, all of them visible to the asker, that belong to whom the question names."""
        person = _person_meant(question.text, asker, self.pipeline.users)
        if person is not None and not asker.may_see_owner(person.id):
            return colleague_unseen(self.now)
        mine = [deal for deal in open_deals(deals) if person is None or deal.owner_id == person.id]
        whose = _whose(asker, person, mine)
        briefs = self.pipeline.briefs([deal.id for deal in mine], self.now)
        if listing and listing.kind is ListKind.TEAM:
            return answer_team(briefs, self.now)
        if listing and listing.kind is ListKind.TODAY:
            return answer_today(briefs, self.first_step, whose, self.now)
        if listing and listing.kind is ListKind.MOVED and listing.first:
            return answer_moved(listing, briefs, self._buckets(briefs, listing.first), whose, self.now)
        if listing and listing.element:
            return answer_lacking(listing.element, briefs, self.judge, whose, self.now)
        if listing:
            return answer_listing(listing, briefs, whose, self.now)
        if question.kind is Kind.FORECAST:
            shares = self._shares(person or asker.user)
            return answer_forecast(briefs, self.probabilities, whose, shares, self.handbook, self.now)
        return answer_pipeline(briefs, whose, self.now)

    def results(self, asker: Asker, text: str, asked: ResultAsked, deals: Sequence[DealName]) -> CoachReply:
        """Answer on results of those of `deals` whose owners' figures the asker may see."""
        person = _person_meant(text, asker, self.pipeline.users)
        if person is not None and not asker.may_see_owner(person.id):
            return colleague_unseen(self.now)
        owners = {deal.owner_id for deal in deals if asker.may_see_owner(deal.owner_id)}
        mine = [deal for deal in deals if deal.owner_id in (owners if person is None else {person.id})]
        ids = [deal.id for deal in mine]
        whose = _whose(asker, person, mine)
        playbook = self.result_rules
        if asked.kind is ResultKind.FUNNEL:
            return answer_funnel(self.pipeline, playbook, ids, whose, self.now)
        if asked.kind in _ON_OPEN_DEALS:
            briefs = self.pipeline.briefs([deal.id for deal in open_deals(mine)], self.now)
            if asked.kind is ResultKind.REBOOK:
                return answer_rebooking(briefs, playbook, whose, self.now)
            return answer_hygiene(briefs, self.pipeline.users, playbook, whose, self.now)
        today = asker.today(self.now)
        closed = Results(closed_deals(self.pipeline, self.now, ids), whose, today, playbook.limits)
        if asked.kind not in {ResultKind.COVERAGE, ResultKind.TARGET}:
            return answer_results(closed, asked, self.now)
        briefs = self.pipeline.briefs([deal.id for deal in open_deals(mine)], self.now)
        steps = funnel_steps(self.pipeline, playbook, ids, self.now)
        return answer_coverage(asked, closed, briefs, self.probabilities, steps, self.now)

    def _buckets(self, briefs: Sequence[DealBrief], day: date) -> dict[str, HealthBucket | None]:
        """The bucket of each deal at the end of `day`, for those that were there and could be rated."""
        then = datetime.combine(day, time(23, 59, 59), self.now.tzinfo)
        old = [brief.deal.id for brief in briefs if brief.deal.created_on and brief.deal.created_on <= day]
        earlier = self.pipeline.briefs(old, min(then, self.now))
        return {each.deal.id: None if each.health.insufficient else each.health.bucket for each in earlier}

    def _shares(self, person: User) -> list[ShareFinding]:
        """The share beside the person's own half-year; nothing is said before there is any week to compare with."""
        histories = self.share_histories(self.now)
        if person.id not in histories or not histories[person.id].weekly:
            return []
        peers = peers_of(person, self.pipeline.users, histories, self.alert_rules.peers)
        finding = judge_share(person, histories, peers, self.alert_rules)
        return [finding] if finding else []


def open_deals(deals: Sequence[DealName]) -> list[DealName]:
    """Those that can still be won."""
    return [deal for deal in deals if deal.status is DealStatus.OPEN]


def _whose(asker: Asker, person: User | None, deals: Sequence[DealName]) -> str:
    """Whose deals an answer is about, in words."""
    if person is not None and person.id != asker.user.id:
        return f"{person.first_name}'s pipeline"
    own = all(deal.owner_id == asker.user.id for deal in deals)
    return "your pipeline" if deals and own else "the pipeline you can see"


def asks_for_person(text: str, users: Mapping[str, User]) -> bool:
    """Whether a message that names no deal is about one colleague's deals: "how is Tess doing?"."""
    return bool(_HOW_IS.search(text)) and _person_named(text, users) is not None


def _person_meant(text: str, asker: Asker, users: Mapping[str, User]) -> User | None:
    """Whose deals are meant: "an update on my pipeline for Nadia" speaks to Nadia, not of her deals."""
    person = _person_named(text, users)
    own = person is not None and not asker.may_see_owner(person.id) and _MINE.search(text) is not None
    return None if own else person


def _person_named(text: str, users: Mapping[str, User]) -> User | None:
    """The colleague a message names by first or full name; None if none or more than one fits."""
    asked = set(words(text))
    found = [user for user in users.values() if words(user.name) and words(user.name)[0] in asked]
    full = [user for user in found if set(words(user.name)) <= asked]
    return (full or found)[0] if len(full or found) == 1 else None
