"""Several readings at a time, each in a thread of its own, told by one: what a reading yields comes in its order.

Readings wait while nobody takes what they have, so at most one step each is read ahead of what is stored; whoever
stops taking ends them all.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Full, Queue
from threading import Event
from typing import Generic, TypeVar

Item = TypeVar("Item")
_LOOKED_UP_SECONDS = 0.2  # whether anybody still listens


@dataclass(frozen=True, slots=True)
class Ended:
    """A reading came to its end, or to an error."""

    error: Exception | None = None


def together(
    readings: Sequence[Callable[[], Iterator[Item]]], at_once: int
) -> Generator[tuple[int, Item | Ended], None, None]:
    """Yield what each reading yields, with its number, as it comes; and how it ended, last.

    Readings begin in their order, `at_once` at a time. None goes on once the iterator is closed.
    """
    desk: _Desk[Item] = _Desk(Queue(maxsize=1), Event())
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="reading") as pool:
        try:
            for number, reading in enumerate(readings):
                pool.submit(desk.work, number, reading)
            left = len(readings)
            while left:
                number, item = desk.queue.get()
                left -= isinstance(item, Ended)
                yield number, item
        finally:
            desk.closed.set()
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Desk(Generic[Item]):
    """Where readings hand in what they read, one at a time."""

    queue: Queue[tuple[int, Item | Ended]]
    closed: Event

    def work(self, number: int, reading: Callable[[], Iterator[Item]]) -> None:
        """Hand in all of a reading, unless the desk closes."""
        try:
            for item in reading():
                if not self._hand_in(number, item):
                    return
        except Exception as error:  # noqa: BLE001 - whoever takes the steps decides what it means
            self._hand_in(number, Ended(error))
        else:
            self._hand_in(number, Ended())

    def _hand_in(self, number: int, item: Item | Ended) -> bool:
        """Wait until it is taken; False if nobody will."""
        while not self.closed.is_set():
            try:
                self.queue.put((number, item), timeout=_LOOKED_UP_SECONDS)
            except Full:
                continue
            return True
        return False
