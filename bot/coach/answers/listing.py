"""A list of deals that have one thing in common, each with the fact that puts it there.

Unknown is neither yes nor no: a deal nobody can judge, for want of a mailbox, a date or an amount, is not on the list,
and how many there are and why is said.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from bot.coach.answers.list_rules import ON_AMOUNTS, RULES, ListRule
from bot.coach.answers.portfolio import by_urgency, no_open_deal
from bot.coach.answers.wording import deal_ref, listed
from bot.coach.dates import day_words, plural
from bot.coach.listings import Listing
from bot.coach.reply import CoachReply, NextStep, Outcome, Section
from bot.pipeline.brief import DealBrief

SHOWN = 7
TO_DO = 3
_SEVERAL = 2


def answer_listing(listing: Listing, briefs: Sequence[DealBrief], whose: str, as_of: datetime) -> CoachReply:
    """The open deals that fit, most telling first, at most seven; how many more, and how many nobody can judge."""
    if not briefs:
        return no_open_deal(whose, as_of)
    rule = RULES[listing.kind]
    doubts = {brief.deal.id: why for brief in briefs if (why := _doubt(brief, listing, rule))}
    known = [brief for brief in briefs if brief.deal.id not in doubts and listing.filters.keep(brief)]
    facts = [(brief, fact) for brief in by_currency(known, rule.order) if (fact := rule.fact(brief, listing))]
    shown = facts[: listing.most or SHOWN]
    several = len({brief.deal.owner.id for brief in briefs}) > 1
    rows = tuple(f"{brief.deal.name}{_bucket(brief)}. {fact}{_owner(brief, several)}" for brief, fact in shown)
    scope = _when(listing, as_of.date()) + (f" ({listing.filters.words})" if listing.filters.words else "")
    headline = f"{rule.title}{scope}: {len(facts)} of {plural(len(briefs), 'open deal')}"
    if not facts:
        headline = _nothing(f"{rule.none}{scope}", whose, judged=len(briefs) - len(doubts), doubts=doubts)
    more = f"And {plural(len(facts) - len(shown), 'more deal')}." if len(facts) > len(shown) else ""
    unknown = _unknown(doubts)
    apart = _kept_apart([brief for brief, _ in facts], listing) if rule.order in ON_AMOUNTS else ""
    parts = [f"*{headline}*" if facts else headline, *(f"• {row}." for row in rows), more, apart, unknown]
    return CoachReply(
        outcome=Outcome.ANSWER_PIPELINE,
        as_of=as_of,
        headline=headline,
        text="\n".join(part for part in parts if part),
        choices=tuple(deal_ref(brief.deal) for brief, _ in shown),
        sections=(Section(title=f"{rule.title}{scope}", lines=rows),) if rows else (),
        caveats=(unknown,) if unknown else (),
    )


def by_currency(briefs: Sequence[DealBrief], order: Callable[[DealBrief], float]) -> list[DealBrief]:
    """In order; where that goes by amount, one currency after the other, because no rate of exchange is recorded."""
    if order not in ON_AMOUNTS:
        return sorted(briefs, key=order)
    frequent = Counter(brief.deal.currency for brief in briefs)
    places = {currency: place for place, (currency, _) in enumerate(frequent.most_common())}
    return sorted(briefs, key=lambda brief: (places[brief.deal.currency], order(brief)))


def _kept_apart(briefs: Sequence[DealBrief], listing: Listing) -> str:
    """That amounts of several currencies were not held against each other."""
    currencies = sorted({brief.deal.currency or "no currency" for brief in briefs})
    if len(currencies) < _SEVERAL:
        return ""
    each = f"; the limit is read in each ({listing.filters.words})" if listing.filters.on_amount else ""
    return f"Sorted within each currency ({listed(currencies)}), because no exchange rate is recorded{each}."


def _doubt(brief: DealBrief, listing: Listing, rule: ListRule) -> str | None:
    """Why the deal cannot be judged; a deal another filter leaves out for certain is no doubt."""
    if listing.filters.keep(brief):
        return rule.doubt(brief)
    return listing.filters.doubt(brief)


def _nothing(none: str, whose: str, *, judged: int, doubts: Mapping[str, str]) -> str:
    """That nothing fits: only as sure as what is known."""
    if doubts and not judged:
        return f"That cannot be told for any open deal in {whose}."
    return f"{none} in {whose}, as far as is known." if doubts else f"{none} in {whose}."


def answer_today(
    briefs: Sequence[DealBrief], first_step: Callable[[DealBrief], NextStep | None], whose: str, as_of: datetime
) -> CoachReply:
    """The deals that need somebody first, each with its one next step."""
    by_id = {brief.deal.id: brief for brief in briefs}
    first = by_urgency(briefs)[:TO_DO]
    if not first:
        return no_open_deal(whose, as_of)
    rows = tuple(_to_do(line.deal.name, line.why, first_step(by_id[line.deal.id]), as_of.date()) for line in first)
    headline = f"Start here: {plural(len(first), 'deal')} of {len(briefs)} open"
    return CoachReply(
        outcome=Outcome.ANSWER_PIPELINE,
        as_of=as_of,
        headline=headline,
        text="\n".join([f"*{headline}*", *(f"• {row}" for row in rows)]),
        choices=tuple(line.deal for line in first),
        sections=(Section(title="Start here", lines=rows),),
    )


def _to_do(name: str, why: str, step: NextStep | None, today: date) -> str:
    act = f" {step.owner} {step.text}, by {day_words(step.due, today)}." if step else ""
    return f"{name}: {why}.{act}"


def _bucket(brief: DealBrief) -> str:
    if brief.health.insufficient:
        return ": not rated"
    return f": {brief.health.bucket.value}" if brief.health.bucket else ""


def _owner(brief: DealBrief, several: bool) -> str:
    return f" · {brief.deal.owner.name}" if several else ""


def _when(listing: Listing, today: date) -> str:
    if listing.first is None or listing.last is None:
        return ""
    if listing.first == listing.last:
        return f" on {day_words(listing.first, today)}"
    return f" between {day_words(listing.first, today)} and {day_words(listing.last, today)}"


def _unknown(doubts: Mapping[str, str]) -> str:
    reasons = [f"{plural(count, 'deal')} ({why})" for why, count in Counter(doubts.values()).most_common()]
    return f"Not judged: {listed(reasons)}." if reasons else ""
