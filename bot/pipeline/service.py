"""The pipeline's front desk: names, briefs and facet rows of one snapshot, as of any instant.

Every call works on a slate of its own, so any number of threads may ask at the same time; what a
snapshot says about a day never changes, so cohorts are computed once a day and kept.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

import duckdb

from bot.pipeline.benchmarks import PERIOD, Cohorts, Metric, Peer, cells_of
from bot.pipeline.brief import Benchmark, DealBrief, Facets, Health, HealthBucket, SourceStatus
from bot.pipeline.buyers import deals_of_person
from bot.pipeline.facets import FACET_NAMES
from bot.pipeline.freshness import source_statuses
from bot.pipeline.health import assess_health
from bot.pipeline.measuring import Measuring, Standing
from bot.pipeline.model import Deal, DealName, DealStatus, DealType, User
from bot.pipeline.records import STAGE_NOT_RECORDED, RoleSpan, read_deals, read_roles, read_users
from bot.pipeline.slates import Slate, Slates
from bot.pipeline.statements import PipelineRules, fetch

__all__ = ["Pipeline", "PipelineRules", "UnknownDeal"]

Row = dict[str, Any]
Benchmarks = Mapping[str, Benchmark]

DAYS_OF_COHORTS_KEPT = 32  # a back-test walks over many days; each holds a few thousand small cells


class UnknownDeal(LookupError):  # noqa: N818 - what is missing, not a failure
    """No deal of this snapshot has the id. Whoever asks must not learn more than that."""


class Pipeline:
    """Questions to one snapshot.

    `supplied_benchmarks` replace the computed ones of a deal: a name missing there means there is no
    benchmark. `workspace_zone` stands in for a zone that does not exist.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        rules: PipelineRules,
        workspace_zone: str = "UTC",
        supplied_benchmarks: Mapping[str, Benchmarks] | None = None,
    ) -> None:
        self._rules = rules
        self._slates = Slates(connection, rules.results)
        self._measuring = Measuring(connection, rules, workspace_zone, self._benchmarks_of, supplied_benchmarks or {})
        self._cohorts = lru_cache(DAYS_OF_COHORTS_KEPT)(self._compute_cohorts)

    @cached_property
    def users(self) -> Mapping[str, User]:
        """Everybody of the selling company, by id."""
        with self._cursor() as cursor:
            return read_users(cursor)

    def user_by_email(self, email: str) -> User | None:
        """Return the person with this address, whatever its case; None if nobody has it."""
        wanted = email.strip().casefold()
        known = (user for user in self.users.values() if user.email)
        return next((user for user in known if str(user.email).casefold() == wanted), None)

    def user_by_slack_id(self, slack_user_id: str) -> User | None:
        """Return the person behind a Slack account; None if nobody is."""
        return next((user for user in self.users.values() if user.slack_user_id == slack_user_id), None)

    def deal_names(self, owner_ids: Collection[str] | None, member_id: str | None = None) -> list[DealName]:
        """Return the deals owned by `owner_ids` (None = everybody's) or with `member_id` on the deal team."""
        sql = """
            SELECT opportunity_id, name, coalesce(account_name, account_id, '') AS account, owner_id, status
            FROM opportunities o
            WHERE $everybody OR list_contains($owners, owner_id)
               OR EXISTS (FROM deal_team t WHERE t.opportunity_id = o.opportunity_id AND t.user_id = $member)
            ORDER BY name, opportunity_id
        """
        asked = {"everybody": owner_ids is None, "owners": list(owner_ids or ()), "member": member_id}
        return self._deal_names(sql, asked)

    def deals_called(self, deal_ids: Collection[str]) -> list[DealName]:
        """Return the deals with these ids; whoever calls has checked access."""
        sql = """
            SELECT opportunity_id, name, coalesce(account_name, account_id, '') AS account, owner_id, status
            FROM opportunities WHERE list_contains($ids, opportunity_id) ORDER BY name, opportunity_id
        """
        return self._deal_names(sql, {"ids": list(deal_ids)})

    def _deal_names(self, sql: str, asked: Mapping[str, Any]) -> list[DealName]:
        with self._cursor() as cursor:
            rows = fetch(cursor, sql, asked)
        return [
            DealName(row["opportunity_id"], row["name"], row["account"], row["owner_id"], DealStatus(row["status"]))
            for row in rows
        ]

    def deals_of_person(self, words: Collection[str], deal_ids: Collection[str]) -> list[DealName]:
        """Return those of the deals in which somebody of the buyer bears a name with all these words."""
        with self._cursor() as cursor:
            return deals_of_person(cursor, words, deal_ids)

    def brief(self, deal_id: str, as_of: datetime) -> DealBrief:
        """Return everything known about one deal. Raises UnknownDeal."""
        return self.briefs([deal_id], as_of)[0]

    def briefs(self, deal_ids: Sequence[str], as_of: datetime) -> list[DealBrief]:
        """Return briefs in the order asked for, read in one go. Raises UnknownDeal for the first missing one."""
        with self._slates.about(deal_ids) as slate:
            benchmarks = self._measuring.measure(slate, as_of, deal_ids)
            for deal_id in deal_ids:
                if deal_id not in benchmarks:
                    raise UnknownDeal(deal_id)
            return self._briefs(slate.cursor, as_of, deal_ids, benchmarks)

    def reassess(self, brief: DealBrief, facets: Facets) -> Health:
        """Return the health these facets would give the deal, all else as in `brief`. Nothing is stored."""
        return assess_health(
            self._rules.health,
            facets,
            deal_type=brief.deal.deal_type,
            is_open=brief.deal.is_open,
            today=brief.today,
            benchmarks=brief.benchmarks,
        )

    @property
    def cut_offs(self) -> Mapping[HealthBucket, int | None]:
        """The lowest net points of each bucket, best first; None for the last one."""
        return {cut.bucket: cut.at_least for cut in self._rules.health.cut_offs}

    def facet_rows(
        self, as_of: datetime, deal_ids: Sequence[str] | None = None, include_closed: bool = False
    ) -> list[Row]:
        """Return one flat row a deal: record, facets, health and benchmarks (DESIGN, `coach facets`).

        Without `deal_ids` every deal open at `as_of`, or with `include_closed` every deal that existed.
        `age_ratio` is rounded to 2 decimals here; health is decided on the exact ratio. `custom` holds every
        field nobody mapped: which of them may be shown is for the caller to say.
        """
        with self._slates.about(deal_ids) as slate:
            benchmarks = self._measuring.measure(slate, as_of, deal_ids, include_closed)
            return self._flat_rows(slate, benchmarks)

    def rows_at(self, moments: Mapping[str, datetime], *, bookings_known: timedelta) -> list[Row]:
        """Return the same rows with each deal at its own instant and only what was known then.

        Owner, dates and amounts are put back as far as their changes were recorded, and benchmarks come from
        deals closed before. `bookings_known` is how far ahead meetings are taken to have been booked.
        """
        with self._slates.fresh() as slate:
            return self._flat_rows(slate, self._measuring.measure_at(slate, moments, bookings_known))

    def _flat_rows(self, slate: Slate, benchmarks: Mapping[str, Benchmarks]) -> list[Row]:
        slate.fill("health_rows", self._rules.health_sql)
        return [self._flat_row(row, benchmarks[row["id"]]) for row in fetch(slate.cursor, _FLAT_ROWS)]

    def warm_up(self, as_of: datetime) -> None:
        """Do now what the first question of the day would wait for: statements, cohorts, directory."""
        with self._slates.about(()) as slate:
            self._measuring.measure(slate, as_of, ())
        for row in self._measuring.clock(as_of):
            self._cohorts(row["today"])

    def report(self, sql: str, as_of: datetime, deal_ids: Sequence[str] | None = None) -> list[Row]:
        """Return the rows of a report: a statement over the snapshot that may read `chosen` and `clock`.

        Without `deal_ids` every deal that existed at `as_of` is chosen, open or closed.
        """
        with self._slates.fresh() as slate:
            self._measuring.choose(slate, as_of, deal_ids, include_closed=True)
            return fetch(slate.cursor, sql)

    @property
    def recorded(self) -> Mapping[str, bool]:
        """What this snapshot knows of at all: `activity_recorded`, `guests_recorded`, `changes_recorded`."""
        return self._measuring.recorded

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._slates.fresh() as slate:
            yield slate.cursor

    def _benchmarks_of(self, standing: Standing) -> Benchmarks:
        role = self._role_on(standing.owner_id, standing.today)
        peer = Peer(
            owner_id=standing.owner_id,
            deal_type=standing.deal_type,
            segment=role.segment,
            discipline=role.discipline,
            stage=standing.stage,
            is_open=standing.is_open,
        )
        return self._cohorts(standing.today).benchmarks_for(peer)

    def _role_on(self, user_id: str, day: date) -> RoleSpan:
        """What somebody sold, and how, on a day: the role history if it says, else the directory."""
        spans = self._roles.get(user_id, ())
        user = self.users.get(user_id)
        today = RoleSpan(user.segment if user else None, user.discipline if user else None)
        return next((span for span in spans if span.holds_on(day)), today)

    @cached_property
    def _roles(self) -> Mapping[str, Sequence[RoleSpan]]:
        with self._cursor() as cursor:
            return read_roles(cursor)

    def _compute_cohorts(self, today: date) -> Cohorts:
        rules = self._rules.benchmarks
        since = today - timedelta(days=rules.longest_window - 1)
        with self._slates.fresh() as slate:
            slate.write("period", PERIOD, [{"today": today, "since": since}])
            slate.fill("samples", self._rules.samples_sql)
            cells = cells_of(slate.cursor.execute(self._rules.cells_sql).fetchall())
        return Cohorts(rules, self._rules.stages, cells)

    def _briefs(
        self,
        cursor: duckdb.DuckDBPyConnection,
        as_of: datetime,
        deal_ids: Sequence[str],
        benchmarks: Mapping[str, Benchmarks],
    ) -> list[DealBrief]:
        rows = {row["opportunity_id"]: row for row in fetch(cursor, "FROM facet_rows")}
        statuses = self._statuses(cursor, as_of, {row["owner_id"] for row in rows.values()})
        fed = {owner: {each.source: each.connected for each in found} for owner, found in statuses.items()}
        deals = read_deals(cursor, self.users, rows, fed, as_of)
        return [
            self._brief(deals[each], as_of, rows[each], benchmarks[each], statuses[deals[each].owner.id])
            for each in deal_ids
        ]

    def _statuses(self, cursor: duckdb.DuckDBPyConnection, as_of: datetime, owners: Collection[str]) -> dict[str, Any]:
        rows = fetch(cursor, "FROM sources WHERE list_contains($owners, user_id)", {"owners": sorted(owners)})
        recorded = self._measuring.recorded["activity_recorded"]
        return {
            owner: source_statuses([row for row in rows if row["user_id"] == owner], as_of, recorded)
            for owner in owners
        }

    def _brief(
        self, deal: Deal, as_of: datetime, row: Row, benchmarks: Benchmarks, statuses: tuple[SourceStatus, ...]
    ) -> DealBrief:
        facets = Facets(**{name: row[name] for name in FACET_NAMES})
        health = assess_health(
            self._rules.health,
            facets,
            deal_type=DealType(row["deal_type"]),
            is_open=row["is_open"],
            today=row["today"],
            benchmarks=benchmarks,
        )
        return DealBrief(deal, as_of, row["today"], facets, dict(benchmarks), health, statuses)

    def _flat_row(self, row: Row, benchmarks: Benchmarks) -> Row:
        if row["age_ratio"] is not None:
            row["age_ratio"] = round(row["age_ratio"], 2)
        row["probability_source"] = "CRM" if row["probability"] is not None else None
        if (
            row["probability"] is None
            and row["status"] == "open"
            and (stage := self._rules.stages.resolve(row["stage"]))
        ):
            row["probability"] = round(100 * self._rules.stages.probability_of(stage), 1)
            row["probability_source"] = "stage default"
        row["custom"] = json.loads(row["custom"]) if row["custom"] else {}
        row["stage"] = row["stage"] or STAGE_NOT_RECORDED
        owner = self.users.get(row["owner"])
        row["owner_name"] = owner.name if owner else None
        return row | _benchmark_columns(benchmarks)


