"""The Web API over HTTP: reads a call, checks its token, runs the method, keeps a record."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.slack.local import answers
from bot.slack.local.arguments import Arguments
from bot.slack.local.errors import SlackError
from bot.slack.local.faults import Fault, Faults
from bot.slack.local.methods import METHODS, ApiRequest, Method, Violation
from bot.slack.local.workspace import Workspace


@dataclass(frozen=True)
class Call:
    """One call of the app: what it asked, what it was told. `at` is in Unix seconds.

    `status` is the HTTP status, 0 when the connection was dropped; `error` is Slack's word for what
    was wrong, None when all was well.
    """

    method: str
    args: dict[str, Any]
    status: int
    error: str | None
    response: dict[str, Any]
    at: float

    @property
    def ok(self) -> bool:
        """Did it succeed?"""
        return self.status == 200 and self.error is None


class WebApi:
    """All methods of one workspace. `scopes` None grants every scope."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        scopes: set[str] | None,
        new_socket_url: Callable[[], str],
        changed: Callable[[], None],
    ) -> None:
        self.workspace = workspace
        self._scopes = scopes
        self._new_socket_url = new_socket_url
        self.changed = changed
        self.base_url = ""
        self.calls: list[Call] = []
        self.violations: list[Violation] = []
        self.faults = Faults()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One HTTP request to `/api/<method>`."""
        name = request.match_info["method"]
        try:
            args, token = await _read(request)
        except SlackError as refusal:
            return web.json_response({"ok": False, "error": refusal.error})
        fault = self.faults.strike(name)
        if fault is None:
            answer = self.answer(name, args, token)
            self._record(name, args, 200, answer)
            return web.json_response(answer, headers=self._granted())
        if fault.applied:
            self.answer(name, args, token)
        return await self._fail(name, args, fault, request)

    def _granted(self) -> dict[str, str]:
        """The header in which Slack says with every answer what the token may do."""
        return {} if self._scopes is None else {"X-OAuth-Scopes": ",".join(sorted(self._scopes))}

    def answer(self, name: str, args: dict[str, Any], token: str | None) -> dict[str, Any]:
        """The body of the answer to one call; never raises SlackError."""
        try:
            method = METHODS.get(name)
            if method is None:
                raise SlackError("unknown_method", req_method=name)
            self._authorize(method, token)
            return {"ok": True, **method.handler(self._request(name, args))}
        except SlackError as refusal:
            return {"ok": False, "error": refusal.error, **refusal.details}

    def _request(self, name: str, args: dict[str, Any]) -> ApiRequest:
        return ApiRequest(
            method=name,
            workspace=self.workspace,
            args=Arguments(args),
            base_url=self.base_url,
            new_socket_url=self._new_socket_url,
            violations=self.violations,
        )

    def _authorize(self, method: Method, token: str | None) -> None:
        """Raises `not_authed`, `invalid_auth`, `not_allowed_token_type` or `missing_scope`."""
        if method.caller == "anyone":
            return
        callers = {self.workspace.bot_token: "bot", self.workspace.app_token: "app"}
        if token is None:
            raise SlackError("not_authed")
        if token not in callers:
            raise SlackError("invalid_auth")
        if callers[token] != method.caller:
            raise SlackError("not_allowed_token_type")
        needed = set(method.scopes)
        if method.caller == "bot" and self._scopes is not None and needed and not needed & self._scopes:
            provided = ",".join(sorted(self._scopes))
            raise SlackError("missing_scope", needed=",".join(method.scopes), provided=provided)

    def response_url(self, key: str) -> str:
        """The address for a key of `ResponseUrls`."""
        return f"{self.base_url}/response_url/{key}"

    async def handle_response_url(self, request: web.Request) -> web.StreamResponse:
        """One use of a response URL; a spent one answers 404, unacceptable content 400."""
        key = request.match_info["key"]
        try:
            body = self.respond(key, (await _read(request))[0])
        except SlackError as refusal:
            body = {"ok": False, "error": refusal.error}
        gone = body.get("error") in ("expired_url", "used_url")
        status = 200 if body["ok"] else 404 if gone else 400
        return web.json_response(body, status=status)

    def respond(self, key: str, args: dict[str, Any]) -> dict[str, Any]:
        """Use a response URL; recorded like a call of the method `response_url`."""
        body: dict[str, Any] = {"ok": True}
        try:
            url = self.workspace.response_urls.use(key)
            answers.respond(self._request("response_url", args), url)
        except SlackError as refusal:
            body = {"ok": False, "error": refusal.error, **refusal.details}
        self._record("response_url", args, 200, body)
        return body

    def answer_command(self, key: str, body: dict[str, Any] | str) -> None:
        """What the app put into the acknowledgement of a command; it does not count as a use."""
        args = {"text": body} if isinstance(body, str) else body
        url = self.workspace.response_urls.peek(key)
        answer: dict[str, Any] = {"ok": True}
        try:
            answers.respond(self._request("command_ack", args), url)
        except SlackError as refusal:
            answer = {"ok": False, "error": refusal.error, **refusal.details}
        self._record("command_ack", args, 200, answer)

    async def _fail(self, name: str, args: dict[str, Any], fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault.status == "timeout":
            self._record(name, args, 0, {"ok": False, "error": "timeout"})
            await asyncio.sleep(fault.hang_seconds)
            if request.transport is not None:
                request.transport.close()
            return web.Response(status=504)
        error = fault.error or {429: "ratelimited", 200: "internal_error"}.get(fault.status, "fatal_error")
        body = {"ok": False, "error": error}
        self._record(name, args, fault.status, body)
        wait = 1 if fault.retry_after_seconds is None else fault.retry_after_seconds
        headers = {"Retry-After": str(wait)} if fault.status == 429 else {}
        return web.json_response(body, status=fault.status, headers=headers)

    def _record(self, name: str, args: dict[str, Any], status: int, body: dict[str, Any]) -> None:
        error = None if body["ok"] else body["error"]
        self.calls.append(Call(name, args, status, error, body, self.workspace.clock()))
        self.changed()


def _parse_object(text: str) -> dict[str, Any]:
    """Raises SlackError `invalid_json` or `json_not_object`."""
    try:
        parsed = json.loads(text or "{}")
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(parsed, dict):
        raise SlackError("json_not_object")
    return parsed


async def _read(request: web.Request) -> tuple[dict[str, Any], str | None]:
    """The arguments of a call and its token, which may be a header or an argument."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        args |= _parse_object(await request.text())
    elif request.can_read_body:
        args |= dict(await request.post())
    token = args.pop("token", None)
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return args, bearer if scheme == "Bearer" and bearer else token
