"""Questions that are answered elsewhere are told so, unless the handbook does hold the page."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.handbook.embed import LexicalOnly, default_embedder
from bot.handbook.index import build_index
from bot.handbook.routing import Route, Router, Routes
from bot.handbook.search import Handbook, SearchRules
from bot.resources import shipped

RULES = SearchRules.load(shipped("knowledge") / "playbook")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What does the team plan cost?", "price"),
        ("is there a price for universities", "price"),
        ("what is the highest discount I can offer", "policy"),
        ("how many vacation days do I get", "policy"),
        ("who owns the Fenwick account", "records"),
        ("did Petra ever reply?", "records"),
        ("does our platform run on premises", "product"),
    ],
)
def test_a_question_answered_elsewhere_is_recognised(question: str, name: str) -> None:
    route = Router(RULES.routes, LexicalOnly("patterns need no model")).matched(question)
    assert route is not None
    assert route.name == name


@pytest.mark.parametrize(
    "question",
    [
        "they want a discount, what do I ask in return",
        "how do I find the person who approves the budget",
        "who owns a next step",
        "the price is too high, they say",
        "how do I reply to a buyer who asks for the cost of doing nothing",
    ],
)
def test_a_question_about_selling_is_not_sent_away(question: str) -> None:
    assert Router(RULES.routes, LexicalOnly("patterns need no model")).matched(question) is None


def test_a_handbook_that_holds_the_policy_answers_with_it(tmp_path: Path) -> None:
    (tmp_path / "leave.md").write_text(
        "# Parental leave policy\nOur parental leave policy gives every parent twenty weeks. Ask your manager first."
    )
    build_index([tmp_path], tmp_path / "index")
    found = Handbook.open(tmp_path / "index").find("what is our parental leave policy")
    assert [passage.key for passage in found.passages] == ["leave"]


def test_the_answer_says_where_to_go(handbook: Handbook) -> None:
    found = handbook.find("what does the premium plan cost per seat")
    assert found.passages == ()
    assert found.route is not None
    assert "price book" in found.route.answer


def test_a_question_of_the_far_world_offers_no_page(handbook: Handbook) -> None:
    found = handbook.find("who won the tennis final yesterday")
    assert (found.passages, found.near) == ((), None)


def test_the_nearest_example_names_its_route() -> None:
    router = Router(RULES.routes, default_embedder())
    route, cosine = router.nearest(default_embedder().embed(["my notebook will not boot"])[0])
    assert route is not None
    assert (route.name, cosine > 0.4) == ("tools", True)


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="not a regular expression"):
        Route(name="x", answer="y", patterns=("(",), examples=("z",))


def test_no_routes_no_opinion() -> None:
    router = Router(Routes(), default_embedder())
    assert router.nearest(default_embedder().embed(["anything"])[0]) == (None, 0.0)


def test_patterns_do_not_stall_on_a_giant_question() -> None:
    assert Router(RULES.routes, default_embedder()).matched("what is our " * 100_000) is None
