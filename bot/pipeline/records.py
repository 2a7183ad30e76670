"""Whole deals from the tables of a snapshot: the record, and everything people did around it.

A cursor is asked after it was shown the tables `chosen` (which deals) and `clock` (what "now" is):
what happened after that moment stays unread, except meetings that are booked ahead.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from typing import Any

import duckdb

from bot.pipeline.model import (
    Activity,
    ActivityKind,
    ClosePlan,
    Contact,
    Deal,
    DealStatus,
    DealType,
    FieldChange,
    MeetingStatus,
    Note,
    Role,
    StageVisit,
    User,
)
from bot.pipeline.statements import fetch

Row = Mapping[str, Any]
Grouped = Mapping[str, list[Row]]

STAGE_NOT_RECORDED = "not recorded"

_ACTIVITIES = """
SELECT t.opportunity_id, t."on", t.counts, t.not_counted_because,
       a.activity_id, a.kind, a.user_id, a.start_at,
       date_diff('minute', a.start_at, a.end_at) AS minutes, a.direction, a.status, a.organiser, a.is_auto,
       a.subject, a.body
FROM touchpoints t
JOIN chosen USING (opportunity_id)
JOIN activities a ON a.activity_id = t.activity_id
JOIN opportunities o ON o.opportunity_id = t.opportunity_id
JOIN clock ON clock.timezone = o.timezone
WHERE t.start_at <= clock.as_of OR t.kind = 'meeting'
ORDER BY t.opportunity_id, t.start_at, t.activity_id
"""

_GUESTS = """
SELECT DISTINCT a.activity_id, e.email, e.response
FROM engagements e
JOIN chosen USING (opportunity_id)
JOIN activities a ON a.rowid = e.activity_row
ORDER BY a.activity_id, e.email
"""

_CONTACTS = """
WITH tied AS (
    SELECT r.opportunity_id, r.contact_id, r.role, 0 AS distance
    FROM contact_roles r JOIN chosen USING (opportunity_id)
    UNION ALL
    SELECT o.opportunity_id, c.contact_id, NULL, 1
    FROM opportunities o
    JOIN chosen USING (opportunity_id)
    JOIN contacts c USING (account_id)
)
SELECT opportunity_id, contact_id, arg_min(role, distance) AS role, min(distance) AS distance,
       any_value(c.name) AS name, any_value(c.title) AS title, any_value(c.email) AS email
FROM tied
JOIN contacts c USING (contact_id)
GROUP BY opportunity_id, contact_id
ORDER BY opportunity_id, distance, name, contact_id
"""

_NOTES = """
SELECT n.*
FROM notes n
JOIN chosen USING (opportunity_id)
JOIN opportunities o USING (opportunity_id)
JOIN clock ON clock.timezone = o.timezone
WHERE n."on" <= clock.today
ORDER BY n.opportunity_id, n."on", n.note_id
"""

_VISITS = """
SELECT v.*, clock.today
FROM stage_visits v
JOIN chosen USING (opportunity_id)
JOIN opportunities o USING (opportunity_id)
JOIN clock ON clock.timezone = o.timezone
WHERE v.entered_on <= clock.today
ORDER BY v.opportunity_id, v.position
"""

_CHANGES = """
SELECT h.*, timezone(o.timezone, h.at AT TIME ZONE 'UTC')::DATE AS "on"
FROM field_history h
JOIN chosen USING (opportunity_id)
JOIN opportunities o USING (opportunity_id)
JOIN clock ON clock.timezone = o.timezone
WHERE h.at <= clock.as_of
ORDER BY h.opportunity_id, h.at
"""


def read_users(cursor: duckdb.DuckDBPyConnection) -> dict[str, User]:
    """Return everybody in the directory by id. An unknown role grants no more than a rep's."""
    return {row["user_id"]: _user(row) for row in fetch(cursor, "SELECT * FROM users ORDER BY user_id")}


def read_deals(
    cursor: duckdb.DuckDBPyConnection,
    users: Mapping[str, User],
    standings: Mapping[str, Row],
    sources: Mapping[str, Mapping[str, bool]],
) -> dict[str, Deal]:
    """Return the chosen deals by id, as they stood.

    `standings` holds each deal's `stage` and `is_open` at that moment, `sources` by owner what is fed.
    """
    reader = _Reader(cursor, users)
    records = fetch(cursor, "SELECT o.* FROM opportunities o JOIN chosen USING (opportunity_id)")
    return {
        row["opportunity_id"]: reader.deal(row, standings[row["opportunity_id"]], sources.get(row["owner_id"], {}))
        for row in records
    }


