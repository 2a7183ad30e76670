"""A local Google over HTTP: token endpoint, Gmail and Calendar as far as they are read, and Gmail's batches.

It refuses parameters it does not know, what a scope does not open, and every combination Google refuses; a partial
answer holds what its mask names and nothing else.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from aiohttp import web

from tests.servers.google.batches import read_batch, write_batch
from tests.servers.google.events import LocalCalendar
from tests.servers.google.fields import masked
from tests.servers.google.login import SCOPE, Grant, LocalLogin
from tests.servers.google.mailbox import LocalMailbox
from tests.servers.google.refusals import LoginRefused, Refused
from tests.servers.running import running

Json = dict[str, Any]
Query = dict[str, list[str]]

_EVERYWHERE = {"alt", "fields", "key", "prettyPrint", "quotaUser"}
_KNOWN = {
    "profile": set(),
    "messages": {"maxResults", "pageToken", "q", "labelIds", "includeSpamTrash"},
    "message": {"format", "metadataHeaders"},
    "history": {"startHistoryId", "pageToken", "maxResults", "labelId", "historyTypes"},
    "events": {"maxResults", "pageToken", "syncToken", "singleEvents", "showDeleted", "timeMin", "timeMax", "orderBy",
               "q", "updatedMin", "iCalUID", "maxAttendees", "timeZone", "eventTypes"},
    "instances": {"maxResults", "pageToken", "showDeleted", "timeMin", "timeMax", "maxAttendees", "timeZone"},
}  # fmt: skip
_UNITS = 5  # of quota for a message or a page of a list
_NOT_WITH_A_TOKEN = {"timeMin", "timeMax", "updatedMin", "q", "orderBy", "iCalUID"}
_MAIL = {f"{SCOPE}gmail.metadata", f"{SCOPE}gmail.readonly"}
_EVENTS = {f"{SCOPE}calendar.events.readonly", f"{SCOPE}calendar.readonly"}


@dataclass
class LocalGoogle:
    """The server. Change its attributes between calls; read `requests` afterwards."""

    now: datetime = datetime(2026, 3, 2, 8, tzinfo=UTC)
    login: LocalLogin = field(default_factory=LocalLogin)
    mail: dict[str, LocalMailbox] = field(default_factory=dict)
    calendars: dict[str, LocalCalendar] = field(default_factory=dict)
    page_size: int = 500
    url: str = ""
    too_fast: int = 0
    parts_too_fast: int = 0
    project_too_fast: int = 0
    seconds_a_unit: float = 0.0
    asked_at_once: int = 0
    most_at_once: int = 0
    failures: list[int] = field(default_factory=list)
    silent_for: set[str] = field(default_factory=set)
    without_service: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    nonsense: set[str] = field(default_factory=set)
    without_tokens: bool = False
    person: str = ""
    unticked: frozenset[str] = frozenset()
    api_is_off: bool = False
    day_is_spent: bool = False
    pages: dict[str, tuple[list[Any], Json]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def hire(self, address: str) -> tuple[LocalMailbox, LocalCalendar]:
        """Give somebody an account."""
        self.login.accounts.add(address)
        self.mail[address], self.calendars[address] = LocalMailbox(address), LocalCalendar(address)
        return self.mail[address], self.calendars[address]

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @contextmanager
    def serving(self) -> Iterator[str]:
        with running(self._application()) as url:
            self.url = url
            yield url

    def _application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/auth", self._consent)
        app.router.add_post("/token", self._exchange)
        app.router.add_post("/batch/gmail/v1", self._batch)
        app.router.add_get("/{path:.+}", self._get)
        return app

    async def _consent(self, request: web.Request) -> web.Response:
        """Stand for the page where `self.person` says yes, unticks a box, or says no."""
        asked = request.query
        if {"client_id", "redirect_uri", "state", "code_challenge"} - asked.keys() or asked["access_type"] != "offline":
            return web.Response(status=400)
        scopes = frozenset(asked["scope"].split()) - self.unticked
        code = f"4/{len(self.login.codes)}"
        self.login.codes[code] = Grant(self.person, scopes)
        said = f"code={quote(code)}&scope={quote(' '.join(scopes))}" if self.person else "error=access_denied"
        raise web.HTTPFound(f"{asked['redirect_uri']}?state={asked['state']}&{said}")

    async def _exchange(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        try:
            return web.json_response(self.login.exchange(form))
        except LoginRefused as refused:
            return web.json_response(refused.body, status=400)

    async def _take_time(self, units: int) -> None:
        """Answer a person no faster than their quota allows."""
        self.asked_at_once += 1
        self.most_at_once = max(self.most_at_once, self.asked_at_once)
        await asyncio.sleep(units * self.seconds_a_unit)
        self.asked_at_once -= 1

    async def _get(self, request: web.Request) -> web.Response:
        await self._take_time(_UNITS)
        status, body = self._answer(request.path_qs, request.headers.get("Authorization", ""))
        headers = {"Retry-After": "0"} if status == 429 else {}
        return web.json_response(body, status=status, headers=headers)

    async def _batch(self, request: web.Request) -> web.Response:
        authorisation = request.headers.get("Authorization", "")
        asked = read_batch(request.headers["Content-Type"], await request.read())
        if len(asked) > 100:
            return web.json_response(Refused(400, "invalid", "too many parts").body, status=400)
        self.requests.append(f"BATCH of {len(asked)}")
        await self._take_time(_UNITS * len(asked))
        answers = []
        for content_id, path in asked:
            if self.parts_too_fast > 0:
                self.parts_too_fast -= 1
                slow = Refused(429, "rateLimitExceeded", "Too many concurrent requests for user")
                answers.append((content_id, slow.status, slow.body))
            else:
                answers.append((content_id, *self._answer(path, authorisation)))
        content_type, body = write_batch(answers)
        return web.Response(body=body, headers={"Content-Type": content_type})

    def _answer(self, path: str, authorisation: str) -> tuple[int, Json]:
        parts = urlsplit(path)
        self.requests.append(path)
        try:
            query = parse_qs(parts.query, keep_blank_values=True)
            content = self._routed(parts.path.strip("/").split("/"), query, authorisation)
            if self.login.tokens[authorisation.removeprefix("Bearer ")].address in self.nonsense:
                return 200, {"kind": "something#else"}
            return 200, masked(content, query.get("fields", [None])[0])
        except Refused as refused:
            return refused.status, refused.body
        except ValueError as error:
            return 400, Refused(400, "invalidParameter", str(error)).body

    def _routed(self, path: list[str], query: Query, authorisation: str) -> Json:
        grant = self.login.tokens.get(authorisation.removeprefix("Bearer "))
        if grant is None:
            raise Refused(401, "authError", "Invalid Credentials")
        self._admit(grant.address)
        match path:
            case ["gmail", "v1", "users", "me", *rest]:
                self._open(grant.scopes, _MAIL)
                if grant.address in self.without_service:
                    raise Refused(400, "failedPrecondition", "Mail service not enabled")
                return self._gmail(rest, query, self.mail[grant.address], f"{SCOPE}gmail.metadata" in grant.scopes)
            case ["calendar", "v3", "calendars", "primary", "events", *rest]:
                self._open(grant.scopes, _EVENTS)
                if grant.address in self.without_service:
                    raise Refused(403, "notACalendarUser", "The user must be signed up for Google Calendar.")
                return self._calendar(rest, query, self.calendars[grant.address])
        raise Refused(404, "notFound", f"no such path: {'/'.join(path)}")

    def _admit(self, address: str) -> None:
        if self.api_is_off:
            raise Refused(403, "accessNotConfigured", "Gmail API has not been used in project 1 before or is disabled")
        if self.day_is_spent:
            raise Refused(403, "dailyLimitExceeded", "Daily Limit Exceeded")
        if address in self.absent:
            raise Refused(404, "notFound", "Not Found")
        if address in self.silent_for:
            raise Refused(503, "backendError", "Backend Error")
        if self.failures:
            raise Refused(self.failures.pop(0), "backendError", "injected")
        if self.project_too_fast > 0:
            self.project_too_fast -= 1
            raise Refused(403, "rateLimitExceeded", "Rate Limit Exceeded")
        if self.too_fast > 0:
            self.too_fast -= 1
            status = 429 if self.too_fast % 2 else 403
            raise Refused(status, "userRateLimitExceeded", "User Rate Limit Exceeded")

    def _open(self, granted: frozenset[str], wanted: set[str]) -> None:
        if not granted & wanted:
            raise Refused(403, "insufficientPermissions", "Request had insufficient authentication scopes.")

    def _gmail(self, path: list[str], query: Query, box: LocalMailbox, metadata_only: bool) -> Json:
        match path:
            case ["profile"]:
                _only("profile", query)
                return {
                    "emailAddress": box.address,
                    "messagesTotal": len(box.messages),
                    "historyId": str(box.history_id),
                }
            case ["messages"]:
                return self._messages(query, box, metadata_only)
            case ["messages", message_id]:
                return self._message(message_id, query, box, metadata_only)
            case ["history"]:
                return self._history(query, box)
        raise Refused(404, "notFound", "no such method")

    def _messages(self, query: Query, box: LocalMailbox, metadata_only: bool) -> Json:
        _only("messages", query)
        if "q" in query and metadata_only:
            raise Refused(403, "forbidden", "Metadata scope does not support 'q' parameter")
        shown = [m for m in box.messages.values() if not m.labels & {"TRASH", "SPAM"}]
        rows = [{"id": m.id, "threadId": m.id} for m in sorted(shown, key=lambda m: (m.at, m.id), reverse=True)]
        return self._paged("messages", rows, query, {"resultSizeEstimate": len(rows)}, limit=500)

    def _message(self, message_id: str, query: Query, box: LocalMailbox, metadata_only: bool) -> Json:
        _only("message", query)
        form = query.get("format", ["full"])[0]
        if form not in ("metadata", "minimal") and metadata_only:
            raise Refused(403, "forbidden", f"Metadata scope doesn't allow format {form.upper()}")
        if message_id not in box.messages:
            raise Refused(404, "notFound", "Requested entity was not found.")
        return box.messages[message_id].shown(full=form == "full", wanted=query.get("metadataHeaders", ()))

    def _history(self, query: Query, box: LocalMailbox) -> Json:
        _only("history", query)
        start = int(query["startHistoryId"][0])
        if start <= box.forgotten:
            raise Refused(404, "notFound", "Requested entity was not found.")
        rows = [entry for entry in box.history if int(entry["id"]) > start]
        return self._paged("history", rows, query, {"historyId": str(box.history_id)}, limit=500)

    def _calendar(self, path: list[str], query: Query, calendar: LocalCalendar) -> Json:
        match path:
            case []:
                return self._events(query, calendar)
            case [event_id, "instances"]:
                return self._instances(event_id, query, calendar)
        raise Refused(404, "notFound", "no such method")

    def _events(self, query: Query, calendar: LocalCalendar) -> Json:
        _only("events", query)
        token = query.get("syncToken", [None])[0]
        if token and (wrong := sorted(_NOT_WITH_A_TOKEN & query.keys())):
            raise Refused(400, "syncTokenWithRequestRestrictions", f"Sync token cannot be used with {wrong}")
        if token and query.get("showDeleted") == ["false"]:
            raise Refused(400, "syncTokenWithRequestRestrictions", "Sync token cannot be used with showDeleted")
        if query.get("singleEvents", ["false"]) != ["false"]:
            raise Refused(400, "invalidParameter", "series are not spelt out in lists here; ask for instances")
        after = None
        if token:
            after = int(token.removeprefix("sync-")) if token.startswith("sync-") else -1
            if after < calendar.forgotten:
                raise Refused(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
        rows = calendar.listed(after, _instant(query, "timeMin"))
        last = {} if self.without_tokens else {"nextSyncToken": f"sync-{calendar.serial}"}
        return self._paged("items", rows, query, {"summary": calendar.owner}, last=last, limit=2500)

    def _instances(self, event_id: str, query: Query, calendar: LocalCalendar) -> Json:
        _only("instances", query)
        event = calendar.events.get(event_id)
        if event is None:
            raise Refused(404, "notFound", "Not Found")
        if event["status"] == "cancelled":
            raise Refused(410, "deleted", "Resource has been deleted")
        if "recurrence" not in event:
            raise Refused(400, "invalid", "not a recurring event")
        since, until = _instant(query, "timeMin"), _instant(query, "timeMax")
        rows = [
            each for each in calendar.occurrences(event_id)
            if (since is None or _moment(each["end"]) > since) and (until is None or _moment(each["start"]) < until)
        ]  # fmt: skip
        return self._paged("items", rows, query, {}, limit=2500)

    def _paged(self, name: str, rows: list[Any], query: Query, more: Json, *, limit: int, last: Json | None = None)\
            -> Json:  # fmt: skip
        """Return a page of a list as it was when its first page was asked for."""
        size = int(query.get("maxResults", ["100"])[0])
        if not 1 <= size <= limit:
            raise Refused(400, "invalidArgument", f"maxResults must be between 1 and {limit}")
        size = min(size, self.page_size)
        if token := query.get("pageToken", [None])[0]:
            if token not in self.pages:
                raise Refused(400, "invalidArgument", "Invalid pageToken")
            rows, last = self.pages[token]
        answer: Json = {**more, name: rows[:size]} if rows else dict(more)
        if len(rows) > size:
            answer["nextPageToken"] = f"page-{len(self.pages)}"
            self.pages[answer["nextPageToken"]] = (rows[size:], last or {})
        else:
            answer |= last or {}
        return answer


def _only(method: str, query: Query) -> None:
    if unknown := sorted(query.keys() - _KNOWN[method] - _EVERYWHERE):
        raise Refused(400, "invalidParameter", f"Unknown name: {unknown}")


def _instant(query: Query, name: str) -> datetime | None:
    if name not in query:
        return None
    read = datetime.fromisoformat(query[name][0])
    if read.tzinfo is None:
        raise Refused(400, "badRequest", f"{name} needs a time zone")
    return read


def _moment(when: Json) -> datetime:
    read = datetime.fromisoformat(when.get("dateTime") or when["date"])
    return read if read.tzinfo else read.replace(tzinfo=UTC)
