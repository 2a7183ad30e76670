"""What the agent experience shows: sessions with a Stop button, status lines, suggested prompts."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class AgentSession:
    """The session of one thread; `processing` shows the Stop button."""

    channel: str
    thread_ts: str
    status: str
    title: str | None = None


@dataclass
class AgentSurface:
    """Keyed by (channel, thread); prompts pinned to the Messages tab have the thread None."""

    sessions: dict[tuple[str, str], AgentSession] = field(default_factory=dict)
    statuses: dict[tuple[str, str], str] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    prompts: dict[tuple[str, str | None], list[dict[str, Any]]] = field(default_factory=dict)

    def clear_status(self, channel: str, thread_ts: str | None) -> None:
        """A message in the thread takes the status line away."""
        if thread_ts is not None:
            self.statuses.pop((channel, thread_ts), None)
