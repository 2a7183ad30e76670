"""From a hand-written story to rows: every day becomes a date, every key a person."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.pipeline.sample.company import Company
from bot.pipeline.sample.ledger import Ledger
from bot.pipeline.sample.story import Story, StoryEvent
from bot.pipeline.sample.workdays import Workdays

MAIL_TIMES = ("09:10", "10:40", "13:20", "14:45", "15:30")
MEETING_TIMES = ("10:00", "11:30", "14:00", "15:00")
STAGE_TIME, NOTE_TIME = "11:45", "17:20"
CREATED_TIME, CLOSED_TIME = "08:00", "17:00"
PAUSE = timedelta(minutes=20)
"""Between two events that a weekend pushed onto the same day, so that answers still follow questions."""


def tell(story: Story, company: Company, as_of: datetime, ledger: Ledger) -> None:
    """Record everything of `story` in `ledger`."""
    days = company.workdays(story.owner, as_of)
    _tell_deal(story, company, days, ledger)
    _tell_contacts(story, ledger)
    _tell_events(story, company, days, ledger)
    _tell_notes(story, company, days, ledger)
    _tell_history(story, company, days, ledger)
    _tell_plans(story, company, days, ledger)


def _tell_deal(story: Story, company: Company, days: Workdays, ledger: Ledger) -> None:
    closed = story.closed
    ended = {True: "Closed Won", False: "Closed Lost"}[closed.won] if closed else None
    ledger.add(
        "opportunities",
        opportunity_id=story.id,
        name=story.name,
        account_id=ledger.account_id(story.account),
        account_name=story.account,
        owner_id=company.people[story.owner].user_id,
        type=story.type,
        stage=ended or list(story.stages)[-1],
        amount=story.amount,
        currency=story.currency,
        probability=story.probability,
        forecast_category=story.forecast,
        close_date=days.day(story.close),
        created_at=days.instant(story.created, CREATED_TIME),
        is_closed=closed is not None,
        is_won=closed is not None and closed.won,
        closed_at=days.instant(closed.day, CLOSED_TIME) if closed else None,
        next_step=days.fill(story.next_step) if story.next_step else None,
        loss_reason=closed.reason if closed else None,
    )
    for stage, day in story.stages.items():
        ledger.add("stage_history", opportunity_id=story.id, stage=stage, entered_at=days.instant(day, STAGE_TIME))
    if closed:
        entered_at = days.instant(closed.day, CLOSED_TIME)
        ledger.add("stage_history", opportunity_id=story.id, stage=ended, entered_at=entered_at)


def _tell_contacts(story: Story, ledger: Ledger) -> None:
    account_id = ledger.account_id(story.account)
    for key, contact in story.contacts.items():
        email = story.addresses[key]
        contact_id = ledger.contact_id(account_id, contact.name, contact.title, email)
        ledger.add("contact_roles", opportunity_id=story.id, contact_id=contact_id, role=contact.role)


def _tell_events(story: Story, company: Company, days: Workdays, ledger: Ledger) -> None:
    for event, start in _timed(story.events, days):
        mail, meeting = event.kind in {"sent", "received"}, event.kind == "meeting"
        coming = [key for key in event.people if meeting and key not in event.declined]
        ledger.add(
            "activities",
            opportunity_id=story.id if event.filed else None,
            account_id=ledger.account_id(story.account),
            user_id=company.people[event.user or story.owner].user_id,
            kind="email" if mail else event.kind,
            direction={"sent": "outbound", "received": "inbound"}.get(event.kind),
            start_at=start,
            end_at=start + timedelta(minutes=event.minutes) if event.minutes else None,
            status=event.status or ("confirmed" if meeting else None),
            participants=_listed(story, event.people),
            accepted=_listed(story, coming),
            declined=_listed(story, event.declined),
            organiser=event.organiser if meeting else None,
            is_auto=event.auto,
            subject=days.fill(event.subject),
            body=days.fill(event.body),
        )


def _listed(story: Story, people: Iterable[str]) -> str:
    return ";".join(story.addresses[key] for key in people)


def _timed(events: tuple[StoryEvent, ...], days: Workdays) -> Iterator[tuple[StoryEvent, datetime]]:
    """Yield each event with its instant, in the order of telling even where weekends fold days together."""
    previous: datetime | None = None
    for number, event in enumerate(sorted(events, key=lambda event: event.day)):
        times = MEETING_TIMES if event.kind == "meeting" else MAIL_TIMES
        start = days.instant(event.day, times[number % len(times)])
        if previous and start < previous + PAUSE:
            start = previous + PAUSE
        previous = start
        yield event, start


def _tell_notes(story: Story, company: Company, days: Workdays, ledger: Ledger) -> None:
    for note in story.notes:
        ledger.add(
            "notes",
            opportunity_id=story.id,
            author_id=company.people[note.author].user_id,
            at=days.instant(note.day, NOTE_TIME),
            text=days.fill(note.text),
        )


def _tell_history(story: Story, company: Company, days: Workdays, ledger: Ledger) -> None:
    for change in story.history:
        ledger.add(
            "field_history",
            opportunity_id=story.id,
            field=change.field,
            old=change.old if change.old_day is None else days.day(change.old_day),
            new=change.new if change.new_day is None else days.day(change.new_day),
            at=days.instant(change.day, NOTE_TIME),
            by=company.people[story.owner].user_id,
        )


def _tell_plans(story: Story, company: Company, days: Workdays, ledger: Ledger) -> None:
    if story.close_plan:
        refreshed_on = days.day(story.close_plan.refreshed)
        for position, line in enumerate(story.close_plan.lines, start=1):
            ledger.add(
                "close_plans",
                opportunity_id=story.id,
                refreshed_on=refreshed_on,
                position=position,
                line=days.fill(line),
            )
    for field, text in story.command_plan.items():
        ledger.add("command_plans", opportunity_id=story.id, field=field, text=days.fill(text))
    for key in story.team:
        ledger.add("deal_team", opportunity_id=story.id, user_id=company.people[key].user_id)
