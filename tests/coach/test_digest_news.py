"""What counts as worse since yesterday, and that a batch of digests says what a single judgement would."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from deal_worlds import SAMPLE_NOW

from bot.coach.digest import Told, Wishes, choose
from bot.coach.mornings import first_step
from bot.coach.news import Before, News, NewsRules, worse
from bot.coach.service import Coach
from bot.coach.view import view_deal
from bot.pipeline.brief import HealthBucket
from bot.pipeline.service import Pipeline

TODAY = date(2026, 11, 17)
GOOD, AVERAGE, AT_RISK, POOR = HealthBucket.GOOD, HealthBucket.AVERAGE, HealthBucket.AT_RISK, HealthBucket.POOR


def row(**facts: Any) -> dict[str, Any]:
    usual = {
        "id": "d", "name": "Aker - Looms", "account": "Aker", "today": TODAY, "health_bucket": "Average",
        "health_net_points": 0, "amount": 10.0, "days_until_close": 40, "close_date": TODAY + timedelta(days=40),
        "next_meeting": None, "last_meeting": None, "touches_last_14": 3, "unanswered_inbound_days": None,
        "days_since_inbound": 5,
    }  # fmt: skip
    return usual | facts


def kinds(facts: dict[str, Any], before: Before | None = None) -> list[News]:
    return [item.kind for item in worse(row(**facts), before, NewsRules())]


MONDAY = TODAY - timedelta(days=1)
BOOKED = Before(AVERAGE, MONDAY, next_meeting=TODAY + timedelta(days=3))


@pytest.mark.parametrize(
    ("facts", "before", "expected"),
    [
        ({"health_bucket": "At Risk"}, Before(AVERAGE, MONDAY), [News.DROPPED]),
        ({"health_bucket": "At Risk"}, Before(AT_RISK, MONDAY), []),
        ({"health_bucket": "At Risk"}, Before(POOR, MONDAY), []),
        ({"health_bucket": "Poor"}, None, []),  # nothing to compare with
        ({}, BOOKED, [News.MEETING_LOST]),
        ({"next_meeting": TODAY + timedelta(days=5)}, BOOKED, []),  # moved, not lost
        ({"last_meeting": MONDAY}, Before(AVERAGE, MONDAY, next_meeting=MONDAY), []),  # it was held
        ({"touches_last_14": None}, BOOKED, []),  # the calendar is silent: unknown
        ({"days_until_close": -1}, Before(AVERAGE, MONDAY), [News.DATE_PASSED]),
        ({"days_until_close": -2}, Before(AVERAGE, MONDAY), []),  # told yesterday
        ({"days_until_close": -2}, Before(AVERAGE, TODAY - timedelta(days=3)), [News.DATE_PASSED]),  # over a week-end
        ({"days_until_close": 0}, Before(AVERAGE, MONDAY), []),
        ({"unanswered_inbound_days": 2}, None, [News.UNANSWERED]),
        ({"unanswered_inbound_days": 3}, None, []),
        ({"days_since_inbound": 30}, None, [News.SILENT]),
        ({"days_since_inbound": 31}, None, []),
        ({"days_since_inbound": None}, None, []),  # never heard of them, or not connected
    ],
)
def test_news(facts: dict[str, Any], before: Before | None, expected: list[News]) -> None:
    assert kinds(facts, before) == expected


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (None, True),
        ("At Risk", False),  # told within the day, no worse
        ("Average", True),  # worse than when it was told
        ("At Risk|silent", False),  # the news has faded, which is no news
    ],
)
def test_an_unchanged_deal_is_not_said_twice_within_a_day(told: str | None, shown: bool) -> None:
    wishes = Wishes(told={"d": Told(told)} if told else {})
    found = choose([row(health_bucket="At Risk")], {}, wishes)
    assert bool(found.picks) is shown
    assert found.held_back == (0 if shown else 1)


def test_something_due_is_a_reason_to_say_it_again() -> None:
    wishes = Wishes(told={"d": Told("At Risk")}, due={"d": "your action is due today"})
    [pick] = choose([row(health_bucket="At Risk")], {}, wishes).picks
    assert pick.note == "your action is due today"


def test_what_got_worse_comes_before_what_is_worse() -> None:
    rows = [row(id="old", health_bucket="Poor"), row(id="new", health_bucket="At Risk")]
    found = choose(rows, {"new": Before(AVERAGE, MONDAY), "old": Before(POOR, MONDAY)}, Wishes())
    assert [pick.row["id"] for pick in found.picks] == ["new", "old"]


def test_the_step_of_a_digest_is_the_first_of_the_whole_plan(sample: Pipeline, sample_coach: Coach) -> None:
    ids = [deal["id"] for deal in sample.facet_rows(SAMPLE_NOW) if deal["status"] == "open"]
    plain = partial(view_deal, playbook=sample_coach.playbook, handbook=None)
    for brief in sample.briefs(ids, SAMPLE_NOW):
        whole = sample_coach.view(brief).steps[0].model_copy(update={"citations": ()})
        assert first_step(brief, sample_coach.playbook, plain) == whole, brief.deal.name
