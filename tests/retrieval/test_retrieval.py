"""What the search promises, measured on both parts. Run with `-s` to see the table."""

import pytest
from rich.console import Console

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
