"""A consult from the pack to the closed follow-up, over the real coach: both sides, real payloads."""

import copy
from datetime import timedelta

import pytest
from block_limits import problems, shown_text
from consult_acts import (
    LIGHT,
    RECAP,
    action_added,
    at_the_plan,
    at_the_questions,
    instead,
    overview_written,
    press,
    sees,
    session,
    shared,
    started,
)
from sample_house import DEAL_NAME

from bot.coach.consults.errors import PLAN_FIRST
from bot.memory import ActionStatus, ConsultPhase, ConsultState
from bot.slack.ids import ActionId
from bot.slack.listeners.consult_plan import LATER
from bot.slack.listeners.consult_wrap_up import PAST

QUESTION = ActionId.CONSULT_QUESTION.numbered(0)


async def test_a_consult_from_the_pack_to_the_closed_follow_up(house):
    await started(house)
    await overview_written(house)
    for part in ("Begin the session", "Next: overview", "Next: questions", "Next: action plan"):
        await press(house, house.manager, ActionId.CONSULT_NEXT.value, part)
    await action_added(house)
    await press(house, house.manager, ActionId.CONSULT_AGREE.value, "Agree the plan")
    await house.modal(house.manager)
    await house.slack.submit_view(house.manager, entries={"recap": RECAP})
    await press(house, house.manager, ActionId.CONSULT_WRAP_UP.value, "Send the wrap-up")
    await house.modal(house.manager)
    await house.slack.submit_view(house.manager)
    text = await house.told("📋", house.rep)
    sent = next(m for m in reversed(house.slack.messages(house.rep)) if "📋" in shown_text(m.blocks))
    assert problems(sent.blocks) == []
    assert "Reach the signer through Gareth" in text
    assert "asks Gareth for 30 minutes" in text

    house.clock.later(days=7)
    await press(house, house.rep, ActionId.CONSULT_RESULT.numbered(0), "Dropped")
    await house.modal()
    await house.slack.submit_view(house.rep, entries={"note": "Gareth's calendar invitation of Friday"})
    await sees(house, house.manager, "1 done")
    await press(house, house.manager, ActionId.CONSULT_CLOSE.value, "Close the consult")
    await sees(house, house.manager, "Closed")

    states = [change.what for change in house.memory.consults.history(1)]
    assert states == [
        "requested", "prepared", "in session: setup", "in session: overview", "in session: consult",
        "in session: plan", "actions agreed", "shared", "followed up", "closed",
    ]  # fmt: skip
    (item,) = house.memory.actions.of_deal(session(house).deal_id)
    assert item.status is ActionStatus.DONE
    assert house.memory.actions.history(item.id)[-1].note == "Gareth's calendar invitation of Friday"


@pytest.mark.slow
async def test_the_sheet_is_filled_in_with_what_is_on_record_and_becomes_the_sellers_own(house):
    await started(house)
    await press(house, house.rep, ActionId.CONSULT_OVERVIEW.value, "Write the overview")
    form = await house.modal()
    filled = {
        block["block_id"]: block["element"].get("initial_value", "") for block in form.blocks if "element" in block
    }
    assert "Commercial, Commit" in filled["state:0"]
    assert "Economic buyer: partial" in filled["gaps:0"]
    assert filled["gaps:0"].count("\n") >= 3

    await house.slack.submit_view(house.rep, entries={"gaps": "I have never spoken to the person who pays"})
    panel = await sees(house, house.manager, "never spoken to the person who pays")
    assert "Written by Tess Calloway" in shown_text(panel.blocks)


async def test_questions_open_only_after_the_sellers_own_reading(house):
    await started(house)
    await press(house, house.manager, ActionId.CONSULT_NEXT.value, "Begin the session")
    await press(house, house.manager, ActionId.CONSULT_NEXT.value, "Next: overview")
    panel = await sees(house, house.manager, "The questions open once Tess's own reading is written down")
    assert "Next: questions" not in shown_text(panel.blocks)

    instead(panel, ActionId.CONSULT_OVERVIEW, ActionId.CONSULT_NEXT.value, "1:in session/overview")
    await house.press(panel, ActionId.CONSULT_NEXT.value, house.manager)
    await house.told("First the seller's own reading", house.manager)
    assert session(house).phase is ConsultPhase.OVERVIEW

    await overview_written(house)
    await press(house, house.manager, ActionId.CONSULT_NEXT.value, "Next: questions")
    await sees(house, house.manager, "Next: action plan")


async def test_coaching_opens_after_the_answer_and_for_the_manager_only(house):
    panel = await at_the_questions(house)
    await house.press(panel, QUESTION, house.manager)
    form = await house.modal(house.manager)
    assert "What is on record opens after the answer" in shown_text(form.blocks)
    assert "authority at this amount" not in shown_text(form.blocks)

    await house.slack.submit_view(house.manager, entries={"answer": "Gareth says it is his call"})
    form = house.slack.modal(house.manager)
    assert "authority at this amount is not shown" in shown_text(form.blocks)
    assert "To ask for" in shown_text(form.blocks)
    await house.slack.submit_view(house.manager, entries={"agreed": "The signer is unknown"})
    await sees(house, house.manager, "The signer is unknown")

    seen = await sees(house, house.rep, "Gareth says it is his call")
    await house.press(seen, QUESTION, house.rep)
    form = await house.modal()
    assert "authority at this amount" not in shown_text(form.blocks)
    assert session(house).questions[0].by == "Nadia Rahimi"


