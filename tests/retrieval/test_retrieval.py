"""What the search promises, measured on both parts. Run with `-s` to see the table."""

from pathlib import Path

import pytest
from rich.console import Console

from bot.handbook.index import build_index, gather
from bot.handbook.search import Handbook
from tests.remembered import Remembering
from tests.retrieval.evaluate import OURS_FLOOR_OFF, Report, evaluate, table
from tests.retrieval.questions import PARTS, corpora
from tests.retrieval.systems import Baselines

pytestmark = pytest.mark.slow

BM25 = "BM25, whole sections"


@pytest.fixture(scope="module")
def reports(remembering: Remembering) -> list[Report]:
    measured = evaluate(sorted(corpora()), PARTS, remembering)
    Console(width=132).print(table(measured))
    return measured


def test_ours_ranks_better_than_every_baseline(reports: list[Report]) -> None:
    for report in reports:
        ours = report.row(OURS_FLOOR_OFF).scores
        for row in report.rows[: len(Baselines.NAMES)]:
            assert ours.ndcg10 > row.scores.ndcg10, (report.corpus, report.part, row.name)
            assert ours.hit5 >= row.scores.hit5, (report.corpus, report.part, row.name)


def test_the_gain_over_keywords_is_worth_a_model(reports: list[Report]) -> None:
    for report in reports:
        gain = report.row(OURS_FLOOR_OFF).scores.ndcg10 - report.row(BM25).scores.ndcg10
        assert gain >= 0.05, (report.corpus, report.part)


def test_silence_falls_on_the_right_questions(reports: list[Report]) -> None:
    for report in reports:
        assert report.abstention.auroc >= 0.85, (report.corpus, report.part)
        assert report.abstention.refused_answerable <= 0.15, (report.corpus, report.part)
        assert report.abstention.caught >= 0.65, (report.corpus, report.part)


def test_every_question_of_a_page_finds_the_section_it_was_written_for(tmp_path: Path) -> None:
    pages = corpora()["handbook"]
    build_index([pages], tmp_path)
    handbook = Handbook.open(tmp_path)
    written = [(text, section.key) for section in gather([pages]).sections for text in section.questions]
    found = [(text, key, [passage.key for passage in handbook.search(text, k=3)]) for text, key in written]
    assert ("How do I test my champion?", "meddppicc/champion#actions-that-test-or-rebuild-a-champion") in written
    assert [one for one in found if one[1] not in one[2]] == []
    assert sum(key == first[0] for _, key, first in found) >= 0.99 * len(found)
