"""A lease is one holder's at a time, and nobody's once it ran out or was given back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from bot.memory import Memory

LASTING = timedelta(minutes=30)


def test_one_of_many_takes_it(memory: Memory, now: datetime) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda n: memory.leases.take("sync", f"h{n}", now, LASTING), range(16)))
    assert sum(taken) == 1


def test_it_is_lengthened_by_its_holder_and_free_after_its_time(memory: Memory, now: datetime) -> None:
    assert memory.leases.take("sync", "a", now, LASTING)
    assert memory.leases.take("sync", "a", now + LASTING / 2, LASTING)
    assert not memory.leases.take("sync", "b", now + LASTING, LASTING)
    assert memory.leases.take("other", "b", now, LASTING)
    assert memory.leases.take("sync", "b", now + 2 * LASTING, LASTING)
    assert not memory.leases.take("sync", "a", now + 2 * LASTING, LASTING)


def test_giving_back_somebody_elses_changes_nothing(memory: Memory, now: datetime) -> None:
    memory.leases.take("sync", "a", now, LASTING)
    memory.leases.give_back("sync", "b")
    assert not memory.leases.take("sync", "b", now, LASTING)
    memory.leases.give_back("sync", "a")
    assert memory.leases.take("sync", "b", now, LASTING)
