"""A person changes what they want to be told, in the real form, and the next messages keep to it."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from mailroom import MANAGER, MONDAY, REP, Mailroom, days

from bot.jobs.digests import RepDigests
from bot.memory import Preferences, Snooze

DIGESTS = (RepDigests(),)


def local(room: Mailroom, at: time, day: int = 0) -> datetime:
    user = room.runtime.coach.asker_for_email(f"{REP}@fernhall.example").user
    return datetime.combine((MONDAY + days(day)).date(), at, ZoneInfo(user.timezone or "UTC")).astimezone(UTC)


async def submit(room: Mailroom, name: str, entries: dict[str, object]) -> None:
    person = room.people[name]
    await room.slack.open_home(person)
    home = await room.slack.wait_for(lambda s: s.home(person), seconds=15)
    await room.slack.click(person, home, "preferences")
    form = await room.slack.wait_for(lambda s: s.modal(person), seconds=15)
    await room.slack.submit_view(person, form, entries)


def snooze_everything(room: Mailroom) -> None:
    for deal in room.runtime.coach.open_pipeline().deal_names({room.user_id()}):
        room.memory.preferences.snooze(room.user_id(), deal.id, (MONDAY + days(30)).date(), "waits", MONDAY)


async def test_a_new_hour_and_quiet_hours_hold_from_the_next_round(room: Mailroom) -> None:
    room.clock.now = local(room, time(6))
    await submit(room, REP, {"at": "06:30", "from": "22:00", "until": "07:00"})
    saved = await room.slack.wait_for(lambda _: room.memory.preferences.of_all().get(room.user_id()), seconds=15)
    assert saved.digest_at == time(6, 30)
    await room.at(local(room, time(6, 35)), DIGESTS)
    assert room.got() == []
    await room.at(local(room, time(7, 0)), DIGESTS)
    assert len(room.got()) == 1


async def test_on_a_quiet_day_there_is_one_line_or_nothing_as_wished(room: Mailroom) -> None:
    snooze_everything(room)
    await room.at(local(room, time(8, 5)), DIGESTS)
    [line] = room.got()
    assert "Nothing needs you today." in line.text
    assert len(line.blocks) == 1
    room.memory.preferences.save(room.user_id(), Preferences(when_empty=False), MONDAY)
    await room.at(local(room, time(8, 5), 1), DIGESTS)
    assert room.got() == [line]


async def test_nothing_is_chosen_in_the_form(room: Mailroom) -> None:
    await submit(room, REP, {"empty": "nothing"})
    saved = await room.slack.wait_for(lambda _: room.memory.preferences.of_all().get(room.user_id()), seconds=15)
    assert saved.when_empty is False


async def test_a_leader_chooses_a_channel_and_a_rep_is_not_asked(room: Mailroom) -> None:
    channel = room.slack.add_channel("leads", room.people[MANAGER], private=True)
    await submit(room, MANAGER, {"channel": channel.id})
    manager = room.user_id(MANAGER)
    saved = await room.slack.wait_for(lambda _: room.memory.preferences.of_all().get(manager), seconds=15)
    assert saved.team_channel == channel.id
    await submit(room, REP, {})
    assert "private channel" not in str(room.slack.modal(room.rep))


async def test_a_snooze_ends_when_it_is_taken_off(room: Mailroom) -> None:
    snooze_everything(room)
    kept = room.memory.preferences.snoozed(room.user_id(), MONDAY.date())
    assert all(isinstance(each, Snooze) for each in kept.values())
    await submit(room, REP, {"snoozed": []})
    await room.slack.wait_for(lambda _: not room.memory.preferences.snoozed(room.user_id(), MONDAY.date()), seconds=15)
