"""From a scenario to the tables of a pipeline snapshot, so that the bot runs as it does on a real CRM."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from bot.coach.evaluation.scenario import (
    Benchmarks,
    Fixture,
    Opportunity,
    RecordedActivity,
    Situation,
    Visit,
)
from bot.pipeline.brief import Benchmark, RejectedLevel
from bot.pipeline.model import DealType, MeetingStatus

Row = Mapping[str, Any]

STAGES = (
    "Qualification", "Discovery", "Solution", "Commercial", "Commitment", "Closed Won", "Closed Lost",
)  # fmt: skip
"""The stages of the file format; a position is used only where no visit recorded an order."""

_EXISTING_BUSINESS = frozenset({"renewal", "expansion"})
_MEETING_STATUS = {
    "held": MeetingStatus.CONFIRMED,
    "scheduled": MeetingStatus.CONFIRMED,
    "cancelled": MeetingStatus.CANCELLED,
    "no_show": MeetingStatus.NO_SHOW,
    "declined_by_owner": MeetingStatus.DECLINED_BY_OWNER,
}


_SOURCES = ("mail", "calendar")


@dataclass(frozen=True, slots=True)
class World:
    """One scenario as the bot sees it.

    `tables` are rows of the recorded tables of `bot.pipeline.tables`. `benchmarks` maps every deal to
    the figures that replace computed ones; an empty mapping means the deal has no benchmark at all.
    """

    asker_id: str
    message: str
    surface: str
    as_of: datetime
    timezone: str
    tables: Mapping[str, Sequence[Row]]
    benchmarks: Mapping[str, Mapping[str, Benchmark]]
    fixture: Fixture


def build_world(situation: Situation) -> World:
    """Return the world of a situation, its clock in the zone of the deal owners."""
    return World(
        asker_id=situation.asker,
        message=situation.message,
        surface=situation.surface,
        as_of=situation.as_of.astimezone(ZoneInfo(situation.timezone)),
        timezone=situation.timezone,
        tables=_tables(situation),
        benchmarks={deal.id: _benchmarks(deal.benchmarks) for deal in situation.opportunities},
        fixture=situation.fixture,
    )


def _tables(situation: Situation) -> dict[str, list[Row]]:
    deals = situation.opportunities
    authors = {person.name: user_id for user_id, person in situation.users.items()}
    activities = [row for deal in deals for row in _activities(deal)]
    ids = _unique_ids(deals)
    return {
        "users": list(_users(situation)),
        "opportunities": [_opportunity(deal, situation.timezone) for deal in deals],
        "stage_visits": [row for deal in deals for row in _visits(deal)],
        "activities": [_activity(deal, activity, ids[deal.id, activity.id]) for deal, activity in activities],
        "participants": [row for deal, activity in activities for row in _guests(activity, ids[deal.id, activity.id])],
        "contacts": [row for deal in deals for row in _contacts(deal)],
        "contact_roles": [row for deal in deals for row in _contact_roles(deal)],
        "notes": [row for deal in deals for row in _notes(deal, authors)],
        "close_plan_lines": [row for deal in deals for row in _close_plan(deal)],
        "command_plans": [row for deal in deals for row in _command_plan(deal)],
        "sources": _sources(deals),
    }


def _users(situation: Situation) -> Iterator[Row]:
    for user_id, person in situation.users.items():
        yield {
            "user_id": user_id,
            "name": person.name,
            "role": person.role.value,
            "manager_id": person.manager,
            "segment": person.segment,
            "discipline": person.discipline,
            "timezone": situation.timezone,
            "active": True,
        }


def _opportunity(deal: Opportunity, zone: str) -> Row:
    existing = (deal.type or "").strip().lower() in _EXISTING_BUSINESS
    return {
        "opportunity_id": deal.id,
        "name": deal.name,
        "account_id": deal.account,
        "account_name": deal.account,
        "owner_id": deal.owner,
        "type": deal.type,
        "deal_type": (DealType.EXISTING_BUSINESS if existing else DealType.NEW_BUSINESS).value,
        "stage": deal.stage,
        "stage_order": _stage_order(deal),
        "status": deal.status,
        "amount": deal.amount,
        "currency": deal.currency,
        "probability": deal.probability,
        "forecast_category": deal.forecast_category,
        "close_date": deal.close_date,
        "created_on": deal.created,
        "closed_on": deal.closed_on,
        "next_step": deal.next_step,
        "loss_reason": deal.loss_reason,
        "timezone": zone,
        "custom": json.dumps(dict(deal.custom), ensure_ascii=False) if deal.custom else None,
    }


def _stage_order(deal: Opportunity) -> int | None:
    if deal.stage_history and deal.stage_history[-1].stage == deal.stage:
        return deal.stage_history[-1].order
    return STAGES.index(deal.stage) + 1 if deal.stage in STAGES else None


def _visits(deal: Opportunity) -> Iterator[Row]:
    """Collapse repeats of a stage; each stay ends when the next begins."""
    stays: list[Visit] = [next(stay) for _, stay in groupby(deal.stage_history, key=lambda visit: visit.stage)]
    ends = [*(after.entered for _, after in pairwise(stays)), None]
    for position, (visit, left_on) in enumerate(zip(stays, ends, strict=False)):
        yield {
            "opportunity_id": deal.id,
            "position": position,
            "stage": visit.stage,
            "stage_order": visit.order,
            "entered_on": visit.entered,
            "left_on": left_on,
        }


def _activities(deal: Opportunity) -> Iterator[tuple[Opportunity, RecordedActivity]]:
    return ((deal, activity) for activity in deal.activities)


def _unique_ids(deals: Sequence[Opportunity]) -> dict[tuple[str, str], str]:
    """Keep activity ids as written unless two deals use the same one."""
    uses = Counter(activity.id for deal in deals for activity in deal.activities)
    return {
        (deal.id, activity.id): activity.id if uses[activity.id] == 1 else f"{deal.id}/{activity.id}"
        for deal in deals
        for activity in deal.activities
    }


def _activity(deal: Opportunity, activity: RecordedActivity, activity_id: str) -> Row:
    return {
        "activity_id": activity_id,
        "opportunity_id": deal.id,
        "account_id": deal.account,
        "user_id": activity.actor,
        "kind": activity.type,
        "direction": activity.direction,
        "start_at": activity.at,
        "status": _MEETING_STATUS[activity.status].value if activity.status else None,
        "organiser": activity.organiser,
        "is_auto": activity.auto,
        "subject": activity.subject if activity.type == "email" else activity.title,
        "body": activity.note if activity.type == "call" else activity.body,
    }


def _guests(activity: RecordedActivity, activity_id: str) -> Iterator[Row]:
    responses: dict[str, str | None] = dict.fromkeys(activity.external)
    responses |= dict.fromkeys(activity.external_accepted, "accepted")
    responses |= dict.fromkeys(activity.external_declined, "declined")
    for email, response in responses.items():
        yield {"activity_id": activity_id, "email": email, "response": response}


def _contacts(deal: Opportunity) -> Iterator[Row]:
    for position, contact in enumerate(deal.contacts):
        yield {
            "contact_id": f"{deal.id}/contact-{position}",
            "account_id": deal.account,
            "name": contact.name,
            "title": contact.title,
            "email": contact.email,
        }


def _contact_roles(deal: Opportunity) -> Iterator[Row]:
    for position, contact in enumerate(deal.contacts):
        yield {
            "opportunity_id": deal.id,
            "contact_id": f"{deal.id}/contact-{position}",
            "role": contact.role,
        }


def _notes(deal: Opportunity, authors: Mapping[str, str]) -> Iterator[Row]:
    for position, note in enumerate(deal.notes):
        yield {
            "note_id": f"{deal.id}/note-{position}",
            "opportunity_id": deal.id,
            "author_id": authors.get(note.author or ""),
            "author_name": note.author,
            "on": note.date,
            "text": note.text,
        }


def _close_plan(deal: Opportunity) -> Iterator[Row]:
    plan = deal.close_plan
    for position, line in enumerate(plan.lines if plan else ()):
        yield {
            "opportunity_id": deal.id,
            "refreshed_on": plan.refreshed if plan else None,
            "position": position,
            "line": line,
        }


def _command_plan(deal: Opportunity) -> Iterator[Row]:
    for field, text in deal.command_plan.items():
        if text:
            yield {"opportunity_id": deal.id, "field": field, "text": text}


def _sources(deals: Sequence[Opportunity]) -> list[Row]:
    """Describe mailboxes and calendars: they work unless the scenario says otherwise.

    A deal marked unconnected silences both of its owner's.
    """
    rows: dict[tuple[str, str], Row] = {
        (deal.owner, source): _source(deal.owner, source, True, None) for deal in deals for source in _SOURCES
    }
    for deal in deals:
        for user_id, connection in deal.activity_sources.items():
            for source, state in (("mail", connection.email), ("calendar", connection.calendar)):
                if state is not None:
                    rows[user_id, source] = _source(user_id, source, state == "connected", connection.last_sync)
    for deal in deals:
        if not deal.activity_connected:
            for source in _SOURCES:
                known = rows.get((deal.owner, source))
                rows[deal.owner, source] = _source(deal.owner, source, False, known["last_sync"] if known else None)
    return list(rows.values())


def _source(user_id: str, source: str, connected: bool, last_sync: datetime | None) -> Row:
    return {"user_id": user_id, "source": source, "connected": connected, "last_sync": last_sync}


def _benchmarks(supplied: Benchmarks) -> dict[str, Benchmark]:
    """Turn supplied figures into benchmarks; levels of the rep's own deals explain the win rate only."""
    passed_over = [RejectedLevel(level.level, level.n, level.reason) for level in supplied.passed_over]
    return {
        name: Benchmark(
            name=name,
            value=figure.value,
            n=figure.n,
            level=figure.level,
            rejected=tuple(
                level
                for level in passed_over
                if name == "typical_win_rate_from_stage" or not level.level.startswith("R")
            ),
        )
        for name, figure in supplied.figures().items()
        if figure.value is not None
    }
