"""What decides a consult: open questions, the state machine, coverage, follow-up, the note for the CRM."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest
from deal_worlds import Company

from bot.coach.consults.coverage import coverage
from bot.coach.consults.follow_up import all_told, due_follow_ups, is_overdue, open_promises, outcomes, source_key
from bot.coach.consults.overview import prefilled
from bot.coach.consults.questions import coaching_for, others_for, questions_for
from bot.coach.consults.states import after, awaits_overview, may_move, next_step
from bot.coach.consults.wrap_up import note_text, wrap_up
from bot.coach.playbook import CoachPlaybook
from bot.coach.service import Coach
from bot.memory import (
    ActionStatus,
    ConsultKind,
    ConsultPhase,
    ConsultState,
    Memory,
    NewAction,
    NewConsult,
    StaleConsultError,
)
from bot.memory.consults import Progress
from bot.pipeline.model import DealStatus, User

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
FULL, LIGHT = ConsultKind.FULL, ConsultKind.LIGHT


@pytest.fixture
def memory(tmp_path: Path):
    with Memory.open(f"sqlite:///{tmp_path}/memory.db") as opened:
        yield opened


def new_consult(**changes) -> NewConsult:
    values = {
        "deal_id": "D1", "deal_name": "Testwick Mills", "kind": FULL, "manager_id": "m", "manager_name": "Mo Reyes",
        "seller_id": "s", "seller_name": "Sam Ode",
    }  # fmt: skip
    return NewConsult(**values | changes)


def walked(memory: Memory, *states: ConsultState, **values):
    """A consult brought through these states."""
    consult, _ = memory.consults.open(new_consult(), "m", NOW)
    for state in states:
        phase = ConsultPhase.SETUP if state is ConsultState.IN_SESSION else None
        step = Progress(state=state, phase=phase, values=values if state is ConsultState.SHARED else {})
        consult = memory.consults.move(consult, step, "m", NOW)
    return consult


SHARED = (ConsultState.PREPARED, ConsultState.IN_SESSION, ConsultState.ACTIONS_AGREED, ConsultState.SHARED)


def tracked(memory: Memory, consult, text="asks Dana for the signer", due=date(2026, 3, 6)):
    new = NewAction(
        deal_id=consult.deal_id, deal_name=consult.deal_name, source="consult",
        source_key=source_key(consult.id, text), advice=None, owner_id="s", owner_name="Sam Ode", counterpart=None,
        text=text, due=due, done_when="the name is in writing", created_by="m",
    )  # fmt: skip
    return memory.actions.track(new, NOW)[0]


# Questions


@pytest.mark.parametrize(
    "closed",
    [
        "Do they like it?", "Is she your champion?", "Have you met the budget holder?", "Can legal be done by May?",
        "Why did you skip the demo?", "Who pays, it is the director, right?", "Would they sign", "Aren't they slow?",
        "If their lawyers opened it tomorrow, would the date survive?",
    ],
)  # fmt: skip
def test_a_question_that_invites_a_yes_or_gives_the_answer_is_refused(playbook: CoachPlaybook, closed: str) -> None:
    assert playbook.consult.questions.fault(closed)


@pytest.mark.parametrize(
    "open_one", ["Who could still stop this?", "On which point would they pick someone else?", "What led to the delay?"]
)
def test_an_open_question_passes(playbook: CoachPlaybook, open_one: str) -> None:
    assert playbook.consult.questions.fault(open_one) is None


def test_every_question_the_product_asks_is_open(playbook: CoachPlaybook, company: Company) -> None:
    view = company.view(log=[])
    asked = [*questions_for(view, playbook, FULL), *questions_for(view, playbook, LIGHT)]
    asked += others_for("own", asked, playbook)
    assert len(asked) > 15
    assert [each.text for each in asked if playbook.consult.questions.fault(each.text)] == []


def test_the_worst_gap_is_asked_about_first_and_none_twice_before_each_once(
    playbook: CoachPlaybook, company: Company
) -> None:
    view = company.view(log=[], close=10)
    questions = questions_for(view, playbook, FULL)
    gaps = [result.element.value for result in view.qualification.gaps()]
    assert [each.about for each in questions[: len(gaps)]] == gaps
    assert 6 <= len(questions) <= 10
    assert len({each.text for each in questions}) == len(questions)


@pytest.mark.slow
def test_every_sample_deal_has_six_to_ten_questions(sample_coach: Coach, playbook: CoachPlaybook) -> None:
    pipeline = sample_coach.open_pipeline()
    ids = [deal.id for deal in pipeline.deal_names(None) if deal.status is DealStatus.OPEN][:12]
    for brief in sample_coach.briefs(ids, datetime(2026, 11, 18, 14, tzinfo=UTC)):
        assert 6 <= len(questions_for(sample_coach.view(brief), playbook, FULL)) <= 10


def test_coaching_says_what_is_on_record_and_whom_to_ask(playbook: CoachPlaybook, company: Company) -> None:
    coaching = coaching_for("champion", company.view(log=[]), playbook, None)
    assert coaching.on_record[0].startswith("Champion is missing")
    assert coaching.ask_for is not None
    assert "done when" in coaching.ask_for
    assert "{" not in coaching.ask_for
    assert coaching_for("own", company.view(log=[]), playbook, None).on_record[0].startswith("They did:")


# The sheet


def test_the_sheet_says_which_fields_of_the_command_plan_are_blank(playbook: CoachPlaybook, company: Company) -> None:
    sheet = prefilled(company.view(log=[]), playbook.consult, None)
    assert set(sheet) == {"background", "state", "message", "gaps", "challenges"}
    assert sheet["message"].startswith("Not written down: why now")
    assert sheet["state"].startswith("Solution,")
    assert re.search(r"^Champion: missing", sheet["gaps"], re.MULTILINE)


# States


def test_states_follow_one_another_and_only_closing_is_always_possible() -> None:
    order = list(ConsultState)
    allowed = {(a, b) for a, b in product(order, order) if may_move(a, b)}
    steps = set(pairwise(order))
    early = {(state, ConsultState.CLOSED) for state in order[:-1]}
    assert allowed == steps | early
    assert after(ConsultState.CLOSED) is None


def test_a_full_session_has_four_parts_and_a_light_one_two(memory: Memory, playbook: CoachPlaybook) -> None:
    consult = walked(memory, ConsultState.PREPARED)
    parts = []
    while (step := next_step(consult, playbook.consult)) is not None:
        consult = memory.consults.move(consult, step, "m", NOW)
        parts.append((step.phase, playbook.consult.minutes[FULL][step.phase]))
    assert [minutes for _, minutes in parts] == [5, 10, 30, 5]
    assert [phase for phase, _ in parts] == list(ConsultPhase)
    assert playbook.consult.total_minutes(FULL) == 50
    assert playbook.consult.phases(LIGHT) == (ConsultPhase.CONSULT, ConsultPhase.PLAN)


def test_only_a_consult_with_an_overview_waits_for_it(memory: Memory, playbook: CoachPlaybook) -> None:
    consult = walked(memory, ConsultState.PREPARED)
    assert awaits_overview(consult, playbook.consult)
    light, _ = memory.consults.open(new_consult(deal_id="D2", kind=LIGHT), "m", NOW)
    assert not awaits_overview(light, playbook.consult)


def test_of_two_who_move_a_consult_one_does(memory: Memory) -> None:
    consult = walked(memory)
    memory.consults.move(consult, Progress(state=ConsultState.PREPARED), "m", NOW)
    with pytest.raises(StaleConsultError):
        memory.consults.move(consult, Progress(state=ConsultState.PREPARED), "s", NOW)
    assert [change.what for change in memory.consults.history(consult.id)] == ["requested", "prepared"]


def test_one_consult_runs_on_a_deal_until_its_wrap_up_is_out(memory: Memory) -> None:
    first, is_new = memory.consults.open(new_consult(), "m", NOW)
    again, second = memory.consults.open(new_consult(manager_id="other"), "other", NOW)
    assert (is_new, second, again.id) == (True, False, first.id)
    memory.consults.move(first, Progress(state=ConsultState.CLOSED), "m", NOW)
    _, third = memory.consults.open(new_consult(), "m", NOW)
    assert third


# Follow-up


def test_a_follow_up_is_due_on_its_day_in_the_zone_asked_for(memory: Memory) -> None:
    consult = walked(memory, *SHARED, shared_at=NOW, follow_up_on=date(2026, 3, 11))
    eve = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    assert due_follow_ups(memory, eve) == []
    assert [each.id for each in due_follow_ups(memory, eve, "Europe/Berlin")] == [consult.id]
    assert not is_overdue(consult, date(2026, 3, 11))
    assert is_overdue(consult, date(2026, 3, 12))


def test_outcomes_tell_what_happened_after_the_wrap_up_only(memory: Memory) -> None:
    consult = walked(memory, *SHARED[:-1])
    items = [tracked(memory, consult, text) for text in ("asks one", "sends two", "books three")]
    memory.actions.move(
        items[0].id, date(2026, 3, 9), version=1, by_id="s", note="before", now=NOW - timedelta(hours=1)
    )
    progress = Progress(state=ConsultState.SHARED, values={"shared_at": NOW})
    consult = memory.consults.move(consult, progress, "m", NOW)
    assert [each.what for each in outcomes(memory, consult)] == [None, None, None]

    later = NOW + timedelta(days=7)
    memory.actions.close(items[1].id, ActionStatus.DONE, version=1, by_id="s", note="the mail", now=later)
    memory.actions.move(items[2].id, date(2026, 3, 20), version=1, by_id="s", note="ill", now=later)
    found = outcomes(memory, consult)
    assert [(each.what, each.note) for each in found] == [(None, None), ("done", "the mail"), ("moved", "ill")]
    assert not all_told(found)
    assert [item.text for item in open_promises(memory, "D1")] == ["asks one", "books three"]


# Coverage


@dataclass(frozen=True)
class Deal:
    id: str
    amount: float | None
    custom: dict | None = None

    def row(self) -> dict:
        return {
            "id": self.id, "name": self.id, "owner": "s", "owner_name": "Sam Ode", "amount": self.amount,
            "health_bucket": "Average", "health_net_points": 0, "custom": self.custom or {}, "today": NOW.date(),
        }  # fmt: skip


def test_the_largest_and_the_flagged_deals_are_strategic_and_due_weekly(playbook: CoachPlaybook) -> None:
    deals = [Deal("a", 90_000), Deal("b", 80_000), Deal("c", 70_000), Deal("d", 9_000, {"strategic": "Yes"}),
             Deal("e", 60_000), Deal("f", 8_000), Deal("g", None)]  # fmt: skip
    held = {"a": NOW - timedelta(days=6), "b": NOW - timedelta(days=7), "e": NOW - timedelta(days=8)}
    users = {"s": User(id="s", name="Sam Ode", segment="Mid Market")}
    [one] = coverage([deal.row() for deal in deals], users, held, playbook.consult.cadence)
    turns = {turn.deal_id: turn for turn in one.turns}

    assert {id_ for id_, turn in turns.items() if turn.strategic} == {"a", "b", "c", "d"}
    assert {id_ for id_, turn in turns.items() if turn.due} == {"b", "c", "d", "f", "g"}
    assert (one.strategic, one.covered) == (4, 1)
    assert {id_ for id_, turn in turns.items() if turn.kind is LIGHT} == {"f", "g"}
    assert one.next is not None
    assert one.next.deal_id == "b"


# The note


def test_the_note_for_the_crm_holds_strategy_actions_and_what_is_open(memory: Memory, company: Company) -> None:
    consult = walked(memory, *SHARED, shared_at=NOW, follow_up_on=date(2026, 3, 11), recap="Signer first.")
    tracked(memory, consult)
    wrap = wrap_up(consult, company.view(log=[]), memory.actions.of_deal("D1"))
    note = note_text(wrap)
    assert "Strategy: Signer first." in note
    assert "- Sam Ode: asks Dana for the signer" in note
    assert "Still open:" in note
    assert note.endswith("Follow-up on 2026-03-11.")
    assert len(note) < 4_000
