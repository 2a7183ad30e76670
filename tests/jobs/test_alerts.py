"""Alerts reach the right people once, rest for a week, and are armed again only after a fall (DOMAIN 2.7)."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from mailroom import MANAGER, MONDAY, OTHER_REP, REP, Mailroom, days

from bot.coach.alerting import Metric, Verdict
from bot.jobs.alerts import KIND, ShareAlerts, judge_shares
from bot.jobs.deal_alerts import KIND as DEAL_ALERT
from bot.jobs.deal_alerts import DealAlerts
from bot.memory import HealthRow, ShareRow
from bot.pipeline.model import User
from bot.pipeline.shares import DEFAULT_RULES, AlertState, ShareHistory, judge_share

NIGHT = MONDAY - timedelta(hours=1)


def local(room: Mailroom, at: time, day: datetime = MONDAY, name: str = REP) -> datetime:
    user = room.runtime.coach.asker_for_email(f"{name}@fernhall.example").user
    return datetime.combine(day.date(), at, ZoneInfo(user.timezone or "UTC")).astimezone(UTC)


def calm_half_year(room: Mailroom, user_id: str, share: float = 0.0) -> None:
    """Twenty-six weeks in which nothing of a person's was at risk."""
    monday = MONDAY.date() - timedelta(weeks=1)
    room.memory.record_shares(
        ShareRow(user_id, monday - timedelta(weeks=back), share, share, 100_000.0, "USD", 7) for back in range(26)
    )


def alerts(room: Mailroom, name: str) -> list[str]:
    return [room.text(m) for m in room.got(name) if "than usual" in room.text(m)]


async def test_a_share_far_above_the_own_half_year_is_told_to_person_and_manager(room: Mailroom) -> None:
    manager_of = room.runtime.coach.open_pipeline().users[room.user_id()].manager_id
    calm_half_year(room, room.user_id())
    assert judge_shares(room.runtime, NIGHT) >= 1
    assert judge_shares(room.runtime, NIGHT) == 0
    await room.at(local(room, time(8, 5)))
    await room.at(local(room, time(8, 10)))
    [own] = alerts(room, REP)
    assert "Your pipeline is riskier than usual" in own
    assert "the average of 25 weeks, 0%" in own
    boss = next(
        n for n, u in room.people.items() if u.id == room.runtime.coach.open_pipeline().users[manager_of].slack_user_id
    )
    await room.at(local(room, time(8, 5), name=boss))
    assert any("Tess Calloway's pipeline" in text for text in alerts(room, boss))
    assert alerts(room, OTHER_REP) == []


async def test_it_is_not_told_again_while_it_stays_high(room: Mailroom) -> None:
    calm_half_year(room, room.user_id())
    for night in (0, 1, 7, 8):
        judge_shares(room.runtime, NIGHT + days(night))
        await room.at(local(room, time(8, 5), MONDAY + days(night)), [ShareAlerts.of(room.circle())])
    assert len(alerts(room, REP)) == 1


def verdict(now: float) -> Verdict:
    """Somebody with a half-year at 20 percent and five open deals."""
    history = ShareHistory(now, (20.0,) * 26, 5)
    user = User("u", "Una Berg")
    finding = judge_share(user, {"u": history}, [])
    assert finding is not None
    return Verdict(user, history, finding)


@pytest.mark.parametrize(
    ("shares", "fired"),
    [
        ([35, 36, 37, 38, 39, 40, 41, 42, 43], [0]),  # stays high: never again
        ([35, 22, 35, 35, 35, 35, 35, 35], [0, 7]),  # fell, rose at once: after seven days
        ([35, 26, 26, 26, 26, 26, 26, 26, 35], [0]),  # fell by less than half the trigger: not armed
        ([29, 29.9, 30], [2]),  # the trigger itself fires
    ],
)
def test_resting_and_rearming(shares: list[float], fired: list[int]) -> None:
    state, days_fired = AlertState(), []
    for day, share in enumerate(shares):
        step = verdict(share).step(Metric.PERSONAL, state, (MONDAY + days(day)).date(), DEFAULT_RULES)
        assert step is not None
        state, fires = step
        days_fired += [day] if fires else []
    assert days_fired == fired


async def test_what_the_digest_told_is_no_alert(room: Mailroom) -> None:
    await room.at(local(room, time(8, 5)))
    before = len(room.got())
    await room.at(local(room, time(13, 5)), [DealAlerts()])
    assert len(room.got()) == before
    [row] = [r for r in room.memory.deliveries("skipped") if (r.kind, r.reader_id) == (DEAL_ALERT, room.user_id())]
    assert row.reason == "nothing to say"


async def test_a_deal_that_turns_after_the_digest_is_told_once_in_seven_days(room: Mailroom) -> None:
    await room.at(local(room, time(8, 5)))
    rows = room.runtime.coach.open_pipeline().facet_rows(MONDAY)
    told = set(room.memory.mailings.said_to([room.user_id()]).get(room.user_id(), {}))
    deal = next(r for r in rows if r["owner"] == room.user_id() and r["id"] not in told and r["next_meeting"] is None)
    for day in range(2):
        booked = HealthRow(deal["id"], deal["health_bucket"], 0, next_meeting=(MONDAY + days(7)).date())
        room.memory.record_health([booked], (MONDAY + days(day - 1)).date())
        await room.at(local(room, time(13, 5), MONDAY + days(day)), [DealAlerts()])
    found = [room.text(m) for m in room.got() if "got worse since this morning" in room.text(m)]
    [only] = [text for text in found if deal["name"] in text]
    assert "is off, none is booked" in only


async def test_alerts_are_in_the_ledger(room: Mailroom) -> None:
    calm_half_year(room, room.user_id())
    judge_shares(room.runtime, NIGHT)
    await room.at(local(room, time(8, 5)))
    assert room.user_id() in {row.reader_id for row in room.memory.deliveries("sent") if row.kind == KIND}
    assert MANAGER in room.people
