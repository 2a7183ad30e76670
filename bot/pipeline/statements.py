"""The pipeline's questions to the store, compiled once a process from portable expressions.

Whatever varies from call to call (clock, chosen deals, their benchmarks) enters as a small table under a
fixed name (`bot.pipeline.slates`); the text of a statement never changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import duckdb
import ibis
import ibis.expr.types as ir
from ibis.expr.schema import Schema

from bot.pipeline.benchmarks import BenchmarkRules, cell_table, load_benchmark_rules, sample_table
from bot.pipeline.facets import deals_at_moments, facet_table, measured_deals, measured_table, rated_table
from bot.pipeline.health import HealthRules, health_table, load_health
from bot.pipeline.stages import StageModel, folded, load_stages


@dataclass(frozen=True)
class PipelineRules:
    """What sales operations configured: health, benchmarks and stages, with the statements they lead to."""

    health: HealthRules
    benchmarks: BenchmarkRules
    stages: StageModel

    @classmethod
    def load(cls, playbook_dir: Path) -> Self:
        """Read the three playbooks. Raises PlaybookError with file, line, field and fix."""
        return cls(load_health(playbook_dir), load_benchmark_rules(playbook_dir), load_stages(playbook_dir))

    @cached_property
    def closed_stages(self) -> tuple[str, ...]:
        """Every name of a stage in which a deal has ended, in lower case."""
        return tuple(folded(name) for name, stage in self.stages.names() if not stage.is_open)

    @cached_property
    def deals_sql(self) -> str:
        """Reads `chosen` and `clock`; deals as recorded, for an `as_of` after every recorded change."""
        return _sql(measured_deals(rewound=False))

    @cached_property
    def rewound_deals_sql(self) -> str:
        """Reads `chosen` and `clock`; deals as they stood at an `as_of` before some recorded change."""
        return _sql(measured_deals())

    @cached_property
    def deals_at_moments_sql(self) -> str:
        """Reads `chosen` and `moments`; every deal as it stood at an instant of its own."""
        return _sql(deals_at_moments())

    @cached_property
    def measured_sql(self) -> str:
        """Reads `deals`, the result of one of the three above."""
        deals = ibis.table(measured_deals().schema(), name="deals")
        return _sql(measured_table(deals, self.closed_stages))

    @cached_property
    def facets_sql(self) -> str:
        """Reads `measured`, the result of `measured_sql`, and `yardsticks`."""
        measured = measured_table(measured_deals(), self.closed_stages)
        return _sql(rated_table(ibis.table(measured.schema(), name="measured")))

    @cached_property
    def health_sql(self) -> str:
        """Reads `facet_rows`, the result of `facets_sql`."""
        return _sql(health_table(self.health, ibis.table(facet_table().schema(), name="facet_rows")))

    @cached_property
    def results(self) -> dict[str, Schema]:
        """The tables that the statements above fill, with their columns."""
        facets = facet_table().schema()
        return {
            "deals": measured_deals().schema(),
            "measured": measured_table(measured_deals(), self.closed_stages).schema(),
            "facet_rows": facets,
            "health_rows": health_table(self.health, ibis.table(facets, name="facet_rows")).schema(),
        }

    @cached_property
    def samples_sql(self) -> str:
        """Reads `period`."""
        return _sql(sample_table(self.benchmarks.left_out_loss_reasons, self.closed_stages))

    @cached_property
    def cells_sql(self) -> str:
        """Reads `samples`, the result of `samples_sql`."""
        return _sql(cell_table(self.benchmarks))


def _sql(expression: ir.Table) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb"))


def fetch(
    cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return every row of `sql` as a mapping by column name."""
    cursor.execute(sql, dict(parameters) if parameters else None)
    return _rows(cursor)


def fetch_in(cursor: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    """Return every row of `sql`, in whose place `{}` the `values` are listed."""
    cursor.execute(sql.format(", ".join("?" * len(values)) or "NULL"), list(values))
    return _rows(cursor)


def _rows(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
