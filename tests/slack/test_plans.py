"""A deal's plans in Slack: the command plan with a manager's review (F072), the mutual action plan (F074)."""

from block_limits import problems, shown_text
from consult_acts import shared, walk
from sample_house import DEAL, DEAL_NAME, MANAGER, OTHER_REP

from bot.memory import ConsultPhase
from bot.slack.delivery import deliver
from bot.slack.ids import ActionId
from bot.slack.listeners.plans import NOT_YOURS, STALE
from bot.slack.views.blocks import actions, button
from bot.slack.views.message import Message

COMMAND, REVIEW, MUTUAL = ActionId.COMMAND_PLAN.value, ActionId.PLAN_REVIEW.value, ActionId.MUTUAL_PLAN.value
DEAL_ID = "SL-2004"


async def opened(house, action, person=None):
    """Press the button of a plan; returns the form."""
    await pressed(house, action, person)
    return await house.modal(person)


async def pressed(house, action, person=None):
    who = person or house.rep
    await deliver(house.client, who.id, Message("plan", (actions([button("Plan", action, DEAL_ID)]),)))
    message = [each for each in house.slack.messages(who) if each.text == "plan"][-1]
    await house.press(message, action, who)


async def test_a_plan_is_built_backwards_saved_shown_and_ready_for_a_mail(house):
    card = await house.card(f"Build a mutual action plan for {DEAL}")
    assert problems(card.blocks) == []
    assert "Already late" in shown_text(card.blocks)
    await house.press(card, MUTUAL)
    form = await house.modal()
    lines = form.blocks[-1]["element"]["initial_value"].splitlines()
    assert lines[0].startswith("2026-10-08 | champion ( ) |")
    assert lines[-1] == "2026-12-07 | Gareth Winslow (?) | signs"

    kept = [*lines[-3:], "2026-11-20 | Gareth Winslow | names the steps | done", "2026-11-17 | Tess | sends the scope"]
    await house.slack.submit_view(house.rep, entries={"plan": "\n".join(kept)})
    shown = shown_text(house.slack.modal(house.rep).blocks)
    assert "already late: 1" in shown
    assert "To paste into a mail" in shown
    assert "[new day]: Tess sends the scope" in shown
    assert "names the steps" not in shown.split("To paste into a mail")[1]
    again = await house.card(f"Mutual action plan for {DEAL}")
    assert "Saved by Tess Calloway" in shown_text(again.blocks)


async def test_what_cannot_be_read_is_sent_back_with_its_line(house):
    await opened(house, MUTUAL)
    sent = await house.slack.submit_view(house.rep, entries={"plan": "2026-12-01 | Gareth | signs\nsometime | x | y"})
    assert sent.body["errors"] == {"plan:0": "Line 2 begins with no day. Write it as 2026-01-31."}
    assert house.memory.plans.mutual(DEAL_ID) is None


async def test_saved_twice_is_once_and_an_overtaken_form_is_sent_back(house):
    lines = {"plan": "2026-12-01 | Gareth Winslow | signs"}
    await opened(house, MUTUAL)
    await opened(house, MUTUAL, house.manager)
    await house.slack.submit_view(house.rep, entries=lines)
    assert house.memory.plans.mutual(DEAL_ID).version == 1
    sent = await house.slack.submit_view(house.manager, entries={"plan": "2026-12-02 | Gareth Winslow | signs"})
    assert sent.body["errors"] == {"plan:0": STALE}
    sent = await house.slack.submit_view(house.manager, entries=lines)
    assert sent.body["response_action"] == "update"
    assert house.memory.plans.mutual(DEAL_ID).version == 1


async def test_a_manager_s_review_stands_in_the_plan_with_name_and_day(house):
    walk(house, ConsultPhase.SETUP)
    form = await opened(house, COMMAND, house.manager)
    assert problems(form.blocks) == []
    await house.press(form, REVIEW, house.manager)
    await house.slack.wait_for(lambda s: "Your review" in shown_text(s.modal(house.manager).blocks))
    await house.slack.submit_view(house.manager, entries={"note": "Nobody above Gareth is in it"})
    seen = shown_text((await opened(house, COMMAND)).blocks)
    assert "Nadia Rahimi, 18 Nov 2026:" in seen
    assert "Nobody above Gareth" in seen
    assert "Add a review" not in seen


async def test_only_a_manager_reviews_and_only_who_sees_the_deal_opens_its_plan(house):
    await pressed(house, REVIEW)
    await house.told(NOT_YOURS)
    other = house.people[OTHER_REP]
    for action in (COMMAND, REVIEW, MUTUAL):
        await pressed(house, action, other)
        await house.eventually(lambda s: len(s.ephemerals(other)) + len(s.messages(other)) > 1)
    await house.told("can't find that deal", other)
    assert house.slack.modal(other) is None


async def test_strategy_and_actions_of_the_last_consult_stand_in_the_plan(house):
    await shared(house)
    seen = shown_text((await opened(house, COMMAND)).blocks)
    assert "Reach the signer through Gareth" in seen
    assert "done when the invitation is accepted" in seen
    assert house.memory.consults.last_shared(DEAL_ID).manager_id == house.asker(MANAGER).user.id


async def test_the_home_tab_opens_a_command_plan(house):
    await house.slack.open_home(house.rep)
    home = await house.slack.wait_for(lambda s: s.home(house.rep), seconds=20)
    await house.slack.click(house.rep, home, COMMAND, DEAL_ID)
    form = await house.modal()
    assert DEAL_NAME in shown_text(form.blocks)
    assert "parts there" in shown_text(form.blocks)
