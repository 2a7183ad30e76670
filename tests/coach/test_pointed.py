"""Pointed questions: a few lines that answer what was asked, true, and never the whole assessment."""

import re
from datetime import date

import pytest
from deal_worlds import LIVELY, SAMPLE_NOW, Company

from bot.coach.answers.wording import word_count
from bot.coach.points import Point, continues, point_asked, refers_back
from bot.coach.reply import Outcome
from bot.coach.service import Coach
from bot.coach.tidy import tidy

AKER = {
    **LIVELY,
    "deal": "Aker Tents - Yard log",
    "contacts": {"ida": "Ida Berg | Yard Lead"},
    "next_step": "Send the revised proposal",
    "log": [
        {"-20 meeting ida": "Price and packages"},
        {"-16 from ida": "The budget is with our board."},
        {"-9 to ida": "Proposal for the yard"},
        {"-9 note tilda": "I promised Ida the security questionnaire by Friday."},
    ],
}


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("why?", Point.EXPLAIN),
        ("why is Aker average", Point.EXPLAIN),
        ("that's wrong", Point.CONTEST),
        ("remind me tomorrow", Point.CANNOT),
        ("should I forecast it", Point.FORECASTABLE),
        ("is Aker dead", Point.REAL),
        ("when will Aker close", Point.WHEN),
        ("how many times was it pushed", Point.PUSHED),
        ("prep me for my call with Aker at 3", Point.PREPARE),
        ("has Ida replied", Point.PERSON),
        ("what's the email address of Ida", Point.REACH),
        ("did we send a proposal to Aker", Point.MENTIONED),
        ("when did I last email Aker", Point.COUNTS),
        ("what are the risks with Aker", Point.RISKS),
        ("partner involved at Aker?", Point.PARTNER),
        ("what's the next step on Aker", Point.STEPS),
        ("how is Aker doing?", None),
        ("when did they last write?", None),
    ],
)
def test_what_is_asked_is_understood(text: str, point: Point | None) -> None:
    assert point_asked(text) is point


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("whats my win rate", "what's my win rate"),
        ("hows halden lookin", "how's halden looking"),
        ("what can u do", "what can you do"),
        ("is W Group ok", "is W Group ok"),
        ("mail pls@example.com", "mail pls@example.com"),
    ],
)
def test_hurried_words_are_spelled_out(typed: str, meant: str) -> None:
    assert tidy(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "why?", "and?", "tell me more", "who's the champion?", "what about the budget", "who signs?",
        "is there a champion?", "and the paper process?", "is legal involved?",
    ],
)  # fmt: skip
def test_a_short_follow_up_keeps_the_deal(text: str) -> None:
    assert continues(text)


@pytest.mark.parametrize(
    "text", ["what does commit mean", "how do I find a champion?", "what makes a good champion", "what is a champion"]
)
def test_a_question_of_principle_leaves_it(text: str) -> None:
    assert not continues(text)
    assert not refers_back(text)


@pytest.mark.parametrize(
    ("ask", "holds", "never"),
    [
        ("when did I last email Aker?", "1 mail sent by us", "their last mail came"),
        ("has Ida replied on Aker?", "has no answer yet", "They did"),
        ("did Ida say anything about budget at Aker?", "The budget is with our board", "Nothing Ida"),
        ("did Ida say anything about pricing at Aker?", "holds the word “pricing”", "The budget is"),
        ("did we send a proposal to Aker?", "Proposal for the yard", "Nothing on record"),
        ("did they get the contract, Aker?", "Nothing on record mentions “contract”", "was sent"),
        ("what did I promise Aker?", "security questionnaire by Friday", "The promise stays"),
        ("when will Aker close?", "I predict no date", r"\d+ ?%"),
        ("should I forecast Aker?", "not Commit|leave it out", r"\d+ ?%"),
        ("what is the email address of Ida at Aker?", "@", "handbook"),
        ("partner involved at Aker?", "No partner is on record", "not_applicable"),
    ],
)
def test_the_answer_is_what_was_asked(company: Company, ask: str, holds: str, never: str) -> None:
    reply = company.reply(ask, AKER)
    assert reply.outcome is Outcome.ANSWER
    assert re.search(holds, reply.text), reply.text
    assert not re.search(never, reply.text), reply.text
    assert word_count(reply.text) <= 110
    assert reply.health is not None
    assert not reply.meddppicc  # a short answer is not deepened into the whole assessment


def test_unknown_activity_is_said_and_never_counted(company: Company) -> None:
    hidden = {**AKER, "sources": "not connected, not connected"}
    for ask in ("how many mails did I send Aker?", "has Ida replied on Aker?", "is Aker dead?"):
        reply = company.reply(ask, hidden)
        assert "not connected" in reply.text
        assert "no mail" not in reply.text


def test_the_points_add_up_to_the_sum_shown(sample_coach: Coach) -> None:
    asker = sample_coach.asker_for_email("tess.calloway@fernhall.example")
    assert asker is not None
    text = sample_coach.answer(asker, "why is Quarrybank average?", now=SAMPLE_NOW).text
    points = [int(line[2:].partition(":")[0]) for line in text.splitlines() if line.startswith(("• +", "• -"))]
    assert f"{sum(points):+d} points in all" in text


def test_it_needs_a_deal_to_stand_for(sample_coach: Coach) -> None:
    asker = sample_coach.asker_for_email("tess.calloway@fernhall.example")
    assert asker is not None
    assert sample_coach.answer(asker, "should i forecast it", now=SAMPLE_NOW).outcome is Outcome.CLARIFY
    focus = next(deal.id for deal in sample_coach.open_pipeline().deal_names(None) if "Quarrybank" in deal.name)
    reply = sample_coach.answer(asker, "should i forecast it", now=SAMPLE_NOW, focus=focus)
    assert reply.deal is not None
    assert reply.deal.id == focus


def test_compare_it_takes_the_deal_at_hand(sample_coach: Coach) -> None:
    asker = sample_coach.asker_for_email("tess.calloway@fernhall.example")
    assert asker is not None
    focus = next(deal.id for deal in sample_coach.open_pipeline().deal_names(None) if "Quarrybank" in deal.name)
    reply = sample_coach.answer(asker, "compare it with belcourt", now=SAMPLE_NOW, focus=focus)
    assert {choice.id for choice in reply.choices} > {focus}
    assert date(2026, 11, 18) == reply.as_of.date()


@pytest.mark.parametrize("text", ["my actions", "what are my open actions?", "show me my overdue to-dos"])
def test_own_actions_are_where_they_can_be_closed(sample_coach: Coach, text: str) -> None:
    asker = sample_coach.asker_for_email("tess.calloway@fernhall.example")
    assert asker is not None
    assert "Home tab" in sample_coach.answer(asker, text, now=SAMPLE_NOW).text
