"""Whole deals from the tables of a snapshot: the record, and everything people did around it.

A cursor is asked after it was shown the table `chosen` (which deals). What happened after the asked moment
stays unread, except meetings that are booked ahead.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from bot.pipeline.facets import local_date
from bot.pipeline.model import (
    Activity,
    ActivityKind,
    ClosePlan,
    Contact,
    Deal,
    DealStatus,
    DealType,
    FieldChange,
    MatchMethod,
    MeetingStatus,
    Note,
    Role,
    StageVisit,
    User,
)
from bot.pipeline.slates import FEW_DEALS
from bot.pipeline.statements import fetch, fetch_in

Row = Mapping[str, Any]
Grouped = Mapping[Any, list[Row]]

STAGE_NOT_RECORDED = "not recorded"

_ACTIVITIES = """
SELECT t.opportunity_id, t.activity_row, t."on", t.counts, t.not_counted_because, t.match_method, a.activity_id, a.kind,
       a.user_id, a.start_at, date_diff('minute', a.start_at, a.end_at) AS minutes, a.direction, a.status, a.organiser,
       a.is_auto, a.subject, a.body
FROM touched t JOIN activities a ON a.rowid = t.activity_row
"""

_TOUCHPOINTS = f"""
-- What is filed under a deal lies together, what nobody filed lies together by mailbox, far away. Each is read in
-- its own narrow range of rows.
WITH touched AS (FROM touchpoints WHERE {{deals}})
{_ACTIVITIES} WHERE t.match_method = 'recorded'
UNION ALL
{_ACTIVITIES} WHERE t.match_method <> 'recorded'
ORDER BY opportunity_id, start_at, activity_id
"""

_GUESTS = "SELECT DISTINCT activity_row, email, response FROM engagements WHERE {deals} ORDER BY activity_row, email"

_BY_DEAL = {
    "roles": "FROM contact_roles WHERE {deals}",
    "notes": 'FROM notes WHERE {deals} ORDER BY "on", note_id',
    "visits": "FROM stage_visits WHERE {deals} ORDER BY position",
    "changes": 'FROM field_history WHERE {deals} ORDER BY "at"',
    "lines": "FROM close_plan_lines WHERE {deals} ORDER BY position",
    "plans": "FROM command_plans WHERE {deals} ORDER BY field",
}


def read_users(cursor: duckdb.DuckDBPyConnection) -> dict[str, User]:
    """Return everybody in the directory by id. An unknown role grants no more than a rep's."""
    return {row["user_id"]: _user(row) for row in fetch(cursor, "SELECT * FROM users ORDER BY user_id")}


@dataclass(frozen=True, slots=True)
class RoleSpan:
    """What somebody sold, and how, from one day to another; None = without a bound."""

    segment: str | None
    discipline: str | None
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the span covers a day; both its ends do."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


def read_roles(cursor: duckdb.DuckDBPyConnection) -> dict[str, list[RoleSpan]]:
    """Return the role history by user id, the newest span first."""
    spans: dict[str, list[RoleSpan]] = defaultdict(list)
    for row in fetch(cursor, "FROM role_history ORDER BY user_id, valid_from DESC NULLS LAST"):
        spans[row.pop("user_id")].append(RoleSpan(**row))
    return spans


def read_deals(
    cursor: duckdb.DuckDBPyConnection,
    users: Mapping[str, User],
    standings: Mapping[str, Row],
    sources: Mapping[str, Mapping[str, bool]],
    as_of: datetime,
) -> dict[str, Deal]:
    """Return the chosen deals by id, as they stood.

    `standings` holds what of each deal may have been different at that moment (`STANDING` of the facets),
    `sources` by owner what is fed.
    """
    reader = _Reader(cursor, users, as_of, _Scope(tuple(standings)))
    return {row["opportunity_id"]: reader.deal(row, standings[row["opportunity_id"]], sources) for row in reader.deals}


