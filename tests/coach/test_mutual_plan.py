"""A mutual action plan counted backwards; the rota as an answer (DOMAIN 1, 6.2; F070, F074)."""

from datetime import date

import pytest
from deal_worlds import SAMPLE_NOW as NOW

from bot.coach.answers.rota import asks_for_rota
from bot.coach.answers.wording import DM_WORDS, word_count
from bot.coach.mutual_plan import UnreadablePlan, mail_text, plan_text, read_plan, timeline
from bot.coach.reply import Opens
from bot.memory import MutualPlan

TESS, NADIA = "tess.calloway@fernhall.example", "nadia.rahimi@fernhall.example"


@pytest.fixture
def plan(sample_coach):
    view = sample_coach.view(sample_coach.briefs(["SL-2004"], NOW)[0])
    return timeline(view, sample_coach.playbook.mutual_plan, None)


def by_key(plan):
    return {line.step.key: line for line in plan.lines}


def test_the_last_step_falls_on_the_close_date_and_the_others_before_it(plan):
    steps = by_key(plan)
    assert steps["signature"].step.due == plan.close_date == date(2026, 12, 7)
    assert steps["start"].step.due == date(2026, 12, 3)  # two working days of signing
    assert steps["order"].step.due == date(2026, 12, 1)
    assert steps["legal"].step.due == steps["security"].step.due == date(2026, 11, 24)  # side by side
    assert all(line.step.due.weekday() < 5 for line in plan.lines)


def test_days_in_the_past_are_late_and_others_are_not(plan):
    assert {line.step.key for line in plan.late} == {"goal", "path", "scope", "proof", "money"}
    assert by_key(plan)["goal"].late_by(plan.today) == 41
    assert by_key(plan)["order"].late_by(plan.today) == 0


def test_every_answer_keeps_its_length_and_leads_to_the_form(sample_coach):
    tess = sample_coach.asker_for_email(TESS)
    reply = sample_coach.answer(tess, "Build a mutual action plan for Quarrybank", now=NOW)
    assert reply.opens is Opens.MUTUAL_PLAN
    assert word_count(reply.text) <= DM_WORDS


def test_a_length_the_buyer_wrote_takes_the_place_of_the_playbook_s(sample_coach):
    rules, pipeline = sample_coach.playbook.mutual_plan, sample_coach.open_pipeline()
    open_ids = [deal.id for deal in pipeline.deal_names(None) if deal.status.value == "open"]
    plans = [timeline(sample_coach.view(brief), rules, None) for brief in sample_coach.briefs(open_ids, NOW)]
    said = {line.said: line.days for plan in plans if plan for line in plan.lines if line.said}
    assert 6 in said.values()  # "two rounds of three working days"
    assert all("working days" in words for words, days in said.items() if days == 6)


def test_what_is_edited_comes_back_as_it_was(plan):
    steps = read_plan(plan_text(plan.lines), ["Gareth Winslow"])
    assert [(step.due, step.owner, step.text) for step in steps] == [
        (line.step.due, line.step.owner, line.step.text) for line in plan.lines
    ]
    assert [step.theirs for step in steps] == [line.step.theirs for line in plan.lines]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "at least one line"),
        ("2026-12-01 | Gareth", "Line 1 needs day"),
        ("soon | Gareth | signs", "begins with no day"),
        ("2026-12-01 |  | signs", "says not who"),
        ("2026-12-01 | Gareth | " + "x" * 141, "longer than 140"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text, problem):
    with pytest.raises(UnreadablePlan, match=problem):
        read_plan(text, [])


def test_the_mail_asks_for_names_and_leaves_out_what_is_done(plan):
    text = mail_text(plan, "Quarrybank Stores")
    assert "[who: champion] names the steps" in text
    assert "( )" not in text
    assert "playbook" not in text


def test_a_saved_plan_stands_as_it_was_saved(sample_coach, plan):
    steps = read_plan("2026-11-10 | Gareth | signs | done\n2026-11-12 | Tess | writes", [])
    saved = MutualPlan(deal_id="SL-2004", steps=steps, by_name="Tess", at=NOW, version=1)
    view = sample_coach.view(sample_coach.briefs(["SL-2004"], NOW)[0])
    again = timeline(view, sample_coach.playbook.mutual_plan, saved)
    assert [line.step.text for line in again.late] == ["writes"]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Who should I consult this week?", True),
        ("coverage of my consults", True),
        ("which deals should we consult on?", True),
        ("How is Quarrybank?", False),
        ("What should I do this week?", False),
    ],
)
def test_the_rota_is_asked_for_by_its_words(text, asks):
    assert asks_for_rota(text) is asks


def test_the_rota_names_own_people_only(sample_coach):
    mine = sample_coach.answer(sample_coach.asker_for_email(TESS), "Who should I consult this week?", now=NOW)
    assert "0 of 3 strategic deals covered" in mine.text
    assert "Dev Malhotra" not in mine.text
    team = sample_coach.answer(sample_coach.asker_for_email(NADIA), "coverage of my consults", now=NOW)
    assert "(Tess Calloway)" in team.text
