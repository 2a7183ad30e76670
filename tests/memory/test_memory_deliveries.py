import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from typing import Any

from bot.memory import DeliveryStatus, Memory
from bot.memory.deliveries import MAX_ATTEMPTS

DAY = date(2026, 3, 4)
LEASE = timedelta(minutes=5)


def claim(memory: Memory, now: datetime, reader: str = "U1") -> Any:
    return memory.claim("digest", reader, DAY, now, LEASE)


def test_a_delivery_is_claimed_once_a_reader_kind_and_day(memory: Memory, now: datetime) -> None:
    first = claim(memory, now)
    assert first is not None
    assert not first.may_be_out
    assert claim(memory, now) is None
    assert claim(memory, now, "U2") is not None
    assert memory.claim("alert", "U1", DAY, now, LEASE) is not None
    assert memory.claim("digest", "U1", DAY + timedelta(days=1), now, LEASE) is not None


def test_what_was_sent_is_never_claimed_again(memory: Memory, now: datetime) -> None:
    memory.mark_sent(claim(memory, now), "17.42", now)
    assert claim(memory, now + timedelta(days=2)) is None
    (row,) = memory.deliveries()
    assert (row.status, row.message_ts, row.sent_at, row.attempts) == ("sent", "17.42", now, 1)


def test_a_dead_holder_is_replaced_after_its_lease(memory: Memory, now: datetime) -> None:
    first = claim(memory, now)
    assert claim(memory, now + LEASE - timedelta(seconds=1)) is None
    second = claim(memory, now + LEASE)
    assert second.attempt == 2
    assert second.may_be_out
    assert second.client_token == first.client_token


def test_a_late_holder_that_did_send_is_believed(memory: Memory, now: datetime) -> None:
    late = claim(memory, now)
    successor = claim(memory, now + LEASE)
    memory.mark_sent(late, "17.42", now + LEASE)
    assert memory.mark_failed(successor, "channel_not_found", now + LEASE, final=True) is None
    memory.mark_sent(successor, "99.99", now + LEASE)
    (row,) = memory.deliveries("sent")
    assert row.message_ts == "17.42"


def test_a_late_holder_cannot_fail_its_successor(memory: Memory, now: datetime) -> None:
    late = claim(memory, now)
    successor = claim(memory, now + LEASE)
    assert memory.mark_failed(late, "timeout", now + LEASE, final=False) is None
    assert claim(memory, now + LEASE) is None
    assert memory.mark_failed(successor, "timeout", now + LEASE, final=False) == "failed"


def test_a_failure_is_retried_when_it_is_due(memory: Memory, now: datetime) -> None:
    wait = timedelta(seconds=30)
    memory.mark_failed(claim(memory, now), "ratelimited", now, final=False, retry_after=wait)
    assert claim(memory, now) is None
    second = claim(memory, now + wait)
    assert second.attempt == 2
    memory.mark_sent(second, "17.42", now + wait)
    (row,) = memory.deliveries(DeliveryStatus.SENT)
    assert (row.attempts, row.reason) == (2, "ratelimited")


def test_a_final_failure_is_a_dead_letter(memory: Memory, now: datetime) -> None:
    assert memory.mark_failed(claim(memory, now), "account_inactive", now, final=True) == "dead"
    assert claim(memory, now + timedelta(days=1)) is None
    (row,) = memory.deliveries("dead")
    assert row.reason == "account_inactive"


def test_repeated_failures_end_as_a_dead_letter(memory: Memory, now: datetime) -> None:
    statuses = [memory.mark_failed(claim(memory, now), "timeout", now, final=False) for _ in range(MAX_ATTEMPTS)]
    assert statuses == ["failed"] * (MAX_ATTEMPTS - 1) + ["dead"]
    assert claim(memory, now) is None


def test_holders_that_keep_dying_end_as_a_dead_letter(memory: Memory, now: datetime) -> None:
    for attempt in range(MAX_ATTEMPTS):
        assert claim(memory, now + attempt * LEASE) is not None
    assert claim(memory, now + MAX_ATTEMPTS * LEASE) is None
    (row,) = memory.deliveries()
    assert row.status is DeliveryStatus.DEAD
    assert row.reason


def test_instants_are_compared_across_zones(memory: Memory, now: datetime) -> None:
    tokyo = timezone(timedelta(hours=9))
    claim(memory, now)
    assert claim(memory, (now + timedelta(minutes=1)).astimezone(tokyo)) is None
    assert claim(memory, (now + LEASE).astimezone(tokyo)) is not None


def _compete(url: str, readers: int, now: datetime, start: Any, won: Any) -> None:
    """Open the file and claim every reader's digest, as one replica of the scheduler would."""
    with Memory.open(url) as memory:
        start.wait()
        for reader in range(readers):
            if memory.claim("digest", f"U{reader}", DAY, now, LEASE):
                won.put(reader)
            if memory.first_sight(f"Ev{reader}", now):
                won.put(-reader - 1)


def test_processes_never_hold_the_same_claim(url: str, now: datetime) -> None:
    spawn = multiprocessing.get_context("spawn")
    readers, start, won = 30, spawn.Barrier(3), spawn.Queue()
    replicas = [spawn.Process(target=_compete, args=(url, readers, now, start, won)) for _ in range(3)]
    for replica in replicas:
        replica.start()
    winners = sorted(won.get(timeout=60) for _ in range(2 * readers))
    for replica in replicas:
        replica.join(timeout=60)
    assert [replica.exitcode for replica in replicas] == [0, 0, 0]
    assert winners == list(range(-readers, readers))
    assert won.empty()


def test_threads_never_hold_the_same_claim(memory: Memory, now: datetime) -> None:
    def race(attempt: Callable[[int], bool]) -> int:
        with ThreadPoolExecutor(8) as pool:
            return sum(pool.map(attempt, range(40)))

    assert race(lambda _: memory.first_sight("Ev1", now)) == 1
    assert race(lambda _: claim(memory, now) is not None) == 1
    assert race(lambda _: claim(memory, now + LEASE) is not None) == 1
