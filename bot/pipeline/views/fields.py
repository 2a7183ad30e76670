"""What a view may ask about: the columns of a deal's row, and how each may be compared."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType, NoneType
from typing import Any, get_args, get_type_hints

from bot.pipeline.benchmarks import Metric
from bot.pipeline.brief import DealBrief, Facets, HealthBucket
from bot.pipeline.commitment import Commitment, CommitmentRules, read_commitment
from bot.pipeline.service import Pipeline

CUSTOM = "custom."
WORST_BUCKET_FIRST = (HealthBucket.POOR, HealthBucket.AT_RISK, HealthBucket.AVERAGE, HealthBucket.GOOD)


class Kind(StrEnum):
    """How values of a column compare."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes/no"
    STAGE = "stage"
    """Text that also has an order: that of the stages."""
    BUCKET = "bucket"
    """Text that also has an order: worst health first."""
    ANY = "any"
    """A custom column: whatever the CRM holds."""


def _kind_of(annotation: Any) -> Kind:
    plain = next((each for each in get_args(annotation) if each is not NoneType), annotation)
    return {date: Kind.DATE, bool: Kind.YES_NO}.get(plain, Kind.NUMBER)


_TEXTS = (
    "id", "name", "account", "owner", "owner_name", "type", "deal_type", "status", "currency", "forecast_category",
)  # fmt: skip

FIELDS: Mapping[str, Kind] = MappingProxyType(
    {
        **dict.fromkeys(_TEXTS, Kind.TEXT),
        "stage": Kind.STAGE,
        "health_bucket": Kind.BUCKET,
        "amount": Kind.NUMBER,
        "close_date": Kind.DATE,
        "health_net_points": Kind.NUMBER,
        **{name: _kind_of(annotation) for name, annotation in get_type_hints(Facets).items()},
        **{metric.value: Kind.NUMBER for metric in Metric},
        "effective_days_untouched": Kind.NUMBER,
        "never_touched": Kind.YES_NO,
        "commitment_step": Kind.NUMBER,
        "commitment_minimum": Kind.NUMBER,
        "words_ahead_of_deeds": Kind.YES_NO,
        "not_yet_an_opportunity": Kind.YES_NO,
    }
)
FROM_COMMITMENT = frozenset({"commitment_step", "commitment_minimum", "words_ahead_of_deeds", "not_yet_an_opportunity"})


def kind_of(name: str) -> Kind | None:
    """Return how a column compares; None if there is no such column."""
    return Kind.ANY if name.startswith(CUSTOM) else FIELDS.get(name)


def view_rows(
    pipeline: Pipeline,
    as_of: datetime,
    rules: CommitmentRules,
    names: frozenset[str],
    deal_ids: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Return one row an open deal, with every column among `names`; whole deals are read only if one needs them."""
    rows = [row for row in pipeline.facet_rows(as_of, deal_ids) if row["status"] == "open"]
    for row in rows:
        row.update(_derived(row))
    if names & FROM_COMMITMENT or any(name.startswith(CUSTOM) for name in names):
        briefs = pipeline.briefs([row["id"] for row in rows], as_of)
        for row, brief in zip(rows, briefs, strict=True):
            row.update(_from_brief(brief, rules))
    return rows


def _derived(row: Mapping[str, Any]) -> dict[str, Any]:
    """Never touched is known only where mail and calendar are; the rule of days untouched is DOMAIN 2.3."""
    untouched, connected = row["days_untouched"], row["touches_last_14"] is not None
    return {
        "effective_days_untouched": row["opp_age"] if connected and untouched is None else untouched,
        "never_touched": untouched is None if connected else None,
    }


def _from_brief(brief: DealBrief, rules: CommitmentRules) -> dict[str, Any]:
    found: Commitment = read_commitment(brief, rules)
    return {
        "commitment_step": None if found.step is None else int(found.step),
        "commitment_minimum": None if found.minimum is None else int(found.minimum),
        "words_ahead_of_deeds": found.words_ahead_of_deeds,
        "not_yet_an_opportunity": found.not_yet_an_opportunity,
        **{f"{CUSTOM}{name}": value for name, value in brief.deal.custom.items()},
    }
