"""Getting a Salesforce access token: JWT bearer, client credentials, or user name and password (OAuth 2.0).

simple-salesforce can log in too, but only at `https://<domain>.salesforce.com`; an own login reaches any
address, and the same code then refreshes a session that expired.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import requests

from bot.pipeline.sources.protocol import SourceMisconfigured, SourceUnavailable
from bot.pipeline.sources.wire import TIMEOUT_SECONDS, checked_url
from bot.settings import Settings

LIFE_OF_AN_ASSERTION = timedelta(minutes=3)  # the longest Salesforce accepts
_FIXES = {
    "invalid_client_id": "copy the consumer key again into SALESFORCE_CLIENT_ID",
    "invalid_client": "copy consumer key and secret again",
    "invalid_app_access": "in Setup allow the connected app for this user's profile or permission set",
    "inactive_user": "use an active integration user",
    "inactive_org": "the org is locked or expired",
    "invalid_assertion": "check the certificate of the connected app, SALESFORCE_LOGIN_URL and this machine's clock",
}
_DENIED = "check user name, password with security token, and that the user is pre-authorised for the connected app"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one of the three ways to log in needs; the first way whose parts are all there is taken."""

    login_url: str
    client_id: str | None = None
    client_secret: str | None = None
    username: str | None = None
    password: str | None = None  # with the security token behind it, unless the network is trusted
    private_key_file: Path | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Credentials":
        """Return those of the environment."""
        secret, password = settings.salesforce_client_secret, settings.salesforce_password
        return cls(
            login_url=settings.salesforce_login_url,
            client_id=settings.salesforce_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            username=settings.salesforce_username,
            password=password.get_secret_value() if password else None,
            private_key_file=settings.salesforce_private_key_file,
        )


@dataclass(frozen=True, slots=True)
class Session:
    """A token and the address of the org it opens."""

    token: str
    instance_url: str


class Login:
    """Logs in with `credentials`, as often as needed."""

    def __init__(self, credentials: Credentials, http: requests.Session) -> None:
        self._credentials = credentials
        self._url = checked_url(credentials.login_url, "SALESFORCE_LOGIN_URL")
        self._http = http

    def session(self, now: datetime) -> Session:
        """Return a fresh session. Raises SourceMisconfigured saying what to correct, or SourceUnavailable."""
        try:
            answer = self._http.post(
                f"{self._url}/services/oauth2/token", data=self._grant(now), timeout=TIMEOUT_SECONDS
            )
            content = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise SourceUnavailable(
                f"Salesforce login at {self._url} gave no answer: {type(error).__name__}"
            ) from error
        if answer.status_code >= 500:
            raise SourceUnavailable(f"Salesforce login at {self._url} answered {answer.status_code}; try again later")
        if answer.status_code != 200 or "access_token" not in content:
            raise SourceMisconfigured(_explained(content))
        return Session(content["access_token"], checked_url(content["instance_url"], "the instance_url of the login"))

    def _grant(self, now: datetime) -> dict[str, str]:
        given = self._credentials
        if given.client_id and given.username and given.private_key_file:
            return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": self._assertion(now)}
        if given.client_id and given.client_secret and given.username and given.password:
            return {
                "grant_type": "password",
                "client_id": given.client_id,
                "client_secret": given.client_secret,
                "username": given.username,
                "password": given.password,
            }
        if given.client_id and given.client_secret:
            return {
                "grant_type": "client_credentials",
                "client_id": given.client_id,
                "client_secret": given.client_secret,
            }
        raise SourceMisconfigured(
            "Salesforce needs SALESFORCE_CLIENT_ID with SALESFORCE_USERNAME and SALESFORCE_PRIVATE_KEY_FILE, or with "
            "SALESFORCE_CLIENT_SECRET (and for the password flow user name and password); see docs/sources.md"
        )

    def _assertion(self, now: datetime) -> str:
        given = self._credentials
        assert given.private_key_file is not None
        claims = {
            "iss": given.client_id,
            "sub": given.username,
            "aud": self._url,
            "exp": int((now + LIFE_OF_AN_ASSERTION).timestamp()),
        }
        try:
            return jwt.encode(claims, given.private_key_file.read_text(encoding="utf-8"), algorithm="RS256")
        except (OSError, ValueError, jwt.PyJWTError) as error:
            raise SourceMisconfigured(
                f"SALESFORCE_PRIVATE_KEY_FILE {given.private_key_file} is no readable PEM private key"
            ) from error


def _explained(content: dict[str, Any]) -> str:
    code, said = str(content.get("error", "no reason")), str(content.get("error_description", ""))
    fix = _FIXES.get(code, _DENIED)
    return f"Salesforce refused the login ({code}: {said}); {fix}"
