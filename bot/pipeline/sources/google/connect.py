"""A person gives the coach access to their own mailbox and calendar, in their browser (OAuth for installed apps)."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from google_auth_httplib2 import AuthorizedHttp
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error

from bot.pipeline.sources.google.account import EVENTS, MAIL_BODIES, MAIL_HEADERS, keep_token
from bot.pipeline.sources.google.door import client
from bot.pipeline.sources.protocol import SourceMisconfigured

PATIENCE_SECONDS = 300
_THANKS = "Thank you. You can close this window."


def connect(
    client_file: Path,
    directory: Path,
    open_url: Callable[[str], object],
    *,
    bodies: bool,
    port: int,
    api_url: str | None = None,
) -> str:
    """Ask a person for access, keep it in `directory` and return whose it is.

    `open_url` is given the address to consent at; the browser comes back to `port` of this machine. Raises
    SourceMisconfigured for a client file that is none, a refusal, a box left unticked, or silence.
    """
    mail = MAIL_BODIES if bodies else MAIL_HEADERS
    flow = _flow(client_file, [mail, EVENTS])
    credentials = _consent(flow, open_url, port)
    address = _address(credentials, api_url)
    keep_token(directory, address, {
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "refresh_token": credentials.refresh_token,
        "token_uri": credentials.token_uri,
        "scopes": [mail, EVENTS],
    })  # fmt: skip
    return address


def _flow(client_file: Path, scopes: list[str]) -> Any:
    try:
        return Flow.from_client_secrets_file(str(client_file), scopes=scopes)
    except (OSError, ValueError, KeyError) as error:
        raise SourceMisconfigured(
            f'GOOGLE_CLIENT_FILE {client_file} is no JSON of an OAuth client of type "Desktop app"; see docs/sources.md'
        ) from error


def _consent(flow: Any, open_url: Callable[[str], object], port: int) -> Any:
    with _Landing(port) as landing:
        flow.redirect_uri = f"http://localhost:{landing.server_port}/"
        url, _ = flow.authorization_url(access_type="offline", prompt="consent")  # or no refresh token comes
        open_url(url)
        landing.handle_request()
    if landing.path is None:
        raise SourceMisconfigured(f"nobody consented within {PATIENCE_SECONDS // 60} minutes; run the command again")
    if refused := parse_qs(urlsplit(landing.path).query).get("error"):
        raise SourceMisconfigured(f"Google says {refused[0]}: access was not given")
    try:
        flow.fetch_token(authorization_response=f"https://localhost{landing.path}")
    except OAuth2Error as error:
        raise SourceMisconfigured(f"Google refused the consent ({error.error}); run the command again") from error
    except Warning as error:  # the library's word for scopes that differ from those asked for
        raise SourceMisconfigured("both boxes have to be ticked, mail and calendar; run the command again") from error
    return flow.credentials


class _Landing(HTTPServer):
    """Where the browser comes back to, once."""

    path: str | None = None
    timeout = PATIENCE_SECONDS

    def __init__(self, port: int) -> None:
        super().__init__(("localhost", port), _Visit)


class _Visit(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Note what the browser brought."""
        assert isinstance(self.server, _Landing)
        self.server.path = self.path
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(_THANKS.encode())

    def log_message(self, *_: object) -> None:
        """Keep silent: the line would hold the code."""


def _address(credentials: Any, api_url: str | None) -> str:
    root = (api_url or "https://gmail.googleapis.com").rstrip("/")
    users = client("gmail", "v1", f"{root}/").users()
    profile = users.getProfile(userId="me", fields="emailAddress").execute(http=AuthorizedHttp(credentials))
    return str(profile["emailAddress"]).lower()
