"""What changed on one deal since a day: the record's own history, what both sides did, the bucket then and now."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from bot.coach.answers.wording import DM_WORDS, deal_ref, listed, within
from bot.coach.connections import knows_activity, missing_sources
from bot.coach.dates import day_words, plural
from bot.coach.evidence.model import Grade
from bot.coach.money import money
from bot.coach.reply import CoachReply, Outcome, Section
from bot.coach.view import DealView
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import Activity, ActivityKind, FieldChange, MeetingStatus

_QUOTES = 2
_SHOWN_CHANGES = 4
_FIELDS = {"close_date": "close date", "amount": "amount", "forecast_category": "forecast", "owner_id": "owner"}
_OFF = {MeetingStatus.CANCELLED: "cancelled", MeetingStatus.NO_SHOW: "missed by the buyer"}


def answer_changes(view: DealView, before: DealBrief | None, since: date) -> CoachReply:
    """Everything recorded from `since` to today. `before` is the deal as it stood at the end of that day."""
    today = view.brief.today
    lines = [*_bucket(view.brief, before), *_stages(view.brief, since), *_fields(view.brief, since)]
    lines += [*_acts(view.brief, since), *_ahead(view.brief), *_news(view, since)]
    headline = f"{view.brief.deal.name}: since {day_words(since, today)}"
    rows = [f"• {line}." for line in lines] or ["• Nothing is recorded in that time."]
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=view.brief.as_of,
        headline=headline,
        text=within(DM_WORDS, [f"*{headline}*"], [(1, row) for row in rows]),
        deal=deal_ref(view.brief.deal),
        sections=(Section(title="Changes", lines=tuple(lines) or ("nothing recorded",)),),
    )


def _bucket(now: DealBrief, before: DealBrief | None) -> Iterator[str]:
    if before is None or before.health.bucket is None or now.health.bucket is None:
        yield "New in that time" if before is None else "Not rated"
        return
    if before.health.bucket is now.health.bucket:
        yield f"Still {now.health.bucket.value}"
    else:
        yield f"Was {before.health.bucket.value}, is {now.health.bucket.value} now"


def _stages(brief: DealBrief, since: date) -> Iterator[str]:
    visits = brief.deal.stage_visits
    for earlier, later in pairwise(visits):
        if later.entered_on > since:
            way = "Advanced" if later.order > earlier.order else "Moved back"
            yield f"{way} from {earlier.stage} to {later.stage} on {day_words(later.entered_on, brief.today)}"


def _fields(brief: DealBrief, since: date) -> Iterator[str]:
    changes = sorted((change for change in brief.deal.changes if change.on > since), key=lambda change: change.on)
    for change in [change for change in changes if change.field in _FIELDS][-_SHOWN_CHANGES:]:
        by = f", by {brief.deal.owner.first_name}" if change.by == brief.deal.owner.id else ""
        what = "The owner changed" if change.field == "owner_id" else _from_to(change, brief)
        yield f"{what} ({day_words(change.on, brief.today)}{by})"


def _from_to(change: FieldChange, brief: DealBrief) -> str:
    name = _FIELDS[change.field].capitalize()
    return f"{name} went from {_value(change, change.old, brief)} to {_value(change, change.new, brief)}"


def _value(change: FieldChange, value: str | None, brief: DealBrief) -> str:
    if value in (None, ""):
        return "nothing"
    try:
        if change.field == "amount":
            return money(float(str(value)), brief.deal.currency)
        if change.field == "close_date":
            return day_words(date.fromisoformat(str(value)[:10]), brief.today)
    except ValueError:
        return str(value)
    return str(value)


def _acts(brief: DealBrief, since: date) -> Iterator[str]:
    """What the buyer did, then what we did; unknown where the sources are."""
    if not knows_activity(brief):
        yield f"What either side did is unknown, not zero: {missing_sources(brief)}"
        return
    recent = [each for each in brief.deal.activities if since < each.on and each.at <= brief.as_of]
    theirs = [*_counted(recent, ActivityKind.EMAIL, "inbound", "mail"), *_meetings(recent)]
    ours = [
        *_counted(recent, ActivityKind.EMAIL, "outbound", "mail"),
        *_counted(recent, ActivityKind.CALL, None, "call"),
    ]
    yield f"They: {listed(theirs)}" if theirs else "They did nothing: no mail and no meeting"
    if ours:
        yield f"We: {listed(ours)}"


def _counted(recent: list[Activity], kind: ActivityKind, direction: str | None, noun: str) -> list[str]:
    found = [
        each
        for each in recent
        if each.kind is kind and each.counted and (direction is None or each.direction == direction)
    ]
    return [plural(len(found), noun)] if found else []


def _meetings(recent: list[Activity]) -> list[str]:
    meetings = [each for each in recent if each.kind is ActivityKind.MEETING]
    held = [each for each in meetings if each.counted]
    off = [f"one {_OFF[each.status]}" for each in meetings if each.status in _OFF]
    return ([f"{plural(len(held), 'meeting')} held"] if held else []) + off[:1]


def _ahead(brief: DealBrief) -> Iterator[str]:
    if brief.facets.next_meeting:
        yield f"Ahead: a meeting on {day_words(brief.facets.next_meeting, brief.today)}"
    elif knows_activity(brief):
        yield "Ahead: nothing is booked"


def _news(view: DealView, since: date) -> Iterator[str]:
    """The newest sentences of the buyer that prove something."""
    proven = {
        item.quote: item
        for item in view.ledger.items
        if item.on > since and item.grade is Grade.A and not item.negative
    }
    for item in list(proven.values())[:_QUOTES]:
        who = item.person.first_name if item.person else "the buyer"
        yield f"New in writing: “{item.quote.rstrip('.')}” ({who}, {day_words(item.on, view.brief.today)})"
