"""How Google says no."""

from typing import Any


class Refused(Exception):  # noqa: N818 - an answer
    """A refused request: status, machine-readable reason and words."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {
            "error": {
                "code": status,
                "message": message,
                "errors": [{"message": message, "domain": "global", "reason": reason}],
            }
        }


class LoginRefused(Exception):  # noqa: N818 - an answer
    """A refused login."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}
