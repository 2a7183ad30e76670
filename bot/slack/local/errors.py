"""What the local Slack refuses, and why."""

from typing import Any


class SlackError(Exception):
    """An answer `{"ok": false, "error": …}`; `details` are further keys of that answer.

    Raised by Web API methods only; the edge in `web_api` turns it into the body of an HTTP 200.
    """

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details = details


class ImpossibleForAPerson(Exception):  # noqa: N818 - reads as what happened to the test's author
    """The driver was asked for something Slack's own client would not let a person do.

    For example: press a button that is not in the message, or submit a modal without a required
    input. It is a defect of the test or of the view, never of the server.
    """


class Gone(ImpossibleForAPerson):
    """What was pressed has been replaced since it was drawn."""


class NoAppConnected(Exception):  # noqa: N818
    """No app listens: no socket is open and no request URL is set."""


class NotSubscribed(Exception):  # noqa: N818
    """The app's manifest does not subscribe to this event, so Slack would not send it."""