_FLAT_ROWS = f"""
SELECT o.opportunity_id AS id, o.name, o.account_name AS account, f.owner_id AS owner, NULL AS owner_name,
       o.type, o.deal_type, f.stage, CASE WHEN f.is_open THEN 'open' ELSE o.status END AS status,
       f.amount, o.currency, f.forecast_category, o.probability, NULL AS probability_source, f.close_date, f.today,
       date_diff('day', p.refreshed_on, f.today) AS plan_freshness, o.custom,
       {", ".join(f"f.{name}" for name in FACET_NAMES)}, h.health_bucket, h.health_net_points
FROM facet_rows f
JOIN opportunities o USING (opportunity_id)
JOIN health_rows h USING (opportunity_id)
LEFT JOIN (SELECT opportunity_id, max(refreshed_on) AS refreshed_on FROM close_plan_lines GROUP BY ALL) p
       ON p.opportunity_id = o.opportunity_id AND p.refreshed_on <= f.today
ORDER BY o.opportunity_id
"""  # noqa: S608 - names of the contract


def _benchmark_columns(benchmarks: Benchmarks) -> Row:
    columns: Row = {}
    for metric in Metric:
        found = benchmarks.get(metric)
        columns[metric.value] = found.value if found else None
        columns[f"{metric.value}_n"] = found.n if found else None
        columns[f"{metric.value}_level"] = found.level if found else None
    return columns
