"""The seed handbook, measured. Run with `-s` to see the numbers; they are those in knowledge/playbook/handbook.yaml."""

import json
import statistics
from pathlib import Path
from typing import Any

import pytest

from bot.handbook.index import build_index
from bot.handbook.load import load
from bot.handbook.model import IndexReport
from bot.handbook.search import Handbook
from bot.handbook.split import split

QUESTIONS = [
    json.loads(line)
    for line in (Path(__file__).parent / "dev_questions.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def indexed(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[IndexReport, Handbook]:
    folder = tmp_path_factory.mktemp("seeds")
    report = build_index([seeds], folder)
    return report, Handbook.open(folder)


def test_the_seeds_split_into_what_they_cite(seeds: Path) -> None:
    pages, problems = load([seeds])
    sections = [section for page in pages for section in split(page)]
    keys = {section.key for section in sections}
    assert problems == []
    assert len(keys) == len(sections) == 87
    assert len([key for key in keys if key.startswith("001#")]) == 60
    assert {"000#overview", "001#5.3", "001#12.5", "002", "003#implementation", "004#faq"} <= keys
    for section in sections:
        assert not set("âĂŚ") & set(section.text), section.key
        assert "mind map" not in section.text.split("\n")[-1].lower()
    assert [
        section.text.count("A big part of opportunity management") for section in sections if section.doc == "002"
    ] == [1]


def test_the_book_has_as_many_opening_as_closing_quotes(seeds: Path) -> None:
    book = next(page.text for page in load([seeds])[0] if page.doc == "001")
    assert book.count("“") == book.count("”") > 700
    assert [line for line in book.split("\n") if line.count("“") != line.count("”")] == []


@pytest.mark.slow
def test_every_section_is_indexed(indexed: tuple[IndexReport, Handbook]) -> None:
    report, handbook = indexed
    print(f"\nseeds: {report.sections} sections, {report.passages} passages, {report.seconds:.1f} s")
    assert report.sections == handbook.size == 87


@pytest.mark.slow
def test_the_mutual_action_plan_is_found(indexed: tuple[IndexReport, Handbook]) -> None:
    assert indexed[1].search("what are the four blocks of a mutual action plan")[0].key == "001#4.5"


@pytest.mark.slow
def test_the_repeated_article_comes_once(indexed: tuple[IndexReport, Handbook]) -> None:
    found = indexed[1].search("measure what the buyer is doing, not saying", k=10)
    assert found[0].key == "002"
    assert sum(passage.doc == "002" for passage in found) == 1


@pytest.mark.slow
def test_development_questions(indexed: tuple[IndexReport, Handbook]) -> None:
    handbook = indexed[1]
    ranks = [_rank(handbook, question) for question in QUESTIONS if question["gold"]]
    refused = [handbook.search(question["question"]) == [] for question in QUESTIONS if not question["gold"]]
    first, third, fifth = (sum(rank is not None and rank <= k for rank in ranks) / len(ranks) for k in (1, 3, 5))
    mean = statistics.mean(1 / rank if rank else 0 for rank in ranks)
    print(f"\nhit@1 {first:.3f}  hit@3 {third:.3f}  hit@5 {fifth:.3f}  MRR@5 {mean:.3f}  n {len(ranks)}")
    print(f"unanswerable refused {sum(refused)} of {len(refused)}")
    assert first >= 0.65
    assert fifth >= 0.9
    assert sum(refused) >= 0.8 * len(refused)


def _rank(handbook: Handbook, question: dict[str, Any]) -> int | None:
    keys = [passage.key for passage in handbook.search(question["question"], k=5)]
    return min((keys.index(key) + 1 for key in question["gold"] if key in keys), default=None)
