"""Whose name is shown to Google: a service account acting for everybody, or each person's own consent.

Each service asks for one scope and no other. Gmail refuses searches, and much else, to any token that holds
`gmail.metadata`, even beside a wider scope; so mail and calendar never share a token.
"""

import json
from pathlib import Path
from typing import Any, Protocol

from google.auth.credentials import Credentials
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account

from bot.pipeline.sources.google.troubles import MailboxClosed
from bot.pipeline.sources.protocol import SourceMisconfigured
from bot.pipeline.sources.wire import checked_url

MAIL_HEADERS = "https://www.googleapis.com/auth/gmail.metadata"
MAIL_BODIES = "https://www.googleapis.com/auth/gmail.readonly"
EVENTS = "https://www.googleapis.com/auth/calendar.events.readonly"

GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"


class Accounts(Protocol):
    """How to act for an address."""

    def credentials(self, address: str, scope: str) -> Credentials:
        """Return credentials without asking Google. Raises MailboxClosed if `address` gave no access."""
        ...


class DelegatedAccounts:
    """A service account with domain-wide delegation. Raises SourceMisconfigured for an unusable key file."""

    def __init__(self, key_file: Path) -> None:
        try:
            info = json.loads(key_file.read_text(encoding="utf-8"))
            checked_url(info["token_uri"], f"token_uri in {key_file}")
            self._signer: Any = service_account.Credentials.from_service_account_info(info)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SourceMisconfigured(
                f"GOOGLE_SERVICE_ACCOUNT_FILE {key_file} is no readable JSON key of a service account; see "
                "docs/sources.md"
            ) from error

    def credentials(self, address: str, scope: str) -> Credentials:
        """Return the credentials of the service account in the name of `address`."""
        named: Credentials = self._signer.with_subject(address).with_scopes([scope])
        return named


class ConnectedAccounts:
    """People who consented one by one: a folder with a file for each, written by `coach connect google`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def credentials(self, address: str, scope: str) -> Credentials:
        """Return the credentials `address` gave. Raises MailboxClosed if there are none."""
        try:
            kept = json.loads(token_file(self._directory, address).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise MailboxClosed(f"{address} has not connected; run coach connect google with that account") from None
        except (OSError, ValueError) as error:
            raise MailboxClosed(f"the kept access of {address} is unreadable; run coach connect google") from error
        if scope not in kept.get("scopes", ()):
            raise MailboxClosed(f"{address} did not grant {scope}; run coach connect google again")
        return user_credentials.Credentials(  # type: ignore[no-untyped-call]
            None,
            refresh_token=kept["refresh_token"],
            token_uri=checked_url(kept.get("token_uri") or GOOGLE_TOKENS, "token_uri"),
            client_id=kept["client_id"],
            client_secret=kept["client_secret"],
        )


def token_file(directory: Path, address: str) -> Path:
    """Return where the access of an address is kept."""
    return directory / f"{address.lower().replace('/', '%2F')}.json"


def keep_token(directory: Path, address: str, content: dict[str, Any]) -> Path:
    """Write the access of an address so that only this user of the machine can read it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = token_file(directory, address)
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return path
