"""A local HubSpot over HTTP: properties, owners, pipelines, lists, search, batches and associations.

It refuses what it does not know, answers at most 10,000 results to one search, and no more than HubSpot allows at
once.
"""

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.servers.hubspot.portal import PROPERTIES, LocalPortal, Row, modified
from tests.servers.running import running

SEARCH_CAP = 10_000
_WRITE_SCOPES = {"deals": "crm.objects.deals.write"}
_TO_DEAL = {"notes": 214, "tasks": 216}
_SCOPES = {
    "deals": "crm.objects.deals.read",
    "companies": "crm.objects.companies.read",
    "contacts": "crm.objects.contacts.read",
    "emails": "sales-email-read",
}


class Refused(Exception):  # noqa: N818 - an answer
    """The request is refused, with this status and message."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"status": "error", "message": message, **more}


@dataclass
class LocalHubSpot:
    """The server. Change its attributes between calls; read `requests` afterwards.

    `read_only` properties of deals and `locked` records cannot be written. The next `swallow` writes are done and
    answered with 503; with `dies` nothing is answered after that. `refuses` gives methods a status to answer with.
    """

    portal: LocalPortal = field(default_factory=LocalPortal)
    token: str = "pat-local"
    without_scopes: set[str] = field(default_factory=set)
    read_only: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)
    swallow: int = 0
    dies: bool = False
    refuses: dict[str, int] = field(default_factory=dict)
    page_size: int = 100
    search_cap: int = SEARCH_CAP
    calls_a_day: int = 250_000
    calls_used: int = 0
    too_fast: int = 0
    failures: list[int] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator[str]:
        with running(self._application()) as url:
            yield url

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._door])
        app.router.add_get("/crm/v3/properties/{type}", self._properties)
        app.router.add_get("/crm/v3/owners/", self._owners)
        app.router.add_get("/crm/v3/pipelines/deals", self._pipelines)
        app.router.add_get("/crm/v3/objects/{type}", self._list)
        app.router.add_post("/crm/v3/objects/{type}", self._create)
        app.router.add_post("/crm/v3/objects/{type}/search", self._search)
        app.router.add_post("/crm/v3/objects/{type}/batch/read", self._read)
        app.router.add_get("/crm/v3/objects/{type}/{id}", self._get)
        app.router.add_patch("/crm/v3/objects/{type}/{id}", self._patch)
        app.router.add_delete("/crm/v3/objects/{type}/{id}", self._archive)
        app.router.add_post("/oauth/v2/private-apps/get/access-token-info", self._token_info)
        app.router.add_post("/crm/v4/associations/{type}/{other}/batch/read", self._associations)
        return app

    @web.middleware
    async def _door(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path}")
        try:
            self._admit(request)
            answer = await handler(request)
        except Refused as refused:
            answer = web.json_response(refused.body, status=refused.status)
            if refused.body.get("policyName") == "TEN_SECONDLY_ROLLING":
                answer.headers["Retry-After"] = "0"
        answer.headers["X-HubSpot-RateLimit-Daily"] = str(self.calls_a_day)
        answer.headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(self.calls_a_day - self.calls_used)
        return answer

    def _admit(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise Refused(401, "Authentication credentials not found", category="INVALID_AUTHENTICATION")
        if self.failures:
            raise Refused(self.failures.pop(0), "injected")
        if request.method in self.refuses:
            raise Refused(self.refuses[request.method], "injected")
        if self.too_fast > 0:
            self.too_fast -= 1
            raise Refused(429, "ten_secondly_rolling limit", policyName="TEN_SECONDLY_ROLLING")
        if self.calls_used >= self.calls_a_day:
            raise Refused(429, "daily limit", policyName="DAILY")
        self.calls_used += 1
        kind = request.match_info.get("type", "")
        if "type" in request.match_info and kind not in PROPERTIES:
            raise Refused(400, f"Unable to infer object type from: {kind}")
        if self._writes(request):
            scope = _WRITE_SCOPES.get(kind, "crm.objects.contacts.write")
        else:
            scope = _SCOPES.get(kind, "crm.objects.contacts.read")
        if "type" in request.match_info and scope in self.without_scopes:
            raise Refused(
                403, f"This app hasn't been granted all required scopes: [{scope}]", category="MISSING_SCOPES"
            )

    def _writes(self, request: web.Request) -> bool:
        return request.method in ("PATCH", "DELETE") or (
            request.method == "POST" and request.path == f"/crm/v3/objects/{request.match_info.get('type')}"
        )

    async def _token_info(self, request: web.Request) -> web.Response:
        if (await request.json()) != {"tokenKey": self.token}:
            raise Refused(404, "unknown token")
        granted = {*_SCOPES.values(), *_WRITE_SCOPES.values(), "crm.objects.contacts.write", "crm.objects.owners.read"}
        return web.json_response({"hubId": 1, "scopes": sorted(granted - self.without_scopes)})

    async def _properties(self, request: web.Request) -> web.Response:
        names = self.portal.properties(request.match_info["type"])
        found = [
            {"name": name, "type": "string", "modificationMetadata": {"readOnlyValue": name in self.read_only}}
            for name in names
        ]
        return web.json_response({"results": found})

    async def _owners(self, request: web.Request) -> web.Response:
        wanted = request.query.get("archived", "false").lower() == "true"
        owners = [owner for owner in self.portal.owners if owner["archived"] is wanted]
        return self._paged(request, owners)

    async def _pipelines(self, _: web.Request) -> web.Response:
        return web.json_response({"results": self.portal.pipelines})

    async def _list(self, request: web.Request) -> web.Response:
        wanted = request.query.get("archived", "false").lower() == "true"
        rows = self.portal.objects[request.match_info["type"]].values()
        found = [{"id": row["id"], "properties": {}} for row in rows if row["archived"] is wanted]
        return self._paged(request, found)

    def _paged(self, request: web.Request, rows: list[Row]) -> web.Response:
        """Return a page in the order of ids; `after` is the last id seen, so new records do not shift it."""
        limit, after = int(request.query.get("limit", 10)), int(request.query.get("after", 0))
        if limit > 100:
            raise Refused(400, "limit is greater than the maximum of 100")
        rest = sorted((row for row in rows if int(row["id"]) > after), key=lambda row: int(row["id"]))
        size = min(limit, self.page_size)
        answer: Row = {"results": rest[:size]}
        if len(rest) > size:
            answer["paging"] = {"next": {"after": rest[size - 1]["id"]}}
        return web.json_response(answer)

    async def _search(self, request: web.Request) -> web.Response:
        object_type, body = request.match_info["type"], await request.json()
        self._only(body, {"filterGroups", "sorts", "properties", "limit", "after", "query"})
        limit, after = int(body.get("limit", 10)), int(body.get("after", 0))
        if limit > 200 or after + limit > self.search_cap:
            raise Refused(400, f"paging past {self.search_cap} results is not possible")
        groups = body.get("filterGroups", [])
        rows = [row for row in self.portal.objects[object_type].values() if not row["archived"]]
        if groups:
            rows = [row for row in rows if any(self._fits(object_type, row, group) for group in groups)]
        [sort] = body.get("sorts") or [{"propertyName": "createdate", "direction": "ASCENDING"}]
        rows.sort(
            key=lambda row: _value(row["properties"].get(sort["propertyName"])),
            reverse=sort["direction"] == "DESCENDING",
        )
        page = rows[after : after + limit]
        properties = body.get("properties") or []
        answer: Row = {"total": len(rows), "results": [self._shown(row, properties) for row in page]}
        if after + limit < len(rows):
            answer["paging"] = {"next": {"after": str(after + limit)}}
        return web.json_response(answer)

    def _fits(self, object_type: str, row: Row, group: Row) -> bool:
        return all(self._passes(object_type, row, each) for each in group["filters"])

    def _passes(self, object_type: str, row: Row, wanted: Row) -> bool:
        name, operator = wanted["propertyName"], wanted["operator"]
        if name not in self.portal.properties(object_type):
            raise Refused(400, f"There was a problem with the request: unknown property {name}")
        if name not in ("hs_object_id", modified(object_type)) or operator not in ("GTE", "GT", "EQ", "LT"):
            raise Refused(400, f"{operator} on {name} is not understood here")
        own, asked = _value(row["properties"].get(name)), int(wanted["value"])
        return {"GTE": own >= asked, "GT": own > asked, "EQ": own == asked, "LT": own < asked}[operator]

    async def _read(self, request: web.Request) -> web.Response:
        object_type, body = request.match_info["type"], await request.json()
        self._only(body, {"inputs", "properties", "propertiesWithHistory", "idProperty"})
        history = body.get("propertiesWithHistory") or []
        if len(body["inputs"]) > (50 if history else 100):
            raise Refused(400, "the maximum number of inputs supported in a batch request is exceeded")
        for name in (*body["properties"], *history):
            if name not in self.portal.properties(object_type):
                raise Refused(400, f"unknown property {name}")
        rows = [self.portal.objects[object_type].get(each["id"]) for each in body["inputs"]]
        found = [self._shown(row, body["properties"], history) for row in rows if row and not row["archived"]]
        return web.json_response(
            {"status": "COMPLETE", "results": found}, status=200 if len(found) == len(rows) else 207
        )

    def _shown(self, row: Row, properties: list[str], history: list[str] | None = None) -> Row:
        shown: Row = {
            "id": row["id"],
            "archived": row["archived"],
            "properties": {name: row["properties"].get(name) for name in properties},
        }
        if history:
            shown["propertiesWithHistory"] = {name: row["history"].get(name, []) for name in history}
        return shown

    async def _associations(self, request: web.Request) -> web.Response:
        object_type, other = request.match_info["type"], request.match_info["other"]
        results = []
        for each in (await request.json())["inputs"]:
            linked = self.portal.linked(object_type, each["id"], other)
            start = int(each.get("after", 0))
            page = linked[start : start + 2]  # two at a time, so that readers have to turn pages
            to = [{"toObjectId": int(far), "associationTypes": [_kind(x) for x in labels]} for far, labels in page]
            result: Row = {"from": {"id": each["id"]}, "to": to}
            if start + 2 < len(linked):
                result["paging"] = {"next": {"after": str(start + 2)}}
            if linked:
                results.append(result)
        return web.json_response({"status": "COMPLETE", "results": results})

    def _row(self, request: web.Request) -> Row:
        row = self.portal.objects[request.match_info["type"]].get(request.match_info["id"])
        if row is None or row["archived"]:
            raise Refused(404, "resource not found")
        return row

    async def _get(self, request: web.Request) -> web.Response:
        self._only(dict(request.query), {"properties", "propertiesWithHistory", "archived"})
        names, history = (_listed(request, key) for key in ("properties", "propertiesWithHistory"))
        return web.json_response(self._shown(self._row(request), names, history))

    async def _patch(self, request: web.Request) -> web.Response:
        row, object_type = self._row(request), request.match_info["type"]
        body = await request.json()
        self._only(body, {"properties"})
        changes = body["properties"]
        if row["id"] in self.locked:
            raise Refused(403, "You do not have permissions to edit this object")
        self._check(object_type, row, changes)
        self.portal.update(object_type, row["id"], **{name: value or None for name, value in changes.items()})
        self._swallow()
        return web.json_response(self._shown(row, list(changes)))

    async def _create(self, request: web.Request) -> web.Response:
        object_type, body = request.match_info["type"], await request.json()
        self._only(body, {"properties", "associations"})
        values = body["properties"]
        self._check(object_type, None, values)
        if object_type in _TO_DEAL and "hs_timestamp" not in values:
            raise Refused(400, "Property values were not valid: hs_timestamp is required", category="VALIDATION_ERROR")
        row_id = self.portal.create(object_type, **values)
        for each in body.get("associations") or []:
            [kind] = each["types"]
            if kind != {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": _TO_DEAL.get(object_type)}:
                raise Refused(400, f"no such association: {kind}")
            self.portal.link((object_type, row_id), ("deals", each["to"]["id"]))
        self._swallow()
        return web.json_response({"id": row_id, "properties": values}, status=201)

    async def _archive(self, request: web.Request) -> web.Response:
        row = self._row(request)
        self.portal.archive(request.match_info["type"], row["id"])
        self._swallow()
        return web.Response(status=204)

    def _check(self, object_type: str, row: Row | None, values: Row) -> None:
        self._only(values, set(self.portal.properties(object_type)))
        if refused := [name for name in values if object_type == "deals" and name in self.read_only]:
            raise Refused(400, f"{refused[0]} is a read only property", category="VALIDATION_ERROR")
        pipeline = (row["properties"].get("pipeline") if row else None) or "default"
        known = {stage["id"] for each in self.portal.pipelines if each["id"] == pipeline for stage in each["stages"]}
        if "dealstage" in values and values["dealstage"] not in known:
            raise Refused(400, f"{values['dealstage']} was not one of the allowed options", category="VALIDATION_ERROR")

    def _swallow(self) -> None:
        if self.swallow:
            self.swallow -= 1
            self.failures += [503] * 100 if self.dies else []
            raise Refused(503, "the answer was lost on its way")

    def _only(self, body: Row, known: set[str]) -> None:
        if unknown := set(body) - known:
            raise Refused(400, f"not understood here: {json.dumps(sorted(unknown))}")


def _kind(label: str | None) -> Row:
    return {
        "category": "HUBSPOT_DEFINED" if label in (None, "Primary") else "USER_DEFINED",
        "typeId": 3,
        "label": label,
    }


def _listed(request: web.Request, key: str) -> list[str]:
    return [name for value in request.query.getall(key, []) for name in value.split(",") if name]


def _value(text: str | None) -> int:
    """Return a stamp as milliseconds and an id as its number, as HubSpot compares them."""
    if not text:
        return -1
    return int(text) if text.isdigit() else round(datetime.fromisoformat(text).timestamp() * 1000)
