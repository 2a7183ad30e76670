"""Measuring deals at one instant, step by step on one slate: choose, rewind, measure, compare.

The slate afterwards holds `chosen`, `clock`, `deals`, `measured` and `facet_rows`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import duckdb

from bot.pipeline.benchmarks import Metric
from bot.pipeline.brief import Benchmark
from bot.pipeline.facets import CHOSEN, CLOCK, MOMENTS, YARDSTICKS, clock_rows
from bot.pipeline.slates import Slate
from bot.pipeline.statements import PipelineRules, fetch

Row = dict[str, Any]
Benchmarks = Mapping[str, Benchmark]


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a deal decides its benchmarks: whose it was, which motion, in which stage, on which day."""

    owner_id: str
    deal_type: str
    stage: str | None
    is_open: bool
    today: date


@dataclass(frozen=True)
class Measuring:
    """The measuring of one snapshot. `supplied` replace the computed benchmarks of a deal."""

    connection: duckdb.DuckDBPyConnection
    rules: PipelineRules
    workspace_zone: str
    benchmarks_of: Callable[[Standing], Benchmarks]
    supplied: Mapping[str, Benchmarks]

    def clock(self, as_of: datetime) -> list[Row]:
        """What "now" is in every zone of the snapshot."""
        return clock_rows(self._zones, as_of, self.recorded, self.workspace_zone)

    def choose(
        self,
        slate: Slate,
        as_of: datetime,
        deal_ids: Sequence[str] | None,
        include_closed: bool = False,
    ) -> None:
        """Write down what "now" is (`clock`) and which deals are meant (`chosen`)."""
        slate.write("clock", CLOCK, self.clock(as_of))
        if deal_ids is None:
            slate.fill("chosen", _CHOOSE_ALL if include_closed else _CHOOSE_OPEN)
        else:
            slate.write("chosen", CHOSEN, [{"opportunity_id": each} for each in sorted(set(deal_ids))])

    def measure(
        self,
        slate: Slate,
        as_of: datetime,
        deal_ids: Sequence[str] | None,
        include_closed: bool = False,
    ) -> dict[str, Benchmarks]:
        """Fill `facet_rows` with the chosen deals and return their benchmarks by deal id."""
        self.choose(slate, as_of, deal_ids, include_closed)
        past = self._last_change is not None and as_of.timestamp() < self._last_change
        return self._measure(slate, self.rules.rewound_deals_sql if past else self.rules.deals_sql)

    def measure_at(
        self, slate: Slate, moments: Mapping[str, datetime], bookings_known: timedelta
    ) -> dict[str, Benchmarks]:
        """Fill `facet_rows` with deals at an instant of their own each; return their benchmarks by deal id.

        Nobody recorded when a meeting was booked: only those within `bookings_known` of the instant count as
        booked. Benchmarks are those of the first day of the month, which is before it.
        """
        rows = [row for found in self._moments(slate.cursor, moments, bookings_known).values() for row in found]
        slate.write("moments", MOMENTS, rows)
        slate.write("chosen", CHOSEN, [{"opportunity_id": row["opportunity_id"]} for row in rows])
        return self._measure(slate, self.rules.deals_at_moments_sql, lambda day: day.replace(day=1))

    def _moments(
        self, cursor: duckdb.DuckDBPyConnection, moments: Mapping[str, datetime], bookings_known: timedelta
    ) -> dict[Any, list[Row]]:
        """Rows of `moments`, made once for all deals that share zone and instant."""
        together: dict[tuple[str, datetime], list[str]] = defaultdict(list)
        for deal_id, zone in cursor.execute("SELECT opportunity_id, timezone FROM opportunities").fetchall():
            if deal_id in moments:
                together[zone, moments[deal_id]].append(deal_id)
        found = {}
        for (zone, as_of), deal_ids in together.items():
            [clock] = clock_rows([zone], as_of, self.recorded, self.workspace_zone)
            clock["booked_until"] = clock["as_of"] + bookings_known
            found[zone, as_of] = [clock | {"opportunity_id": each} for each in deal_ids]
        return found

    def _measure(
        self,
        slate: Slate,
        deals_sql: str,
        cohort_day: Callable[[date], date] = lambda today: today,
    ) -> dict[str, Benchmarks]:
        slate.fill("deals", deals_sql)
        slate.fill("measured", self.rules.measured_sql)
        benchmarks = self._benchmarks(slate.cursor, cohort_day)
        self._compare(slate, benchmarks)
        slate.fill("facet_rows", self.rules.facets_sql)
        return benchmarks

    def _benchmarks(
        self, cursor: duckdb.DuckDBPyConnection, cohort_day: Callable[[date], date]
    ) -> dict[str, Benchmarks]:
        rows = cursor.execute(
            "SELECT opportunity_id, owner_id, deal_type, stage, is_open, today FROM measured"
        ).fetchall()
        of_peer: dict[tuple[Any, ...], Benchmarks] = {}
        found = {}
        for deal_id, *standing, today in rows:
            key = (*standing, cohort_day(today))
            if deal_id in self.supplied:
                found[deal_id] = self.supplied[deal_id]
                continue
            if key not in of_peer:
                of_peer[key] = self.benchmarks_of(Standing(*key))
            found[deal_id] = of_peer[key]
        return found

    def _compare(self, slate: Slate, benchmarks: Mapping[str, Benchmarks]) -> None:
        """Write down the two benchmarks that facets and health compare with (`yardsticks`)."""
        columns = {"opportunity_id": list(benchmarks)} | {
            name: [found[metric].value if metric in found else None for found in benchmarks.values()]
            for name, metric in (("typical_cycle", Metric.CYCLE), ("typical_contacts_won", Metric.CONTACTS))
        }
        slate.write_columns("yardsticks", YARDSTICKS, columns)

    @cached_property
    def recorded(self) -> dict[str, bool]:
        """What this snapshot knows of at all; what it does not know of is unknown, not zero."""
        sql = """
            SELECT EXISTS (FROM activities WHERE user_id IS NOT NULL) AS activity_recorded,
                   EXISTS (FROM participants) AS guests_recorded,
                   EXISTS (FROM field_history WHERE field = 'close_date') AS changes_recorded
        """
        return fetch(self.connection.cursor(), sql)[0]

    @cached_property
    def _zones(self) -> list[str]:
        rows = self.connection.cursor().execute("SELECT DISTINCT timezone FROM opportunities").fetchall()
        return [zone for (zone,) in rows]

    @cached_property
    def _last_change(self) -> float | None:
        """The instant of the newest recorded change, in seconds since 1970."""
        return self.connection.cursor().execute('SELECT epoch(max("at")) FROM changes').fetchall()[0][0]  # type: ignore[no-any-return]


_CHOOSE_ALL = """
SELECT opportunity_id FROM opportunities JOIN clock USING (timezone)
WHERE coalesce(created_on <= today, TRUE)
"""

_CHOOSE_OPEN = _CHOOSE_ALL + " AND (status = 'open' OR coalesce(closed_on > today, FALSE))"
