"""What the playground shows besides the workspace, set by whoever opens it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.slack.local.workspace import User

Trick = Callable[[User], Awaitable[str]]
"""Something that happens by itself in a real company; returns a sentence on what happened."""


@dataclass(frozen=True)
class Stage:
    """What the page shows besides the workspace: its company, who is who, what may be made to happen.

    `roles` is a line about each person one may act as, by user id, in order. `tricks` are buttons by label.
    `commands` and `prompts`, those offered until the app sets its own, are as the manifest declares them.
    """

    company: str
    roles: Mapping[str, str]
    about: str = ""
    tricks: Mapping[str, Trick] = field(default_factory=dict)
    commands: tuple[dict[str, Any], ...] = ()
    prompts: tuple[dict[str, str], ...] = ()
