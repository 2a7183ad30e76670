"""A local Salesforce over HTTP: OAuth, describe, limits, queries, single records; it refuses what it does not know."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import jwt
from aiohttp import web

from tests.servers.running import running
from tests.servers.salesforce.objects import PARENTS
from tests.servers.salesforce.org import LocalOrg, Row
from tests.servers.salesforce.soql import Query, SoqlError, check, matches, parse, sort_key

VERSION = "v62.0"
DATA = f"/services/data/{VERSION}"
SYSTEM_FIELDS = frozenset(
    {"Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "SystemModstamp", "IsClosed", "IsWon"}
)
LENGTHS = {"string": 255, "textarea": 32_000}


@dataclass
class Failure:
    """An answer to give instead of the true one, `times` times, to requests whose address contains `path`.

    With `method` only to requests of that method.
    """

    path: str
    status: int
    code: str
    times: int = 1
    method: str | None = None


@dataclass
class LocalSalesforce:
    """The server. Change its attributes between calls; read `requests` and `queries` afterwards.

    `read_only` fields and `uncreatable` objects are withheld from the integration user, `no_edit` (user, record) from
    a person; `locked` records answer to nobody. `rule` (field, value, message) is a validation rule of the company.
    The next `swallow` writes are done and answered with 503; with `dies` nothing is answered after that.
    """

    org: LocalOrg = field(default_factory=LocalOrg)
    client_id: str = "consumer-key"
    client_secret: str = "consumer-secret"
    users: dict[str, str] = field(default_factory=lambda: {"integration@seller.example": "word+token"})
    public_key: str | None = None
    batch_size: int = 2000
    calls_a_day: int = 100_000
    calls_used: int = 0
    hidden: set[tuple[str, str]] = field(default_factory=set)
    read_only: set[tuple[str, str]] = field(default_factory=set)
    uncreatable: set[str] = field(default_factory=set)
    no_edit: set[tuple[str, str]] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)
    rule: tuple[str, str, str] | None = None
    swallow: int = 0
    dies: bool = False
    absent: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    delay_seconds: float = 0.0
    tokens: set[str] = field(default_factory=set)
    queries: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    url: str = ""
    _cursors: dict[str, tuple[tuple[str, ...], str, list[Row]]] = field(default_factory=dict)

    def expire_sessions(self) -> None:
        """Every token given out so far is refused from now on."""
        self.tokens.clear()

    def forget_cursors(self) -> None:
        """Long answers that were not read to their end cannot be read on."""
        self._cursors.clear()

    def fail(
        self, path: str, status: int, code: str = "UNKNOWN_EXCEPTION", times: int = 1, method: str | None = None
    ) -> None:
        self.failures.append(Failure(path, status, code, times, method))

    @contextmanager
    def serving(self) -> Iterator[str]:
        with running(self._application()) as self.url:
            yield self.url

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._door])
        app.router.add_post("/services/oauth2/token", self._token)
        app.router.add_get(f"{DATA}/limits/", self._limits)
        app.router.add_get(f"{DATA}/limits", self._limits)
        app.router.add_get(f"{DATA}/sobjects/{{sobject}}/describe", self._describe)
        app.router.add_get(f"{DATA}/query/", self._query)
        app.router.add_get(f"{DATA}/queryAll/", self._query_all)
        app.router.add_get(f"{DATA}/query/{{locator}}", self._query_more)
        app.router.add_get(f"{DATA}/sobjects/{{sobject}}/{{id}}", self._get)
        app.router.add_patch(f"{DATA}/sobjects/{{sobject}}/{{id}}", self._patch)
        app.router.add_delete(f"{DATA}/sobjects/{{sobject}}/{{id}}", self._delete)
        app.router.add_post(f"{DATA}/sobjects/{{sobject}}/", self._post)
        return app

    @web.middleware
    async def _door(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path}")
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        if failure := self._failure(request.method, str(request.rel_url)):
            return _error(failure.status, failure.code, "injected")
        if request.path.startswith("/services/oauth2/"):
            return await handler(request)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if self.calls_used >= self.calls_a_day:
            return _error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        self.calls_used += 1
        try:
            answer = await handler(request)
        except SoqlError as error:
            answer = _error(400, error.code, str(error))
        except web.HTTPNotFound:
            answer = _error(404, "NOT_FOUND", "The requested resource does not exist")
        answer.headers["Sforce-Limit-Info"] = f"api-usage={self.calls_used}/{self.calls_a_day}"
        return answer

    def _failure(self, method: str, address: str) -> Failure | None:
        for failure in self.failures:
            if failure.path in address and failure.times > 0 and failure.method in (None, method):
                failure.times -= 1
                return failure
        return None

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        refusal = self._refusal({key: str(value) for key, value in form.items()})
        if refusal:
            return web.json_response({"error": refusal[0], "error_description": refusal[1]}, status=400)
        token = secrets.token_urlsafe()
        self.tokens.add(token)
        return web.json_response({"access_token": token, "instance_url": self.url, "token_type": "Bearer"})

    def _refusal(self, form: dict[str, str]) -> tuple[str, str] | None:
        grant = form.get("grant_type")
        if grant == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return self._refusal_of_assertion(form.get("assertion", ""))
        if form.get("client_id") != self.client_id:
            return "invalid_client_id", "client identifier invalid"
        if form.get("client_secret") != self.client_secret:
            return "invalid_client", "invalid client credentials"
        if grant == "client_credentials":
            return None
        if grant != "password":
            return "unsupported_grant_type", "grant type not supported"
        if self.users.get(form.get("username", "")) != form.get("password"):
            return "invalid_grant", "authentication failure"
        return None

    def _refusal_of_assertion(self, assertion: str) -> tuple[str, str] | None:
        try:
            claims = jwt.decode(
                assertion, str(self.public_key), algorithms=["RS256"], audience=self.url, issuer=self.client_id,
                options={"require": ["exp", "sub"], "verify_exp": False},
            )  # fmt: skip
        except jwt.PyJWTError as error:
            return "invalid_assertion", str(error)
        ahead = claims["exp"] - self.org.now.timestamp()
        if not 0 < ahead <= 300:
            return "invalid_grant", "expired authorization code"
        return None if claims["sub"] in self.users else ("invalid_grant", "user hasn't approved this consumer")

    async def _limits(self, _: web.Request) -> web.Response:
        left = self.calls_a_day - self.calls_used
        return web.json_response({"DailyApiRequests": {"Max": self.calls_a_day, "Remaining": left}})

    async def _describe(self, request: web.Request) -> web.Response:
        types = self._types(request.match_info["sobject"])
        if types is None:
            raise web.HTTPNotFound
        sobject = request.match_info["sobject"]
        fields = [self._described(sobject, name, kind) for name, kind in types.items()]
        createable = sobject not in self.uncreatable
        return web.json_response({"name": sobject, "fields": fields, "queryable": True, "createable": createable})

    def _described(self, sobject: str, name: str, kind: str) -> Row:
        return {
            "name": name,
            "type": kind,
            "length": LENGTHS.get(kind, 0),
            "updateable": name not in SYSTEM_FIELDS and (sobject, name) not in self.read_only,
        }

    def _types(self, sobject: str) -> dict[str, str] | None:
        if sobject not in self.org.tables or sobject in self.absent:
            return None
        return {name: kind for name, kind in self.org.fields_of(sobject).items() if (sobject, name) not in self.hidden}

    async def _query(self, request: web.Request) -> web.Response:
        return self._answer(request.query["q"], with_deleted=False)

    async def _query_all(self, request: web.Request) -> web.Response:
        return self._answer(request.query["q"], with_deleted=True)

    def _answer(self, soql: str, *, with_deleted: bool) -> web.Response:
        self.queries.append(soql)
        query = parse(soql)
        if query.sobject == "UserRecordAccess":
            return self._access(query)
        types = self._types(query.sobject)
        if types is None:
            raise SoqlError("INVALID_TYPE", f"sObject type '{query.sobject}' is not supported.")
        parents = {
            name: frozenset(self._types(parent) or ()) for name, (_, parent) in PARENTS.get(query.sobject, {}).items()
        }
        check(query, types, parents)
        rows = [row for row in self.org.rows(query.sobject, with_deleted=with_deleted) if matches(query, row, types)]
        rows.sort(key=sort_key(query, types))
        found = [self._selected(query.sobject, query.fields, row) for row in rows[: query.limit]]
        return self._page(query.sobject, found, len(found))

    def _access(self, query: Query) -> web.Response:
        """Answer what one person may do with one record; it cannot be asked in any other way."""
        asked = {c.field: c.value for c in query.where if c.sign == "="}
        if set(asked) != {"UserId", "RecordId"} or query.fields[0] != "RecordId":
            raise SoqlError("MALFORMED_QUERY", "select RecordId, filtered by one UserId and one RecordId")
        rows = [row for table in self.org.tables.values() for row in table.values() if row["Id"] == asked["RecordId"]]
        may = asked["UserId"] in self.org.tables["User"] and (asked["UserId"], asked["RecordId"]) not in self.no_edit
        found = [{"RecordId": row["Id"], "HasEditAccess": may, "HasReadAccess": True} for row in rows]
        return self._page(query.sobject, [{name: row[name] for name in query.fields} for row in found], len(found))

    def _selected(self, sobject: str, fields: tuple[str, ...], row: Row) -> Row:
        selected: Row = {"attributes": {"type": sobject, "url": f"{DATA}/sobjects/{sobject}/{row['Id']}"}}
        for name in fields:
            parent, _, own = name.rpartition(".")
            if not parent:
                selected[name] = row[name]
                continue
            key, table = PARENTS[sobject][parent]
            found = self.org.tables[table].get(row[key]) if row[key] else None
            selected[parent] = found and {"attributes": {"type": table}, own: found[own]}
        return selected

    def _page(self, sobject: str, rows: list[Row], total: int) -> web.Response:
        page, rest = rows[: self.batch_size], rows[self.batch_size :]
        answer: dict[str, Any] = {"totalSize": total, "done": not rest, "records": page}
        if rest:
            locator = f"01g{secrets.token_hex(6)}-{len(page)}"
            self._cursors[locator] = ((), sobject, rest)
            answer["nextRecordsUrl"] = f"{DATA}/query/{locator}"
        return web.json_response(answer)

    async def _query_more(self, request: web.Request) -> web.Response:
        found = self._cursors.pop(request.match_info["locator"], None)
        if found is None:
            return _error(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        _, sobject, rest = found
        return self._page(sobject, rest, len(rest))

    def _row(self, request: web.Request) -> tuple[str, Row]:
        sobject = request.match_info["sobject"]
        row = self.org.tables.get(sobject, {}).get(request.match_info["id"])
        if row is None or row.get("IsDeleted"):
            raise web.HTTPNotFound
        return sobject, row

    async def _get(self, request: web.Request) -> web.Response:
        sobject, row = self._row(request)
        types = self._types(sobject) or {}
        wanted = request.query["fields"].split(",") if "fields" in request.query else list(types)
        for name in wanted:
            if name not in types:
                return _error(400, "INVALID_FIELD", f"No such column '{name}' on entity '{sobject}'")
        return web.json_response({"attributes": {"type": sobject}} | {name: row[name] for name in wanted})

    async def _patch(self, request: web.Request) -> web.Response:
        """Change a record unless it changed after `If-Unmodified-Since`: then 412, and nothing is changed."""
        sobject, row = self._row(request)
        changes = await request.json()
        if since := request.headers.get("If-Unmodified-Since"):
            try:
                unmodified_since = parsedate_to_datetime(since)
            except ValueError:
                return _error(400, "INVALID_HEADER", since)
            if _seconds(row["SystemModstamp"]) > unmodified_since:
                return _error(412, "PRECONDITION_FAILED", "The record was modified since the time specified")
        if row["Id"] in self.locked:
            return _error(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
        for name, value in changes.items():
            if refusal := self._refused(sobject, name, value):
                return refusal
        self.org.update(sobject, row["Id"], **changes)
        return self._swallowed() or web.Response(status=204)

    def _refused(self, sobject: str, name: str, value: object) -> web.Response | None:
        types = self._types(sobject) or {}
        if name not in types:
            return _error(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject}")
        if name in SYSTEM_FIELDS or (sobject, name) in self.read_only:
            return _error(400, "INVALID_FIELD_FOR_INSERT_UPDATE", f"Unable to create/update fields: {name}")
        if types[name] == "date" and not _is_date(value):
            return _error(400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of date from {value!r}")
        if (longest := LENGTHS.get(types[name])) and isinstance(value, str) and len(value) > longest:
            return _error(400, "STRING_TOO_LONG", f"{name}: data value too large (max length={longest})")
        if name == "StageName" and value not in {
            row["ApiName"] for row in self.org.tables["OpportunityStage"].values()
        }:
            return _error(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", f"bad value for restricted picklist: {value}")
        if self.rule is not None and self.rule[:2] == (name, value):
            return _error(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", self.rule[2])
        return None

    def _swallowed(self) -> web.Response | None:
        if not self.swallow:
            return None
        self.swallow -= 1
        if self.dies:
            self.fail("", 503, times=100)
        return _error(503, "SERVER_UNAVAILABLE", "the answer was lost on its way")

    async def _delete(self, request: web.Request) -> web.Response:
        sobject, row = self._row(request)
        if row["Id"] in self.locked:
            return _error(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
        self.org.delete(sobject, row["Id"])
        return self._swallowed() or web.Response(status=204)

    async def _post(self, request: web.Request) -> web.Response:
        sobject, values = request.match_info["sobject"], await request.json()
        types = self._types(sobject)
        if types is None:
            raise web.HTTPNotFound
        if sobject in self.uncreatable:
            return _error(403, "INSUFFICIENT_ACCESS", "no create access")
        for name, value in values.items():
            if refusal := self._refused(sobject, name, value):
                return refusal
        made = self.org.create(sobject, **values)
        return self._swallowed() or web.json_response({"id": made, "success": True, "errors": []}, status=201)


def _is_date(value: object) -> bool:
    return value is None or (isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)))


def _seconds(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp).replace(microsecond=0).astimezone(UTC)


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response([{"errorCode": code, "message": message}], status=status)
