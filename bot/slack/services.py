"""What the listeners work with, bundled once at the edge and handed in by name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.coach.service import Coach
from bot.coach.writing import WriteBack
from bot.memory import Memory

Clock = Callable[[], datetime]
"""Returns the present as an aware instant. The only way time enters this room."""


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms below. `link_hosts` are the hosts a message may link to (DOMAIN 8.3);
    `writing` is None where nothing may be written to the CRM."""

    coach: Coach
    memory: Memory
    link_hosts: frozenset[str] = field(default_factory=frozenset)
    writing: WriteBack | None = None
