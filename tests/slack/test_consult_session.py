"""A consult from the pack to the closed follow-up, over the real coach: both sides, real payloads."""

from consult_acts import (
    press,
    sees,
    session,
    shared,
)

from bot.memory import ActionStatus
from bot.slack.ids import ActionId


async def test_a_consult_from_the_pack_to_the_closed_follow_up(house):
    await shared(house)
    text = await house.told("📋", house.rep)
    assert "Reach the signer through Gareth" in text
    assert "asks Gareth for 30 minutes" in text

    house.clock.later(days=7)
    await press(house, house.rep, ActionId.CONSULT_RESULT.numbered(0), "Actions")
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
