"""A colleague of the account team at a consult: invited, reading along, noting, and out again (DOMAIN 6.2, F070)."""

import shutil

import pytest
from block_limits import problems, shown_text
from consult_acts import at_the_questions, press, sees, session, side, started, walk
from sample_house import DEAL, DEAL_NAME, MANAGER, OTHER_REP, REP, import_sample, open_house
from test_consult_presses import rewrite

from bot.coach.answers.menu import GUESTS_HAVE_NO_PACK, NOT_FOUND
from bot.coach.consults.guests import INVITED_OVER, IS_INVITED, TAKES_PART
from bot.memory import ConsultPhase
from bot.slack.colleagues import NOT_KNOWN
from bot.slack.delivery import deliver
from bot.slack.ids import ActionId
from bot.slack.views.blocks import actions, button
from bot.slack.views.message import Message

ENGINEER = "jonas.weidmann"
INVITE, NOTE = ActionId.CONSULT_INVITE.value, ActionId.CONSULT_NOTE.value
ASK = "What does the rota connector need on their side?"


def engineer(house):
    """Jonas, with a Slack account."""
    if ENGINEER not in house.people:
        asker = house.asker(ENGINEER)
        email = f"{ENGINEER}@fernhall.example"
        house.people[ENGINEER] = house.slack.add_user(ENGINEER, email=email, id=asker.user.slack_user_id)
    return house.people[ENGINEER]


async def picked(house, who, host=None):
    """Open the form and pick somebody; returns what came back."""
    host = host or house.manager
    await press(house, host, INVITE, "vite…" if not house.memory.guests.standing(1, house.clock.now) else "Guests")
    await house.modal(host)
    return await house.slack.submit_view(host, entries={"person": who.id, "ask": ASK})


async def invited(house, host=None):
    guest = engineer(house)
    await picked(house, guest, host)
    form = house.slack.modal(host or house.manager)
    assert "Jonas will see" in shown_text(form.blocks)
    assert "any other deal" in shown_text(form.blocks)
    await house.slack.submit_view(host or house.manager)
    await sees(house, guest, ASK)
    return guest


async def asks(house, person, text):
    return await house.slack.reply_to(await house.slack.dm(person, text), seconds=30)


def words_of(message):
    return f"{message.text} {shown_text(message.blocks)}"


async def test_invited_reads_along_notes_and_sees_the_deal_until_the_invitation_is_taken_back(house):
    await started(house)
    assert "Quarrybank" not in words_of(await asks(house, engineer(house), f"How's {DEAL}?"))
    guest = await invited(house)
    assert DEAL_NAME in words_of(await asks(house, guest, f"How's {DEAL}?"))
    assert "Jonas Weidmann" in shown_text((await sees(house, house.rep, "Reading along")).blocks)

    panel = side(house, guest)
    assert problems(panel.blocks) == []
    await house.press(panel, NOTE, guest)
    await house.modal(guest)
    await house.slack.submit_view(guest, entries={"note": "Their IT froze changes until the 30th"})
    await sees(house, house.manager, "froze changes")
    await sees(house, house.rep, "froze changes")

    await press(house, house.rep, INVITE, "Guests (1)")
    form = await house.modal()
    await house.press(form, ActionId.CONSULT_UNINVITE.numbered(0))
    await house.eventually(lambda _: not house.memory.guests.standing(1, house.clock.now))
    gone = await house.told("is over, and with it your view", guest)
    assert DEAL not in gone
    answer = words_of(await asks(house, guest, f"How's {DEAL}?"))
    assert NOT_FOUND[:40] in answer
    assert DEAL_NAME not in answer
    (past,) = house.memory.guests.ever(1)
    assert (past.invited_by, past.ended_by) == (house.asker(MANAGER).user.id, house.asker(REP).user.id)


async def test_neither_pack_nor_coaching_nor_another_button_reaches_a_guest(house):
    await at_the_questions(house)
    guest = await invited(house)
    panel = await sees(house, guest, "You read along")
    assert "On record" not in shown_text(panel.blocks)
    ids = [e["action_id"] for block in panel.blocks for e in block.get("elements", []) if "action_id" in e]
    assert ids == [NOTE]

    channel = house.slack.add_channel("deal-desk", guest)
    await house.slack.slash(guest, channel, "/consult", DEAL)
    await house.told(GUESTS_HAVE_NO_PACK[:40], guest)
    forged = Message("x", (actions([button("x", ActionId.CONSULT_QUESTION.numbered(0), "1:0")]),))
    await deliver(house.client, guest.id, forged)
    message = next(each for each in house.slack.messages(guest) if each.text == "x")
    await house.press(message, ActionId.CONSULT_QUESTION.numbered(0), guest)
    await house.told("This consult is between", guest)
    assert house.slack.modal(guest) is None


