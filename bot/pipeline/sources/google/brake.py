"""What several mailboxes read at a time share: when Google finds the whole project too fast, all of them wait.

A limit of one person (`userRateLimitExceeded`) concerns that mailbox alone; its door waits by itself.
"""

from collections.abc import Callable
from threading import Lock
from time import monotonic

Pause = Callable[[float], None]


class Brake:
    """Held by any door, minded by every door before it asks."""

    def __init__(self, pause: Pause, clock: Callable[[], float] = monotonic) -> None:
        self._pause = pause
        self._clock = clock
        self._lock = Lock()
        self._until = float("-inf")

    def hold(self, seconds: float) -> None:
        """Let nobody ask for so long; a longer hold stays."""
        with self._lock:
            self._until = max(self._until, self._clock() + seconds)

    def wait(self) -> None:
        """Wait out what is left of a hold."""
        with self._lock:
            left = self._until - self._clock()
        if left > 0:
            self._pause(left)
