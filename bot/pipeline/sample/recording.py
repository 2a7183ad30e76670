"""From a generated deal to rows: the record, its people, its stages and the contacts of its life."""

from datetime import datetime, timedelta
from random import Random

from bot.pipeline.sample.company import Company, Person
from bot.pipeline.sample.ledger import Ledger
from bot.pipeline.sample.names import SUBJECTS
from bot.pipeline.sample.population import Outline
from bot.pipeline.sample.temper import TEMPERS, Contact, live
from bot.pipeline.sample.workdays import Workdays

ENTERPRISE_PACE = 0.8
"""Long deals have quieter weeks."""


def record(outline: Outline, company: Company, as_of: datetime, rng: Random, ledger: Ledger) -> None:
    """Record the deal of `outline` with its people, stages and generated contacts."""
    owner = company.people[outline.owner]
    days = company.workdays(outline.owner, as_of)
    _record_deal(outline, owner, days, ledger)
    account_id = ledger.account_id(outline.account)
    for (name, title, role), email in zip(outline.people, outline.addresses, strict=True):
        contact_id = ledger.contact_id(account_id, name, title, email)
        ledger.add("contact_roles", opportunity_id=outline.id, contact_id=contact_id, role=role)
    _record_history(outline, company, days, ledger)
    temper = TEMPERS[outline.temper]
    pace = ENTERPRISE_PACE if owner.segment == "Enterprise" else 1.0
    people = len(outline.people)
    for contact in live(rng, days, temper, start=outline.start, end=outline.end, people=people, pace=pace):
        _record_contact(outline, contact, company, days, rng, ledger)
    if not outline.is_closed and temper.ahead:
        ahead = Contact(temper.ahead, "14:00", "meeting", tuple(range(min(2, people))), status="confirmed")
        _record_contact(outline, ahead, company, days, rng, ledger)


def _record_deal(outline: Outline, owner: Person, days: Workdays, ledger: Ledger) -> None:
    ended = {True: "Closed Won", False: "Closed Lost", None: None}[outline.won]
    ledger.add(
        "opportunities",
        opportunity_id=outline.id,
        name=f"{outline.account} - {outline.product}",
        account_id=ledger.account_id(outline.account),
        account_name=outline.account,
        owner_id=owner.user_id,
        type=outline.type,
        stage=ended or list(outline.stages)[-1],
        amount=outline.amount,
        currency="USD",
        probability={True: 100, False: 0, None: None}[outline.won],
        forecast_category=outline.forecast,
        close_date=days.day(outline.close),
        created_at=days.instant(outline.start, "08:00"),
        is_closed=outline.is_closed,
        is_won=outline.won is True,
        closed_at=days.instant(outline.end, "17:00") if outline.is_closed else None,
        loss_reason=outline.loss_reason,
    )
    for stage, day in outline.stages.items():
        ledger.add("stage_history", opportunity_id=outline.id, stage=stage, entered_at=days.instant(day, "11:45"))
    if ended:
        entered_at = days.instant(outline.end, "17:00")
        ledger.add("stage_history", opportunity_id=outline.id, stage=ended, entered_at=entered_at)


def _record_history(outline: Outline, company: Company, days: Workdays, ledger: Ledger) -> None:
    owner = company.people[outline.owner]
    for changed, old, new in outline.pushes:
        ledger.add(
            "field_history",
            opportunity_id=outline.id,
            field="close_date",
            old=days.day(old),
            new=days.day(new),
            at=days.instant(changed, "16:30"),
            by=owner.user_id,
        )
    if outline.previous_owner:
        ledger.add(
            "field_history",
            opportunity_id=outline.id,
            field="owner_id",
            old=company.people[outline.previous_owner].user_id,
            new=owner.user_id,
            at=days.instant(-outline.taken_over, "08:10"),
            by=company.people["pilar"].user_id,
        )
    if outline.note:
        ledger.add(
            "notes",
            opportunity_id=outline.id,
            author_id=owner.user_id,
            at=days.instant(max(outline.start, -9), "17:20"),
            text=outline.note,
        )


def _record_contact(
    outline: Outline, contact: Contact, company: Company, days: Workdays, rng: Random, ledger: Ledger
) -> None:
    user = _actor(outline, contact, company)
    if contact.kind == "meeting" and not user.calendar_connected:
        return
    start = days.instant(contact.day, contact.clock)
    mail, meeting = contact.kind in {"sent", "received"}, contact.kind == "meeting"
    addresses = [outline.addresses[who] for who in contact.who]
    ledger.add(
        "activities",
        opportunity_id=outline.id if contact.filed else None,
        account_id=ledger.account_id(outline.account),
        user_id=user.user_id,
        kind="email" if mail else contact.kind,
        direction={"sent": "outbound", "received": "inbound"}.get(contact.kind),
        start_at=start,
        end_at=start + timedelta(minutes=rng.choice((30, 45, 60))) if meeting else None,
        status=contact.status,
        participants=";".join(addresses),
        accepted=";".join(addresses) if meeting and contact.status != "cancelled" else None,
        organiser="seller" if meeting else None,
        is_auto=contact.auto,
        subject=_subject(contact, rng),
    )


def _actor(outline: Outline, contact: Contact, company: Company) -> Person:
    """Whose mailbox or calendar it is: the owner of that day, now and then the engineer."""
    if contact.by_colleague:
        return company.people["jonas"]
    if outline.previous_owner and contact.day < -outline.taken_over:
        return company.people[outline.previous_owner]
    return company.people[outline.owner]


def _subject(contact: Contact, rng: Random) -> str:
    if contact.auto:
        return "Automatic reply: out of office"
    if contact.kind == "task":
        return "Call back"
    return rng.choice(SUBJECTS[contact.kind])
