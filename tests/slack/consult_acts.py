"""What manager and seller do in a consult, step by step, over the local Slack."""

from datetime import timedelta

from block_limits import problems, shown_text
from sample_house import DEAL

from bot.memory import ConsultState
from bot.slack.ids import ActionId

START = ActionId.CONSULT_START.numbered(1)
LIGHT = ActionId.CONSULT_START.numbered(2)
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


async def at_the_questions(house, **how):
    """A session whose questions are open."""
    await started(house, **how)
    await overview_written(house)
    await press(house, house.manager, ActionId.CONSULT_NEXT.value, "Begin the session")
    await press(house, house.manager, ActionId.CONSULT_NEXT.value, "Next: overview")
    await press(house, house.manager, ActionId.CONSULT_NEXT.value, "Next: questions")
    return await sees(house, house.manager, "Next: action plan")


async def at_the_plan(house):
    await at_the_questions(house)
    await press(house, house.manager, ActionId.CONSULT_NEXT.value, "Next: action plan")
    return await sees(house, house.manager, "Add an action")


async def action_added(house, person=None, **changes):
    who = person or house.manager
    await press(house, who, ActionId.CONSULT_ACTION.value, "Add an action")
    await house.modal(who)
    due = (house.clock.now.date() + timedelta(days=3)).isoformat()
    return await house.slack.submit_view(who, entries=CONCRETE | {"due": due} | changes)


async def agreed(house):
    """A consult whose actions are agreed."""
    await at_the_plan(house)
    await action_added(house)
    await press(house, house.manager, ActionId.CONSULT_AGREE.value, "Agree the plan")
    await house.modal(house.manager)
    await house.slack.submit_view(house.manager, entries={"recap": "Reach the signer through Gareth before the count."})
    return await sees(house, house.manager, "Send the wrap-up")


async def shared(house):
    """A consult whose wrap-up is out."""
    await agreed(house)
    await press(house, house.manager, ActionId.CONSULT_WRAP_UP.value, "Send the wrap-up")
    await house.modal(house.manager)
    await house.slack.submit_view(house.manager)
    await house.eventually(lambda _: session(house).state is ConsultState.SHARED)
    return await sees(house, house.manager, "Follow-up on")
