"""The weekly agenda, a view sent round, and the note to operations: each once, to the right people."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from mailroom import MANAGER, MONDAY, REP, Mailroom, days

from bot.jobs.broadcasts import ViewBroadcast
from bot.jobs.clock import Broadcast
from bot.jobs.digests import RepDigests
from bot.jobs.operations import OperationsNotes
from bot.jobs.reviews import WeeklyReviews
from bot.memory import HealthRow, Preferences
from bot.pipeline.model import Role

LATE = {"Solution", "Commercial", "Commitment"}


def local(room: Mailroom, at: time, day: int = 0, name: str = REP) -> datetime:
    user = room.runtime.coach.asker_for_email(f"{name}@fernhall.example").user
    return datetime.combine((MONDAY + days(day)).date(), at, ZoneInfo(user.timezone or "UTC")).astimezone(UTC)


async def test_the_agenda_comes_on_its_day_to_who_leads(room: Mailroom) -> None:
    rows = room.runtime.coach.open_pipeline().facet_rows(MONDAY)
    fallen = next(row for row in rows if row["health_bucket"] == "At Risk")
    room.memory.record_health([HealthRow(fallen["id"], "Good", 5)], (MONDAY - days(7)).date())
    for day in range(5):
        await room.at(local(room, time(8, 35), day, MANAGER), [WeeklyReviews()])
    [agenda] = room.got(MANAGER)
    text = room.text(agenda)
    assert "Deal review" in text
    assert "Without a decision owner" in text
    assert room.got(REP) == []


async def test_a_day_off_moves_it_to_the_next_working_day(room: Mailroom) -> None:
    holiday = {"day": MONDAY.date()}
    room.rules = room.rules.model_validate(room.rules.model_dump() | {"holidays": [holiday]})
    await room.at(local(room, time(8, 35), 0, MANAGER), [WeeklyReviews()])
    assert room.got(MANAGER) == []
    await room.at(local(room, time(8, 35), 1, MANAGER), [WeeklyReviews()])
    await room.at(local(room, time(8, 35), 2, MANAGER), [WeeklyReviews()])
    assert len(room.got(MANAGER)) == 1


async def test_clean_your_room_goes_to_the_owners_of_its_deals(room: Mailroom) -> None:
    view = ViewBroadcast(Broadcast(view="clean-your-room", day="mon", at=time(9)))
    await room.at(local(room, time(9, 5), 0), [view])
    rows = room.runtime.coach.open_pipeline().facet_rows(room.clock.now)
    in_view = [
        row
        for row in rows
        if row["stage"] in LATE and row["next_meeting"] is None and row["touches_last_14"] is not None
    ]
    owner = room.runtime.coach.open_pipeline().users[in_view[0]["owner"]]
    name = str(owner.email).partition("@")[0]
    await room.at(local(room, time(9, 5), 0, name), [view])
    [message] = room.got(name)
    names = {row["name"] for row in in_view if row["owner"] == owner.id}
    shown = {block["text"]["text"].split("*")[1] for block in message.blocks if block["type"] == "section"}
    assert "Clean your room" in room.text(message)
    assert shown == names


async def test_for_a_team_it_goes_to_the_channel_with_what_all_may_see(room: Mailroom) -> None:
    team = room.runtime.coach.asker_for_email(f"{MANAGER}@fernhall.example").owner_ids - {room.user_id(MANAGER)}
    rows = [row for row in room.runtime.coach.open_pipeline().facet_rows(MONDAY) if row["owner"] in team]
    late = (row for row in rows if row["stage"] in LATE and row["touches_last_14"] is not None)
    seller = next(row["owner"] for row in late if row["next_meeting"] is None)
    seller_name = str(room.runtime.coach.open_pipeline().users[seller].email).partition("@")[0]
    channel = room.slack.add_channel("leads", room.people[MANAGER], room.people[seller_name], private=True)
    room.memory.preferences.save(room.user_id(MANAGER), Preferences(team_channel=channel.id), MONDAY)
    leads = Broadcast(view="clean-your-room", day="mon", at=time(9), to="leads")
    room.rules = room.rules.model_copy(update={"broadcasts": (leads,)})
    await room.at(local(room, time(9, 5), 0, MANAGER))
    texts = [room.text(m) for m in room.slack.messages(channel) if "Clean your room" in room.text(m)]
    mine = {deal.name for deal in room.runtime.coach.open_pipeline().deal_names({seller})}
    others = {deal.name for deal in room.runtime.coach.open_pipeline().deal_names(None)} - mine
    assert len(texts) == 1
    assert not [name for name in others if name in texts[0]]


async def test_a_misspelt_day_is_refused(room: Mailroom) -> None:
    with pytest.raises(ValueError, match="unknown day 'friday'"):
        Broadcast(view="clean-your-room", day="friday")


async def test_operations_hear_once_of_somebody_out_of_reach(room: Mailroom) -> None:
    users = room.runtime.coach.open_pipeline().users.values()
    operations = next((u for u in users if u.role is Role.SALES_OPERATIONS), None)
    assert operations is not None, "the sample company has somebody in sales operations"
    name = str(operations.email).partition("@")[0]
    room.rep.deleted = True
    await room.at(local(room, time(8, 5)), [RepDigests()])
    for day in (1, 2):
        room.clock.now = local(room, time(8, 5), day, name)
        await room.at(room.clock.now, [OperationsNotes.of(room.circle())])
    [note] = room.got(name)
    assert "Tess Calloway (account deactivated)" in room.text(note)


async def test_a_kind_that_breaks_does_not_keep_the_others_from_going_out(room: Mailroom) -> None:
    unknown = Broadcast(view="no-such-view", day="mon", at=time(8))
    room.rules = room.rules.model_copy(update={"broadcasts": (unknown,)})
    room.memory.preferences.save(room.user_id(MANAGER), Preferences(team_channel="C404"), MONDAY)
    room.slack.inject("auth.test", status=200, error="fatal_error", times=None)
    done = await room.at(local(room, time(8, 5)))
    assert done["digest"].sent > 0
    assert "team digest" not in done
    assert len(room.got(REP)) == 1
