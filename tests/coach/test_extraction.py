"""How well sentences are read (`tests/extraction`): few claims, right ones, on texts no rule was tuned on."""

import pytest

from bot.coach.reply import Element, ElementStatus
from tests.extraction.evaluate import PARTS, Score, load, score

CONFIRMED_PRECISION, KNOWN_PRECISION, KNOWN_RECALL = 0.98, 0.90, 0.80
"""Floors: a claim that is wrong costs more than one that is missed."""


@pytest.fixture(scope="module", params=PARTS)
def scored(request: pytest.FixtureRequest) -> Score:
    part: str = request.param
    return score(part)


def test_what_is_called_confirmed_is(scored: Score) -> None:
    precision = scored.total(scored.confirmed).precision
    assert precision is not None
    assert precision >= CONFIRMED_PRECISION


def test_what_is_called_known_is(scored: Score) -> None:
    precision = scored.total(scored.any_status).precision
    assert precision is not None
    assert precision >= KNOWN_PRECISION


def test_most_of_what_is_there_is_found(scored: Score) -> None:
    recall = scored.total(scored.any_status).recall
    assert recall is not None
    assert recall >= KNOWN_RECALL


def test_grades_are_those_of_the_speaker(scored: Score) -> None:
    assert scored.grades.precision == 1.0


@pytest.mark.parametrize("part", PARTS)
def test_labels_are_words_of_the_product(part: str) -> None:
    for item in load(part):
        assert {*item["supports"], *item.get("either", ())} <= {element.value for element in Element}, item["id"]
        assert set(item["supports"].values()) <= {ElementStatus.CONFIRMED.value, ElementStatus.PARTIAL.value}
        assert item["kind"] in {"mail", "note", "call"}


def test_the_parts_share_no_text() -> None:
    tune, held_out = ({item["text"] for item in load(part)} for part in PARTS)
    assert not tune & held_out
    assert len(tune) + len(held_out) >= 150
