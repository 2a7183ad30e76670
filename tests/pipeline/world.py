"""A small sales world written line by line, as rows of the recorded tables."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from bot.pipeline.brief import Benchmark, Facets
from bot.pipeline.service import Pipeline, PipelineRules
from bot.pipeline.store import load_rows

RULES = PipelineRules.load(Path(__file__).parents[2] / "knowledge" / "playbook")
NOW = datetime(2026, 9, 21, 14, tzinfo=UTC)
TODAY = NOW.date()
BUYER = "ada@halden.example"

TYPICAL = {
    "typical_cycle": Benchmark(name="typical_cycle", value=80, n=30, level="L1: same type, segment"),
    "typical_contacts_won": Benchmark(name="typical_contacts_won", value=5.0, n=30, level="L1: same type"),
}


def days_ago(days: int) -> date:
    """Return the date `days` before today."""
    return TODAY - timedelta(days=days)


def at(days: int, hour: int = 12) -> datetime:
    """Return an instant `days` before today; negative = ahead."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=UTC) - timedelta(days=days)


@dataclass
class World:
    """Rows by table. The rep R owns deal D of account X unless a test says otherwise."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    supplied: dict[str, dict[str, Benchmark]] | None = None

    def add(self, table: str, **row: Any) -> "World":
        """Add one row as it is."""
        self.rows.setdefault(table, []).append(row)
        return self

    def user(self, user_id: str = "R", name: str = "Rita Sol", **more: Any) -> "World":
        """Add a colleague."""
        return self.add("users", user_id=user_id, name=name, **more)

    def deal(self, deal_id: str = "D", age: int | None = 60, **more: Any) -> "World":
        """Add an open new-business deal created `age` days ago."""
        created = None if age is None else days_ago(age)
        row = {
            "opportunity_id": deal_id, "name": f"Deal {deal_id}", "owner_id": "R", "account_id": "X",
            "deal_type": "New Business", "status": "open", "stage": "Discovery", "stage_order": 2,
            "created_on": created, "timezone": "UTC",
        }  # fmt: skip
        return self.add("opportunities", **(row | more))

    def contact(self, email: str = BUYER, deal_id: str | None = "D", account_id: str = "X") -> "World":
        """Add a person of the account; with a role on `deal_id` unless that is None."""
        contact_id = f"C{len(self.rows.get('contacts', []))}"
        self.add("contacts", contact_id=contact_id, account_id=account_id, name=email, email=email)
        if deal_id:
            self.add("contact_roles", opportunity_id=deal_id, contact_id=contact_id)
        return self

    def activity(self, kind: str, when: datetime, *guests: str, deal_id: str | None = "D", **more: Any) -> "World":
        """Add an activity of R with external guests."""
        activity_id = f"A{len(self.rows.get('activities', []))}"
        declined = more.pop("declined", ())
        row = {"activity_id": activity_id, "opportunity_id": deal_id, "user_id": "R", "kind": kind, "start_at": when}
        self.add("activities", **(row | more))
        for email in guests:
            response = "declined" if email in declined else None
            self.add("participants", activity_id=activity_id, email=email, response=response)
        return self

    def sent(self, days: int, *guests: str, **more: Any) -> "World":
        """Add a mail sent to the buyer (or to `guests`) `days` ago."""
        return self.activity("email", at(days), *(guests or (BUYER,)), direction="outbound", **more)

    def received(self, days: int, *guests: str, **more: Any) -> "World":
        """Add a mail from the buyer `days` ago."""
        return self.activity("email", at(days), *(guests or (BUYER,)), direction="inbound", **more)

    def meeting(self, days: int, *guests: str, **more: Any) -> "World":
        """Add a meeting `days` ago; negative = booked ahead."""
        return self.activity("meeting", at(days), *(guests or (BUYER,)), status="confirmed", **more)

    def visit(self, stage: str, order: int, days: int, left: int | None = None, deal_id: str = "D") -> "World":
        """Add a stage visit that began `days` ago and ended `left` days ago."""
        visits = [row for row in self.rows.get("stage_visits", []) if row["opportunity_id"] == deal_id]
        return self.add(
            "stage_visits", opportunity_id=deal_id, position=len(visits), stage=stage, stage_order=order,
            entered_on=days_ago(days), left_on=None if left is None else days_ago(left),
        )  # fmt: skip

    def fed(self, user_id: str = "R", connected: bool = True, last_sync: datetime | None = None) -> "World":
        """Say whether mail and calendar of a user are connected."""
        for source in ("mail", "calendar"):
            self.add("sources", user_id=user_id, source=source, connected=connected, last_sync=last_sync)
        return self

    def con(self) -> duckdb.DuckDBPyConnection:
        """Return the snapshot."""
        return load_rows(self.rows).con

    def pipeline(self) -> Pipeline:
        """Return the pipeline over the snapshot."""
        return Pipeline(self.con(), RULES, supplied_benchmarks=self.supplied)

    def facets(self, deal_id: str = "D", as_of: datetime = NOW) -> Facets:
        """Return the facets of one deal."""
        return self.pipeline().brief(deal_id, as_of).facets


def halden() -> World:
    """One rep, one deal, one known buyer, sources connected."""
    return World().user().deal().contact().fed()
