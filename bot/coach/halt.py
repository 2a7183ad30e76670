"""Stopping a call that is under way, from any thread: what a person's Stop button needs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock


@dataclass(slots=True)
class Halt:
    """Handed along with work that may be stopped. Once stopped it stays so, and work begun later ends at once."""

    _stopped: bool = False
    _endings: list[Callable[[], object]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    @property
    def stopped(self) -> bool:
        """Whether somebody has stopped it."""
        return self._stopped

    def stop(self) -> None:
        """End what is under way. A second time changes nothing."""
        with self._lock:
            self._stopped = True
            endings, self._endings = self._endings, []
        for end in endings:
            end()

    @contextmanager
    def ends(self, end: Callable[[], object]) -> Iterator[None]:
        """Call `end` if it is stopped while the block runs, or was before. `end` must not block."""
        with self._lock:
            late = self._stopped
            if not late:
                self._endings.append(end)
        if late:
            end()
        try:
            yield
        finally:
            with self._lock:
                if end in self._endings:
                    self._endings.remove(end)
