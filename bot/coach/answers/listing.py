"""A list of deals that have one thing in common, each with the fact that puts it there.

Unknown is neither yes nor no: a deal nobody can judge, for want of a mailbox, a date or an amount, is not on the list,
and how many there are and why is said.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.coach.answers.portfolio import by_urgency
from bot.coach.answers.wording import close_date_words, deal_ref, listed
from bot.coach.connections import knows_activity
from bot.coach.dates import day_words, plural
from bot.coach.listings import Listing, ListKind
from bot.coach.money import money
from bot.coach.reply import CoachReply, NextStep, Outcome, Section
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import Activity, ActivityKind, MeetingStatus

SHOWN = 7
TO_DO = 3
_A_FORTNIGHT = 14
_NEW_WITHIN = 30

Fact = Callable[[DealBrief, Listing], str | None]
"""What puts a deal on the list, in words; None if it does not belong there."""

Doubt = Callable[[DealBrief], str | None]
"""Why nobody can tell whether a deal belongs on the list; None if it can be told."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """`title` heads the list; `none` is said when it is empty. `order` sorts it, smallest first."""

    title: str
    none: str
    fact: Fact
    order: Callable[[DealBrief], float]
    doubt: Doubt


def answer_listing(listing: Listing, briefs: Sequence[DealBrief], whose: str, as_of: datetime) -> CoachReply:
    """The open deals that fit, most telling first, at most seven; how many more, and how many nobody can judge."""
    rule = _RULES[listing.kind]
    doubts = {brief.deal.id: why for brief in briefs if (why := _doubt(brief, listing, rule))}
    known = [brief for brief in briefs if brief.deal.id not in doubts and listing.filters.keep(brief)]
    facts = [(brief, fact) for brief in sorted(known, key=rule.order) if (fact := rule.fact(brief, listing))]
    shown = facts[: listing.most or SHOWN]
    several = len({brief.deal.owner.id for brief in briefs}) > 1
    rows = tuple(f"{brief.deal.name}{_bucket(brief)}. {fact}{_owner(brief, several)}" for brief, fact in shown)
    scope = _when(listing, as_of.date()) + (f" ({listing.filters.words})" if listing.filters.words else "")
    headline = f"{rule.title}{scope}: {len(facts)} of {plural(len(briefs), 'open deal')}"
    if not facts:
        headline = _nothing(f"{rule.none}{scope}", whose, judged=len(briefs) - len(doubts), doubts=doubts)
    more = f"And {plural(len(facts) - len(shown), 'more deal')}." if len(facts) > len(shown) else ""
    unknown = _unknown(doubts)
    parts = [f"*{headline}*" if facts else headline, *(f"• {row}." for row in rows), more, unknown]
    return CoachReply(
        outcome=Outcome.ANSWER_PIPELINE,
        as_of=as_of,
        headline=headline,
        text="\n".join(part for part in parts if part),
        choices=tuple(deal_ref(brief.deal) for brief, _ in shown),
        sections=(Section(title=f"{rule.title}{scope}", lines=rows),) if rows else (),
        caveats=(unknown,) if unknown else (),
    )


def _doubt(brief: DealBrief, listing: Listing, rule: _Rule) -> str | None:
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
        text = f"There is no open deal in {whose}."
        return CoachReply(outcome=Outcome.ANSWER_PIPELINE, as_of=as_of, headline=text, text=text)
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


def _activity_unknown(brief: DealBrief) -> str | None:
    return None if knows_activity(brief) else "mail or calendar of the owner is not connected"


def _date_unknown(brief: DealBrief) -> str | None:
    return "no close date is recorded" if brief.deal.close_date is None else None


def _moves_unknown(brief: DealBrief) -> str | None:
    """A date that has passed has slipped, whatever is known of earlier ones."""
    passed = brief.facets.days_until_close is not None and brief.facets.days_until_close < 0
    return "earlier close dates are not recorded" if brief.facets.close_date_pushes is None and not passed else None


def _amount_unknown(brief: DealBrief) -> str | None:
    return "no amount is recorded" if brief.deal.amount is None else None


def _pace_unknown(brief: DealBrief) -> str | None:
    if brief.facets.days_in_stage is None:
        return "no stage history is recorded"
    return None if "typical_days_in_stage" in brief.benchmarks else "no benchmark for their stage"


def _category_unknown(brief: DealBrief) -> str | None:
    return None if brief.deal.forecast_category else "no forecast category is recorded"


def _age_unknown(brief: DealBrief) -> str | None:
    return "no creation date is recorded" if brief.facets.opp_age is None else None


def _never_unknown(brief: DealBrief) -> str | None:  # noqa: ARG001 - every doubt has this shape
    return None


def _no_meeting(brief: DealBrief, listing: Listing) -> str | None:  # noqa: ARG001 - every fact has this shape
    if brief.facets.next_meeting:
        return None
    last = brief.facets.last_meeting
    held = f"last meeting {day_words(last, brief.today)}" if last else "no meeting held yet"
    return f"Nothing booked ahead; {held}"


def _meetings(brief: DealBrief, listing: Listing) -> str | None:
    if listing.first is None or listing.last is None:
        return None
    ahead = sorted(_booked(brief, listing.first, listing.last), key=lambda meeting: meeting.at)
    return listed([_meeting(meeting, brief) for meeting in ahead]) if ahead else None


def _booked(brief: DealBrief, first: date, last: date) -> list[Activity]:
    standing = {MeetingStatus.CONFIRMED, MeetingStatus.TENTATIVE, None}
    return [
        act
        for act in brief.deal.activities
        if act.kind is ActivityKind.MEETING
        and act.counted
        and act.at > brief.as_of
        and first <= act.on <= last
        and act.status in standing
    ]


def _meeting(meeting: Activity, brief: DealBrief) -> str:
    names = {contact.email: contact.first_name for contact in brief.deal.contacts if contact.email}
    guests = [names[address] for address in meeting.participants if address in names]
    beside = f" with {listed(guests)}" if guests else ""
    titled = f" “{meeting.subject}”" if meeting.subject else ""
    tentative = " (tentative)" if meeting.status is MeetingStatus.TENTATIVE else ""
    return f"{day_words(meeting.on, brief.today)}{titled}{beside}{tentative}"


def _unanswered(brief: DealBrief, listing: Listing) -> str | None:  # noqa: ARG001
    days = brief.facets.unanswered_inbound_days
    return None if days is None else f"Their last mail has waited {plural(days, 'day')} for an answer"


def _silent(brief: DealBrief, listing: Listing) -> str | None:
    days = brief.facets.days_since_inbound
    if days is None:
        return "They have never written"
    return f"Nothing from them for {plural(days, 'day')}" if days >= (listing.days or _A_FORTNIGHT) else None


def _untouched(brief: DealBrief, listing: Listing) -> str | None:
    days = brief.facets.days_untouched
    if days is None:
        return "Never touched by its owner"
    return f"Untouched for {plural(days, 'day')}" if days >= (listing.days or _A_FORTNIGHT) else None


def _past_date(brief: DealBrief, listing: Listing) -> str | None:  # noqa: ARG001
    days = brief.facets.days_until_close
    return f"{_sentence(close_date_words(brief))}" if days is not None and days < 0 else None


def _slipped(brief: DealBrief, listing: Listing) -> str | None:
    pushes = brief.facets.close_date_pushes or 0
    pushed = f"pushed {plural(pushes, 'time')}" if pushes else ""
    parts = [part for part in (_past_date(brief, listing) or "", pushed) if part]
    return _sentence("; ".join(parts)) if parts else None


def _closing(brief: DealBrief, listing: Listing) -> str | None:
    close = brief.deal.close_date
    if close is None or listing.first is None or listing.last is None or not listing.first <= close <= listing.last:
        return None
    return f"{_sentence(close_date_words(brief))}, {money(brief.deal.amount, brief.deal.currency)}, {brief.deal.stage}"


def _biggest(brief: DealBrief, listing: Listing) -> str | None:
    return None if brief.deal.amount is None else _standing(brief, listing)


def _standing(brief: DealBrief, listing: Listing) -> str:  # noqa: ARG001
    return f"{money(brief.deal.amount, brief.deal.currency)}, {brief.deal.stage}, {close_date_words(brief)}"


def _fitting(brief: DealBrief, listing: Listing) -> str:
    """Why the deal is rated so, if that was asked for; else where it stands."""
    rated = by_urgency([brief]) if listing.filters.buckets else []
    return f"{_standing(brief, listing)}. {_sentence(rated[0].why)}" if rated else _standing(brief, listing)


def _stuck(brief: DealBrief, listing: Listing) -> str | None:  # noqa: ARG001
    typical, days = brief.benchmarks.get("typical_days_in_stage"), brief.facets.days_in_stage
    if typical is None or days is None or days <= typical.value:
        return None
    return f"{plural(days, 'day')} in {brief.deal.stage}, typical {typical.value:.3g} (n={typical.n})"


def _commit(brief: DealBrief, listing: Listing) -> str | None:
    return _standing(brief, listing) if (brief.deal.forecast_category or "").casefold() == "commit" else None


def _new(brief: DealBrief, listing: Listing) -> str | None:
    age = brief.facets.opp_age
    if age is None or age > (listing.days or _NEW_WITHIN):
        return None
    return f"{plural(age, 'day')} old, {brief.deal.stage}, {money(brief.deal.amount, brief.deal.currency)}"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _by_amount(brief: DealBrief) -> float:
    return -(brief.deal.amount or 0)


def _by_close(brief: DealBrief) -> float:
    return float("inf") if brief.facets.days_until_close is None else brief.facets.days_until_close


def _longest(days: Callable[[DealBrief], int | None]) -> Callable[[DealBrief], float]:
    """Order by a count of days, the longest first; never, which is longer than any, at the top."""
    return lambda brief: float("-inf") if days(brief) is None else -float(days(brief) or 0)


def _by_next_meeting(brief: DealBrief) -> float:
    return brief.facets.next_meeting.toordinal() if brief.facets.next_meeting else float("inf")


def _over_typical(brief: DealBrief) -> float:
    typical = brief.benchmarks.get("typical_days_in_stage")
    return -(brief.facets.days_in_stage or 0) / typical.value if typical and typical.value else 0.0


_RULES = {
    ListKind.NO_MEETING: _Rule(
        "No meeting booked", "Every deal has a meeting ahead", _no_meeting, _by_amount, _activity_unknown
    ),
    ListKind.MEETINGS: _Rule("Meetings", "No meeting is booked", _meetings, _by_next_meeting, _activity_unknown),
    ListKind.UNANSWERED: _Rule(
        "They wait for an answer",
        "No mail waits for an answer",
        _unanswered,
        _longest(lambda brief: brief.facets.unanswered_inbound_days),
        _activity_unknown,
    ),
    ListKind.SILENT: _Rule(
        "Gone quiet",
        "Nobody has gone quiet",
        _silent,
        _longest(lambda brief: brief.facets.days_since_inbound),
        _activity_unknown,
    ),
    ListKind.UNTOUCHED: _Rule(
        "Untouched",
        "No deal lies untouched",
        _untouched,
        _longest(lambda brief: brief.facets.days_untouched),
        _activity_unknown,
    ),
    ListKind.PAST_DATE: _Rule("Close date passed", "No close date has passed", _past_date, _by_close, _date_unknown),
    ListKind.SLIPPED: _Rule("Slipped", "No deal has slipped", _slipped, _by_close, _moves_unknown),
    ListKind.CLOSING: _Rule("Closing", "No deal closes", _closing, _by_close, _date_unknown),
    ListKind.BIGGEST: _Rule("Biggest first", "No deal has an amount", _biggest, _by_amount, _amount_unknown),
    ListKind.STUCK: _Rule(
        "Longer in stage than typical",
        "No deal is over its typical time in stage",
        _stuck,
        _over_typical,
        _pace_unknown,
    ),
    ListKind.COMMIT: _Rule("In Commit", "No deal is in Commit", _commit, _by_close, _category_unknown),
    ListKind.NEW: _Rule("New", "No deal is new", _new, lambda brief: float(brief.facets.opp_age or 0), _age_unknown),
    ListKind.ALL: _Rule("Open deals", "No open deal fits", _fitting, _by_amount, _never_unknown),
}
