"""Which Web API methods exist, and what each is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.slack.local.arguments import Arguments
from bot.slack.local.workspace import Workspace

Caller = Literal["bot", "app", "anyone"]


@dataclass
class ApiRequest:
    """One call: the workspace it acts on, its arguments, and the address of this server."""

    method: str
    workspace: Workspace
    args: Arguments
    base_url: str
    new_socket_url: Callable[[], str]
    violations: list["Violation"]


@dataclass(frozen=True)
class Violation:
    """A payload that breaks a limit of Block Kit, and the call that carried it."""

    method: str
    message: str


Handler = Callable[[ApiRequest], dict[str, Any]]


@dataclass(frozen=True)
class Method:
    """A method, whose token it takes, and the scopes of which one is needed."""

    handler: Handler
    caller: Caller = "bot"
    scopes: tuple[str, ...] = field(default=())


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, caller: Caller = "bot") -> Callable[[Handler], Handler]:
    """Register a handler under the name callers use."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(handler, caller, scopes)
        return handler

    return register
