"""How well the rules read what people wrote: precision and recall per element on labelled mails and notes.

    python -m tests.extraction.evaluate [-v]

Every labelled text is a deal of its own and walks the shipped path (statements, cues, element tests). Code must
not be tuned on `held_out.jsonl`; `-v` therefore prints single mistakes of `tune.jsonl` only.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.coach.evaluation.scenario import Situation
from bot.coach.evaluation.world import build_world
from bot.coach.playbook import CoachPlaybook
from bot.coach.reply import Element, ElementStatus
from bot.coach.view import view_deal
from bot.pipeline.service import Pipeline
from bot.pipeline.statements import PipelineRules
from bot.pipeline.store import load_rows
from bot.resources import shipped

HERE = Path(__file__).parent
PARTS = ("tune", "held_out")
NOW = datetime(2026, 10, 7, 10, 0, tzinfo=UTC)
AMOUNT = 80_000
_WRITTEN = timedelta(days=3)
_REP = {"name": "Rep Resentative", "role": "rep"}
_CLAIMED = frozenset({ElementStatus.CONFIRMED, ElementStatus.PARTIAL})


@dataclass(frozen=True)
class Reading:
    """What the rules made of one labelled text: status, grades and speakers per element they claim to know."""

    status: Mapping[str, str]
    grades: Mapping[str, frozenset[str]]
    speakers: Mapping[str, frozenset[str]]


@dataclass
class Tally:
    """Counts behind one precision and one recall."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """Share of claims that the labels bear out; None without a claim."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Share of labels that were found; None without a label."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None


@dataclass
class Score:
    """One part of the set, scored. `mistakes` says which text, which element, what and why it is tricky."""

    part: str
    texts: int
    confirmed: dict[str, Tally] = field(default_factory=dict)
    any_status: dict[str, Tally] = field(default_factory=dict)
    grades: Tally = field(default_factory=Tally)
    mistakes: list[str] = field(default_factory=list)

    def total(self, of: Mapping[str, Tally]) -> Tally:
        """All elements together."""
        sums: Counter[str] = Counter()
        for tally in of.values():
            sums.update(right=tally.right, wrong=tally.wrong, missed=tally.missed)
        return Tally(sums["right"], sums["wrong"], sums["missed"])


