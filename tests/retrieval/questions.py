"""Development questions in reps' words, with the sections that answer them.

Two corpora: our own handbook (knowledge/handbook) and the seed handbook (../shared/seeds, absent in most checkouts).
Each has a tuning file, which settings may be fitted to, and a held-out file, which is only looked at to report.
Both were written by one person, so the held-out part shares a style with the tuning part, not its questions.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from bot.resources import shipped

FOLDER = Path(__file__).parent / "questions"
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
PARTS = ("tuning", "heldout")


@dataclass(frozen=True, slots=True)
class Question:
    """`gold` holds the keys of sections that answer it; empty means that the handbook does not.

    `kind` of an unanswerable one: `price`, `policy` and `crm` have answers elsewhere, `near` sounds like selling,
    `far` does not.
    """

    id: str
    question: str
    gold: frozenset[str]
    kind: str | None = None


def corpora() -> dict[str, Path]:
    """Return the folder of each corpus that is here."""
    found = {"handbook": shipped("knowledge") / "handbook", "seeds": SEEDS}
    return {name: folder for name, folder in found.items() if folder.is_dir()}


def questions(corpus: str, part: str) -> list[Question]:
    """Return the questions of one file, in order."""
    lines = (FOLDER / f"{corpus}_{part}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Question(row["id"], row["question"], frozenset(row["gold"]), row.get("kind")) for row in rows]
