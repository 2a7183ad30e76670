"""The ledger for many readers at once, what they were told, and alerts that fire for one caller only."""

from datetime import date, datetime, timedelta

from bot.memory import AlertMark, Memory, Notice

DAY = date(2026, 3, 4)
LEASE = timedelta(minutes=5)
WANTED = [("U1", DAY), ("U2", DAY), ("U3", DAY)]


def test_a_batch_is_claimed_once(memory: Memory, now: datetime) -> None:
    first = memory.mailings.claim("digest", WANTED[:2], now, LEASE)
    assert {claim.reader_id for claim in first} == {"U1", "U2"}
    assert [claim.reader_id for claim in memory.mailings.claim("digest", WANTED, now, LEASE)] == ["U3"]
    assert memory.mailings.claim("digest", [], now, LEASE) == []


def test_what_a_dead_process_held_comes_back_with_the_same_token(memory: Memory, now: datetime) -> None:
    before = {claim.reader_id: claim.client_token for claim in memory.mailings.claim("digest", WANTED, now, LEASE)}
    again = memory.mailings.claim("digest", WANTED, now + LEASE, LEASE)
    assert {claim.reader_id: claim.client_token for claim in again} == before
    assert all(claim.may_be_out for claim in again)


def test_settled_are_those_nobody_may_claim(memory: Memory, now: datetime) -> None:
    sent, held, failed = memory.mailings.claim("digest", WANTED, now, LEASE)
    memory.mailings.sent(sent, "1.0", now)
    memory.mark_failed(failed, "ratelimited", now, final=False, retry_after=timedelta(minutes=1))
    later = now + timedelta(minutes=2)
    assert memory.mailings.settled("digest", DAY, later) == {(sent.reader_id, DAY), (held.reader_id, DAY)}
    assert memory.mailings.settled("digest", DAY + timedelta(days=1), later) == set()


def test_a_skip_says_why_and_never_covers_what_was_tried(memory: Memory, now: datetime) -> None:
    [held] = memory.mailings.claim("digest", WANTED[:1], now, LEASE)
    memory.mailings.skip("digest", WANTED[:2], "too late", now)
    rows = {row.reader_id: (row.status, row.reason) for row in memory.mailings.since("digest", DAY)}
    assert rows == {held.reader_id: ("claimed", None), "U2": ("skipped", "too late")}
    memory.mailings.close_empty([held], "nothing to say")
    assert memory.deliveries("skipped")[0].reason == "nothing to say"


def test_the_last_thing_said_of_a_deal_is_remembered(memory: Memory, now: datetime) -> None:
    [claim] = memory.mailings.claim("digest", WANTED[:1], now, LEASE)
    memory.mailings.sent(claim, "1.0", now, {"D1": "At Risk", "D2": "Poor"})
    [second] = memory.mailings.claim("alert", WANTED[:1], now, LEASE)
    memory.mailings.sent(second, "2.0", now + LEASE, {"D1": "Poor"})
    said = memory.mailings.said_to(["U1", "U2"])
    assert {deal: (each.state, each.at) for deal, each in said["U1"].items()} == {
        "D1": ("Poor", now + LEASE),
        "D2": ("Poor", now),
    }
    assert "U2" not in said


def test_somebody_out_of_reach_is_reported_once(memory: Memory, now: datetime) -> None:
    for _ in range(2):
        memory.mailings.note_unreachable("U1", "US1", "user_disabled", now)
    [gone] = memory.mailings.unreported()
    memory.mailings.reported([gone], now)
    assert memory.mailings.unreported() == []
    assert set(memory.mailings.out_of_reach()) == {("U1", "US1")}
    memory.mailings.reached("U1", "US1")
    assert memory.mailings.out_of_reach() == {}


def test_an_alert_leaves_one_notice_however_often_it_is_recorded(memory: Memory, now: datetime) -> None:
    notice = Notice(reader_id="U1", subject_id="U2", metric="personal", day=DAY, payload={"words": "x"})
    for _ in range(2):
        memory.alerts.record("personal", {"U2": AlertMark(False, DAY)}, [notice])
    assert memory.alerts.marks("personal") == {"U2": AlertMark(False, DAY)}
    [waiting] = memory.alerts.waiting(DAY)["U1"]
    memory.alerts.told([waiting.id], now)
    assert memory.alerts.waiting(DAY) == {}
