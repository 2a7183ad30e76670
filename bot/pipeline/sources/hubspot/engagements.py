"""Calls, mails, meetings, tasks and notes of HubSpot as activities and notes (DOMAIN 2.2).

An engagement filed under several deals belongs to each of them.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.hubspot.links import Links
from bot.pipeline.sources.protocol import Record
from bot.pipeline.sources.values import address_list, moment, stamp, text, unstamp

CALL = (
    "hs_timestamp", "hubspot_owner_id", "hs_call_title", "hs_call_body", "hs_call_duration", "hs_call_status",
)  # fmt: skip
EMAIL = (
    "hs_timestamp", "hubspot_owner_id", "hs_email_subject", "hs_email_text", "hs_email_direction", "hs_email_status",
    "hs_email_from_email", "hs_email_to_email", "hs_email_cc_email",
)  # fmt: skip
MEETING = (
    "hs_timestamp", "hubspot_owner_id", "hs_meeting_title", "hs_meeting_body", "hs_meeting_start_time",
    "hs_meeting_end_time", "hs_meeting_outcome",
)  # fmt: skip
TASK = ("hs_timestamp", "hubspot_owner_id", "hs_task_subject", "hs_task_body")
NOTE = ("hs_timestamp", "hubspot_owner_id", "hs_note_body")

_DIRECTIONS = {"EMAIL": "outbound", "INCOMING_EMAIL": "inbound"}
_UNSENT = frozenset({"DRAFT", "SCHEDULED", "SENDING", "FAILED"})
_NOT_HELD = {"NO_SHOW": "no_show", "CANCELED": "cancelled", "CANCELLED": "cancelled", "RESCHEDULED": "cancelled"}
_UNCALLED = frozenset({"CANCELED", "FAILED", "QUEUED"})

Row = Mapping[str, Any]
Values = dict[str, str | None]


def call(row: Row, links: Links, rules: CrmRules, scope: str) -> Iterator[Record]:
    """Yield a call; one that was never placed is a task."""
    said = row["properties"]
    begins = moment(said.get("hs_timestamp"))
    unplaced = said.get("hs_call_status") in _UNCALLED
    yield from _activities(row, links, scope, {
        "kind": "task" if unplaced else "call",
        "start_at": begins,
        "end_at": _later(begins, said.get("hs_call_duration")),
        "subject": text(said.get("hs_call_title")),
        "body": rules.text(said.get("hs_call_body")),
    })  # fmt: skip


def email(row: Row, links: Links, rules: CrmRules, scope: str) -> Iterator[Record]:
    """Yield a mail that was sent or received."""
    said = row["properties"]
    if said.get("hs_email_status") in _UNSENT:
        return
    yield from _activities(row, links, scope, {
        "kind": "email",
        "direction": _DIRECTIONS.get(said.get("hs_email_direction") or ""),
        "start_at": moment(said.get("hs_timestamp")),
        "participants": address_list(
            said.get("hs_email_from_email"), said.get("hs_email_to_email"), said.get("hs_email_cc_email")
        ),
        "subject": text(said.get("hs_email_subject")),
        "body": rules.text(said.get("hs_email_text")),
    })  # fmt: skip


def meeting(row: Row, links: Links, rules: CrmRules, scope: str) -> Iterator[Record]:
    """Yield a meeting with what became of it."""
    said = row["properties"]
    yield from _activities(row, links, scope, {
        "kind": "meeting",
        "start_at": moment(said.get("hs_meeting_start_time")) or moment(said.get("hs_timestamp")),
        "end_at": moment(said.get("hs_meeting_end_time")),
        "status": _NOT_HELD.get(said.get("hs_meeting_outcome") or "", "confirmed"),
        "subject": text(said.get("hs_meeting_title")),
        "body": rules.text(said.get("hs_meeting_body")),
    })  # fmt: skip


def task(row: Row, links: Links, rules: CrmRules, scope: str) -> Iterator[Record]:
    """Yield a to-do, which is no touch."""
    said = row["properties"]
    yield from _activities(row, links, scope, {
        "kind": "task",
        "start_at": moment(said.get("hs_timestamp")),
        "subject": text(said.get("hs_task_subject")),
        "body": rules.text(said.get("hs_task_body")),
    })  # fmt: skip


def note(row: Row, links: Links, rules: CrmRules, scope: str) -> Iterator[Record]:
    """Yield a note once a deal it is filed under."""
    said = row["properties"]
    at, body = moment(said.get("hs_timestamp")), rules.text(said.get("hs_note_body"))
    if not at or not body:
        return
    for deal in links.ids("deals"):
        values = {"opportunity_id": deal, "author_id": text(said.get("hubspot_owner_id")), "at": at, "text": body}
        yield Record("notes", f"{row['id']}/{deal}", values, scope)


def _activities(row: Row, links: Links, scope: str, values: Values) -> Iterator[Record]:
    if values["start_at"] is None:
        return
    shared = values | {
        "user_id": text(row["properties"].get("hubspot_owner_id")),
        "account_id": links.primary("companies"),
        "activity_id": str(row["id"]),
        "contact_ids": ";".join(links.ids("contacts")) or None,
        "deal_ids": ";".join(links.ids("deals")) or None,
    }
    yield Record("activities", str(row["id"]), shared, scope)


def _later(begins: str | None, milliseconds: str | None) -> str | None:
    if not begins or not milliseconds or not milliseconds.isdigit():
        return None
    return stamp(unstamp(begins) + timedelta(milliseconds=int(milliseconds)))
