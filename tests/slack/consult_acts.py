"""What manager and seller do in a consult, step by step, over the local Slack."""

import asyncio
from datetime import timedelta

from block_limits import problems, shown_text
from sample_house import DEAL, MANAGER, NOW, REP

from bot.coach.consults.follow_up import source_key
from bot.coach.consults.room import ConsultRoom
from bot.coach.consults.seats import place_of
from bot.coach.desk import Desk
from bot.memory import ConsultKind, ConsultPhase, ConsultState, NewAction
from bot.slack.consulting import Consulting
from bot.slack.ids import ActionId
from bot.slack.services import Services

START = ActionId.CONSULT_START.numbered(1)
LIGHT = ActionId.CONSULT_START.numbered(2)
RECAP = "Reach the signer through Gareth before the count."
CONCRETE = {
    "text": "asks Gareth for 30 minutes with whoever signs",
    "counterpart": "Gareth Winslow",
    "done_when": "the invitation is accepted",
}


def session(house):
    """The one consult of a test."""
    return house.memory.consults.find(1)


def side(house, person):
    """The last message of a person's direct messages that shows a consult; the panel in place."""
    shown = [m for m in house.slack.messages(person) if "🤝" in str(m.blocks) and "🤝" in m.blocks[0]["text"]["text"]]
    return shown[-1] if shown else None


async def sees(house, person, part):
    """Wait until the person's side shows `part`."""
    return await house.slack.wait_for(
        lambda _: (panel := side(house, person)) and part in shown_text(panel.blocks) and panel, seconds=20
    )


async def pack(house, channel=None, text=DEAL, person=None):
    """Type `/consult DEAL`; returns the private pack."""
    who = person or house.manager
    place = channel or house.slack.add_channel("deal-desk", house.manager, house.rep)
    before = len(house.slack.ephemerals(who))
    await house.slack.slash(who, place, "/consult", text)
    await house.slack.wait_for(lambda s: len(s.ephemerals(who)) > before, seconds=30)
    return house.slack.ephemerals(who)[-1]


async def started(house, button=START, where="direct", channel=None):
    """Prepare and start; returns the consult."""
    message = await pack(house, channel)
    await house.press(message, button, house.manager)
    await house.modal(house.manager)
    await house.slack.submit_view(house.manager, entries={"where": where})
    await house.eventually(lambda _: session(house) and session(house).state is ConsultState.PREPARED)
    return session(house)


async def press(house, person, action, part, value=None):
    """Press a button of the person's side once it shows `part`."""
    panel = await sees(house, person, part)
    assert problems(panel.blocks) == []
    await house.press(panel, action, person, value)


async def overview_written(house, person=None, text="Gareth is friendly, but who signs is unknown"):
    who = person or house.rep
    await press(house, who, ActionId.CONSULT_OVERVIEW.value, "overview")
    await house.modal(who)
    await house.slack.submit_view(who, entries={"challenges": text})
    await house.eventually(lambda _: session(house).overview)


async def at_the_questions(house):
    """A session whose questions are open, without the clicks that lead there."""
    await brought(house, ConsultPhase.CONSULT)
    return await sees(house, house.manager, "Next: action plan")


async def at_the_plan(house):
    """A session at its action plan."""
    await brought(house, ConsultPhase.PLAN)
    return await sees(house, house.manager, "Add an action")


async def agreed(house):
    """A consult whose actions are agreed."""
    await brought(house, ConsultPhase.PLAN, agree)
    return await sees(house, house.manager, "Send the wrap-up")


async def shared(house):
    """A consult whose wrap-up is out."""
    await brought(house, ConsultPhase.PLAN, agree, share)
    await sees(house, house.rep, "Dropped")
    return await sees(house, house.manager, "Follow-up on")


async def brought(house, phase, *further):
    """Bring a consult this far through the same room as the clicks do, and show both sides."""
    await asyncio.to_thread(walk, house, phase, *further)
    consulting = Consulting(Services(house.coach, house.memory), Desk(house.coach))
    await consulting.refresh(house.client, 1, house.clock.now)


def room_of(house):
    return ConsultRoom(Desk(house.coach), house.memory)


def walk(house, phase, *further):
    room, manager = room_of(house), house.asker(MANAGER)
    consult = session(house) or room.door.open(manager, "SL-2004", ConsultKind.FULL, NOW)[0]
    room.write_overview(room.door.enter(house.asker(REP), consult.id, NOW), {"challenges": "who signs is unknown"}, NOW)
    while consult.phase is not phase:
        consult = room.go_on(room.door.enter(manager, consult.id, NOW), place_of(consult), NOW)
    for step in further:
        step(house, room, room.door.enter(manager, consult.id, NOW))


def agree(house, room, seat):
    owner = house.asker(REP).user
    action = NewAction(
        deal_id=seat.consult.deal_id, deal_name=seat.consult.deal_name, source="consult",
        source_key=source_key(seat.consult.id, "a"), advice=None, owner_id=owner.id, owner_name=owner.name,
        counterpart=CONCRETE["counterpart"], text=CONCRETE["text"], due=NOW.date() + timedelta(days=3),
        done_when=CONCRETE["done_when"], created_by=seat.asker.user.id,
    )  # fmt: skip
    house.memory.actions.track(action, NOW)
    room.agree(seat, RECAP, NOW.date() + timedelta(days=7), NOW)


def share(house, room, seat):
    room.share(seat, NOW)


async def action_added(house, person=None, **changes):
    who = person or house.manager
    await press(house, who, ActionId.CONSULT_ACTION.value, "Add an action")
    await house.modal(who)
    due = (house.clock.now.date() + timedelta(days=3)).isoformat()
    return await house.slack.submit_view(who, entries=CONCRETE | {"due": due} | changes)


def instead(message, action, other, value=None):
    """Put another button in the place of one, as a message from before would have it."""
    for block in message.blocks:
        for element in [*block.get("elements", []), block.get("accessory", {})]:
            if element.get("action_id") == action.value:
                element |= {"action_id": other} | ({"value": value} if value else {})
