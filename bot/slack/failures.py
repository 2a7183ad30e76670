"""Expected failures and their plain words. Whatever is not explained here counts as a fault of ours."""

from slack_sdk.errors import SlackApiError

from bot.handbook.errors import HandbookError
from bot.memory import MemoryUnavailableError
from bot.pipeline.service import UnknownDeal
from bot.pipeline.store import ImportRunning, NoSnapshot


class Refused(Exception):  # noqa: N818 - a decision, not a failure
    """The asker gets a reason instead of an answer. The message is shown to them as it is."""


_EXPLANATIONS: tuple[tuple[type[Exception], str], ...] = (
    (
        NoSnapshot,
        "I have no pipeline data yet. Whoever runs the coach has to import it once: "
        "coach import FOLDER, or coach sync.",
    ),
    (ImportRunning, "The pipeline is being imported right now. Please ask again in a few minutes."),
    (UnknownDeal, "I can't find that deal any more among the deals you can see."),
    (
        HandbookError,
        "I can't read the handbook at the moment. Whoever runs the coach can mend it with "
        "coach handbook index, and coach doctor says what is wrong.",
    ),
    (MemoryUnavailableError, "My own database does not answer at the moment. Please try again in a minute."),
)


def explain(error: BaseException) -> str | None:
    """The plain words for an expected failure, or None if it is a fault."""
    if isinstance(error, Refused):
        return str(error)
    return next((words for kind, words in _EXPLANATIONS if isinstance(error, kind)), None)


def slack_error_code(error: SlackApiError) -> str | None:
    """Slack's name for what went wrong ("channel_not_found"); "ratelimited" for a 429; None if unreadable.

    A gateway's HTML page arrives as an error without a readable body.
    """
    response = error.response
    if getattr(response, "status_code", getattr(response, "status", None)) == 429:
        return "ratelimited"
    try:
        code = response["error"]
    except (KeyError, TypeError, ValueError):
        return None
    return code if isinstance(code, str) else None
