"""What puts a deal on each list, why nobody can tell, and in which order (DOMAIN 2.3). One rule a kind of list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.coach.answers.portfolio import by_urgency
from bot.coach.answers.wording import close_date_words, listed
from bot.coach.connections import knows_activity
from bot.coach.dates import day_words, plural
from bot.coach.listings import Listing, ListKind
from bot.coach.money import money
from bot.pipeline.brief import DealBrief, HealthBucket
from bot.pipeline.model import Activity, ActivityKind, MeetingStatus

_A_FORTNIGHT = 14
_NEW_WITHIN = 30
_REASONS = 2

Fact = Callable[[DealBrief, Listing], str | None]
"""What puts a deal on the list, in words; None if it does not belong there."""

Doubt = Callable[[DealBrief], str | None]
"""Why nobody can tell whether a deal belongs on the list; None if it can be told."""


@dataclass(frozen=True, slots=True)
class ListRule:
    """`title` heads the list; `none` is said when it is empty. `order` sorts it, smallest first."""

    title: str
    none: str
    fact: Fact
    order: Callable[[DealBrief], float]
    doubt: Doubt


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


def _by_least_amount(brief: DealBrief) -> float:
    return brief.deal.amount or 0


ON_AMOUNTS = (_by_amount, _by_least_amount)


def _by_health(brief: DealBrief) -> float:
    return -float(brief.health.score or 0)


def _oldest(brief: DealBrief, listing: Listing) -> str | None:  # noqa: ARG001
    age = brief.facets.opp_age
    return None if age is None else f"{plural(age, 'day')} old, {brief.deal.stage}, {close_date_words(brief)}"


def _strongest(brief: DealBrief, listing: Listing) -> str | None:
    """Deals rated Good, or the best there are; a rating compares deeds, it is no chance of winning."""
    if brief.health.insufficient or brief.health.bucket is not HealthBucket.GOOD:
        return None
    good = [signal.reason for signal in sorted(brief.health.signals, key=lambda each: -each.points)[:_REASONS]]
    return f"{_standing(brief, listing)}. {_sentence('; '.join(good))}"


def _rating_unknown(brief: DealBrief) -> str | None:
    return "too little is known to rate them" if brief.health.insufficient else None


def _no_step(brief: DealBrief, listing: Listing) -> str | None:
    return None if brief.deal.next_step else f"No next step in the CRM; {_standing(brief, listing)}"


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


RULES = {
    ListKind.NO_MEETING: ListRule(
        "No meeting booked", "Every deal has a meeting ahead", _no_meeting, _by_amount, _activity_unknown
    ),
    ListKind.MEETINGS: ListRule("Meetings", "No meeting is booked", _meetings, _by_next_meeting, _activity_unknown),
    ListKind.UNANSWERED: ListRule(
        "They wait for an answer",
        "No mail waits for an answer",
        _unanswered,
        _longest(lambda brief: brief.facets.unanswered_inbound_days),
        _activity_unknown,
    ),
    ListKind.SILENT: ListRule(
        "Gone quiet",
        "Nobody has gone quiet",
        _silent,
        _longest(lambda brief: brief.facets.days_since_inbound),
        _activity_unknown,
    ),
    ListKind.UNTOUCHED: ListRule(
        "Untouched",
        "No deal lies untouched",
        _untouched,
        _longest(lambda brief: brief.facets.days_untouched),
        _activity_unknown,
    ),
    ListKind.PAST_DATE: ListRule("Close date passed", "No close date has passed", _past_date, _by_close, _date_unknown),
    ListKind.SLIPPED: ListRule("Slipped", "No deal has slipped", _slipped, _by_close, _moves_unknown),
    ListKind.CLOSING: ListRule("Closing", "No deal closes", _closing, _by_close, _date_unknown),
    ListKind.BIGGEST: ListRule("Biggest first", "No deal has an amount", _biggest, _by_amount, _amount_unknown),
    ListKind.SMALLEST: ListRule("Smallest first", "No deal has an amount", _biggest, _by_least_amount, _amount_unknown),
    ListKind.OLDEST: ListRule(
        "Oldest first",
        "No deal has a creation date",
        _oldest,
        _longest(lambda brief: brief.facets.opp_age),
        _age_unknown,
    ),
    ListKind.STRONGEST: ListRule(
        "Rated Good, the strongest first (no odds)", "No deal is rated Good", _strongest, _by_health, _rating_unknown
    ),
    ListKind.NO_STEP: ListRule(
        "No next step recorded", "Every deal has a next step", _no_step, _by_close, _never_unknown
    ),
    ListKind.STUCK: ListRule(
        "Longer in stage than typical",
        "No deal is over its typical time in stage",
        _stuck,
        _over_typical,
        _pace_unknown,
    ),
    ListKind.COMMIT: ListRule("In Commit", "No deal is in Commit", _commit, _by_close, _category_unknown),
    ListKind.NEW: ListRule("New", "No deal is new", _new, lambda brief: float(brief.facets.opp_age or 0), _age_unknown),
    ListKind.ALL: ListRule("Open deals", "No open deal fits", _fitting, _by_amount, _never_unknown),
}