def load(part: str) -> list[dict[str, Any]]:
    """The labelled texts of one part."""
    lines = (HERE / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def read_all(items: Sequence[Mapping[str, Any]]) -> list[Reading]:
    """Put every text through the shipped rules, in the order given."""
    playbook_dir = shipped("knowledge") / "playbook"
    playbook, rules = CoachPlaybook.load(playbook_dir), PipelineRules.load(playbook_dir)
    world = build_world(Situation.model_validate(_situation(items)))
    pipeline = Pipeline(load_rows(world.tables, world.timezone).con, rules, world.timezone, world.benchmarks)
    briefs = pipeline.briefs([item["id"] for item in items], NOW)
    return [_reading(view_deal(brief, playbook, None).qualification.results) for brief in briefs]


def score(part: str) -> Score:
    """Compare one part with its labels."""
    items = load(part)
    result = Score(part, len(items))
    for item, reading in zip(items, read_all(items), strict=True):
        for element in (element.value for element in Element):
            if element not in item.get("either", ()):
                _count(result, item, element, reading)
    return result


def _situation(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "as_of": NOW,
        "timezone": "UTC",
        "asker": "U_REP",
        "surface": "dm",
        "message": "",
        "users": {"U_REP": _REP},
        "opportunities": [_deal(item) for item in items],
    }


def _deal(item: Mapping[str, Any]) -> dict[str, Any]:
    """A deal that holds this one text and nothing else; the first person named wrote the mail or took the call."""
    day = (NOW - _WRITTEN).date().isoformat()
    contacts = [
        {**person, "email": f"p{place}@buyer-{item['id'].lower()}.example"}
        for place, person in enumerate(item["people"])
    ]
    first = [contact["email"] for contact in contacts[:1]]
    activity = {"id": f"{item['id']}-A1", "actor": "U_REP", "at": NOW - _WRITTEN, "external": first}
    kinds = {
        "mail": {"type": "email", "direction": "inbound", "subject": "Re:", "body": item["text"]},
        "call": {"type": "call", "note": item["text"]},
    }
    return {
        "id": item["id"],
        "name": f"{item['id']} - Deal",
        "account": f"Buyer {item['id']}",
        "currency": "EUR",
        "owner": "U_REP",
        "type": "New Business",
        "amount": item.get("amount", AMOUNT),
        "stage": "Solution",
        "stage_history": [{"stage": "Solution", "order": 3, "entered": "2026-09-20"}],
        "created": "2026-08-20",
        "close_date": "2026-12-20",
        "status": "open",
        "contacts": contacts,
        "activities": [activity | kinds[item["kind"]]] if item["kind"] in kinds else [],
        "notes": [{"date": day, "author": _REP["name"], "text": item["text"]}] if item["kind"] == "note" else [],
    }


def _reading(results: Iterable[Any]) -> Reading:
    known = [result for result in results if result.status in _CLAIMED]
    return Reading(
        status={result.element.value: result.status.value for result in known},
        grades={result.element.value: frozenset(item.grade.value for item in result.evidence) for result in known},
        speakers={
            result.element.value: frozenset(item.person.name for item in result.evidence if item.person)
            for result in known
        },
    )


def _count(result: Score, item: Mapping[str, Any], element: str, reading: Reading) -> None:
    wanted, given = item["supports"].get(element), reading.status.get(element)
    confirmed = result.confirmed.setdefault(element, Tally())
    known = result.any_status.setdefault(element, Tally())
    if given == "confirmed":
        confirmed.right += wanted == "confirmed"
        confirmed.wrong += wanted != "confirmed"
    elif wanted == "confirmed":
        confirmed.missed += 1
    if given:
        known.right += wanted is not None
        known.wrong += wanted is None
    elif wanted:
        known.missed += 1
    if given != wanted:
        result.mistakes.append(_mistake(item, element, given, wanted))
    if given and wanted and item.get("grade") and reading.grades[element]:
        result.grades.right += item["grade"] in reading.grades[element]
        result.grades.wrong += item["grade"] not in reading.grades[element]


def _mistake(item: Mapping[str, Any], element: str, given: str | None, wanted: str | None) -> str:
    traps = ", ".join(item.get("traps", ())) or "no trap"
    found = f"{item['id']} {element}: {given or 'missing'}, should be {wanted or 'missing'}"
    return f"{found} ({traps}) “{item['text'][:110]}”"


def print_score(result: Score) -> None:
    """One line an element, then the totals."""
    print(f"\n{result.part}: {result.texts} texts")
    print(f"{'':20}{'confirmed':>24}{'any status':>24}")
    print(f"{'element':20}{'precision':>14}{'recall':>10}{'precision':>14}{'recall':>10}")
    for element in (element.value for element in Element):
        _print_row(element, result.confirmed[element], result.any_status[element])
    _print_row("all", result.total(result.confirmed), result.total(result.any_status))
    print(f"grade as labelled: {_share(result.grades.precision, result.grades)}")


def _print_row(name: str, confirmed: Tally, known: Tally) -> None:
    cells = (
        _share(confirmed.precision, confirmed),
        _number(confirmed.recall),
        _share(known.precision, known),
        _number(known.recall),
    )
    print(f"{name:20}{cells[0]:>14}{cells[1]:>10}{cells[2]:>14}{cells[3]:>10}")


def _share(value: float | None, tally: Tally) -> str:
    return f"{_number(value)} ({tally.right}/{tally.right + tally.wrong})"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def main(arguments: Sequence[str]) -> int:
    """Print both parts; with `-v` the single mistakes of the part that rules may be tuned on."""
    for part in PARTS:
        result = score(part)
        print_score(result)
        if "-v" in arguments and part == "tune":
            print(*result.mistakes, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
