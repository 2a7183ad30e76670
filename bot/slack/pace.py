"""Keeping to Slack's limits: so many messages a minute, and silence for as long as a 429 asks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

Sleep = Callable[[float], Awaitable[None]]


@dataclass
class Pacer:
    """Hands out turns, evenly spaced; one pacer for everything a process sends of its own accord.

    `seconds` tells the time of a clock that only goes forward.
    """

    per_minute: int
    sleep: Sleep = asyncio.sleep
    seconds: Callable[[], float] = field(default=lambda: asyncio.get_running_loop().time())
    _next: float = 0.0

    async def turn(self) -> None:
        """Wait for one's turn."""
        now = self.seconds()
        mine = max(self._next, now)
        self._next = mine + 60 / self.per_minute
        if mine > now:
            await self.sleep(mine - now)

    def hold(self, span: timedelta) -> None:
        """Give nobody a turn before `span` is over: Slack asked for it."""
        self._next = max(self._next, self.seconds() + span.total_seconds())
