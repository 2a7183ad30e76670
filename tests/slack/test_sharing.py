"""Sharing into a channel: readers are named, guests and other companies end it, checked again on confirmation."""

import pytest
from block_limits import shown_text
from sample_house import DEAL, DEAL_NAME, OTHER_REP

from bot.slack import audience
from bot.slack.ids import ActionId


async def channel_card(house, channel):
    """Mention the bot in a channel; the card that only the asker sees."""
    sent = await house.slack.mention(house.rep, channel, f"How is {DEAL}?")
    card = await house.slack.reply_to(sent, seconds=30)
    assert card.ephemeral_for == house.rep.id
    return card


def shared_into(house, channel):
    return [each for each in house.slack.messages(channel) if each.from_bot and DEAL_NAME in str(each.blocks)]


async def test_a_deal_is_shared_after_its_readers_were_named(house):
    channel = house.slack.add_channel("deal-room", house.rep, house.people[OTHER_REP])
    card = await channel_card(house, channel)
    await house.press(card, ActionId.SHARE.value)
    form = await house.modal()
    assert "*#deal-room*" in shown_text(form.blocks)
    assert "2 people will read it" in shown_text(form.blocks)
    assert shared_into(house, channel) == []

    await house.slack.submit_view(house.rep)
    (posted,) = await house.slack.wait_for(lambda _: shared_into(house, channel), seconds=15)
    assert f"Shared by <@{house.rep.id}>" in shown_text(posted.blocks)
    assert "accessory" not in str(posted.blocks)
    await house.eventually(lambda _: house.memory.sharing.of_deal("SL-2004"))
    (entry,) = house.memory.sharing.of_deal("SL-2004")
    assert (entry.outcome, entry.audience) == ("shared", 2)


@pytest.mark.parametrize(
    ("details", "reason"),
    [({"is_restricted": True}, audience.GUESTS), ({"is_stranger": True}, audience.GUESTS)],
)
async def test_it_is_refused_where_outsiders_read(house, details, reason):
    channel = house.slack.add_channel("mixed", house.rep, house.slack.add_user("outsider", **details))
    await house.press(await channel_card(house, channel), ActionId.SHARE.value)
    page = await house.modal()

    assert reason in shown_text(page.blocks)
    assert not page.content.get("submit")
    assert [entry.outcome for entry in house.memory.sharing.of_deal("SL-2004")] == ["refused"]


async def test_it_is_refused_in_a_channel_of_two_companies(house):
    channel = house.slack.add_channel("joint", house.rep)
    card = await channel_card(house, channel)
    channel.is_ext_shared = True
    await house.press(card, ActionId.SHARE.value)
    assert audience.OUTSIDE in shown_text((await house.modal()).blocks)


async def test_it_is_checked_again_when_confirmed(house):
    channel = house.slack.add_channel("deal-room", house.rep)
    await house.press(await channel_card(house, channel), ActionId.SHARE.value)
    await house.modal()
    channel.members.append(house.slack.add_user("guest", is_restricted=True).id)
    await house.slack.submit_view(house.rep)
    await house.slack.wait_for(lambda s: audience.GUESTS in shown_text(s.modal(house.rep).blocks), seconds=15)

    assert shared_into(house, channel) == []


async def test_the_bot_must_be_in_the_channel(house):
    channel = house.slack.add_channel("deal-room", house.rep)
    card = await channel_card(house, channel)
    channel.members.remove(house.slack.workspace.bot_user.id)
    await house.press(card, ActionId.SHARE.value)
    assert audience.NOT_A_MEMBER in shown_text((await house.modal()).blocks)


async def test_a_large_channel_is_too_large(house):
    channel = house.slack.add_channel("everybody", house.rep, *(house.slack.add_user(f"u{n}") for n in range(120)))
    await house.press(await channel_card(house, channel), ActionId.SHARE.value)
    assert "more than 100 members" in shown_text((await house.modal()).blocks)


async def test_a_direct_message_offers_no_sharing(house):
    assert ActionId.SHARE.value not in str((await house.card()).blocks)
