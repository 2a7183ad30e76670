"""Expected failures and their plain words. Whatever is not explained here counts as a fault of ours."""

from slack_sdk.errors import SlackApiError

from bot.coach.consults.errors import ConsultRefused
from bot.coach.writing import NotWritable
from bot.handbook.errors import HandbookError
from bot.memory import MemoryUnavailableError, StaleActionError, StaleConsultError
from bot.pipeline.service import UnknownDeal
from bot.pipeline.store import ImportRunning, NoSnapshot


class Refused(Exception):  # noqa: N818 - a decision, not a failure
    """The asker gets a reason instead of an answer. The message is shown to them as it is."""


_NO_ACCESS = (
    "My access to this workspace was taken away or is incomplete. Whoever runs the coach can install it again; "
    "coach doctor says what is missing."
)
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
    (StaleConsultError, "That consult has moved on since you saw it. Open my Home tab for where it stands now."),
    (StaleActionError, "That action was changed or closed since you saw it. Open my Home tab for how it stands now."),
)
_SLACK_SAYS = {
    "ratelimited": "Slack is slowing me down just now. Please try again in a minute.",
    "expired_trigger_id": "Slack waited only three seconds for me, and I was slower. Please press again.",
    "exchanged_trigger_id": "That press was already used. Please press again.",
    "hash_conflict": "That form has changed since you pressed. Look at it again, and press again if you still want to.",
    "not_found": "Slack no longer has the form I wanted to change: it was closed. Please press again.",
    "push_limit_reached": "Slack shows at most three forms on top of each other. Close one, then press again.",
    "token_revoked": _NO_ACCESS,
    "invalid_auth": _NO_ACCESS,
    "account_inactive": _NO_ACCESS,
    "missing_scope": _NO_ACCESS,
}


def explain(error: BaseException) -> str | None:
    """The plain words for an expected failure, or None if it is a fault."""
    if isinstance(error, Refused | ConsultRefused | NotWritable):
        return str(error)
    if isinstance(error, SlackApiError):
        return _SLACK_SAYS.get(slack_error_code(error) or "")
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
