"""Deals by the people of the buying company: somebody asks about "Gareth", not about the deal's name."""

from collections.abc import Collection

import duckdb

from bot.pipeline.model import DealName, DealStatus
from bot.pipeline.statements import fetch

_KNOWN_TO = """
    SELECT DISTINCT o.opportunity_id, o.name, coalesce(o.account_name, o.account_id, '') AS account,
        o.owner_id, o.status
    FROM opportunities o
    JOIN contacts c ON c.account_id = o.account_id
      OR EXISTS (FROM contact_roles r WHERE r.opportunity_id = o.opportunity_id AND r.contact_id = c.contact_id)
    WHERE list_contains($deals, o.opportunity_id) AND list_has_all(string_split(lower(c.name), ' '), $words)
    ORDER BY o.name, o.opportunity_id
"""


def deals_of_person(
    cursor: duckdb.DuckDBPyConnection, words: Collection[str], deal_ids: Collection[str]
) -> list[DealName]:
    """Return those of the deals in which somebody of the buyer bears a name with all these words, in lower case.

    Looks at nothing outside `deal_ids`, so a person on a hidden deal is nobody.
    """
    rows = fetch(cursor, _KNOWN_TO, {"deals": list(deal_ids), "words": list(words)})
    return [
        DealName(row["opportunity_id"], row["name"], row["account"], row["owner_id"], DealStatus(row["status"]))
        for row in rows
    ]
