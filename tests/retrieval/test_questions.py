"""The question files are sound: enough of them, answers that exist, nothing in both parts, nothing given away."""

import pytest

from bot.handbook.clean import fold
from bot.handbook.index import gather
from tests.retrieval.questions import FOLDER, PARTS, SEEDS, Question, corpora, questions

KINDS = {"price", "policy", "crm", "near", "far"}
FILES = [(corpus, part) for corpus in ("handbook", "seeds") for part in PARTS]


def everything() -> list[Question]:
    return [one for corpus, part in FILES for one in questions(corpus, part)]


def test_there_are_enough_of_each_sort() -> None:
    asked = everything()
    assert len([one for one in asked if one.gold]) >= 150
    assert len([one for one in asked if not one.gold and one.kind == "far"]) >= 20
    assert len([one for one in asked if not one.gold and one.kind != "far"]) >= 40
    assert {path.name for path in FOLDER.iterdir()} == {f"{corpus}_{part}.jsonl" for corpus, part in FILES}


@pytest.mark.parametrize(("corpus", "part"), FILES)
def test_a_file_is_well_formed(corpus: str, part: str) -> None:
    asked = questions(corpus, part)
    assert len({one.id for one in asked}) == len(asked)
    assert all((one.kind in KINDS) != bool(one.gold) for one in asked)


def test_no_question_is_asked_in_both_parts() -> None:
    for corpus in ("handbook", "seeds"):
        tuning, heldout = ({fold(one.question) for one in questions(corpus, part)} for part in PARTS)
        assert not tuning & heldout


@pytest.mark.parametrize("corpus", ["handbook", "seeds"])
def test_every_answer_exists(corpus: str) -> None:
    if corpus not in corpora():
        pytest.skip(f"the seed handbook ({SEEDS.parent.name}/{SEEDS.name}) is not beside this checkout")
    keys = {section.key for section in gather([corpora()[corpus]]).sections}
    missing = [(one.id, key) for part in PARTS for one in questions(corpus, part) for key in one.gold - keys]
    assert missing == []


def test_no_question_stands_in_a_page() -> None:
    book = gather([corpora()["handbook"]])
    own = [text for section in book.sections for text in section.questions]
    written = {fold(text) for text in [*own, *(text for page, _ in book.questions for text in page.questions.whole)]}
    asked = {fold(one.question) for part in PARTS for one in questions("handbook", part)}
    assert len(written) >= 250
    assert len(written & asked) == 0
