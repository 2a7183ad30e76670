"""One account's way to Google: every question goes through here, again after a pause where that helps.

The client's own retries neither read `Retry-After` nor reach into a batch, so they stay off.
"""

import random
from collections.abc import Callable, Mapping
from functools import cache
from time import sleep
from typing import Any

import httplib2
from google.auth.exceptions import RefreshError, TransportError
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import BatchError, HttpError
from googleapiclient.http import BatchHttpRequest, HttpRequest

from bot.pipeline.sources.google.account import Accounts
from bot.pipeline.sources.google.brake import Brake, Pause
from bot.pipeline.sources.google.troubles import (
    MailboxUnavailable,
    NotThere,
    is_of_the_project,
    login_trouble,
    request_trouble,
)
from bot.pipeline.sources.wire import FIRST_PAUSE_SECONDS, TIMEOUT_SECONDS

LONGEST_PAUSE_SECONDS = 60.0
TRIES = 8
"""The pauses between them add up to more than the minute for which Google counts what a person or project asked:
https://developers.google.com/workspace/gmail/api/reference/quota"""

_NO_ANSWER = (OSError, TransportError, httplib2.HttpLib2Error, BatchError)

Json = dict[str, Any]


@cache  # the description of an API takes a while to read
def client(name: str, version: str, endpoint: str) -> Any:
    """Return Google's client for an API at `endpoint`, by the description shipped with it; it holds no access."""
    return build(name, version, http=httplib2.Http(), client_options={"api_endpoint": endpoint}, static_discovery=True)


class Door:
    """Asks Google in the name of `address` with one `scope`. One thread at a time may use it; `brake` is for all.

    Raises MailboxClosed, MailboxUnavailable, NotThere, PlaceLost, or QuotaNearlySpent for the whole source.
    """

    def __init__(
        self, accounts: Accounts, address: str, scope: str, pause: Pause = sleep, brake: Brake | None = None
    ) -> None:
        self._address = address
        self._scope = scope
        self._pause = pause
        self._brake = brake or Brake(pause)
        self._http = AuthorizedHttp(accounts.credentials(address, scope), http=httplib2.Http(timeout=TIMEOUT_SECONDS))

    def ask(self, request: HttpRequest) -> Json:
        """Return the answer to one question."""
        for attempt in range(TRIES):
            answer, refusal = self._try(lambda: request.execute(http=self._http))
            if refusal is None:
                return dict(answer)
            self._wait(refusal, attempt)
        raise self._given_up()

    def ask_all(self, requests: Mapping[str, HttpRequest], batch_uri: str) -> dict[str, Json | None]:
        """Return the answers to many questions asked at once, by their keys; None for what does not exist.

        Parts that were refused for the time being are asked again, without the others.
        """
        answers: dict[str, Json | None] = {}
        left = dict(requests)
        for attempt in range(TRIES):
            refusals: dict[str, HttpError] = {}
            _, refused = self._try(lambda: self._batch(left, batch_uri, answers, refusals))  # noqa: B023 - runs now
            left = {key: request for key, request in left.items() if key not in answers}
            if not left:
                return answers
            self._wait(refused or next(iter(refusals.values()), None), attempt)
        raise self._given_up()

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def _try(self, ask: Callable[[], Any]) -> tuple[Any, HttpError | None]:
        self._brake.wait()
        try:
            return ask(), None
        except HttpError as refusal:
            self._mind(refusal)
            return None, refusal
        except RefreshError as error:
            raise login_trouble(error, self._address, self._scope) from error
        except _NO_ANSWER as error:
            raise MailboxUnavailable(f"Google gave no answer ({type(error).__name__})") from error

    def _batch(
        self,
        requests: Mapping[str, HttpRequest],
        uri: str,
        answers: dict[str, Json | None],
        refusals: dict[str, HttpError],
    ) -> None:
        def answered(key: str, answer: Json | None, refusal: HttpError | None) -> None:
            if refusal is None:
                answers[key] = answer
            elif self._is_absent(refusal):
                answers[key] = None
            else:
                refusals[key] = refusal

        batch = BatchHttpRequest(callback=answered, batch_uri=uri)
        for key, request in requests.items():
            batch.add(request, request_id=key)
        try:
            batch.execute(http=self._http)
        except KeyError as error:  # the client's way of saying that a part of the answer is missing
            raise MailboxUnavailable("Google answered a batch in part") from error

    def _is_absent(self, refusal: HttpError) -> bool:
        try:
            self._mind(refusal)
        except NotThere:
            return True
        return False

    def _mind(self, refusal: HttpError) -> None:
        trouble = request_trouble(refusal, self._address, self._scope)
        if trouble is not None:
            raise trouble from refusal

    def _wait(self, refusal: HttpError | None, attempt: int) -> None:
        """Pause before the next try, if there is one; for everybody if Google finds the project too fast."""
        if attempt + 1 == TRIES:
            return
        asked = str(refusal.resp.get("retry-after", "")) if refusal is not None else ""
        grown = FIRST_PAUSE_SECONDS * 2**attempt * random.uniform(1, 1.5)  # noqa: S311 - only to spread the load
        seconds = min(float(asked) if asked.isdigit() else grown, LONGEST_PAUSE_SECONDS)
        if refusal is not None and is_of_the_project(refusal):
            self._brake.hold(seconds)
            return
        self._pause(seconds)

    def _given_up(self) -> MailboxUnavailable:
        return MailboxUnavailable(f"Google keeps refusing {self._address} for the time being (too fast, or broken)")
