"""The objects of Salesforce that are read, and what a row of each says.

Each stream is one object, queried by SystemModstamp: the only stamp that also moves when Salesforce itself, a
deletion or an undeletion changes a row. Nothing is read through a parent (no `Account.Name`): a parent's change
does not stamp its children. Field history alone has no such stamp and needs none: its rows never change.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.salesforce import activities
from bot.pipeline.sources.values import json_object, moment, text

Row = Mapping[str, Any]
Values = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Stream:
    """One object and how its rows become records of `kind`.

    Without one of the `needed` fields the stream is not read; `optional` ones are asked for where they exist,
    as are the mapped ones of deals and users. `whole` streams are small and read in full every time.
    Rows of an object that cannot be `deletable` on its own live and die with their deal.
    """

    name: str
    sobject: str
    kind: str
    values: Callable[[Row, CrmRules], Values | None]
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    mapped: Callable[[CrmRules], tuple[str, ...]] = lambda _: ()
    where: str | None = None
    stamp: str = "SystemModstamp"
    whole: bool = False
    deletable: bool = True
    required: bool = False
    feeds: tuple[str, ...] = ()
    permission: str = ""


def _user(row: Row, rules: CrmRules) -> Values:
    role = row.get("UserRole") or {}
    mapped = {c: text(row.get(name)) for c, name in rules.salesforce.users.items() if name}
    return mapped | {
        "user_id": row["Id"],
        "name": text(row.get("Name")) or text(row.get("Email")) or row["Id"],
        "email": text(row.get("Email")),
        "role": rules.role_of(role.get("Name"), row.get("Title")),
        "manager_id": text(row.get("ManagerId")),
        "timezone": text(row.get("TimeZoneSidKey")),
        "active": text(row.get("IsActive")),
    }


def _stage(row: Row, _: CrmRules) -> Values:
    return {
        "stage": row["ApiName"],
        "order": text(row.get("SortOrder")),
        "is_closed": text(row.get("IsClosed")),
        "is_won": text(row.get("IsWon")),
    }


def _account(row: Row, _: CrmRules) -> Values:
    return {"account_id": row["Id"], "name": text(row.get("Name"))}


def _contact(row: Row, _: CrmRules) -> Values:
    return {
        "contact_id": row["Id"],
        "account_id": text(row.get("AccountId")),
        "name": text(row.get("Name")),
        "title": text(row.get("Title")),
        "email": text(row.get("Email")),
    }


def _opportunity(row: Row, rules: CrmRules) -> Values:
    ours = rules.salesforce
    mapped = {column: text(row.get(name)) for column, name in ours.opportunities.items() if name}
    return mapped | {
        "opportunity_id": row["Id"],
        "name": text(row.get("Name")),
        "account_id": text(row.get("AccountId")),
        "owner_id": text(row.get("OwnerId")),
        "stage": text(row.get("StageName")),
        "created_at": moment(row.get("CreatedDate")),
        "is_closed": text(row.get("IsClosed")),
        "is_won": text(row.get("IsWon")),
        "custom": json_object({label: text(row.get(name)) for label, name in ours.custom.items()}),
        "plan": json_object({field: text(row.get(name)) for field, name in ours.command_plan.items()}),
    }


def _deal_state(row: Row, _: CrmRules) -> Values:
    """Return one row of OpportunityHistory: it is written for every change of stage, amount or date alike."""
    return {
        "opportunity_id": row["OpportunityId"],
        "at": moment(row["CreatedDate"]),
        "by": text(row.get("CreatedById")),
        "stage": text(row.get("StageName")),
        "amount": text(row.get("Amount")),
        "close_date": moment(row.get("CloseDate")),
        "forecast_category": text(row.get("ForecastCategory")),
    }


def _owner_change(row: Row, _: CrmRules) -> Values | None:
    """Return a change of owner; Salesforce writes it twice, with ids and with names, and the ids are wanted."""
    old, new = text(row.get("OldValue")), text(row.get("NewValue"))
    if not new or not new.startswith("005"):
        return None
    return {
        "opportunity_id": row["OpportunityId"],
        "field": "owner_id",
        "old": old,
        "new": new,
        "at": moment(row["CreatedDate"]),
        "by": text(row.get("CreatedById")),
    }


def _contact_role(row: Row, _: CrmRules) -> Values:
    return {"opportunity_id": row["OpportunityId"], "contact_id": row["ContactId"], "role": text(row.get("Role"))}


def _team_member(row: Row, _: CrmRules) -> Values:
    return {"opportunity_id": row["OpportunityId"], "user_id": row["UserId"]}


def _note(row: Row, rules: CrmRules) -> Values | None:
    body = rules.text(row.get("Body"))
    if not body or not str(row["ParentId"]).startswith(activities.OPPORTUNITY):
        return None
    return {
        "opportunity_id": row["ParentId"],
        "author_id": text(row.get("OwnerId")),
        "at": moment(row["CreatedDate"]),
        "text": body,
    }


def _names(mapping: Mapping[str, str | None]) -> tuple[str, ...]:
    return tuple(name for name in mapping.values() if name)


STREAMS: tuple[Stream, ...] = (
    Stream(
        "users", "User", "users", _user,
        needed=("Id", "Name"),
        optional=("Email", "Title", "ManagerId", "TimeZoneSidKey", "IsActive", "UserRoleId"),
        mapped=lambda rules: _names(rules.salesforce.users),
        where="UserType = 'Standard'",
        whole=True, required=True, permission="View Setup and Configuration, or read access to users",
    ),
    Stream(
        "stages", "OpportunityStage", "stages", _stage,
        needed=("Id", "ApiName"), optional=("IsClosed", "IsWon", "SortOrder"),
        where="IsActive = true", whole=True, permission="Read on Opportunities",
    ),
    Stream(
        "accounts", "Account", "accounts", _account,
        needed=("Id", "Name"), permission="Read and View All on Accounts",
    ),
    Stream(
        "contacts", "Contact", "contacts", _contact,
        needed=("Id", "Name"), optional=("AccountId", "Title", "Email"), permission="Read and View All on Contacts",
    ),
    Stream(
        "opportunities", "Opportunity", "opportunities", _opportunity,
        needed=("Id", "Name", "OwnerId", "StageName", "CreatedDate"),
        optional=("AccountId", "IsClosed", "IsWon"),
        mapped=lambda rules: tuple(rules.salesforce.wanted()),
        required=True, permission="Read and View All on Opportunities",
    ),
    Stream(
        "opportunity history", "OpportunityHistory", "deal_states", _deal_state,
        needed=("Id", "OpportunityId", "StageName", "CreatedDate"),
        optional=("CreatedById", "Amount", "CloseDate", "ForecastCategory"),
        deletable=False, permission="Read on Opportunities",
    ),
    Stream(
        "owner history", "OpportunityFieldHistory", "field_history", _owner_change,
        needed=("Id", "OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate"), optional=("CreatedById",),
        where="Field = 'Owner'", stamp="CreatedDate", deletable=False,
        permission="Opportunity field history tracking of the owner",
    ),
    Stream(
        "contact roles", "OpportunityContactRole", "contact_roles", _contact_role,
        needed=("Id", "OpportunityId", "ContactId"), optional=("Role",),
        permission="Read on Opportunities and Contacts",
    ),
    Stream(
        "deal teams", "OpportunityTeamMember", "deal_team", _team_member,
        needed=("Id", "OpportunityId", "UserId"), permission="Read on Opportunities, with team selling switched on",
    ),
    Stream(
        "tasks", "Task", "activities", activities.task_values,
        needed=activities.TASK_NEEDED, optional=activities.TASK_OPTIONAL,
        feeds=("mail", "calls"), permission="Access Activities",
    ),
    Stream(
        "events", "Event", "activities", activities.event_values,
        needed=activities.EVENT_NEEDED, optional=activities.EVENT_OPTIONAL,
        feeds=("calendar",), permission="Access Activities",
    ),
    Stream(
        "mail headers", "EmailMessage", "mail_headers", activities.mail_header_values,
        needed=("Id", "ActivityId", "Incoming"), optional=("FromAddress", "ToAddress", "CcAddress"),
        where="ActivityId != null", permission="Read on Email Messages",
    ),
    Stream(
        "notes", "Note", "notes", _note,
        needed=("Id", "ParentId", "Body", "CreatedDate"), optional=("OwnerId",), permission="Read on Notes",
    ),
)  # fmt: skip
"""In the order of reading: people before deals, deals before what hangs on them."""
