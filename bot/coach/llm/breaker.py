"""Leaving a failing model alone: after some failures in a row nobody waits for it, until one trial succeeds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from bot.coach.llm.errors import ModelPaused
from bot.coach.llm.rules import BreakerRules


@dataclass(slots=True)
class Breaker:
    """Counts failures of one model in this process. Safe for threads; time is an argument."""

    rules: BreakerRules
    _failures: int = 0
    _until: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def admit(self, now: datetime) -> None:
        """Let a call pass. While paused it raises ModelPaused; after the pause one call at a time may try."""
        with self._lock:
            if self._until is None:
                return
            if now < self._until:
                raise ModelPaused(f"the model failed {self._failures} times; next try {self._until:%H:%M:%S}")
            self._until = now + timedelta(seconds=self.rules.pause_seconds)

    def succeeded(self) -> None:
        """The model works: forget the failures."""
        with self._lock:
            self._failures, self._until = 0, None

    def failed(self, now: datetime) -> None:
        """Count a failure; enough of them begin a pause."""
        with self._lock:
            self._failures += 1
            if self._failures >= self.rules.failures:
                self._until = now + timedelta(seconds=self.rules.pause_seconds)
