"""Scenario lines of the shared development set as rows of the recorded tables, for tests only."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.pipeline.brief import Benchmark

SCENARIOS = Path(__file__).parents[3] / "shared" / "devset" / "scenarios.jsonl"

Rows = dict[str, list[dict[str, Any]]]

MEETING_STATUS = {"held": "confirmed", "scheduled": "confirmed"}


def scenarios() -> list[dict[str, Any]]:
    """Return every scenario; none if the development set is absent."""
    if not SCENARIOS.exists():
        return []
    return [json.loads(line) for line in SCENARIOS.read_text(encoding="utf-8").splitlines()]


def recorded_rows(scenario: dict[str, Any]) -> Rows:
    """Return a scenario's closed world as rows by table."""
    rows: Rows = {name: [] for name in _TABLES}
    rows["users"] = [_user(user_id, user) for user_id, user in scenario["users"].items()]
    rows["sources"] = list(_sources(scenario))
    for deal in scenario["opportunities"]:
        rows["opportunities"].append(_deal(deal, scenario["timezone"]))
        rows["stage_visits"] += _visits(deal)
        rows["contacts"] += [
            {"contact_id": f"{deal['id']}/{n}", "account_id": deal["account"]}
            | {key: contact[key] for key in ("name", "title", "email")}
            for n, contact in enumerate(deal["contacts"])
        ]
        rows["contact_roles"] += [
            {"opportunity_id": deal["id"], "contact_id": f"{deal['id']}/{n}", "role": contact["role"]}
            for n, contact in enumerate(deal["contacts"])
        ]
        rows["activities"] += [_activity(deal, activity) for activity in deal["activities"]]
        rows["participants"] += [guest for activity in deal["activities"] for guest in _guests(activity)]
    return rows


def benchmarks(scenario: dict[str, Any]) -> dict[str, dict[str, Benchmark]]:
    """Return the supplied benchmarks by deal and name."""
    return {
        deal["id"]: {
            name: Benchmark(name=name, **given)
            for name, given in deal["benchmarks"].items()
            if not name.startswith("_")
        }
        for deal in scenario["opportunities"]
    }


_TABLES = (
    "opportunities", "stage_visits", "contacts", "contact_roles", "activities", "participants",
)  # fmt: skip


def _user(user_id: str, user: dict[str, Any]) -> dict[str, Any]:
    same = {key: user[key] for key in ("name", "role", "segment", "discipline")}
    return same | {"user_id": user_id, "manager_id": user["manager"]}


def _sources(scenario: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for owner in {deal["owner"] for deal in scenario["opportunities"]}:
        connected = all(
            deal.get("activity_connected", True) for deal in scenario["opportunities"] if deal["owner"] == owner
        )
        for source in ("mail", "calendar"):
            yield {"user_id": owner, "source": source, "connected": connected}


def _deal(deal: dict[str, Any], timezone: str) -> dict[str, Any]:
    same = ("name", "type", "stage", "status", "amount", "currency", "probability", "forecast_category")
    days = {key: _day(deal[key]) for key in ("close_date", "closed_on")}
    order = deal["stage_history"][-1]["order"] if deal["stage_history"] else None
    motion = "New Business" if deal["type"] == "New Business" else "Existing Business"
    return {key: deal[key] for key in same} | days | {
        "opportunity_id": deal["id"], "account_id": deal["account"], "account_name": deal["account"],
        "owner_id": deal["owner"], "created_on": _day(deal["created"]), "deal_type": motion,
        "stage_order": order, "timezone": timezone,
    }  # fmt: skip


def _visits(deal: dict[str, Any]) -> list[dict[str, Any]]:
    history = deal["stage_history"]
    left = [_day(visit["entered"]) for visit in history[1:]] + [None]
    return [
        {"opportunity_id": deal["id"], "position": n, "stage": visit["stage"], "stage_order": visit["order"],
         "entered_on": _day(visit["entered"]), "left_on": left[n]}
        for n, visit in enumerate(history)
    ]  # fmt: skip


def _activity(deal: dict[str, Any], activity: dict[str, Any]) -> dict[str, Any]:
    status = activity.get("status")
    return {
        "activity_id": activity["id"], "opportunity_id": deal["id"], "account_id": deal["account"],
        "user_id": activity["actor"], "kind": activity["type"], "direction": activity.get("direction"),
        "start_at": datetime.fromisoformat(activity["at"]), "status": MEETING_STATUS.get(status, status),
        "is_auto": activity.get("auto", False), "subject": activity.get("subject") or activity.get("title"),
        "body": activity.get("body"), "organiser": activity.get("organiser"),
    }  # fmt: skip


def _guests(activity: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for email in activity["external"]:
        response = "accepted" if email in activity.get("external_accepted", ()) else None
        response = "declined" if email in activity.get("external_declined", ()) else response
        yield {"activity_id": activity["id"], "email": email, "response": response}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
