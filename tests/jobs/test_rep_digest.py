"""The morning digest in the real product: once, at the reader's hour, with buttons that work."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from mailroom import MONDAY, OTHER_REP, REP, Mailroom, days

from bot.jobs.digests import KIND, RepDigests
from bot.memory import Preferences
from bot.slack.failures import Refused
from bot.slack.kept_digests import find_digest

DIGESTS = (RepDigests(),)


def morning(room: Mailroom, day: datetime = MONDAY, at: time = time(8, 5), name: str = REP) -> datetime:
    """An instant of the person's local day."""
    user = room.runtime.coach.asker_for_email(f"{name}@fernhall.example").user
    return datetime.combine(day.date(), at, ZoneInfo(user.timezone or "UTC")).astimezone(UTC)


async def test_it_comes_once_in_the_readers_own_morning(room: Mailroom) -> None:
    now = morning(room)
    await room.at(now - timedelta(minutes=10), DIGESTS)
    assert room.got() == []
    await room.at(now, DIGESTS)
    await room.at(now + timedelta(minutes=5), DIGESTS)
    assert len(room.got()) == 1
    assert "at risk" in room.last() or "got worse" in room.last()


async def test_every_deal_keeps_to_forty_words(room: Mailroom) -> None:
    await room.at(morning(room), DIGESTS)
    sections = [b["text"]["text"] for m in room.got() for b in m.blocks if b["type"] == "section"]
    assert sections
    for text in sections:
        words = [word for word in text.replace("*", " ").split() if any(c.isalnum() for c in word)]
        assert len(words) <= 40, text


async def test_accept_tracks_the_step_once_and_shows_it(room: Mailroom) -> None:
    await room.at(morning(room), DIGESTS)
    [digest] = room.got()
    await room.slack.click(room.rep, digest, "digest_accept:0")
    await room.slack.wait_for(lambda _: "Tracked for" in room.last(), seconds=10)
    await room.slack.click(room.rep, digest, "digest_snooze:0")
    [item] = room.memory.actions.open_of([room.user_id()])
    assert item.source == "digest"
    assert "digest_accept:0" not in str(room.got()[-1].blocks)


async def test_a_snooze_needs_a_reason_and_gives_it_back(room: Mailroom) -> None:
    await room.at(morning(room), DIGESTS)
    [digest] = room.got()
    deal = digest.blocks[1]["text"]["text"].split("*")[1]
    await room.slack.click(room.rep, digest, "digest_snooze:0")
    form = await room.slack.wait_for(lambda s: s.modal(room.rep), seconds=10)
    await room.slack.submit_view(room.rep, form, {"span": "1", "reason": "they are at a fair"})
    await room.slack.wait_for(lambda _: "quiet until" in room.last(), seconds=10)
    tuesday = morning(room, MONDAY + days(1))
    [snooze] = room.memory.preferences.snoozed(room.user_id(), MONDAY.date()).values()
    assert snooze.reason == "they are at a fair"
    await room.at(tuesday, DIGESTS)
    assert deal in room.last()
    assert "Snoozed until today: they are at a fair" in room.last()


async def test_a_snoozed_deal_is_left_out(room: Mailroom) -> None:
    await room.at(morning(room), DIGESTS)
    deal = room.got()[0].blocks[1]["text"]["text"].split("*")[1]
    [deal_id] = [d.id for d in room.runtime.coach.open_pipeline().deal_names({room.user_id()}) if d.name == deal]
    room.memory.preferences.snooze(room.user_id(), deal_id, (MONDAY + days(9)).date(), "waits", MONDAY)
    await room.at(morning(room, MONDAY + days(1)), DIGESTS)
    assert deal not in room.last()


async def test_a_kept_digest_is_found_by_its_reader_only(room: Mailroom) -> None:
    await room.at(morning(room), DIGESTS)
    key = room.got()[0].blocks[2]["elements"][0]["value"].partition(":")[0]
    other = room.runtime.coach.asker_for_email(f"{OTHER_REP}@fernhall.example")
    with pytest.raises(Refused, match="somebody else"):
        await find_digest(room.memory, key, other, MONDAY)


