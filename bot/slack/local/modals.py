"""Views: the Home tab of each person, and the stack of modals opened by a trigger."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.slack.local.errors import SlackError

MAX_STACK = 3
TRIGGER_SECONDS = 3.0


@dataclass
class Trigger:
    """The right to open one modal for one person, for three seconds, once."""

    id: str
    user: str
    issued_at: float
    from_modal: bool
    """Was it issued inside a modal? Only then may a view be pushed."""
    used: bool = False


@dataclass
class View:
    """A Home tab or a modal as it stands; `values` is what the person has entered so far."""

    id: str
    user: str
    content: dict[str, Any]
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The blocks shown."""
        blocks: list[dict[str, Any]] = self.content.get("blocks", [])
        return blocks


class ModalStore:
    """All views of the workspace."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self._triggers: dict[str, Trigger] = {}
        self.homes: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}

    def issue_trigger(self, user: str, *, from_modal: bool = False) -> str:
        """A trigger id as it comes with a command, a click or a submission."""
        trigger = Trigger(f"{secrets.randbits(40)}.{secrets.token_hex(8)}", user, self._clock(), from_modal)
        self._triggers[trigger.id] = trigger
        return trigger.id

    def spend_trigger(self, trigger_id: str) -> Trigger:
        """Use a trigger up. Raises `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        trigger.used = True
        if self._clock() - trigger.issued_at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        return trigger

    def open(self, user: str, content: dict[str, Any]) -> View:
        """Show a modal to a person, in place of whatever modals were open."""
        self._refuse_duplicate_external_id(content)
        view = self._new(user, content)
        self.stacks[user] = [view]
        return view

    def push(self, user: str, content: dict[str, Any]) -> View:
        """Show a modal on top of the open one. Raises SlackError `push_limit_reached`."""
        stack = self.stacks.get(user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= MAX_STACK:
            raise SlackError("push_limit_reached")
        self._refuse_duplicate_external_id(content)
        view = self._new(user, content)
        view.root_view_id, view.previous_view_id = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def replace(self, view: View, content: dict[str, Any], *, expected_hash: str | None = None) -> View:
        """Change an open view. Raises `hash_conflict` when it changed since the app last saw it."""
        if expected_hash not in (None, view.hash):
            raise SlackError("hash_conflict")
        view.content, view.hash, view.values = content, self._new_hash(), {}
        return view

    def publish(self, user: str, content: dict[str, Any], *, expected_hash: str | None = None) -> View:
        """Set the Home tab of a person."""
        current = self.homes.get(user)
        if current is not None:
            return self.replace(current, content, expected_hash=expected_hash)
        self.homes[user] = self._new(user, content)
        return self.homes[user]

    def find(self, *, view_id: str | None, external_id: str | None) -> View:
        """An open modal or a Home tab. Raises SlackError `not_found`."""
        for view in [*itertools.chain(*self.stacks.values()), *self.homes.values()]:
            if view_id == view.id or (external_id and view.content.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def top(self, user: str) -> View | None:
        """The modal in front of a person, None when no modal is open."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def close_top(self, user: str) -> None:
        """Close the front modal; the one below shows again. A form that was sent twice is closed once."""
        if self.stacks.get(user):
            self.stacks[user].pop()

    def clear(self, user: str) -> None:
        """Close every modal of a person."""
        self.stacks.pop(user, None)

    def _new(self, user: str, content: dict[str, Any]) -> View:
        view_id = f"V{next(self._numbers):010d}"
        return View(view_id, user, content, self._new_hash(), root_view_id=view_id)

    def _new_hash(self) -> str:
        return f"{self._clock():.0f}.{secrets.token_hex(4)}"

    def _refuse_duplicate_external_id(self, content: dict[str, Any]) -> None:
        external_id = content.get("external_id")
        views = itertools.chain(*self.stacks.values())
        if external_id and any(view.content.get("external_id") == external_id for view in views):
            raise SlackError("duplicate_external_id")
