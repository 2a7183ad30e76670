from datetime import date
from typing import Any

import pytest

from bot.coach.evaluation.expectation import Expectation
from bot.coach.evaluation.readable_dates import dates_in
from bot.coach.evaluation.scoring import Miss, plain, score

STEP = {
    "min_count": 1,
    "owner_any_of": ["Ada", "you"],
    "due_between": ["2026-03-11", "2026-03-18"],
    "topic_any_of": ["ole|price", "rota"],
}


def misses(expected: dict[str, Any], text: str = "", **structured: Any) -> list[tuple[str, bool]]:
    """Score a reply and return (check, hard) of each miss."""
    reply = {"text": text, "structured": structured} if structured else {"text": text}
    return [(miss.check, miss.hard) for miss in score(Expectation.model_validate(expected), reply)]


def test_decoration_is_dropped_before_matching() -> None:
    assert plain("*At* _Risk_ ~old~ `f:1`") == "At Risk old f:1"
    assert plain("<@U1> and <@U_2>, see <https://a.example/x|the page>") == "U1 and U2, see the page"
    assert misses({"must_match": [{"re": "at risk", "why": "w"}]}, "*At* `Risk`") == []


def test_patterns_are_hard_unless_they_say_otherwise() -> None:
    wanted = {"must_match": [{"re": "a+", "why": "w"}, {"re": "b", "why": "w", "hard": False}]}
    assert misses(wanted, "x") == [("must_match", True), ("must_match", False)]
    assert misses(wanted, "xAB") == []
    unwanted = {"must_not_match": [{"re": r"(?m)^eur \d", "why": "no amount", "hard": True}]}
    assert misses(unwanted, "x\nEUR 7") == [("must_not_match", True)]
    assert misses(unwanted, "x EUR 7") == []


def test_a_miss_says_why() -> None:
    expected = Expectation.model_validate({"must_match": [{"re": "a", "why": "names the day", "hard": True}]})
    assert score(expected, None) == (Miss("must_match", "names the day", hard=True),)


def test_outcomes_must_be_equal_but_hidden_and_absent_are_one() -> None:
    assert misses({"outcome": "refuse"}, outcome="not_found") == []
    assert misses({"outcome": "not_found"}, outcome="refuse") == []
    assert misses({"outcome": "refuse"}, outcome="answer") == [("outcome", True)]
    assert misses({"outcome": "answer"}, outcome=None) == [("outcome", True)]
    assert misses({"outcome": "answer"}, "text only") == []


def test_buckets_must_be_equal_null_included() -> None:
    assert misses({"health_bucket": None}, health_bucket=None) == []
    assert misses({"health_bucket": None}, health_bucket="Good") == [("health_bucket", True)]
    assert misses({"health_bucket": "Good"}, health_bucket=None) == [("health_bucket", True)]
    assert misses({"health_bucket": "Good"}, outcome="answer") == []
    assert misses({}, health_bucket="Good") == []


def test_another_status_is_soft_unless_it_confirms() -> None:
    expected = {"meddppicc": {"champion": ["missing", "partial"], "metrics": ["confirmed"]}}
    assert misses(expected, meddppicc={"champion": "partial", "metrics": "confirmed"}) == []
    assert misses(expected, meddppicc={"champion": "stale"}) == [("meddppicc", False)]
    assert misses(expected, meddppicc={"champion": "confirmed"}) == [("meddppicc", True)]
    assert misses(expected, meddppicc={"metrics": "partial"}) == [("meddppicc", False)]
    assert misses(expected, meddppicc={}) == []


def test_what_must_not_be_confirmed_is_one_hard_miss() -> None:
    expected = {"meddppicc": {"champion": ["missing"]}, "must_not_confirm": ["champion"]}
    assert misses(expected, meddppicc={"champion": "confirmed"}) == [("must_not_confirm", True)]
    assert misses(expected, meddppicc={"champion": "partial"}) == [("meddppicc", False)]


def test_critical_gaps_are_not_confirmed_and_should_be_called_critical() -> None:
    expected = {"critical_gaps": ["economic_buyer"]}
    assert misses(expected, "critical", meddppicc={"economic_buyer": "confirmed"}) == [("must_not_confirm", True)]
    assert misses(expected, "*Critical* gaps: economic buyer") == []
    assert misses(expected, "a gap") == [("critical_gaps", False)]