async def test_who_wants_no_digest_gets_none(room: Mailroom) -> None:
    room.memory.preferences.save(room.user_id(), Preferences(digest_on=False), MONDAY)
    await room.at(morning(room), DIGESTS)
    assert room.got() == []


async def test_a_changed_hour_brings_no_unchanged_deal_twice_within_a_day(room: Mailroom) -> None:
    room.memory.preferences.save(room.user_id(), Preferences(digest_at=time(16)), MONDAY)
    await room.at(morning(room, at=time(16, 5)), DIGESTS)
    assert "digest_accept:0" in str(room.got()[-1].blocks)
    room.memory.preferences.save(room.user_id(), Preferences(digest_at=time(8)), MONDAY)
    await room.at(morning(room, MONDAY + days(1)), DIGESTS)
    assert "unchanged since I last told you" in room.last()


async def test_after_a_downtime_it_still_comes_for_four_hours(room: Mailroom) -> None:
    await room.at(morning(room), DIGESTS)
    await room.at(morning(room, MONDAY + days(1), time(11, 55)), DIGESTS)
    assert len(room.got()) == 2


async def test_what_is_too_late_is_skipped_and_said_the_next_time(room: Mailroom) -> None:
    await room.at(morning(room), DIGESTS)
    await room.at(morning(room, MONDAY + days(1), time(12, 5)), DIGESTS)
    assert len(room.got()) == 1
    rows = {row.day: row for row in room.memory.deliveries("skipped") if row.reader_id == room.user_id()}
    assert rows[(MONDAY + days(1)).date()].reason == "too late"
    await room.at(morning(room, MONDAY + days(2)), DIGESTS)
    assert "No digest on Tue 17 Nov" in room.last()
    await room.at(morning(room, MONDAY + days(3)), DIGESTS)
    assert "No digest on" not in room.last()


async def test_three_days_of_downtime_bring_one_digest_not_three(room: Mailroom) -> None:
    await room.at(morning(room), DIGESTS)
    await room.at(morning(room, MONDAY + days(3)), DIGESTS)
    assert len(room.got()) == 2
    assert "No digest on Tue 17 Nov and Wed 18 Nov" in room.last()


async def test_a_deactivated_person_is_tried_once_and_listed(room: Mailroom) -> None:
    room.rep.deleted = True
    await room.at(morning(room), DIGESTS)
    [dead] = [row for row in room.memory.deliveries("dead") if row.reader_id == room.user_id()]
    await room.at(morning(room, MONDAY + days(1)), DIGESTS)
    assert [row for row in room.memory.deliveries("dead") if row.reader_id == room.user_id()] == [dead]
    [gone] = room.memory.mailings.unreported()
    assert (gone.reader_id, gone.reason) == (room.user_id(), "user_disabled")


@pytest.mark.parametrize("status", [500, 503])
async def test_an_answer_lost_after_posting_is_no_second_message(room: Mailroom, status: int) -> None:
    room.slack.inject("chat.postMessage", status=status, applied=True, times=None)
    await room.at(morning(room), DIGESTS)
    assert len(room.got()) == 1
    [row] = [row for row in room.memory.deliveries() if (row.kind, row.reader_id) == (KIND, room.user_id())]
    assert row.status == "sent"


async def test_nothing_goes_out_in_quiet_hours_or_on_a_day_off(room: Mailroom) -> None:
    quiet = Preferences(quiet_from=time(7), quiet_until=time(10))
    room.memory.preferences.save(room.user_id(), quiet, MONDAY)
    await room.at(morning(room), DIGESTS)
    await room.at(morning(room, MONDAY + days(5)), DIGESTS)
    assert room.got() == []
    await room.at(morning(room, at=time(10, 5)), DIGESTS)
    assert len(room.got()) == 1
