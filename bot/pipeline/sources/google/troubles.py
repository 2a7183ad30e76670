"""What Google's refusals mean, and who has to do what about them."""

import json
from typing import Any

from google.auth.exceptions import RefreshError
from googleapiclient.errors import HttpError

from bot.pipeline.sources.protocol import QuotaNearlySpent

_SLOW_DOWN = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_SPENT = frozenset({"dailyLimitExceeded", "quotaExceeded"})
_NO_SCOPE = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
_API_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})


class MailboxClosed(Exception):  # noqa: N818 - a state of one account
    """A person has to act before this mailbox can be read. With `everywhere` the same holds for all mailboxes."""

    def __init__(self, reason: str, *, everywhere: bool = False) -> None:
        super().__init__(reason)
        self.everywhere = everywhere


class MailboxUnavailable(Exception):  # noqa: N818 - a state of the other side
    """Google gave no usable answer for this mailbox; the next sync goes on from here."""


class PlaceLost(Exception):  # noqa: N818 - a state of the cursor
    """Google does not know any more what changed since the place asked for: read the whole again."""


class NotThere(Exception):  # noqa: N818 - one answer of many
    """The message or series asked for does not exist."""


def login_trouble(error: RefreshError, address: str, scope: str) -> MailboxClosed | MailboxUnavailable:
    """Return what it means that no access token was given for `address` and `scope`."""
    said = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    code, text = str(said.get("error", "")), str(said.get("error_description") or error.args[0])
    if error.retryable:
        return MailboxUnavailable(f"Google's login gave no token ({code or 'no answer'})")
    if code in ("unauthorized_client", "invalid_scope", "access_denied"):
        return MailboxClosed(
            "Google does not let the coach in: in the Admin console under Security > API controls > Domain-wide "
            f"delegation the client ID of the service account needs the scope {scope}",
            everywhere=True,
        )
    if code in ("invalid_client", "deleted_client"):
        return MailboxClosed("Google does not know this app any more; make a new client or key", everywhere=True)
    return _grant_trouble(text, address)


def _grant_trouble(text: str, address: str) -> MailboxClosed:
    said = text.lower()
    if "iat and exp" in said or "timeframe" in said:
        return MailboxClosed("Google finds this machine's clock wrong; let it be set by NTP", everywhere=True)
    if "signature" in said:
        return MailboxClosed(
            "Google does not accept the key of the service account; make a new one and put it into "
            "GOOGLE_SERVICE_ACCOUNT_FILE",
            everywhere=True,
        )
    if "user id" in said or "account not found" in said:
        return MailboxClosed(f"Google knows no account {address}; it was deleted or has another address now")
    if "revoked" in said or "expired" in said:
        return MailboxClosed(f"the access {address} gave was withdrawn or expired; run coach connect google again")
    return MailboxClosed(f"Google refused the login of {address} ({text[:200]}); is the account suspended?")


def is_of_the_project(error: HttpError) -> bool:
    """Whether Google finds everybody together too fast, not one person. Gmail names both `rateLimitExceeded`."""
    return "rateLimitExceeded" in _reasons(error) and "user" not in str(error.reason or "").lower()


def request_trouble(error: HttpError, address: str, scope: str) -> Exception | None:
    """Return what a refused request means; None if it is worth asking again."""
    status, reasons, text = int(error.resp.status), _reasons(error), str(error.reason or "")
    if status == 429 or status >= 500 or reasons & _SLOW_DOWN:
        return None
    if reasons & _SPENT:
        return QuotaNearlySpent("Google: the API calls of the day are spent; the next sync goes on from here")
    if status == 404:
        return NotThere(text)
    if status == 410:
        return PlaceLost(text)
    return _closed(status, reasons, text, address, scope)


def _closed(status: int, reasons: frozenset[str], text: str, address: str, scope: str) -> MailboxClosed:
    if status == 401:
        return MailboxClosed(f"Google does not accept the access to {address} any more; grant it again")
    if reasons & _API_OFF:
        return MailboxClosed(
            "the API is switched off in your Google Cloud project; enable Gmail API and Google Calendar API there",
            everywhere=True,
        )
    if reasons & _NO_SCOPE:
        return MailboxClosed(f"the scope {scope} was not granted for {address}; grant it and connect again")
    if "failedPrecondition" in reasons or status == 403:
        return MailboxClosed(
            f"Google has switched this service off for {address}: no licence, suspended, or departed ({text[:200]})"
        )
    return MailboxClosed(f"Google refused a request for {address} ({status}: {text[:200]})")


def _reasons(error: HttpError) -> frozenset[str]:
    """Return the machine-readable words of a refusal, in both shapes Google gives them."""
    try:
        content: Any = json.loads(error.content)["error"]
    except (KeyError, TypeError, ValueError):
        return frozenset()
    if not isinstance(content, dict):
        return frozenset()
    found = [*content.get("errors", ()), *content.get("details", ())]
    return frozenset(str(each["reason"]) for each in found if isinstance(each, dict) and "reason" in each)