OUTSIDERS = (
    ({"is_restricted": True, "email": "guest@fernhall.example"}, "Guests and people of other organisations"),
    ({"is_stranger": True, "email": "them@buyer.example"}, "Guests and people of other organisations"),
    ({"deleted": True, "email": "left@fernhall.example"}, "deactivated"),
    ({"is_bot": True}, "That is an app"),
    ({"email": "new.hire@fernhall.example"}, NOT_KNOWN),
)


async def test_who_may_not_see_deals_cannot_be_invited(house):
    await started(house)
    for number, (account, reason) in enumerate(OUTSIDERS):
        sent = await picked(house, house.slack.add_user(f"somebody.{number}", **account))
        assert reason in sent.body["errors"]["person:0"]
        await house.slack.close_view(house.manager)
    assert house.memory.guests.ever(1) == []


@pytest.mark.slow
async def test_the_two_and_those_invited_already_are_not_invited_again(house):
    await started(house)
    sent = await picked(house, house.rep)
    assert sent.body["errors"]["person:0"] == TAKES_PART.format(name="Tess Calloway")
    await house.slack.close_view(house.manager)
    await invited(house)
    sent = await picked(house, engineer(house), house.rep)
    assert sent.body["errors"]["person:0"] == IS_INVITED.format(name="Jonas Weidmann")


async def test_somebody_else_cannot_invite_and_a_late_press_lets_nobody_in(house):
    await started(house)
    other = house.people[OTHER_REP]
    forged = Message("x", (actions([button("Invite…", INVITE, "1"), button("x", NOTE, "1")]),))
    await deliver(house.client, other.id, forged)
    message = next(each for each in house.slack.messages(other) if each.text == "x")
    await house.press(message, INVITE, other)
    await house.told("This consult is between", other)
    await house.press(message, NOTE, other)
    await house.told(INVITED_OVER, other)
    assert house.slack.modal(other) is None

    await picked(house, engineer(house))
    await press(house, house.rep, ActionId.CONSULT_CALL_OFF.value, "Call it off")
    await house.eventually(lambda _: not session(house).is_running)
    await house.slack.submit_view(house.manager)
    assert "consult is closed" in shown_text(house.slack.modal(house.manager).blocks)
    assert house.memory.guests.ever(1) == []


async def test_the_end_of_the_consult_is_the_end_of_the_view(house):
    await started(house)
    guest = await invited(house)
    panel = side(house, guest)
    await press(house, house.manager, ActionId.CONSULT_CALL_OFF.value, "Call it off")
    await house.told("is over, and with it your view", guest)
    assert DEAL_NAME not in words_of(await asks(house, guest, f"How's {DEAL}?"))
    await house.press(panel, NOTE, guest) if any(b["type"] == "actions" for b in panel.blocks) else None
    assert house.slack.modal(guest) is None


async def test_an_invitation_runs_out_though_the_consult_goes_on(house):
    await started(house)
    guest = await invited(house)
    panel = side(house, guest)
    house.clock.later(days=15)
    await house.press(panel, NOTE, guest)
    await house.told(INVITED_OVER, guest)
    assert DEAL_NAME not in words_of(await asks(house, guest, f"How's {DEAL}?"))
    assert session(house).is_running


async def test_a_note_sent_after_the_end_is_not_kept_and_says_so(house):
    await started(house)
    guest = await invited(house)
    await house.press(side(house, guest), NOTE, guest)
    await house.modal(guest)
    house.memory.guests.take_back(1, house.asker(ENGINEER).user.id, "m", house.clock.now)
    await house.slack.submit_view(guest, entries={"note": "too late"})
    assert INVITED_OVER in shown_text(house.slack.modal(guest).blocks)
    assert house.memory.guests.notes(1) == []


@pytest.mark.slow
async def test_a_guest_reads_what_is_written_as_it_is_written(house):
    await started(house)
    guest = await invited(house)
    walk(house, ConsultPhase.OVERVIEW)
    await press(house, house.rep, ActionId.CONSULT_OVERVIEW.value, "overview")
    await house.modal()
    await house.slack.submit_view(house.rep, entries={"challenges": "The rota export fails on Sundays"})
    panel = await sees(house, guest, "fails on Sundays")
    assert "Written by Tess Calloway" in shown_text(panel.blocks)


@pytest.mark.slow
async def test_a_deal_that_changed_hands_leaves_its_guest_outside(sample_folder, tmp_path):
    folder, home, memory = tmp_path / "csv", tmp_path / "home", tmp_path / "memory"
    shutil.copytree(sample_folder, folder)
    memory.mkdir()
    async with open_house(import_sample(folder, home), memory) as house:
        await started(house)
        guest = await invited(house)
        panel = side(house, guest)
        rewrite(folder, owner_id=house.asker(OTHER_REP).user.id)
        import_sample(folder, home)
        await house.press(panel, NOTE, guest)
        await house.told(INVITED_OVER, guest)
        assert DEAL_NAME not in words_of(await asks(house, guest, f"How's {DEAL}?"))
        assert house.memory.guests.standing(1, house.clock.now)  # nobody pressed anything that would end it
