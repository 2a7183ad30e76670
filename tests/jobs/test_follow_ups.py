"""Accepted steps come back on their day and are answered with evidence; vague ones come with a better wording."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from mailroom import MONDAY, REP, Mailroom, days

from bot.coach.follow_ups import FollowUpRules, old_plans
from bot.jobs.follow_ups import ActionFollowUps
from bot.memory import ActionItem, ActionStatus, NewAction, PlanReminder
from bot.slack.listeners.action_items import NO_EVIDENCE

ASKS = (ActionFollowUps(),)
CONCRETE = "asks Eva Lie for the signed approval plan"


def afternoon(room: Mailroom, day: int = 0) -> datetime:
    user = room.runtime.coach.asker_for_email(f"{REP}@fernhall.example").user
    return datetime.combine((MONDAY + days(day)).date(), time(16, 5), ZoneInfo(user.timezone or "UTC")).astimezone(UTC)


def promised(room: Mailroom, text: str = CONCRETE, due: int = 0, done_when: str = "she sends it") -> ActionItem:
    rep = room.runtime.coach.asker_for_email(f"{REP}@fernhall.example").user
    [deal, *_] = [d for d in room.runtime.coach.open_pipeline().deal_names({rep.id}) if d.status == "open"]
    new = NewAction(
        deal_id=deal.id, deal_name=deal.name, source="digest", source_key=text, advice=None, owner_id=rep.id,
        owner_name=rep.name, counterpart=None, text=text, due=(MONDAY + days(due)).date(), done_when=done_when,
        created_by=rep.id,
    )  # fmt: skip
    return room.memory.actions.track(new, MONDAY - days(3))[0]


def asked(room: Mailroom) -> list[str]:
    return [room.text(m) for m in room.got() if "What did the buyer do?" in room.text(m)]


async def test_an_action_comes_back_on_its_day_and_weekly_until_it_is_answered(room: Mailroom) -> None:
    promised(room, due=1)
    counts = []
    for day in (0, 1, 2, 7, 8):
        await room.at(afternoon(room, day), ASKS)
        counts.append(len(asked(room)))
    assert counts == [0, 1, 1, 1, 2]
    assert CONCRETE in asked(room)[0]
    assert "7 days overdue" in asked(room)[1]


async def test_done_needs_something_to_see(room: Mailroom) -> None:
    item = promised(room)
    await room.at(afternoon(room), ASKS)
    await room.slack.click(room.rep, room.got()[-1], "action_result:0")
    form = await room.slack.wait_for(lambda s: s.modal(room.rep), seconds=10)
    sent = await room.slack.submit_view(room.rep, form, {"note": "done"})
    assert sent.body["errors"] == {"note:0": NO_EVIDENCE}
    await room.slack.submit_view(room.rep, form, {"note": "Eva sent the signed plan on Tuesday"})
    await room.slack.wait_for(lambda _: room.memory.actions.find(item.id).status is ActionStatus.DONE, seconds=10)
    assert room.memory.actions.history(item.id)[-1].note == "Eva sent the signed plan on Tuesday"
    await room.at(afternoon(room, 8), ASKS)
    assert len(asked(room)) == 1


async def test_a_moved_action_comes_back_on_the_new_day(room: Mailroom) -> None:
    item = promised(room)
    await room.at(afternoon(room), ASKS)
    later = (MONDAY + days(2)).date()
    room.memory.actions.move(item.id, later, version=item.version, by_id="x", note="she is ill", now=MONDAY)
    await room.at(afternoon(room, 1), ASKS)
    assert len(asked(room)) == 1
    await room.at(afternoon(room, 2), ASKS)
    assert len(asked(room)) == 2


async def test_a_vague_action_is_sent_back_with_a_wording_to_take_over(room: Mailroom) -> None:
    item = promised(room, "follow up with them", done_when="")
    await room.at(afternoon(room), ASKS)
    assert "Nobody can check this" in asked(room)[0]
    await room.slack.click(room.rep, room.got()[-1], "action_reword:0")
    await room.slack.wait_for(lambda _: "Now it reads" in room.last(), seconds=10)
    changed = room.memory.actions.find(item.id)
    assert "follow up" not in changed.text
    assert (changed.moves, changed.due > MONDAY.date()) == (0, True)


def row(age: int | None) -> dict[str, object]:
    return {"id": "d", "name": "Aker - Looms", "plan_freshness": age, "today": date(2026, 11, 16)}


@pytest.mark.parametrize(
    ("age", "words"),
    [(None, None), (6, None), (7, "turns 7 days old today"), (8, "8 days old"), (13, "13 days"), (14, "is stale")],
)
def test_a_close_plan_is_reminded_flagged_and_stale(age: int | None, words: str | None) -> None:
    found = list(old_plans([row(age)], {}, FollowUpRules()))
    assert [words in plan.words for plan in found if words] == ([True] if words else [])
    assert bool(found) is bool(words)


def test_each_age_is_told_once_and_a_refresh_starts_anew() -> None:
    refreshed = date(2026, 11, 16) - timedelta(days=9)
    told = {"d": PlanReminder(refreshed, 8)}
    assert not list(old_plans([row(9)], told, FollowUpRules()))
    assert list(old_plans([row(9)], {"d": PlanReminder(refreshed, 7)}, FollowUpRules()))
    assert list(old_plans([row(9)], {"d": PlanReminder(refreshed - timedelta(days=30), 14)}, FollowUpRules()))