@dataclass(frozen=True, slots=True)
class _Scope:
    """The deals read. A few are named in the statement, which an index answers; of many the cursor knows a list."""

    deal_ids: tuple[str, ...]

    def fetch(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a statement about the deals in scope."""
        if len(self.deal_ids) > FEW_DEALS:
            return fetch(cursor, sql.format(deals="opportunity_id IN (SELECT opportunity_id FROM chosen)"))
        return fetch_in(cursor, sql.format(deals="opportunity_id IN ({})"), self.deal_ids)


class _Reader:
    """All parts of the deals in scope, read once, table by table, and handed out by deal."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, users: Mapping[str, User], as_of: datetime, scope: _Scope
    ) -> None:
        self._users = users
        self._as_of = as_of.astimezone(UTC).replace(tzinfo=None)
        self.deals = scope.fetch(cursor, "FROM opportunities WHERE {deals}")
        self._parts = {name: _by(scope.fetch(cursor, sql), "opportunity_id") for name, sql in _BY_DEAL.items()}
        self._touchpoints = _by(scope.fetch(cursor, _TOUCHPOINTS), "opportunity_id")
        self._guests = _by(scope.fetch(cursor, _GUESTS), "activity_row")
        self._read_contacts(cursor)

    def _read_contacts(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Read the people of the accounts first: hardly anybody with a role on a deal is missing then."""
        named = {row["contact_id"] for roles in self._parts["roles"].values() for row in roles}
        accounts = {row["account_id"] for row in self.deals if row["account_id"]}
        self._contacts = {row["contact_id"]: row for row in _contacts(cursor, "account_id", accounts)}
        elsewhere = _contacts(cursor, "contact_id", named - self._contacts.keys())
        self._contacts |= {row["contact_id"]: row for row in elsewhere}
        self._people = _by(self._contacts.values(), "account_id")

    def deal(self, row: Row, standing: Row, sources: Mapping[str, Mapping[str, bool]]) -> Deal:
        """Put one deal together, as it stood."""
        owner_id = standing["owner_id"]
        part = {name: rows.get(row["opportunity_id"], []) for name, rows in self._parts.items()}
        today, touched = standing["today"], self._touchpoints.get(row["opportunity_id"], [])
        is_open = bool(standing["is_open"])
        return Deal(
            id=row["opportunity_id"],
            name=row["name"],
            account=row["account_name"] or row["account_id"] or "",
            account_id=row["account_id"],
            owner=self._users.get(owner_id, User(owner_id, owner_id)),
            type=row["type"],
            deal_type=DealType(row["deal_type"]),
            stage=standing["stage"] or STAGE_NOT_RECORDED,
            status=DealStatus.OPEN if is_open else DealStatus(row["status"]),
            created_on=row["created_on"],
            closed_on=None if is_open else row["closed_on"],
            loss_reason=None if is_open else row["loss_reason"],
            **{name: row[name] for name in _AS_RECORDED},
            **{name: standing[name] for name in _AS_IT_STOOD},
            stage_visits=tuple(_visit(each, today) for each in part["visits"] if each["entered_on"] <= today),
            contacts=tuple(self._contacts_of(row["account_id"], part["roles"])),
            activities=tuple(self._activity(each) for each in touched if self._is_known(each)),
            notes=tuple(self._note(note) for note in part["notes"] if note["on"] <= today),
            changes=tuple(_change(each, row["timezone"]) for each in part["changes"] if each["at"] <= self._as_of),
            close_plan=_close_plan(part["lines"]),
            command_plan={plan["field"]: plan["text"] for plan in part["plans"]},
            custom=json.loads(row["custom"]) if row["custom"] else {},
            sources=sources.get(owner_id, {}),
        )

    def _contacts_of(self, account_id: str | None, roles: list[Row]) -> Iterator[Contact]:
        """Yield the people with a role on the deal, then the others of its account, each by name."""
        role_of = {row["contact_id"]: row["role"] for row in reversed(roles)}
        tied = [self._contacts[each] for each in role_of if each in self._contacts]
        others = [row for row in self._people.get(account_id, []) if row["contact_id"] not in role_of]
        for people in (tied, others):
            for row in sorted(people, key=lambda row: (row["name"] is None, row["name"], row["contact_id"])):
                yield _contact(row, role_of.get(row["contact_id"]))

    def _is_known(self, touchpoint: Row) -> bool:
        """Whether it had happened by then, or was in the calendar."""
        return bool(touchpoint["start_at"] <= self._as_of or touchpoint["kind"] == ActivityKind.MEETING)

    def _activity(self, row: Row) -> Activity:
        guests = self._guests.get(row["activity_row"], [])
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
            matched_by=MatchMethod(row["match_method"]),
        )

    def _note(self, row: Row) -> Note:
        known = self._users.get(row["author_id"] or "")
        author = row["author_name"] or (known.name if known else row["author_id"] or "unknown author")
        return Note(id=row["note_id"], on=row["on"], author=author, text=row["text"])


_AS_RECORDED = ("currency", "probability", "next_step")
_AS_IT_STOOD = ("amount", "forecast_category", "close_date")


def _contacts(cursor: duckdb.DuckDBPyConnection, column: str, values: Collection[str]) -> list[dict[str, Any]]:
    """Return the contacts whose `column` is one of `values`."""
    sql = f"FROM contacts WHERE {column} " + "IN ({})"
    return fetch_in(cursor, sql, tuple(values)) if values else []


def _by(rows: Iterable[Row], key: str) -> Grouped:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def _user(row: Row) -> User:
    role = row["role"] if row["role"] in set(Role) else Role.REP
    active = True if row["active"] is None else row["active"]
    plain = ("name", "email", "slack_user_id", "manager_id", "segment", "discipline", "timezone")
    return User(id=row["user_id"], role=Role(role), active=active, **{name: row[name] for name in plain})


def _contact(row: Row, role: str | None) -> Contact:
    name = row["name"] or row["email"] or row["contact_id"]
    return Contact(name=name, title=row["title"], email=row["email"], role=role, id=row["contact_id"])


def _visit(row: Row, today: date) -> StageVisit:
    left_on = row["left_on"]
    ongoing = left_on is not None and left_on > today
    return StageVisit(row["stage"], row["stage_order"] or 0, row["entered_on"], None if ongoing else left_on)


def _change(row: Row, zone: str) -> FieldChange:
    on = local_date(row["at"].replace(tzinfo=UTC), zone)
    return FieldChange(row["field"], row["old"], row["new"], on, row["by"])


def _close_plan(lines: list[Row]) -> ClosePlan | None:
    if not lines:
        return None
    refreshed = max((row["refreshed_on"] for row in lines if row["refreshed_on"]), default=None)
    return ClosePlan(refreshed, tuple(row["line"] for row in lines))


def _emails(guests: Iterable[Row], wanted: Callable[[str | None], bool]) -> tuple[str, ...]:
    return tuple(guest["email"] for guest in guests if wanted(guest["response"]))