@pytest.mark.slow
async def test_a_question_is_swapped_but_not_for_a_closed_one(house):
    panel = await at_the_questions(house)
    await house.press(panel, ActionId.CONSULT_SWAP.value, house.manager)
    await house.modal(house.manager)
    await house.slack.submit_view(house.manager, entries={"own": "Have you met the budget holder?"})
    form = house.slack.modal(house.manager)
    assert "invites a yes" in shown_text(form.blocks)
    assert session(house).questions[0].about == "economic_buyer"

    await house.slack.submit_view(house.manager, entries={"own": "Who else reads the offer before Gareth does?"})
    await sees(house, house.manager, "Who else reads the offer before Gareth does?")
    assert session(house).questions[0].about == "own"


async def test_a_vague_action_is_refused_with_two_rewrites(house):
    await at_the_plan(house)
    await action_added(house, text="follow up on the contract", counterpart="", done_when="done")
    form = house.slack.modal(house.manager)
    assert "Not concrete enough" in shown_text(form.blocks)
    assert "Use 2" in str(form.blocks)
    assert house.memory.actions.of_deal(session(house).deal_id) == []

    await house.press(form, ActionId.CONSULT_REWRITE.numbered(0), house.manager)
    await house.slack.wait_for(lambda s: "Use 2" not in str(s.modal(house.manager).blocks))
    await house.slack.submit_view(house.manager)
    await sees(house, house.manager, "Agree the plan")
    (item,) = house.memory.actions.of_deal(session(house).deal_id)
    assert (item.owner_name, item.source) == ("Tess Calloway", "consult")


@pytest.mark.slow
async def test_a_plan_needs_an_action_and_a_follow_up_ahead(house):
    panel = await at_the_plan(house)
    as_shown = copy.deepcopy(panel.blocks)
    instead(panel, ActionId.CONSULT_ACTION, ActionId.CONSULT_AGREE.value)
    await house.press(panel, ActionId.CONSULT_AGREE.value, house.manager)
    await house.told(PLAN_FIRST, house.manager)

    panel.blocks[:] = as_shown
    await action_added(house)
    await press(house, house.rep, ActionId.CONSULT_AGREE.value, "Agree the plan")
    await house.modal()
    today = house.clock.now.date().isoformat()
    sent = await house.slack.submit_view(house.rep, entries={"recap": "Signer first.", "follow_up": today})
    assert sent.body["errors"] == {"follow_up:0": LATER}
    assert session(house).state is ConsultState.IN_SESSION


@pytest.mark.slow
async def test_actions_are_moved_and_dropped_with_a_reason(house):
    await shared(house)
    house.clock.later(days=7)
    await press(house, house.rep, ActionId.CONSULT_RESULT.numbered(1), "Dropped")
    await house.modal()
    past = (house.clock.now.date() - timedelta(days=1)).isoformat()
    sent = await house.slack.submit_view(house.rep, entries={"due": past, "note": "Gareth is ill"})
    assert sent.body["errors"] == {"due:0": PAST}
    ahead = (house.clock.now.date() + timedelta(days=6)).isoformat()
    await house.slack.submit_view(house.rep, entries={"due": ahead})
    panel = await sees(house, house.manager, "1 moved")
    assert "Gareth is ill" in shown_text(panel.blocks)
    assert session(house).state is ConsultState.FOLLOWED_UP


@pytest.mark.slow
async def test_a_light_review_has_five_questions_and_no_sheet(house):
    await started(house, LIGHT)
    panel = await sees(house, house.manager, "Begin the session")
    assert "Light review" in shown_text(panel.blocks)
    assert "There is nothing to prepare" in shown_text((await sees(house, house.rep, DEAL_NAME)).blocks)
    await press(house, house.manager, ActionId.CONSULT_NEXT.value, "Begin the session")
    panel = await sees(house, house.manager, "Next: action plan")
    assert len(session(house).questions) == 5
    await house.press(panel, QUESTION, house.manager)
    await house.modal(house.manager)
    await house.slack.submit_view(house.manager, entries={"answer": "A mail two days ago"})
    assert "last mail from Gareth" in shown_text(house.slack.modal(house.manager).blocks)


@pytest.mark.slow
async def test_what_was_agreed_and_is_open_stands_in_the_next_pack(house):
    await shared(house)
    pack = house.coach.consult(house.asker("nadia.rahimi"), "Quarrybank", now=house.clock.now)
    assert "*Open from the last consult:*" in pack.text
    assert "asks Gareth for 30 minutes with whoever signs" in pack.text
