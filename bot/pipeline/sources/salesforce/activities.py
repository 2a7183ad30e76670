"""Tasks, events and mails of Salesforce as activities (DOMAIN 2.2).

A task is a to-do until it is completed; a completed one is a call or a mail if the CRM says so, and otherwise
stays a task, which is no touch.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.values import address_list, moment, stamp, text, unstamp

ACCOUNT, CONTACT, OPPORTUNITY = "001", "003", "006"
"""The first signs of an id tell its object."""

TASK_NEEDED = ("Id", "OwnerId", "CreatedDate")
TASK_OPTIONAL = (
    "WhatId", "WhoId", "AccountId", "Subject", "Description", "ActivityDate", "CompletedDateTime",
    "CallDurationInSeconds", "IsClosed", "TaskSubtype", "Type", "IsRecurrence",
)  # fmt: skip
EVENT_NEEDED = ("Id", "OwnerId", "StartDateTime")
EVENT_OPTIONAL = (
    "WhatId", "WhoId", "AccountId", "Subject", "Description", "EndDateTime", "IsAllDayEvent", "ActivityDate",
    "IsRecurrence", "IsRecurrence2",
)  # fmt: skip

Row = Mapping[str, Any]
Values = dict[str, str | None]


def task_values(row: Row, rules: CrmRules) -> Values | None:
    """Return a task as an activity; None for the pattern of a series, whose occurrences are rows of their own."""
    if row.get("IsRecurrence"):
        return None
    kind = _kind_of(row, rules)
    begins = moment(row.get("ActivityDate")) or moment(row.get("CompletedDateTime")) or moment(row["CreatedDate"])
    return _shared(row, rules) | {
        "kind": kind,
        "direction": _direction(row.get("Subject"), rules) if kind == "email" else None,
        "start_at": begins,
        "end_at": _end_of_call(begins, row.get("CallDurationInSeconds")) if kind == "call" else None,
    }


def event_values(row: Row, rules: CrmRules) -> Values | None:
    """Return an event as a meeting; None for the pattern of a series."""
    if row.get("IsRecurrence") or row.get("IsRecurrence2"):
        return None
    begins = moment(row["StartDateTime"])
    if row.get("IsAllDayEvent") and row.get("ActivityDate"):
        begins = moment(row["ActivityDate"])  # a day, not the midnight of Greenwich
    if begins is None:
        return None
    return _shared(row, rules) | {
        "kind": "meeting",
        "start_at": begins,
        "end_at": moment(row.get("EndDateTime")),
        "status": "confirmed",
    }


def mail_header_values(row: Row, _: CrmRules) -> Values | None:
    """Return direction and addresses of a mail, which its task does not hold."""
    if not row.get("ActivityId"):
        return None
    return {
        "activity_id": row["ActivityId"],
        "direction": "inbound" if row["Incoming"] else "outbound",
        "participants": address_list(
            text(row.get("FromAddress")), text(row.get("ToAddress")), text(row.get("CcAddress"))
        ),
    }


def _shared(row: Row, rules: CrmRules) -> Values:
    what, who = text(row.get("WhatId")), text(row.get("WhoId"))
    return {
        "activity_id": row["Id"],
        "opportunity_id": what if what and what.startswith(OPPORTUNITY) else None,
        "account_id": what if what and what.startswith(ACCOUNT) else text(row.get("AccountId")),
        "user_id": row["OwnerId"],
        "contact_ids": who if who and who.startswith(CONTACT) else None,
        "subject": text(row.get("Subject")),
        "body": rules.text(row.get("Description")),
    }


def _kind_of(row: Row, rules: CrmRules) -> str:
    if not row.get("IsClosed"):
        return "task"
    words = {str(row.get(field)).lower() for field in ("TaskSubtype", "Type") if row.get(field)}
    if words & {word.lower() for word in rules.salesforce.calls}:
        return "call"
    return "email" if words & {word.lower() for word in rules.salesforce.emails} else "task"


def _direction(subject: Any, rules: CrmRules) -> str | None:
    begins = str(subject or "").strip().lower()
    if begins.startswith(tuple(sign.lower() for sign in rules.salesforce.outbound_subjects)):
        return "outbound"
    return "inbound" if begins.startswith(tuple(s.lower() for s in rules.salesforce.inbound_subjects)) else None


def _end_of_call(begins: str | None, seconds: Any) -> str | None:
    if not begins or len(begins) <= len("2026-03-01") or not isinstance(seconds, int | float):
        return None
    return stamp(unstamp(begins) + timedelta(seconds=seconds))
