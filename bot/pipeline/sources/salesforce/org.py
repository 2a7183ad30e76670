"""One Salesforce org over REST: describe, limits and lazy queries, with a session that renews itself once.

simple-salesforce writes https into every address; a transport adapter puts http back for a server on this
machine, which is how the tests run the real client.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property, partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceError,
    SalesforceExpiredSession,
    SalesforceResourceNotFound,
)
from urllib3.util.retry import Retry

from bot.pipeline.sources.protocol import QuotaNearlySpent, SourceMisconfigured, SourceUnavailable
from bot.pipeline.sources.salesforce.login import Credentials, Login
from bot.pipeline.sources.wire import FIRST_PAUSE_SECONDS, RETRIED, RETRIES, TIMEOUT_SECONDS

API_VERSION = "62.0"
Answer = TypeVar("Answer")
Row = dict[str, Any]


class QueryRefused(Exception):  # noqa: N818 - one question of many
    """The org understood the question and will not answer it: no permission, no such field, or too slow."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(f"{code}: {said}")
        self.code = code


class QueryLost(Exception):  # noqa: N818 - ask again
    """The org forgot where a long answer stood; ask again from the last page."""


class Org:
    """The org behind `credentials`. `keep_share` of its daily calls are left to others.

    `timeout_seconds` and `retries` bound how long one question may take; a sync has more time than a person.
    """

    def __init__(
        self,
        credentials: Credentials,
        clock: Callable[[], datetime],
        keep_share: float = 0.0,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        retries: int = RETRIES,
    ) -> None:
        self._retries = retries
        self._http = _http_session(timeout_seconds, retries)
        self._login = Login(credentials, self._http)
        self._clock = clock
        self._keep_share = keep_share
        self._client: Salesforce | None = None

    def fields_of(self, sobject: str) -> frozenset[str] | None:
        """Return the fields this user may read of an object; None if there is no such object for them."""
        try:
            described = self.ask(lambda client: getattr(client, sobject).describe())
        except QueryRefused as refused:
            if refused.code in ("NOT_FOUND", "INSUFFICIENT_ACCESS", "INVALID_TYPE"):
                return None
            raise
        return frozenset(field["name"] for field in described["fields"])

    @cached_property
    def daily_calls(self) -> tuple[int, int]:
        """How many API calls the org has a day, and how many are left."""
        limits = self.ask(lambda client: client.limits())["DailyApiRequests"]
        return int(limits["Max"]), int(limits["Remaining"])

    def pages(self, soql: str, *, include_deleted: bool) -> Iterator[list[Row]]:
        """Yield the rows of a query page by page; nothing is kept in memory.

        Raises QueryRefused, QueryLost, QuotaNearlySpent, SourceUnavailable and SourceMisconfigured.
        """
        answer = self.ask(lambda client: client.query(soql, include_deleted=include_deleted))
        while True:
            self._mind_the_quota()
            yield answer["records"]
            if answer["done"]:
                return
            more = answer["nextRecordsUrl"]
            answer = self.ask(partial(Salesforce.query_more, next_records_identifier=more, identifier_is_url=True))

    def _mind_the_quota(self) -> None:
        usage = self._connected().api_usage.get("api-usage")
        if usage is not None and usage.total - usage.used < self._keep_share * usage.total:
            raise QuotaNearlySpent(
                f"Salesforce: {usage.used:,} of {usage.total:,} API calls of the day are spent; "
                "the next sync goes on from here (keep_api_share in crm.yaml)"
            )

    def ask(self, ask: Callable[[Salesforce], Answer]) -> Answer:
        """Ask the org, with a new session if the old one has expired, which happens between any two calls.

        Raises QueryRefused, QueryLost, QuotaNearlySpent, SourceUnavailable and SourceMisconfigured.
        """
        try:
            try:
                return ask(self._connected())
            except SalesforceExpiredSession:
                self._client = None
                return ask(self._connected())
        except SalesforceError as error:
            raise _translated(error) from error
        except requests.RequestException as error:
            raise SourceUnavailable(
                f"Salesforce gave no answer ({type(error).__name__}); the next sync goes on from here"
            ) from error

    def _connected(self) -> Salesforce:
        if self._client is None:
            session = self._login.session(self._clock())
            address = urlsplit(session.instance_url)
            if address.scheme == "http":
                self._http.mount(f"https://{address.netloc}/", _PlainOnThisMachine(max_retries=_retry(self._retries)))
            self._client = Salesforce(
                session_id=session.token,
                instance_url=session.instance_url,
                version=API_VERSION,
                session=self._http,
                object_pairs_hook=dict,
            )
        return self._client


class _PatientSession(requests.Session):
    """Requests without a time limit may hang a sync for ever."""

    def __init__(self, timeout_seconds: float) -> None:
        super().__init__()
        self._timeout_seconds = timeout_seconds

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", self._timeout_seconds)
        return super().request(*args, **kwargs)


class _PlainOnThisMachine(HTTPAdapter):
    """Sends what is addressed to https as http; mounted only for servers on this machine."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = str(request.url).replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)


def _http_session(timeout_seconds: float, retries: int) -> requests.Session:
    http = _PatientSession(timeout_seconds)
    http.mount("https://", HTTPAdapter(max_retries=_retry(retries)))
    http.mount("http://", HTTPAdapter(max_retries=_retry(retries)))
    return http


def _retry(retries: int) -> Retry:
    """Only reading is repeated by itself: a write that gave no answer may have happened."""
    return Retry(
        total=retries,
        backoff_factor=FIRST_PAUSE_SECONDS,
        status_forcelist=RETRIED,
        allowed_methods=("GET", "HEAD"),
        respect_retry_after_header=True,
        raise_on_status=False,
    )


def _translated(error: SalesforceError) -> Exception:
    """Return who has to act: a person (settings), time (the other side), or the caller (this one question)."""
    code, said = _code_of(error)
    if isinstance(error, SalesforceExpiredSession):
        return SourceMisconfigured("Salesforce refuses the session it has just given; check the user's permissions")
    if code == "INVALID_QUERY_LOCATOR":
        return QueryLost(said)
    if code == "REQUEST_LIMIT_EXCEEDED":
        return QuotaNearlySpent(f"Salesforce: the API calls of the day are spent ({said}); try again tomorrow")
    if code == "API_DISABLED_FOR_ORG":
        return SourceMisconfigured("Salesforce: give the integration user the permission 'API Enabled'")
    if error.status >= 500 and code != "QUERY_TIMEOUT":
        return SourceUnavailable(f"Salesforce answered {error.status} ({said}); the next sync goes on from here")
    if isinstance(error, SalesforceResourceNotFound):
        return QueryRefused("NOT_FOUND", said)
    return QueryRefused(code, said)


def _code_of(error: SalesforceError) -> tuple[str, str]:
    content: Any = error.content
    if isinstance(content, list) and content and isinstance(content[0], dict):
        return str(content[0].get("errorCode", error.status)), str(content[0].get("message", ""))
    return str(error.status), str(content)[:200]