@pytest.mark.parametrize(
    "step",
    [
        {"owner": "Ada", "due": "2026-03-11", "text": "call Ole"},
        {"owner": "you", "due": "2026-03-18", "text": "send the PRICE"},
        {"owner": "", "due": "", "text": "Ada fixes the rota by 12 March"},
    ],
)
def test_a_wanted_step_has_owner_date_and_topic(step: dict[str, str]) -> None:
    assert misses({"next_step": STEP}, next_steps=[{"owner": "Noor"}, step]) == []


@pytest.mark.parametrize(
    "step",
    [
        {"owner": "Adam", "due": "2026-03-11", "text": "call Ole"},
        {"owner": "Ada", "due": "2026-03-19", "text": "call Ole"},
        {"owner": "Ada", "due": "2026-03-10", "text": "call Ole"},
        {"owner": "Ada", "due": None, "text": "call Ole soon"},
        {"owner": "Ada", "due": "2026-03-11", "text": "call Frauke"},
    ],
)
def test_a_step_that_lacks_one_of_them_is_a_hard_miss(step: dict[str, Any]) -> None:
    good_text = "Ada calls Ole by 2026-03-12"
    assert misses({"next_step": STEP}, good_text, next_steps=[step]) == [("next_step", True)]


def test_lines_of_the_text_stand_in_for_absent_steps() -> None:
    assert misses({"next_step": STEP}, "Average.\nNext: *Ada* calls Ole by 12th March.") == []
    assert misses({"next_step": STEP}, "Ada calls Ole.\nBy 12 March.", next_steps=[]) == [("next_step", True)]
    assert misses({"next_step": None}, "") == []


def test_more_than_one_step_may_be_asked_for() -> None:
    step = {"owner": "Ada", "due": "2026-03-11", "text": "call Ole"}
    assert misses({"next_step": STEP | {"min_count": 2}}, next_steps=[step]) == [("next_step", True)]
    assert misses({"next_step": STEP | {"min_count": 2}}, next_steps=[step, step]) == []


@pytest.mark.parametrize("key", ["002", "001#5.2", "004", "004#age"])
def test_a_wanted_key_may_be_cited_in_the_list_or_the_text(key: str) -> None:
    wanted = {"cite_any_of": ["002", "004", "001#5.2"]}
    assert misses(wanted, "no key", citations=["003", key]) == []
    assert misses(wanted, f"Good. ({key})", citations=[]) == []
    assert misses(wanted, f"Good. ({key})") == []


@pytest.mark.parametrize("key", ["001", "003", "001#5", "001#5.21", "001#5.2.1", "1,002", "0.004", "§5.21"])
def test_other_keys_and_longer_numbers_do_not_count(key: str) -> None:
    wanted = {"cite_any_of": ["002", "004", "001#5.2"]}
    assert misses(wanted, f"Good. ({key})") == [("cite_any_of", False)]
    assert misses(wanted, "002", citations=[key]) == [("cite_any_of", False)]


def test_a_section_sign_is_a_section_of_the_book() -> None:
    assert misses({"cite_any_of": ["001#5.2"]}, "as §5.2 says.") == []
    assert misses({"cite_any_of": ["001#5.2"]}, "x", citations=["§5.2"]) == []
    assert misses({"cite_any_of": []}, "nothing") == []


def test_questions_are_counted() -> None:
    assert misses({"open_questions_min": 2}, "Who? What?") == []
    assert misses({"open_questions_min": 2}, "Who?") == [("open_questions_min", True)]


def test_a_missing_or_malformed_reply_is_an_empty_text() -> None:
    expected = Expectation.model_validate({"must_match": [{"re": "x", "why": "w"}], "next_step": STEP})
    for reply in (None, {}, {"text": None, "structured": []}, {"structured": {"next_steps": ["Ada"]}}):
        assert [miss.check for miss in score(expected, reply)] == ["must_match", "next_step"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("by 2026-09-25.", [date(2026, 9, 25)]),
        ("25 Sep or Sep 26th", [date(2026, 9, 25), date(2026, 9, 26)]),
        ("the 3rd of October 2027", [date(2027, 10, 3)]),
        ("September 5, 2025 and Sept. 6", [date(2025, 9, 5), date(2026, 9, 6)]),
        ("31 Feb, 2026-13-01, A2026-09-251, 12 Marches, 25 persons, May", []),
    ],
)
def test_readable_dates(text: str, days: list[date]) -> None:
    assert sorted(dates_in(text)) == sorted(days)
