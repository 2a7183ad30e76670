"""What adds up to a section's score: a question it was written for lifts it, its heading speaks where it has none."""

import numpy as np
import pytest

from bot.handbook.fusion import Parts, fused, min_max, of_best
from bot.handbook.lexical import Scores
from bot.handbook.relevance import SearchSettings
from bot.handbook.search import SearchRules
from bot.resources import shipped

NONE = np.array([False, False])


@pytest.fixture(scope="module")
def settings() -> SearchSettings:
    return SearchRules.load(shipped("knowledge") / "playbook").settings


def scores(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


def parts(asked: Scores, headings: Scores | None = None) -> Parts:
    even = scores(0.5, 0.5)
    return Parts(even, scores(0, 0) if headings is None else headings, even, even, asked)


def test_the_section_a_question_was_written_for_comes_first(settings: SearchSettings) -> None:
    first, second = fused(parts(asked=scores(1.0, 0.0)), NONE, settings)
    assert first - second == pytest.approx(settings.own_question_bonus)


def test_a_distant_question_of_its_own_lifts_nothing(settings: SearchSettings) -> None:
    first, second = fused(parts(asked=scores(settings.own_question_from - 0.01, 0.0)), NONE, settings)
    assert first == second


def test_the_lift_grows_with_sameness(settings: SearchSettings) -> None:
    near, nearer = fused(parts(asked=scores(0.8, 0.9)), NONE, settings)
    assert near < nearer


def test_headings_count_only_for_sections_without_questions(settings: SearchSettings) -> None:
    told = parts(asked=scores(0, 0), headings=scores(1, 1))
    bare, asking = fused(told, np.array([True, False]), settings)
    assert bare > asking
    assert asking == fused(parts(asked=scores(0, 0)), NONE, settings)[1]


def test_a_perfect_bare_section_scores_one(settings: SearchSettings) -> None:
    one = scores(1, 1)
    assert fused(Parts(one, one, one, one, scores(0, 0)), np.array([True, True]), settings)[0] == pytest.approx(1)


def test_nothing_found_is_nothing() -> None:
    assert of_best(scores(0, 0)).tolist() == min_max(scores(0, 0)).tolist() == [0, 0]
    assert min_max(scores(2, 4)).tolist() == [0.5, 1.0]
