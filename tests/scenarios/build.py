"""Writes `all.jsonl`, the project's own evaluation set, from the readable files under `cases/`.

    python -m tests.scenarios.build

A case is a small world in shorthand: days count from the clock of the case (`-3` is three days ago), people
are named by key, an account is the part of a deal's name before " - ". `README.md` holds the grammar.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

HERE = Path(__file__).parent
OUT = HERE / "all.jsonl"
Record = dict[str, Any]

STAGES = ("Qualification", "Discovery", "Solution", "Commercial", "Commitment", "Closed Won", "Closed Lost")
CLOCK = "2026-10-07T10:30"
ZONE = "Europe/Oslo"

PROMISES = {
    "promises an outcome": r"\b(will|is going to|is sure to) (definitely |surely )?(close|sign|win)\b|guarantee",
    "invents odds for one deal": r"\b\d{1,3} ?(%|percent) (chance|likel|probab|odds|sure)",
    "passes a ping or an image on": r"<!(here|channel|everyone)|!\[[^\]]*\]\(",
}
"""What no answer to any question may say."""

_LINE = re.compile(
    r"^(?P<day>[+-]?\d+) (?P<what>from|to|auto|meeting|cancelled|no_show|declined|call|task|note)"
    r"(?: (?P<who>[\w, ]+?))?(?: by (?P<by>\w+))?$"
)
_MEETING = {"cancelled": "cancelled", "no_show": "no_show", "declined": "declined_by_owner"}


class CaseError(ValueError):
    """A case that cannot be built; the message names the case and the line of shorthand."""


def main() -> int:
    """Write the file; print how many scenarios it holds."""
    records = build_all()
    OUT.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    print(f"{len(records)} scenarios in {OUT.relative_to(Path.cwd()) if OUT.is_relative_to(Path.cwd()) else OUT}")
    return 0


def build_all() -> list[Record]:
    """Every scenario of every case file, in the order of the files."""
    company = yaml.safe_load((HERE / "company.yaml").read_text(encoding="utf-8"))
    cases = [case for path in sorted((HERE / "cases").glob("*.yaml")) for case in _read(path)]
    return [build(case, company) for case in cases]


def _read(path: Path) -> list[Record]:
    return yaml.safe_load(path.read_text(encoding="utf-8")) or []


def build(case: Record, company: Mapping[str, Record]) -> Record:
    """One scenario in the shape of the evaluation files. Raises CaseError."""
    zone = ZoneInfo(case.get("zone", ZONE))
    now = datetime.fromisoformat(case.get("clock", CLOCK)).replace(tzinfo=zone)
    deals = [
        _Deal(case["id"], deal, number, now, company).record() for number, deal in enumerate(case.get("deals", []))
    ]
    return {
        "id": case["id"],
        "title": case["title"],
        "tags": case["tags"],
        "as_of": now.isoformat(),
        "timezone": str(zone),
        "asker": _user(case["as"]),
        "surface": case.get("surface", "dm"),
        "message": case["ask"],
        "focus": None,
        "users": {_user(key): _person(person) for key, person in company.items()},
        "opportunities": deals,
        "fixture": _fixture(case.get("fixture", {})),
        "expected": _expected(case.get("expect", {}), case, now.date(), company),
    }


def _user(key: str) -> str:
    return f"U_{key.upper()}"


def _person(person: Record) -> Record:
    return {**person, "manager": _user(person["manager"]) if person["manager"] else None}


def _fixture(fixture: Record) -> Record:
    shares = fixture.get("shares")
    if not shares:
        return {key: value for key, value in fixture.items() if key != "shares"}
    users = {_user(key): {"now": now, "weekly_last_26": weeks} for key, (now, weeks) in shares.items()}
    return {"health_share_snapshots": {"metric": "At Risk + Poor share of open value", "users": users}}


class _Deal:
    """One deal of a case on its way to a record of the file format."""

    def __init__(self, case_id: str, deal: Record, number: int, now: datetime, company: Mapping[str, Record]) -> None:
        self._case_id, self._deal, self._number, self._now, self._company = case_id, deal, number, now, company
        self._account = deal.get("account") or deal["deal"].split(" - ")[0]
        self._domain = re.sub(r"[^a-z]+", "-", self._account.casefold()).strip("-") + ".example"

    def record(self) -> Record:
        """The deal in the shape of the file format."""
        deal, (amount, currency) = self._deal, self._money()
        visits = self._visits()
        status = deal.get("status", "open")
        return {
            "id": deal.get("id", f"{self._case_id.upper()}-{self._number + 1}"),
            "name": deal["deal"],
            "account": self._account,
            "owner": _user(deal["owner"]),
            "type": deal.get("type", "New Business"),
            "amount": amount,
            "currency": currency,
            "stage": visits[-1]["stage"] if visits else deal["stage"],
            "stage_history": visits,
            "created": self._day(deal.get("created", next(iter(deal.get("stages", {"": 0}).values())))),
            "close_date": self._day(deal.get("close")),
            "forecast_category": deal.get("forecast", "Pipeline" if status == "open" else "Closed"),
            "probability": deal.get("probability"),
            "status": status,
            "closed_on": self._day(deal.get("closed")),
            "loss_reason": deal.get("loss_reason"),
            "next_step": deal.get("next_step"),
            "contacts": [self._contact(key, line) for key, line in deal.get("contacts", {}).items()],
            "activities": sorted(self._activities(), key=lambda activity: activity["at"]),
            "notes": [self._note(match, text) for match, text in self._lines() if match["what"] == "note"],
            "close_plan": self._plan(),
            "command_plan": deal.get("command_plan", {}),
            "benchmarks": {name: _figure(text) for name, text in deal.get("benchmarks", {}).items()},
            "custom": deal.get("custom", {}),
            **{key: deal[key] for key in ("activity_connected",) if key in deal},
            **({"activity_sources": self._sources()} if "sources" in deal else {}),
        }

    def _money(self) -> tuple[float | None, str]:
        figure, currency = str(self._deal.get("amount", "80000 EUR")).split()
        return (None if figure == "none" else float(figure)), currency

    def _day(self, offset: int | None) -> str | None:
        return None if offset is None else (self._now.date() + timedelta(days=int(offset))).isoformat()

    def _visits(self) -> list[Record]:
        return [
            {"stage": stage.rstrip("*"), "order": STAGES.index(stage.rstrip("*")) + 1, "entered": self._day(offset)}
            for stage, offset in self._deal.get("stages", {}).items()
        ]

    def _contact(self, key: str, line: str) -> Record:
        name, title, role = (part.strip() for part in f"{line} | | ".split("|")[:3])
        return {"name": name, "title": title or None, "email": self._email(key), "role": role or None}

    def _email(self, key: str) -> str:
        if key not in self._deal.get("contacts", {}):
            raise CaseError(f"{self._case_id}: {key} is no contact of {self._deal['deal']}")
        return f"{key}@{self._domain}"

    def _lines(self) -> Iterator[tuple[re.Match[str], str]]:
        for entry in self._deal.get("log", []):
            line, text = next(iter(entry.items())) if isinstance(entry, dict) else (entry, "")
            match = _LINE.match(line)
            if match is None:
                raise CaseError(f"{self._case_id}: cannot read {line!r}")
            yield match, text or ""

    def _activities(self) -> Iterator[Record]:
        for place, (match, text) in enumerate(self._lines(), start=1):
            if match["what"] != "note":
                yield self._activity(f"{self._case_id.upper()}-{self._number + 1}-A{place}", match, text)

    def _activity(self, activity_id: str, match: re.Match[str], text: str) -> Record:
        what = match["what"]
        day = self._now.date() + timedelta(days=int(match["day"]))
        guests = [self._email(key.strip()) for key in (match["who"] or "").split(",") if key.strip()]
        base: Record = {
            "id": activity_id,
            "actor": _user(match["by"] or self._deal["owner"]),
            "at": datetime.combine(day, time(9, 15), self._now.tzinfo).isoformat(),
            "external": guests,
        }
        if what in {"from", "auto"}:
            return base | {
                "type": "email",
                "direction": "inbound",
                "subject": "Re:",
                "body": text,
                "auto": what == "auto",
            }
        if what == "to":
            return base | {"type": "email", "direction": "outbound", "subject": text or "Hello", "body": ""}
        if what in {"call", "task"}:
            return base | ({"type": "call", "note": text} if what == "call" else {"type": "task", "title": text})
        held = "held" if int(match["day"]) <= 0 else "scheduled"
        accepted = guests if what == "meeting" else []
        meeting = {"status": _MEETING.get(what, held), "title": text, "organiser": "seller"}
        return base | {"type": "meeting", "external_accepted": accepted, "external_declined": [], **meeting}

    def _note(self, match: re.Match[str], text: str) -> Record:
        author = match["who"] or self._deal["owner"]
        return {"date": self._day(int(match["day"])), "author": self._company[author]["name"], "text": text}

    def _plan(self) -> Record | None:
        plan = self._deal.get("plan")
        if plan is None:
            return None
        lines = [re.sub(r"^([+-]\d+)(?= \|)", lambda m: str(self._day(int(m[1]))), line) for line in plan["lines"]]
        return {"refreshed": self._day(plan.get("refreshed")), "lines": lines}

    def _sources(self) -> Record:
        mail, calendar = (state.strip() for state in self._deal["sources"].split(","))
        sync = self._now.isoformat()
        return {_user(self._deal["owner"]): {"email": mail, "calendar": calendar, "last_sync": sync}}


def _figure(text: str) -> Record:
    value, n, level = text.split(" ", 2)
    return {"value": float(value), "n": int(n.removeprefix("n=")), "level": level}


def _expected(expect: Record, case: Record, today: date, company: Mapping[str, Record]) -> Record:
    never = (
        PROMISES
        | expect.get("never_says", {})
        | {f"leaks {word}": rf"\b{re.escape(word)}" for word in expect.get("hides", ())}
    )
    record: Record = {
        "outcome": expect["outcome"],
        "health_bucket": expect.get("bucket"),
        "must_match": [{"re": pattern, "why": why} for why, pattern in expect.get("says", {}).items()],
        "must_not_match": [{"re": pattern, "why": why} for why, pattern in never.items()],
        "meddppicc": {element: _listed(allowed) for element, allowed in expect.get("elements", {}).items()},
        "must_not_confirm": expect.get("never_confirmed", []),
        "critical_gaps": expect.get("critical", []),
        "next_step": _step(expect["step"], today, company) if "step" in expect else None,
        "cite_any_of": expect.get("cites", []),
        "open_questions_min": expect.get("questions", 0),
    }
    if "bucket" not in expect and expect["outcome"] == "answer":
        del record["health_bucket"]
    return record


def _step(step: Record, today: date, company: Mapping[str, Record]) -> Record:
    first, last = (today + timedelta(days=days) for days in step.get("within", (0, 14)))
    return {
        "min_count": step.get("count", 1),
        "owner_any_of": [company[step["owner"]]["name"].split()[0], "you"],
        "due_between": [first.isoformat(), last.isoformat()],
        "topic_any_of": _listed(step["about"]),
    }


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


if __name__ == "__main__":
    sys.exit(main())