class _Reader:
    """All parts of the chosen deals, read once and handed out by deal."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, users: Mapping[str, User]) -> None:
        self._users = users
        self._guests = _by(fetch(cursor, _GUESTS), "activity_id")
        parts = {
            "activities": _ACTIVITIES,
            "contacts": _CONTACTS,
            "notes": _NOTES,
            "visits": _VISITS,
            "changes": _CHANGES,
            "lines": _ordered("close_plan_lines", "position"),
            "plans": _ordered("command_plans", "field"),
        }
        self._parts = {name: _by(fetch(cursor, sql), "opportunity_id") for name, sql in parts.items()}

    def deal(self, row: Row, standing: Row, sources: Mapping[str, bool]) -> Deal:
        """Put one deal together."""
        part = {name: rows.get(row["opportunity_id"], []) for name, rows in self._parts.items()}
        is_open = bool(standing["is_open"])
        return Deal(
            id=row["opportunity_id"],
            name=row["name"],
            account=row["account_name"] or row["account_id"] or "",
            account_id=row["account_id"],
            owner=self._users.get(row["owner_id"], User(row["owner_id"], row["owner_id"])),
            type=row["type"],
            deal_type=DealType(row["deal_type"]),
            stage=standing["stage"] or STAGE_NOT_RECORDED,
            status=DealStatus.OPEN if is_open else DealStatus(row["status"]),
            created_on=row["created_on"],
            closed_on=None if is_open else row["closed_on"],
            loss_reason=None if is_open else row["loss_reason"],
            **{name: row[name] for name in _AS_RECORDED},
            stage_visits=tuple(_visit(visit) for visit in part["visits"]),
            contacts=tuple(_contact(contact) for contact in part["contacts"]),
            activities=tuple(self._activity(activity) for activity in part["activities"]),
            notes=tuple(self._note(note) for note in part["notes"]),
            changes=tuple(_change(change) for change in part["changes"]),
            close_plan=_close_plan(part["lines"]),
            command_plan={plan["field"]: plan["text"] for plan in part["plans"]},
            custom=json.loads(row["custom"]) if row["custom"] else {},
            sources=sources,
        )

    def _activity(self, row: Row) -> Activity:
        guests = self._guests.get(row["activity_id"], [])
        return Activity(
            id=row["activity_id"],
            kind=ActivityKind(row["kind"]),
            user_id=row["user_id"],
            at=row["start_at"].replace(tzinfo=UTC),
            on=row["on"],
            direction=row["direction"],
            status=MeetingStatus(row["status"]) if row["status"] else None,
            participants=_emails(guests, lambda _: True),
            accepted=_emails(guests, lambda response: response == "accepted"),
            declined=_emails(guests, lambda response: response == "declined"),
            organiser=row["organiser"],
            is_auto=row["is_auto"],
            subject=row["subject"],
            body=row["body"],
            counted=row["counts"],
            not_counted_because=row["not_counted_because"],
            minutes=row["minutes"],
        )

    def _note(self, row: Row) -> Note:
        known = self._users.get(row["author_id"] or "")
        author = row["author_name"] or (known.name if known else row["author_id"] or "unknown author")
        return Note(id=row["note_id"], on=row["on"], author=author, text=row["text"])


_AS_RECORDED = ("amount", "currency", "probability", "forecast_category", "close_date", "next_step")


def _ordered(table: str, order: str) -> str:
    return f"SELECT t.* FROM {table} t JOIN chosen USING (opportunity_id) ORDER BY opportunity_id, {order}"  # noqa: S608 - names of the contract


def _by(rows: Iterable[Row], key: str) -> Grouped:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def _user(row: Row) -> User:
    role = row["role"] if row["role"] in set(Role) else Role.REP
    active = True if row["active"] is None else row["active"]
    plain = ("name", "email", "slack_user_id", "manager_id", "segment", "discipline", "timezone")
    return User(id=row["user_id"], role=Role(role), active=active, **{name: row[name] for name in plain})


def _contact(row: Row) -> Contact:
    name = row["name"] or row["email"] or row["contact_id"]
    return Contact(name=name, title=row["title"], email=row["email"], role=row["role"], id=row["contact_id"])


def _visit(row: Row) -> StageVisit:
    left_on = row["left_on"]
    ongoing = left_on is not None and left_on > row["today"]
    return StageVisit(row["stage"], row["stage_order"] or 0, row["entered_on"], None if ongoing else left_on)


def _change(row: Row) -> FieldChange:
    return FieldChange(row["field"], row["old"], row["new"], row["on"], row["by"])


def _close_plan(lines: list[Row]) -> ClosePlan | None:
    if not lines:
        return None
    refreshed = max((row["refreshed_on"] for row in lines if row["refreshed_on"]), default=None)
    return ClosePlan(refreshed, tuple(row["line"] for row in lines))


def _emails(guests: Iterable[Row], wanted: Callable[[str | None], bool]) -> tuple[str, ...]:
    return tuple(guest["email"] for guest in guests if wanted(guest["response"]))
