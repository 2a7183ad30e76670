"""What the listeners work with, bundled once at the edge and handed in by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.coach.live_sources import SourceLine
from bot.coach.service import Coach
from bot.coach.writing import WriteBack
from bot.memory import Memory

Clock = Callable[[], datetime]
"""Returns the present as an aware instant. The only way time enters this room."""


SourceLines = Callable[[str | None, datetime], Sequence[SourceLine]]
"""How the live sources stand for a person of this address."""


def no_live_sources(address: str | None, now: datetime) -> Sequence[SourceLine]:  # noqa: ARG001 - a `SourceLines`
    """Nothing is read live: files were imported."""
    return ()


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms below. `link_hosts` are the hosts a message may link to (DOMAIN 8.3);
    `writing` is None where nothing may be written to the CRM."""

    coach: Coach
    memory: Memory
    link_hosts: frozenset[str] = field(default_factory=frozenset)
    writing: WriteBack | None = None
    live_sources: SourceLines = no_live_sources
