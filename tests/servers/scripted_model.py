"""A local server that speaks OpenAI's chat API and answers whatever a test scripts, well or badly.

It judges what it is sent: a request that is not the agreed shape gets a 400 and is kept in `violations`.
"""

import asyncio
import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.servers.running import running

_FINDING = re.compile(r"^[A-Z][a-z ]+? (?P<status>(confirmed|partial|missing|stale)(, critical)?):")
_FENCED = re.compile(r'<(data-[0-9a-f]+) name="([a-z_]+)">\n(.*?)\n</\1>', re.DOTALL)


@dataclass(frozen=True)
class Request:
    """One request as the server received it."""

    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def user(self) -> str:
        return str(self.body["messages"][1]["content"])

    @property
    def job(self) -> str:
        if "points" in self.fenced:
            return "tell"
        return "extract" if "statements" in self.fenced else "reword"

    @property
    def fenced(self) -> dict[str, str]:
        """The data of the prompt by name, as a model that can read would see it."""
        return {name: html.unescape(text) for _, name, text in _FENCED.findall(self.user)}

    @property
    def marker(self) -> str:
        return str(_FENCED.findall(self.user)[0][0])

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The JSON lines of one piece of data."""
        return [json.loads(line) for line in self.fenced[name].splitlines() if line]


@dataclass
class Say:
    """Answer with a message. A dict becomes JSON; `finish` "length" means cut off."""

    content: Any
    finish: str = "stop"
    refusal: str | None = None


@dataclass
class Typed:
    """Answer a streaming request piece by piece, as a model that thinks while it writes.

    `pause` is in seconds, between pieces of `piece` characters; after `cut_after` characters the connection is cut.
    """

    content: Any
    pause: float = 0.02
    piece: int = 12
    cut_after: int | None = None
    finish: str = "stop"


@dataclass
class Status:
    """Answer with an error."""

    code: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"error": {"message": "scripted", "type": "scripted", "code": null}}'


@dataclass
class Stall:
    """Say nothing for a while, or drip a byte now and then."""

    seconds: float
    drip: bool = False


@dataclass
class Raw:
    """Answer with these bytes; `declared` is a false Content-Length, after which the connection is cut."""

    body: bytes
    content_type: str = "application/json"
    declared: int | None = None


Answer = Say | Typed | Status | Stall | Raw
Script = Callable[[Request], Answer]


def nothing_found(request: Request) -> Answer:
    """The honest answer to a reading job with nothing in it."""
    return Say({"items": []})


class ScriptedModel:
    """The server. `script` answers the next requests; `requests` holds those received."""

    def __init__(self) -> None:
        self.script: Script = nothing_found
        self.requests: list[Request] = []
        self.violations: list[str] = []
        self.left = 0
        """Streams whose reader went away before their end."""
        self.url = ""

    def of(self, job: str) -> list[Request]:
        """The requests of one job."""
        return [request for request in self.requests if request.job == job]

    def reset(self, script: Script) -> None:
        """Forget what was received and play another script."""
        self.script, self.requests, self.violations, self.left = script, [], [], 0

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        received = Request(await request.json(), dict(request.headers))
        self.requests.append(received)
        if problem := _problem(received.body):
            self.violations.append(problem)
            return web.json_response({"error": {"message": problem, "type": "invalid_request_error"}}, status=400)
        try:
            answer = self.script(received)
        except Exception as error:  # the test must hear of it; the client only sees a 500
            self.violations.append(f"the script failed: {error!r}")
            raise
        try:
            return await _respond(request, received.body, answer)
        except ConnectionResetError:
            self.left += 1
            raise

    @contextmanager
    def running(self) -> Iterator["ScriptedModel"]:
        """Serve from a thread of its own."""
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._chat)
        with running(app) as url:
            self.url = f"{url}/v1"
            yield self


def _problem(body: dict[str, Any]) -> str:
    roles = [message.get("role") for message in body.get("messages", [])]
    if roles != ["system", "user"]:
        return f"unexpected roles {roles}"
    if body.get("tools"):
        return "no tools were agreed"
    shape = body.get("response_format", {})
    if shape.get("type") != "json_schema" or not shape["json_schema"].get("strict"):
        return "a strict json_schema was agreed"
    return _schema_problem(shape["json_schema"]["schema"])


def _schema_problem(node: Any) -> str:
    """OpenAI's strict mode: every object closed, every property required, no empty enumeration."""
    if isinstance(node, list):
        return next((problem for item in node if (problem := _schema_problem(item))), "")
    if not isinstance(node, dict):
        return ""
    if node.get("type") == "object" and _is_loose(node):
        return "strict mode wants closed objects with every property required"
    if node.get("enum") == []:
        return "an enumeration must not be empty"
    return next((problem for item in node.values() if (problem := _schema_problem(item))), "")


