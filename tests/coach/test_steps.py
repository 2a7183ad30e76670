"""Next steps: at most three, concrete enough to be checked, on working days (what makes one: owner, counterpart,
observable verb, date ahead, done-when)."""

import re
from datetime import date, timedelta

import pytest
from deal_worlds import SAMPLE_NOW, Company
from hypothesis import given
from hypothesis import strategies as st

from bot.coach.dates import day_words, days_ago, plural, working_days_after
from bot.coach.playbook import CoachPlaybook
from bot.coach.reply import Element, NextStep
from bot.coach.service import Coach
from bot.coach.vagueness import is_vague
from bot.coach.view import view_deal
from bot.pipeline.brief import HealthBucket
from bot.pipeline.model import DealStatus
from bot.pipeline.service import Pipeline

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
VERB = re.compile(
    r"^(then )?(sends?|asks?|books?|offers?|calls?|phones?|agrees?|returns?|gets?|names?|puts?|changes?|writes?|"
    r"confirms?|invites?|brings?|rings?|answers?|walks?|tells?|meets?|shows?|re-dates?)\b"
)
WISH = re.compile(r"\b(follow up|touch base|stay close|build value|check in|circle back|keep warm|nurture)\b", re.I)


def concreteness(step: NextStep, today: date) -> int:
    """Points 0-5, one each: owner, counterpart, observable verb, due date ahead, done-when."""
    return sum(
        (
            bool(step.owner.strip()),
            bool(step.counterpart) or "contact" in step.text,
            bool(VERB.match(step.text)) and not WISH.search(step.text),
            step.due >= today,
            bool(step.done_when.strip()),
        )
    )


class TestWorkingDays:
    @given(DAYS, st.integers(0, 30))
    def test_never_on_a_weekend_and_never_before_the_start(self, start: date, days: int) -> None:
        due = working_days_after(start, days)
        assert due.weekday() < 5
        assert due >= start

    @given(DAYS, st.integers(0, 30))
    def test_counts_exactly_the_working_days_between(self, start: date, days: int) -> None:
        due = working_days_after(start, days)
        between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
        worked = sum(day.weekday() < 5 for day in between)
        assert worked == max(days, 1 if start.weekday() >= 5 else 0)

    @pytest.mark.parametrize(
        ("start", "days", "due"),
        [
            (date(2026, 10, 7), 0, date(2026, 10, 7)),
            (date(2026, 10, 9), 1, date(2026, 10, 12)),
            (date(2026, 10, 10), 0, date(2026, 10, 12)),
            (date(2026, 10, 10), 1, date(2026, 10, 12)),
            (date(2026, 10, 7), 5, date(2026, 10, 14)),
        ],
    )
    def test_by_hand(self, start: date, days: int, due: date) -> None:
        assert working_days_after(start, days) == due


def test_dates_as_people_write_them() -> None:
    today = date(2026, 10, 7)
    assert day_words(date(2026, 9, 25), today) == "Fri 25 Sep"
    assert day_words(date(2027, 1, 5), today) == "Tue 5 Jan 2027"
    assert [days_ago(today - timedelta(days=n), today) for n in (0, 2, 43)] == ["today", "2 days ago", "43 days ago"]
    assert [plural(n, "day") for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


class TestOnTheSampleCompany:
    def test_every_open_deal_gets_one_to_three_concrete_steps(
        self, sample: Pipeline, playbook: CoachPlaybook, sample_coach: Coach
    ) -> None:
        ids = [deal.id for deal in sample.deal_names(None) if deal.status is DealStatus.OPEN]
        for brief in sample.briefs(ids, SAMPLE_NOW):
            steps = view_deal(brief, playbook, None).steps
            assert 1 <= len(steps) <= 3, brief.deal.name
            assert len({step.text for step in steps}) == len(steps), brief.deal.name
            for step in steps:
                assert concreteness(step, brief.today) >= 4, step
                assert step.owner == brief.deal.owner.first_name
                assert step.due >= brief.today
                assert step.due.weekday() < 5
                assert not re.search(r"[{}]", f"{step.text} {step.done_when}"), step

    def test_a_poor_deal_gets_one_step(self, sample: Pipeline, playbook: CoachPlaybook) -> None:
        ids = [deal.id for deal in sample.deal_names(None) if deal.status is DealStatus.OPEN]
        poor = [b for b in sample.briefs(ids, SAMPLE_NOW) if b.health.bucket is HealthBucket.POOR]
        assert poor
        for brief in poor:
            assert len(view_deal(brief, playbook, None).steps) == 1


class TestChoice:
    def test_a_very_old_silent_deal_is_requalified_or_closed_out(self, company: Company) -> None:
        view = company.view(
            stages={"Qualification": -205, "Discovery": -150},
            contacts={"arve": "Arve Setskog | Owner"},
            benchmarks={"typical_cycle": "80 22 L4: New Business"},
            log=[{"-75 from arve": "Let me think."}, {"-48 to arve": "Hulls"}],
        )
        [step] = view.steps
        assert "re-qualification" in step.text
        assert step.counterpart == "Arve Setskog"

    def test_a_new_deal_gets_a_first_talk(self, company: Company) -> None:
        [step] = company.view(stages={"Qualification": -4}, contacts={"gro": "Gro Tanum"}, log=["-3 to gro"]).steps
        assert "discovery" in step.text
        assert step.due == date(2026, 10, 9)

    def test_a_passed_close_date_asks_for_the_step_that_sets_it(self, company: Company) -> None:
        view = company.view(close=-3, contacts={"eva": "Eva Lie"}, log=[{"-2 from eva": "Hello."}, "-1 to eva"])
        assert "date" in view.steps[0].text
        assert view.steps[0].due == date(2026, 10, 8)

    def test_somebody_who_left_is_not_approached(self, company: Company) -> None:
        view = company.view(
            contacts={"eva": "Eva Lie | Plant Manager", "rolf": "Rolf Aas | Director"},
            log=[
                {"-12 from rolf": "Fine."},
                {"-9 from eva": "See you."},
                {"-2 note": "Eva Lie left the company on Monday."},
                "-1 to rolf",
            ],
        )
        assert view.steps
        assert "Eva Lie" not in {step.counterpart for step in view.steps}

    def test_without_any_contact_the_steps_still_say_whom_to_find(self, company: Company) -> None:
        for step in company.view(contacts={}, log=[]).steps:
            assert step.counterpart is None
            assert "Testwick Mills" in step.text

    def test_the_person_who_wrote_about_an_element_is_asked_about_it(self, company: Company) -> None:
        view = company.view(
            contacts={"eva": "Eva Lie | Planner", "rolf": "Rolf Aas | Director"},
            log=[
                {"-9 from eva": "The lists are typed by hand and we lose orders."},
                {"-2 from rolf": "Good morning."},
                "-1 to eva",
                "-1 to rolf",
                {"+5 meeting rolf": "Day"},
            ],
        )
        pain = next(r for r in view.qualification.results if r.element is Element.IDENTIFY_PAIN)
        assert {item.person.name for item in pain.evidence if item.person} == {"Eva Lie"}


@pytest.mark.parametrize(
    ("step", "vague"),
    [
        ("follow up", True),
        ("stay close until the board", True),
        ("Eva sends the criteria list", True),
        ("Eva sends the criteria list by 2026-10-20", False),
        ("book the vote with Rolf for Monday", False),
        ("touch base on Monday", True),
    ],
)
def test_a_recorded_step_is_vague_without_an_act_or_a_day(step: str, vague: bool) -> None:
    assert is_vague(step) is vague
