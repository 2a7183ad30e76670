"""Handbook search over ten thousand passages beside plain BM25 over the same sections; part of `make bench`."""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import bm25s
import numpy as np

from bot.handbook.index import build_index
from bot.handbook.lexical import words
from bot.handbook.search import Handbook
from tests.handbook.scale import RandomPassages

LINES = (Path(__file__).parents[1] / "handbook" / "dev_questions.jsonl").read_text(encoding="utf-8").splitlines()
QUESTIONS = [json.loads(line)["question"] for line in LINES]
PAGES, SECTIONS = 101, 10


def test_search_beside_plain_bm25(tmp_path: Path) -> None:
    parts = _parts()
    for page in range(PAGES):
        mine = parts[page * SECTIONS : (page + 1) * SECTIONS]
        (tmp_path / f"page-{page}.md").write_text("\n".join(mine), encoding="utf-8")
    model = RandomPassages()
    report = build_index([tmp_path], tmp_path / "index", embedder=model)
    handbook = Handbook.open(tmp_path / "index", embedder=model)
    plain = bm25s.BM25()
    plain.index([words(part) for part in parts], show_progress=False)
    ours = _milliseconds(handbook.search)
    theirs = _milliseconds(lambda question: plain.retrieve([words(question)], k=10, show_progress=False))
    print(f"\n{report.passages:,} passages: p50 {ours[0]:.1f} ms, p95 {ours[1]:.1f} ms; bound of p95 40 ms")
    print(f"BM25 alone over the {len(parts):,} sections: p50 {theirs[0]:.1f} ms, p95 {theirs[1]:.1f} ms")
    assert report.passages >= 10_000
    assert any(handbook.search(question) for question in QUESTIONS)


def _parts() -> list[str]:
    """Sections made of the words of the questions, so that every one of them has much to look through."""
    vocabulary = [word for question in QUESTIONS for word in question.split()]
    choose = np.random.default_rng(7)
    return [
        f"## Part {number}\n" + "\n".join(" ".join(choose.choice(vocabulary, 45)) + "." for _ in range(10))
        for number in range(PAGES * SECTIONS)
    ]


def _milliseconds(ask: Callable[[str], object]) -> Sequence[float]:
    """Median and 95th percentile over all questions, three times."""
    times = []
    for question in QUESTIONS * 3:
        started = time.perf_counter()
        ask(question)
        times.append(1000 * (time.perf_counter() - started))
    return [float(value) for value in np.percentile(times, [50, 95])]
