"""Rubric cards: points from evidence only, unknown stays unknown and becomes the question to ask."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from deal_worlds import LIVELY, Company

from bot.coach.answers.rubric import rubric_card
from bot.coach.reply import CoachReply
from bot.coach.rubrics.card import RubricCard
from bot.coach.rubrics.close_week import LineState, close_week
from bot.coach.rubrics.playbook import RubricPlaybook
from bot.coach.sheets import Sheet
from bot.playbook import PlaybookError, load_playbook

PEOPLE = {"ann": "Ann Loom | Mill Manager", "bea": "Bea Purse | Finance Director"}
RICH: list[Any] = [
    "-25 meeting ann, bea",
    {"-20 from ann": "Which test system would we get, and how does the migration of our orders work?"},
    {"-18 from ann": "We lose 40 hours a week on looms planned by hand, that costs us 9,000 EUR a month."},
    {"-15 from ann": "The board meeting is on 2 December and we must have it by then. Our figures are attached."},
    {"-10 from bea": "I release orders up to 100,000 EUR from my own budget."},
    {"-8 from bea": "Our counsel reviews the contract, that takes ten working days; the supplier form is filled in."},
    {"+5 meeting ann, bea": "Working session"},
]
DEAL = {"deal": "Testwick Mills - Looms", **LIVELY, "amount": "80000 EUR", "contacts": PEOPLE}


def card(company: Company, sheet: Sheet, log: list[Any], **deal: Any) -> RubricCard:
    view = company.view(log=log, contacts=PEOPLE, amount="80000 EUR", **deal)
    return rubric_card(view, sheet, company.playbook.rubrics)


def points(found: RubricCard) -> dict[str, int | None]:
    return {score.part.label: score.points for score in found.scores}


def ask(company: Company, question: str, log: list[Any], **deal: Any) -> CoachReply:
    return company.reply(question, {**DEAL, "log": log, **deal})


def test_intent_counts_what_the_buyer_does(company: Company) -> None:
    found = card(company, Sheet.INTENT, RICH)
    assert points(found) == {"Evaluation": 3, "Timing": 3, "Commitment": 3}
    assert (found.points, found.most, found.weakest) == (9, 9, None)


def test_a_silent_deal_has_no_intent_and_its_timing_is_unknown(company: Company) -> None:
    found = card(company, Sheet.INTENT, ["-40 to ann"])
    assert points(found) == {"Evaluation": 0, "Timing": None, "Commitment": 0}
    assert found.unknown == 1


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("We would like to start soon.", 1),
        ("The steering committee has to see it first.", 2),
        ("The audit is on 3 November and it has to run by then.", 3),
    ],
)
def test_soon_is_no_date(company: Company, words: str, level: int) -> None:
    assert points(card(company, Sheet.INTENT, [{"-5 from ann": words}]))["Timing"] == level


def test_sources_that_are_not_connected_are_unknown_not_zero(company: Company) -> None:
    found = card(company, Sheet.INTENT, [], sources="not connected, not connected")
    assert points(found) == {"Evaluation": None, "Timing": None, "Commitment": None}
    assert "not zero" in found.scores[0].reading.reason


def test_budget_needs_an_owner_who_proved_it(company: Company) -> None:
    assert points(card(company, Sheet.BUDGET, RICH)) == {"Budget authority": 3, "Procurement clarity": 3}
    told = card(company, Sheet.BUDGET, [{"-5 note": "They definitely have budget."}])
    assert points(told) == {"Budget authority": None, "Procurement clarity": None}


def test_readiness_adds_up_to_eight(company: Company) -> None:
    found = card(company, Sheet.READINESS, RICH)
    assert found.most == 8
    assert points(found) == {"Urgency": 2, "Authority path": 2, "Process clarity": 1, "Known friction": 2}
    assert found.rubric.band(found.points).name == "ready"


def test_gates_pass_one_by_one(company: Company) -> None:
    found = card(company, Sheet.GATES, RICH)
    assert found.points == 6
    bare = card(company, Sheet.GATES, [{"-5 from ann": "We lose 40 hours a week on looms planned by hand."}])
    assert [score.points for score in bare.scores] == [0, 1, None, None, None, 0]
    assert bare.weakest is bare.scores[0], "the first gate that is not passed is worked on"


def test_fit_is_unknown_until_somebody_says_what_a_good_customer_is(company: Company) -> None:
    assert points(card(company, Sheet.FIT, RICH))["Profile"] is None


def test_fit_reads_the_profile_of_the_playbook(company: Company, playbook_dir: Path, tmp_path: Path) -> None:
    shipped = yaml.safe_load((playbook_dir / "rubrics.yaml").read_text(encoding="utf-8"))
    shipped["profile"] = [
        {"field": "industry", "points": 3, "any_of": ["Textiles"]},
        {"field": "employees", "points": 2, "from": 500},
    ]
    (tmp_path / "rubrics.yaml").write_text(yaml.safe_dump(shipped, sort_keys=False), encoding="utf-8")
    rules = load_playbook(tmp_path / "rubrics.yaml", RubricPlaybook)
    view = company.view(log=RICH, contacts=PEOPLE, custom={"Industry": "textiles", "employees": "120"})
    profile = rubric_card(view, Sheet.FIT, rules).scores[0]
    assert profile.points == 3
    assert "employees 120: does not fit" in profile.reading.reason


def test_the_close_week_counts_from_the_close_date(company: Company) -> None:
    view = company.view(log=RICH, contacts=PEOPLE, close=3)
    plan = close_week(view, company.playbook.rubrics.close_week)
    assert [line.state for line in plan[:2]] == [LineState.LATE, LineState.DONE], "a review at the buyer has its name"
    assert plan[1].proof is not None
    assert plan[-1].state is LineState.LATER
    assert all(line.owner for line in plan)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("intent card for Testwick", "intent 9 of 9 (high)"),
        ("are we ready to close Testwick?", "readiness to close 7 of 8 (ready)"),
        ("gates for Testwick", "6 of 6 gates passed"),
        ("budget card for Testwick", "budget and procurement 6 of 6 (clear)"),
        ("fit card for Testwick", "3 of 10 so far, 7 points unknown"),
        ("close week for Testwick", "The week begins"),
    ],
)
def test_a_card_is_one_question_away(company: Company, question: str, says: str) -> None:
    reply = ask(company, question, RICH)
    assert says in reply.text
    assert len(reply.text.split()) <= 180
    assert reply.sections
    assert reply.deal is not None


def test_an_open_part_becomes_the_next_question(company: Company) -> None:
    reply = ask(company, "budget card for Testwick", [{"-5 note": "They definitely have budget."}])
    assert "unknown, nothing on record yet" in reply.text
    assert company.playbook.rubrics.budget.parts["budget"].ask in reply.text


def test_points_that_fall_are_refused(playbook_dir: Path, tmp_path: Path) -> None:
    text = (playbook_dir / "rubrics.yaml").read_text(encoding="utf-8").replace("[0, 1, 2, 3]", "[0, 2, 1, 3]", 1)
    (tmp_path / "rubrics.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PlaybookError, match="must not fall"):
        load_playbook(tmp_path / "rubrics.yaml", RubricPlaybook)
