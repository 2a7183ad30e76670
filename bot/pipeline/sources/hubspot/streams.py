"""The objects of HubSpot that are read, and what one of them says.

A record carries nothing of another: companies, contacts and stages keep their names to themselves, and what
links them is asked for with every record, because a changed record without its links would lose them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.hubspot import engagements
from bot.pipeline.sources.hubspot.links import Links
from bot.pipeline.sources.protocol import Record
from bot.pipeline.sources.values import json_object, moment, text

Row = Mapping[str, Any]

_TRACKED = {
    "dealstage": "stage",
    "hubspot_owner_id": "owner_id",
    "amount": "amount",
    "closedate": "close_date",
    "hs_manual_forecast_category": "forecast_category",
}


@dataclass(frozen=True, slots=True)
class Stream:
    """One object type; each of its records becomes the records that `said` yields, all of one scope.

    `stamp` is the property of the last change, `tracked` the properties whose history is read, `linked` the
    objects whose associations are.
    """

    name: str
    kinds: frozenset[str]
    said: Callable[[Row, Links, CrmRules, str], Iterator[Record]]
    properties: tuple[str, ...]
    scope: str
    stamp: str = "hs_lastmodifieddate"
    mapped: Callable[[CrmRules], tuple[str, ...]] = lambda _: ()
    tracked: Callable[[CrmRules], Mapping[str, str]] = lambda _: {}
    linked: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    required: bool = False


def _company(row: Row, _: Links, __: CrmRules, scope: str) -> Iterator[Record]:
    values = {"account_id": row["id"], "name": text(row["properties"].get("name"))}
    yield Record("accounts", row["id"], values, scope)


def _contact(row: Row, _: Links, __: CrmRules, scope: str) -> Iterator[Record]:
    said = row["properties"]
    name = " ".join(part for part in (said.get("firstname"), said.get("lastname")) if part)
    values = {
        "contact_id": row["id"],
        "account_id": text(said.get("associatedcompanyid")),
        "name": text(name),
        "title": text(said.get("jobtitle")),
        "email": text(said.get("email")),
    }
    yield Record("contacts", row["id"], values, scope)


def _deal(row: Row, links: Links, rules: CrmRules, scope: str) -> Iterator[Record]:
    said, ours = row["properties"], rules.hubspot
    deal: dict[str, str | None] = {
        column: _mapped(column, text(said.get(name)), rules) for column, name in ours.opportunities.items() if name
    }
    deal |= {
        "opportunity_id": row["id"],
        "name": text(said.get("dealname")) or row["id"],
        "account_id": links.primary("companies"),
        "owner_id": text(said.get("hubspot_owner_id")),
        "stage": text(said.get("dealstage")),
        "created_at": moment(said.get("createdate")),
        "custom": json_object({label: text(said.get(name)) for label, name in ours.custom.items()}),
        "plan": json_object({field: text(said.get(name)) for field, name in ours.command_plan.items()}),
    }
    yield Record("opportunities", row["id"], deal, scope)
    yield from _states(row, rules, scope)
    for contact, roles in links.labelled("contacts"):
        for role in roles or (None,):
            values = {"opportunity_id": row["id"], "contact_id": contact, "role": role}
            yield Record("contact_roles", f"{row['id']}/{contact}/{role}", values, scope)


def _states(row: Row, rules: CrmRules, scope: str) -> Iterator[Record]:
    """Yield one state a version of a tracked property; each says only what changed then."""
    columns = tracked_properties(rules)
    for name, versions in (row.get("propertiesWithHistory") or {}).items():
        for version in versions:
            at = moment(version.get("timestamp"))
            values = {
                "opportunity_id": row["id"],
                "at": at,
                "by": text(version.get("updatedByUserId")),
                columns[name]: _mapped(columns[name], text(version.get("value")), rules),
            }
            yield Record("deal_states", f"{row['id']}/{name}/{at}", values, scope)


def _mapped(column: str, value: str | None, rules: CrmRules) -> str | None:
    if value is None:
        return None
    if column == "close_date":
        return day_of(value)
    if column == "probability":
        return _percent(value)
    words = {old.lower(): new for old, new in rules.hubspot.values.get(column, {}).items()}
    return words.get(value.lower(), value)


def day_of(value: str) -> str:
    """Return a close date; what programs set is the midnight of Greenwich and means that day everywhere."""
    at = moment(value) or value
    day, _, time = at.partition("T")
    return day if time.startswith("00:00:00.000000") else at


def _percent(value: str) -> str | None:
    """Return a share of one, as HubSpot keeps it, as the percentage every other source gives."""
    try:
        return f"{float(value) * 100:g}"
    except ValueError:
        return None


def tracked_properties(rules: CrmRules) -> dict[str, str]:
    """Return the properties whose history is history of the deal, with the column each stands for."""
    mapped = {name: column for column, name in rules.hubspot.opportunities.items() if name}
    fixed = {name: column for name, column in _TRACKED.items() if column in ("stage", "owner_id")}
    return fixed | {name: column for name, column in mapped.items() if column in _TRACKED.values()}


_DEAL = ("dealname", "dealstage", "hubspot_owner_id", "createdate")

STREAMS: tuple[Stream, ...] = (
    Stream("companies", frozenset({"accounts"}), _company, ("name",), "crm.objects.companies.read"),
    Stream(
        "contacts", frozenset({"contacts"}), _contact,
        ("firstname", "lastname", "jobtitle", "email", "associatedcompanyid"),
        "crm.objects.contacts.read", stamp="lastmodifieddate",
    ),
    Stream(
        "deals", frozenset({"opportunities", "deal_states", "contact_roles"}), _deal, _DEAL,
        "crm.objects.deals.read",
        mapped=lambda rules: tuple(rules.hubspot.wanted()), tracked=tracked_properties,
        linked=("companies", "contacts"), required=True,
    ),
    *(
        Stream(
            name, frozenset({kind}), said, properties, scope,
            linked=("deals", "contacts", "companies"), feeds=feeds,
        )
        for name, kind, said, properties, scope, feeds in (
            ("calls", "activities", engagements.call, engagements.CALL, "crm.objects.contacts.read", ("calls",)),
            ("emails", "activities", engagements.email, engagements.EMAIL, "sales-email-read", ("mail",)),
            ("meetings", "activities", engagements.meeting, engagements.MEETING, "crm.objects.contacts.read",
             ("calendar",)),
            ("tasks", "activities", engagements.task, engagements.TASK, "crm.objects.contacts.read", ()),
            ("notes", "notes", engagements.note, engagements.NOTE, "crm.objects.contacts.read", ()),
        )
    ),
)  # fmt: skip
"""In the order of reading."""
