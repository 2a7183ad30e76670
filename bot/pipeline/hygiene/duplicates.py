"""Accounts and contacts that may be the same one twice, by mail domain and address (S16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import ibis
import ibis.expr.types as ir

from bot.pipeline.facets import CHOSEN
from bot.pipeline.freemail import FREE_MAIL_DOMAINS
from bot.pipeline.service import Pipeline
from bot.pipeline.tables import RECORDED


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Things that share what should be theirs alone: `kind` account or contact, `shared` domain or address."""

    kind: str
    shared: str
    ids: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What may be a duplicate, in one line."""
        return f"{' / '.join(self.names)}: {len(self.ids)} {self.kind}s share {self.shared}"


def find_duplicates(pipeline: Pipeline, as_of: datetime, deal_ids: Sequence[str] | None = None) -> list[Duplicate]:
    """Look through the contacts of the accounts of these deals (None = all), largest groups first.

    Free-mail domains and partners' people say nothing about an account.
    """
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in pipeline.report(_statement(), as_of, deal_ids):
        groups.setdefault((row["kind"], row["shared"]), []).append((row["id"], row["name"]))
    found = [
        Duplicate(kind, shared, tuple(each for each, _ in members), tuple(dict.fromkeys(name for _, name in members)))
        for (kind, shared), members in groups.items()
    ]
    return sorted(found, key=lambda each: (each.kind, -len(each.ids), each.shared))


@cache
def _statement() -> str:
    return str(ibis.to_sql(duplicate_table(), dialect="duckdb"))


def duplicate_table() -> ir.Table:
    """One row an account or contact that shares its domain or address with another: kind, shared, id, name."""
    people = _people()
    domains = people.filter(~people.is_partner, ~people.domain.isin(sorted(FREE_MAIL_DOMAINS)))
    accounts = domains.select(
        kind=ibis.literal("account"), shared="domain", id="account_id", name="account_name"
    ).distinct()
    contacts = people.select(
        kind=ibis.literal("contact"), shared="email", id="contact_id", name="contact_name"
    ).distinct()
    return ibis.union(*(_shared(each) for each in (accounts, contacts))).order_by("kind", "shared", "id")


def _people() -> ir.Table:
    """Contacts with an address, of the accounts of the chosen deals."""
    contacts = ibis.table(RECORDED["contacts"], name="contacts")
    opportunities = ibis.table(RECORDED["opportunities"], name="opportunities")
    roles = ibis.table(RECORDED["contact_roles"], name="contact_roles")
    chosen = ibis.table(CHOSEN, name="chosen")
    deals = opportunities.semi_join(chosen, "opportunity_id")
    accounts = deals.group_by("account_id").aggregate(account_name=deals.account_name.max())
    partners = roles.filter(roles.role.lower() == "partner").select("contact_id").distinct()
    partners = partners.mutate(marked=ibis.literal(True))
    people = contacts.inner_join(accounts, "account_id").left_join(partners, "contact_id")
    people = people.filter(people.email.notnull())
    return people.select(
        "contact_id",
        "account_id",
        "email",
        account_name=ibis.coalesce(people.account_name, people.account_id),
        contact_name=ibis.coalesce(people.name, people.email),
        domain=people.email.split("@")[1],
        is_partner=people.marked.fill_null(False),
    )


def _shared(members: ir.Table) -> ir.Table:
    """The rows whose `shared` value several ids have."""
    many = members.group_by("shared").aggregate(ids=members.id.nunique())
    return members.semi_join(many.filter(many.ids > 1), "shared")