def _is_loose(node: dict[str, Any]) -> bool:
    return node.get("additionalProperties") is not False or set(node["required"]) != set(node["properties"])


async def _respond(request: web.Request, body: dict[str, Any], answer: Answer) -> web.StreamResponse:
    if isinstance(answer, Status):
        return web.Response(
            status=answer.code, headers=answer.headers, text=answer.body, content_type="application/json"
        )
    if isinstance(answer, Stall):
        return await _stall(request, answer)
    if isinstance(answer, Raw):
        return await _raw(request, answer)
    if body.get("stream"):
        return await _stream(request, body, answer if isinstance(answer, Typed) else _at_once(answer))
    if isinstance(answer, Typed):
        answer = Say(answer.content, answer.finish)
    return web.json_response(_completion(body, answer))


async def _stall(request: web.Request, answer: Stall) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(int(answer.seconds * 20)):
        await asyncio.sleep(0.05)
        if answer.drip:
            await response.write(b" ")
    return response


async def _raw(request: web.Request, answer: Raw) -> web.StreamResponse:
    length = len(answer.body) if answer.declared is None else answer.declared
    response = web.StreamResponse(headers={"Content-Type": answer.content_type, "Content-Length": str(length)})
    await response.prepare(request)
    await response.write(answer.body)
    if answer.declared is not None and request.transport is not None:
        request.transport.close()
    return response


def _at_once(answer: Say) -> Typed:
    return Typed(answer.content, pause=0.0, piece=200, finish=answer.finish)


async def _stream(request: web.Request, body: dict[str, Any], answer: Typed) -> web.StreamResponse:
    """Server-sent events as OpenAI sends them: pieces, a reason to finish, the use if it was asked for, the end."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    text = _content(answer.content) or ""
    for at in range(0, len(text), answer.piece):
        if answer.cut_after is not None and at >= answer.cut_after:
            request.transport.close()
            return response
        await response.write(_event(body, [_choice({"content": text[at : at + answer.piece]}, None)]))
        await asyncio.sleep(answer.pause)
    await response.write(_event(body, [_choice({}, answer.finish)]))
    if (body.get("stream_options") or {}).get("include_usage"):
        await response.write(_event(body, [], usage=_USAGE))
    await response.write(b"data: [DONE]\n\n")
    return response


def _choice(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish, "logprobs": None}


def _event(body: dict[str, Any], choices: list[dict[str, Any]], **more: Any) -> bytes:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
    return f"data: {json.dumps({**head, 'choices': choices, **more})}\n\n".encode()


def _content(content: Any) -> str | None:
    return content if isinstance(content, str) or content is None else json.dumps(content)


_USAGE = {"prompt_tokens": 700, "completion_tokens": 90, "total_tokens": 790}


def _completion(body: dict[str, Any], answer: Say) -> dict[str, Any]:
    message = {"role": "assistant", "content": _content(answer.content), "refusal": answer.refusal}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": answer.finish, "logprobs": None}],
        "usage": _USAGE,
    }


def claim(text: str, facts: Any = (), quotes: Any = (), keys: Any = ()) -> dict[str, Any]:
    """One claim as the wire has it."""
    return {"text": text, "fact_ids": list(facts), "quote_ids": list(quotes), "citation_keys": list(keys)}


def honest(request: Request) -> Answer:
    """A model that does as it is told: every fact of the draft as a sentence, every quote whole."""
    if request.job == "extract":
        return Say({"items": []})
    return Say({"claims": told(request) if request.job == "tell" else honest_claims(request)})


def told(request: Request) -> list[dict[str, str]]:
    """The claims of an honest model on the points it must tell, in their order, in the words it was given."""
    rows = [row for row in request.rows("points") if row["must"] and row["fact"]]
    return [{"point": row["id"], "text": row["fact"][:1].upper() + row["fact"][1:] + "."} for row in rows]


def honest_claims(request: Request) -> list[dict[str, Any]]:
    """The claims of an honest model on what it was offered: facts as sentences, quotes whole, gaps by status."""
    facts = {row["id"]: row["fact"] for row in request.rows("facts")}
    quotes = {row["id"]: row for row in request.rows("quotes")}
    claims: list[dict[str, Any]] = []
    gaps: dict[str, list[str]] = {}
    for held in (held for line in request.rows("draft") for held in line["holds"]):
        if held in quotes:
            claims.append(claim(f"{quotes[held]['said_by']}: “{quotes[held]['quote']}”", [], [held]))
        elif finding := _FINDING.match(facts[held]):
            gaps.setdefault(finding["status"], []).append(held)
        else:
            claims.append(claim(facts[held][:1].upper() + facts[held][1:] + ".", [held]))
    for status, held_ids in gaps.items():
        names = ", ".join(facts[held].split(f" {status}")[0].lower() for held in held_ids)
        claims.append(claim(f"{status[:1].upper()}{status[1:]}: {names}.", held_ids))
    return claims
