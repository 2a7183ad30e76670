"""The manager's digest: one message, drilled into in its thread; in a channel only what every reader may see."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from mailroom import MANAGER, MONDAY, OTHER_REP, REP, Mailroom, days

from bot.jobs.team_digests import KIND
from bot.memory import NewAction, Preferences


def morning(room: Mailroom, day: datetime = MONDAY) -> datetime:
    user = room.runtime.coach.asker_for_email(f"{MANAGER}@fernhall.example").user
    return datetime.combine(day.date(), time(8, 5), ZoneInfo(user.timezone or "UTC")).astimezone(UTC)


def teams(room: Mailroom) -> list[str]:
    return [room.text(message) for message in room.got(MANAGER) if "Your team" in room.text(message)]


def overdue_action(room: Mailroom) -> None:
    rep = room.runtime.coach.asker_for_email(f"{REP}@fernhall.example").user
    [deal, *_] = [d for d in room.runtime.coach.open_pipeline().deal_names({rep.id}) if d.status == "open"]
    new = NewAction(
        deal_id=deal.id, deal_name=deal.name, source="advice", source_key="t", advice=None, owner_id=rep.id,
        owner_name=rep.name, counterpart=None, text="sends the price sheet", due=(MONDAY - days(3)).date(),
        done_when="it is acknowledged", created_by=rep.id,
    )  # fmt: skip
    room.memory.actions.track(new, MONDAY - days(9))


async def test_a_manager_gets_one_message_on_the_team(room: Mailroom) -> None:
    overdue_action(room)
    await room.at(morning(room))
    await room.at(morning(room) + timedelta(minutes=5))
    [text] = teams(room)
    assert "At Risk or Poor" in text
    assert "Overdue actions" in text
    assert "sends the price sheet" in text
    assert "Consults due" in text


async def test_a_member_is_opened_in_the_thread(room: Mailroom) -> None:
    await room.at(morning(room))
    digest = next(m for m in room.got(MANAGER) if "Your team" in room.text(m))
    button = next(
        b["accessory"] for b in digest.blocks if b.get("accessory", {}).get("text", {}).get("text") == "Deals"
    )
    await room.slack.click(room.people[MANAGER], digest, button["action_id"])
    thread = await room.slack.wait_for(lambda s: s.messages(room.people[MANAGER], thread_ts=digest.ts)[1:], seconds=15)
    assert "most urgent first" in thread[0].text


async def test_a_channel_gets_what_every_reader_may_see(room: Mailroom) -> None:
    channel = room.slack.add_channel("leads", room.people[MANAGER], room.people[REP], private=True)
    manager = room.user_id(MANAGER)
    room.memory.preferences.save(manager, Preferences(team_channel=channel.id), MONDAY)
    await room.at(morning(room))
    [message] = room.slack.messages(channel)
    reps = room.runtime.coach.open_pipeline()
    mine = {deal.name for deal in reps.deal_names({room.user_id(REP)})}
    others = {deal.name for deal in reps.deal_names(None)} - mine
    assert not [name for name in others if name in room.text(message)]
    assert teams(room) == []


@pytest.mark.parametrize("trouble", ["not a member", "guest", "a reader who sees nothing"])
async def test_a_channel_that_does_not_do_is_told_once_and_the_digest_comes_directly(
    room: Mailroom, trouble: str
) -> None:
    guest = room.slack.add_user("guest", is_restricted=True)
    stranger = room.slack.add_user("unknown.colleague", email="unknown@fernhall.example")
    extra = {"guest": [guest], "a reader who sees nothing": [stranger]}.get(trouble, [])
    channel = room.slack.add_channel(
        "leads", room.people[MANAGER], *extra, private=True, with_bot=trouble != "not a member"
    )
    room.memory.preferences.save(room.user_id(MANAGER), Preferences(team_channel=channel.id), MONDAY)
    await room.at(morning(room))
    await room.at(morning(room, MONDAY + days(1)))
    assert room.slack.messages(channel) == []
    first, second = teams(room)
    assert "Not posted in the channel you chose" in first
    assert ("Not posted" in second) is (trouble == "a reader who sees nothing")


async def test_a_rep_gets_none(room: Mailroom) -> None:
    await room.at(morning(room))
    assert {row.reader_id for row in room.memory.deliveries("sent") if row.kind == KIND}.isdisjoint(
        {room.user_id(REP), room.user_id(OTHER_REP)}
    )
