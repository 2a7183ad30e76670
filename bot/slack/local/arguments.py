"""The arguments of one Web API call, read as strictly as Slack reads them."""

import json
from typing import Any

from bot.slack.local.errors import SlackError


class Arguments:
    """Arguments by name. Form bodies carry lists and objects as JSON text; both are understood."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def required(self, name: str) -> str:
        """Raises SlackError `invalid_arguments` naming the missing field."""
        value = self.text(name)
        if value is None:
            message = f"[ERROR] missing required field: {name}"
            raise SlackError("invalid_arguments", response_metadata={"messages": [message]})
        return value

    def text(self, name: str) -> str | None:
        """None when absent or empty."""
        value = self.values.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str) -> bool:
        """True for `true`, `"true"` and `1`."""
        return str(self.values.get(name, "")).lower() in {"true", "1"}

    def limit(self, default: int = 100) -> int:
        """How many items the caller wants, 1 to 1000. Raises SlackError `invalid_limit`."""
        text = self.text("limit") or str(default)
        if not text.isdigit() or not 1 <= int(text) <= 1000:
            raise SlackError("invalid_limit")
        return int(text)

    def objects(self, name: str, *, malformed: str) -> list[dict[str, Any]] | None:
        """A list of objects, None when absent. Raises SlackError `malformed`."""
        value = self._parsed(name, malformed)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise SlackError(malformed)
        return value

    def object(self, name: str, *, malformed: str) -> dict[str, Any] | None:
        """An object, None when absent. Raises SlackError `malformed`."""
        value = self._parsed(name, malformed)
        if value is not None and not isinstance(value, dict):
            raise SlackError(malformed)
        return value

    def _parsed(self, name: str, malformed: str) -> Any:
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError as error:
            raise SlackError(malformed) from error
