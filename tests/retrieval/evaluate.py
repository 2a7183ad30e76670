"""One run, one table:  python -m tests.retrieval.evaluate  [--part tuning|heldout]  [--corpus handbook|seeds]

Ranking is measured on the questions that have an answer, over the ten best sections. "ours" is what the program
serves: a question it refuses counts as a miss. "ours, floor off" shows the ranking alone, as the baselines are.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.handbook.embed import Embedder, default_embedder
from bot.handbook.index import build_index, gather
from bot.handbook.search import Finding, Handbook, SearchRules
from bot.resources import shipped
from tests.retrieval.metrics import RankingScores, auroc, caught_when_refusing, mean_ranking
from tests.retrieval.questions import PARTS, Question, corpora, questions
from tests.retrieval.systems import Baselines, Search

OURS, OURS_FLOOR_OFF = "ours", "ours, floor off"
REFUSED = (0.02, 0.05, 0.10, 0.15, 0.20)
KINDS = ("price", "policy", "crm", "near", "far")


@dataclass(frozen=True, slots=True)
class Row:
    """One system on one file of questions; times in milliseconds a question."""

    name: str
    scores: RankingScores
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well refusals fall on the right questions. `caught_at` is by share of answerable questions refused."""

    refused_answerable: float
    caught: float
    caught_by_kind: dict[str, float]
    caught_at: dict[float, float]
    auroc: float


@dataclass(frozen=True, slots=True)
class Report:
    """All rows for one corpus and part."""

    corpus: str
    part: str
    answerable: int
    unanswerable: int
    rows: tuple[Row, ...]
    abstention: Abstention

    def row(self, name: str) -> Row:
        """Return the row of one system."""
        return next(row for row in self.rows if row.name == name)


class Corpus:
    """One handbook, indexed once, with every system over it."""

    def __init__(self, name: str, folder: Path, index_dir: Path, embedder: Embedder) -> None:
        self.name = name
        build_index([folder], index_dir, embedder=embedder)
        rules = SearchRules.load(shipped("knowledge") / "playbook")
        self.ours = Handbook(index_dir, embedder, None, rules)
        self._floor_off = Handbook(index_dir, embedder, None, _without_floor(rules))
        self._baselines = Baselines(gather([folder]).sections, embedder)

    def systems(self) -> dict[str, Search]:
        """Return the baselines, the ranking alone, and what is served."""
        return {
            **self._baselines.systems(),
            OURS_FLOOR_OFF: lambda question: _keys(self._floor_off.find(question, k=10)),
            OURS: lambda question: _keys(self.ours.find(question, k=10)),
        }

    def report(self, part: str) -> Report:
        """Measure every system on one part of the questions."""
        asked = questions(self.name, part)
        answerable = [one for one in asked if one.gold]
        rows = tuple(_row(name, search, answerable) for name, search in self.systems().items())
        return Report(self.name, part, len(answerable), len(asked) - len(answerable), rows, self._abstention(asked))

    def _abstention(self, asked: Sequence[Question]) -> Abstention:
        relevance = {one.id: self.ours.find(one.question, k=1).relevance for one in asked}
        yes = [relevance[one.id] for one in asked if one.gold]
        no = [one for one in asked if not one.gold]
        values = [relevance[one.id] for one in no]
        kinds = {kind: [relevance[one.id] < 1 for one in no if one.kind == kind] for kind in KINDS}
        return Abstention(
            refused_answerable=float(np.mean([value < 1 for value in yes])),
            caught=float(np.mean([value < 1 for value in values])),
            caught_by_kind={kind: float(np.mean(refused)) for kind, refused in kinds.items() if refused},
            caught_at={share: caught_when_refusing(yes, values, share) for share in REFUSED},
            auroc=auroc(yes, values),
        )


def _without_floor(rules: SearchRules) -> SearchRules:
    """The same rules, except that nothing with a known word in it is refused."""
    off = {
        "floor": 1e-9,
        "floor_with_questions": 1e-9,
        "elsewhere_weight": 0.0,
        "route_penalty": 0.0,
        "trade_bonus": 0.0,
    }
    return replace(rules, settings=rules.settings.model_copy(update=off))


def _keys(finding: Finding) -> list[str]:
    return [passage.key for passage in finding.passages]


def _row(name: str, search: Search, answerable: Sequence[Question]) -> Row:
    lists, times = [], []
    for one in answerable:
        started = time.perf_counter()
        found = search(one.question)
        times.append(1000 * (time.perf_counter() - started))
        lists.append((found, one.gold))
    p50, p95 = np.percentile(times, [50, 95])
    return Row(name, mean_ranking(lists), float(p50), float(p95))


def evaluate(
    names: Sequence[str], parts: Sequence[str], embedder: Embedder, say: Callable[[str], None] = lambda _text: None
) -> list[Report]:
    """Index each corpus once and measure every system on each part. Times are those of `embedder`, too."""
    reports = []
    for name in names:
        say(f"indexing {name} ...")
        with tempfile.TemporaryDirectory() as folder:
            corpus = Corpus(name, corpora()[name], Path(folder), embedder)
            reports += [corpus.report(part) for part in parts]
    return reports


def table(reports: Sequence[Report]) -> Table:
    """Return the one table."""
    drawn = Table(title="Retrieval", caption="hit, recall, MRR and nDCG over sections; ms is one question")
    for heading in ("system", "hit@1", "hit@3", "hit@5", "recall@3", "MRR@10", "nDCG@10", "p50 ms", "p95 ms"):
        drawn.add_column(heading, justify="left" if heading == "system" else "right")
    for report in reports:
        drawn.add_section()
        drawn.add_row(f"[bold]{report.corpus}, {report.part}: {report.answerable} questions with an answer[/bold]")
        for row in report.rows:
            one = row.scores
            values = (one.hit1, one.hit3, one.hit5, one.recall3, one.mrr10, one.ndcg10)
            drawn.add_row(row.name, *(f"{value:.3f}" for value in values), f"{row.p50:.1f}", f"{row.p95:.1f}")
        for line in _abstention_lines(report):
            drawn.add_row(line)
    return drawn


def _abstention_lines(report: Report) -> tuple[str, ...]:
    one = report.abstention
    curve = ", ".join(f"{share:.0%}: {caught:.0%}" for share, caught in one.caught_at.items())
    kinds = ", ".join(f"{kind} {caught:.0%}" for kind, caught in one.caught_by_kind.items())
    return (
        f"silent on {one.caught:.0%} of {report.unanswerable} without an answer ({kinds})",
        f"and on {one.refused_answerable:.0%} of those with one; AUROC {one.auroc:.3f}",
        f"curve, refused: caught  {curve}",
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=PARTS, help="default: both")
    parser.add_argument("--corpus", choices=sorted(corpora()), help="default: all that are here")
    chosen = parser.parse_args()
    console = Console(width=132)
    names = [chosen.corpus] if chosen.corpus else sorted(corpora())
    console.print(table(evaluate(names, [chosen.part] if chosen.part else PARTS, default_embedder(), console.print)))


if __name__ == "__main__":
    main()
