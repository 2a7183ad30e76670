"""Trouble on demand: rate limits, server errors, silence, Slack's own refusals."""

import random
from dataclasses import dataclass, field
from typing import Literal

FaultStatus = Literal[200, 429, 500, 502, 503, "timeout"]

ANY_METHOD = "*"


@dataclass
class Fault:
    """What happens instead of an answer.

    `applied` lets the call take effect before its answer is lost, the case that tells at-least-once
    senders from exactly-once ones. `error` with status 200 is a plain refusal by Slack. `times` None
    means for ever. `hang_seconds` is how long a timed-out call is held before its connection drops.
    """

    method: str
    status: FaultStatus = 200
    error: str | None = None
    retry_after_seconds: int | None = None
    times: int | None = 1
    probability: float = 1.0
    applied: bool = False
    hang_seconds: float = 30.0
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - not a secret

    def strikes(self, method: str) -> bool:
        """Does it hit this call? A hit is used up."""
        if self.method not in (method, ANY_METHOD) or self.times == 0:
            return False
        if self.chance.random() >= self.probability:
            return False
        self.times = None if self.times is None else self.times - 1
        return True


@dataclass
class Faults:
    """The faults waiting to strike; the first one that fits a call does."""

    waiting: list[Fault] = field(default_factory=list)

    def strike(self, method: str) -> Fault | None:
        """The fault that hits this call, None when it goes through."""
        return next((fault for fault in self.waiting if fault.strikes(method)), None)

    def clear(self) -> None:
        """No more trouble."""
        self.waiting.clear()
