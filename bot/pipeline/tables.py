"""The tables of a pipeline snapshot: names, columns and types. Every engine holds exactly these.

Two kinds. *Recorded* tables hold what a source said, one row a thing, already typed. *Derived* tables
(`deal_rows`, `changes`, `touchpoints`, `engagements`) are made from them once per snapshot, so that a facet is one
scan of rows that already know their deal, their local date and whether they count (DOMAIN 2.1, 2.2).
Instants are UTC without zone; dates are local to the deal owner. NULL is "not recorded", never zero.
"""

import ibis
from ibis.expr.schema import Schema

RECORDED: dict[str, Schema] = {
    "users": ibis.schema(
        {
            "user_id": "!string",
            "name": "!string",
            "email": "string",
            "slack_user_id": "string",
            "role": "string",
            "manager_id": "string",
            "segment": "string",
            "discipline": "string",
            "timezone": "string",
            "active": "boolean",
        }
    ),
    "role_history": ibis.schema(
        {
            "user_id": "!string",
            "segment": "string",
            "discipline": "string",
            "valid_from": "date",  # first day; NULL = since ever
            "valid_to": "date",  # last day; NULL = until now
        }
    ),
    "opportunities": ibis.schema(
        {
            "opportunity_id": "!string",
            "name": "!string",
            "account_id": "string",
            "account_name": "string",
            "owner_id": "!string",
            "type": "string",  # as the CRM says it
            "deal_type": "!string",  # New Business | Existing Business
            "stage": "string",
            "stage_order": "int32",
            "status": "!string",  # open | won | lost
            "amount": "float64",
            "currency": "string",
            "probability": "float64",  # 0-100
            "forecast_category": "string",
            "close_date": "date",
            "created_on": "date",
            "closed_on": "date",
            "next_step": "string",
            "loss_reason": "string",
            "timezone": "!string",  # the owner's zone, else the workspace's, else UTC
            "custom": "string",  # JSON object of the columns nobody mapped
        }
    ),
    "stage_visits": ibis.schema(
        {
            "opportunity_id": "!string",
            "position": "!int32",  # 0 = first visit; same-stage repeats are collapsed
            "stage": "!string",
            "stage_order": "int32",
            "entered_on": "!date",
            "left_on": "date",  # NULL while the visit lasts
        }
    ),
    "field_history": ibis.schema(
        {
            "opportunity_id": "!string",
            "field": "!string",  # owner_id | close_date | amount | forecast_category
            "old": "string",
            "new": "string",
            "at": "!timestamp",
            "by": "string",
        }
    ),
    "activities": ibis.schema(
        {
            "activity_id": "!string",
            "opportunity_id": "string",
            "account_id": "string",
            "user_id": "string",  # whose mailbox or calendar it is
            "kind": "!string",  # email | meeting | call | task
            "direction": "string",  # inbound | outbound, mail only
            "start_at": "!timestamp",
            "end_at": "timestamp",
            "status": "string",  # confirmed | tentative | cancelled | no_show | declined_by_owner
            "organiser": "string",  # seller | buyer | partner
            "is_auto": "!boolean",
            "subject": "string",
            "body": "string",
        }
    ),
    "participants": ibis.schema(
        {
            "activity_id": "!string",
            "email": "!string",  # lower case, external persons only
            "response": "string",  # accepted | declined | NULL
        }
    ),
    "contacts": ibis.schema(
        {
            "contact_id": "!string",
            "account_id": "string",
            "name": "string",
            "title": "string",
            "email": "string",  # lower case
        }
    ),
    "contact_roles": ibis.schema({"opportunity_id": "!string", "contact_id": "!string", "role": "string"}),
    "notes": ibis.schema(
        {
            "note_id": "!string",
            "opportunity_id": "!string",
            "author_id": "string",
            "author_name": "string",
            "on": "!date",
            "text": "!string",
        }
    ),
    "close_plan_lines": ibis.schema(
        {"opportunity_id": "!string", "refreshed_on": "date", "position": "!int32", "line": "!string"}
    ),
    "command_plans": ibis.schema({"opportunity_id": "!string", "field": "!string", "text": "!string"}),
    "deal_team": ibis.schema({"opportunity_id": "!string", "user_id": "!string"}),
    "sources": ibis.schema(
        {
            "user_id": "!string",
            "source": "!string",  # mail | calendar
            "connected": "!boolean",
            "last_sync": "timestamp",
        }
    ),
}

DERIVED: dict[str, Schema] = {
    "deal_rows": ibis.schema({"opportunity_id": "!string", "deal_row": "!int64"}),  # millions join by number, not text
    "changes": ibis.schema(  # one row a recorded change; `old_` and `new_` hold it in the type of its field
        {
            "opportunity_id": "!string",
            "field": "!string",
            "at": "!timestamp",
            "old_owner_id": "string",
            "old_close_date": "date",
            "new_close_date": "date",
            "old_amount": "float64",
            "old_forecast_category": "string",
        }
    ),
    "touchpoints": ibis.schema(
        {
            "opportunity_id": "!string",
            "activity_id": "!string",
            "kind": "!string",
            "direction": "string",
            "start_at": "!timestamp",
            "on": "!date",  # local to the owner of the deal
            "by_owner": "!boolean",  # done by the person who owned the deal on that date
            "counts": "!boolean",  # feeds the facets (DOMAIN 2.2)
            "not_counted_because": "string",
            "match_method": "!string",  # recorded | contact role | account contact | domain | account
            "deal_row": "!int64",  # where the deal stands in `opportunities`; the table is sorted by it
            "activity_row": "!int64",  # where the activity stands in `activities`
        }
    ),
    "engagements": ibis.schema(  # one row a touchpoint and a person outside the company who took part
        {
            "opportunity_id": "!string",
            "email": "!string",
            "response": "string",
            "is_tied": "!boolean",  # the person belongs to the deal or its account
            "kind": "!string",  # from here on as in the touchpoint
            "direction": "string",
            "start_at": "!timestamp",
            "on": "!date",
            "counts": "!boolean",
            "deal_row": "!int64",
            "activity_row": "!int64",
        }
    ),
}

ALL: dict[str, Schema] = RECORDED | DERIVED
