"""Writing to HubSpot: one property of a deal at a time, notes and tasks, with hubspot-api-client.

HubSpot has no conditional write, and the stamp of a deal moves by itself when HubSpot computes something. So the
version of a property is the stamp of its newest history entry, read again right before the write.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import urllib3
from hubspot import HubSpot
from hubspot.crm.associations.v4.exceptions import ApiException as AssociationsException
from hubspot.crm.objects.exceptions import ApiException as ObjectsException
from hubspot.crm.pipelines.exceptions import ApiException as PipelinesException
from hubspot.crm.properties.exceptions import ApiException as PropertiesException
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.hubspot.portal import Json
from bot.pipeline.sources.hubspot.write_words import (
    NO_ANSWER,
    SCOPES,
    TEXT_OF,
    as_html,
    is_closed,
    properties_of,
    shown,
    spelled,
    translated,
    version,
)
from bot.pipeline.sources.protocol import SourceError, SourceUnavailable
from bot.pipeline.sources.values import text
from bot.pipeline.sources.wire import FIRST_PAUSE_SECONDS, RETRIED, checked_url
from bot.pipeline.sources.writer import (
    NOTE,
    STAGE,
    TASK,
    Added,
    Addition,
    Change,
    Choice,
    FieldKind,
    Standing,
    Writable,
    WritableField,
    WriteConflict,
    WriteLost,
    WriteRefused,
    mapped_fields,
    settle,
    writable_field,
)

TIMEOUT_SECONDS = 20  # a person is waiting
RETRIES = 2
BATCH = 100
ADDITIONS = {NOTE: WritableField(FieldKind.LINES, 65_536), TASK: WritableField(FieldKind.TEXT, 255)}
"""A note's body, a task's subject."""
LONGEST_LINE = 65_536  # of a property of one line or several

_ID = re.compile(r"\d{1,20}")
_OBJECTS = {NOTE: "notes", TASK: "tasks"}
_TO_DEAL = {NOTE: 214, TASK: 216}
"""HubSpot's own association types: https://developers.hubspot.com/docs/guides/api/crm/associations/associations-v4"""
_WHAT_IS_GRANTED = "/oauth/v2/private-apps/get/access-token-info"
_REFUSALS = (AssociationsException, ObjectsException, PipelinesException, PropertiesException)


class HubSpotWriter:
    """The `Writer` over the portal that `token` opens. Any thread may use it."""

    name, title = "hubspot", "HubSpot"

    def __init__(self, token: str, url: str, rules: CrmRules) -> None:
        self._token = token
        self._url = checked_url(url, "HUBSPOT_API_URL")
        self._client = HubSpot(access_token=token, host=self._url, retry=_retry())
        ours = rules.hubspot
        self._fields = mapped_fields(ours.opportunities, ours.command_plan, stage="dealstage")

    def knows(self, deal_id: str) -> bool:
        """Whether an id has the form of a deal's."""
        return bool(_ID.fullmatch(deal_id))

    def describe(self) -> Writable:
        """Ask which mapped properties may be changed, and which scopes the token has."""
        answer = self._read(self._client.crm.properties.core_api.get_all, "deals")
        there = {each["name"]: each for each in answer["results"]}
        open_to_us = {target: name for target, name in self._fields.items() if _is_writable(there.get(name))}
        problems = [
            f"HubSpot: the deal property {name} cannot be changed; it is missing, computed or read-only"
            for target, name in self._fields.items()
            if target not in open_to_us
        ]
        lacking = self._scopes_lacking()
        problems += [f"HubSpot: grant the private app the scope {scope}" for scope in sorted(lacking)]
        may_change = SCOPES["deals"] not in lacking
        fields = {target: _field(target, there[name]) for target, name in open_to_us.items() if may_change}
        adds = {target: field for target, field in ADDITIONS.items() if SCOPES[target] not in lacking}
        return Writable(fields, adds, tuple(problems))

    def read(self, deal_id: str, target: str) -> Standing:
        """Read a property of a deal as it is now, with the stamp of its last change."""
        if not self.knows(deal_id):
            raise WriteRefused("That deal is not one of HubSpot's.")
        name = self._fields.get(target)
        asked = ["dealname", "hubspot_owner_id", "dealstage", "pipeline", *filter(None, [name])]
        row = self._read(
            self._client.crm.objects.basic_api.get_by_id, "deals", deal_id,
            properties=asked, properties_with_history=[name or "dealstage"], archived=False,
        )  # fmt: skip
        said = row["properties"]
        stages = self._stages(said.get("pipeline"))
        value = text(said.get(name)) if name else None
        return Standing(
            deal_id=deal_id,
            deal_name=str(said.get("dealname") or deal_id),
            owner_id=text(said.get("hubspot_owner_id")),
            is_open=not is_closed(stages.get(said.get("dealstage"))),
            target=target,
            value=value,
            shown=shown(target, value, stages),
            version=version(row, name or "dealstage"),
            choices=tuple(
                Choice(stage, str(each["label"])) for stage, each in stages.items() if not is_closed(each)
            ) if target == STAGE else (),
        )  # fmt: skip

    def may_edit(self, deal_id: str, user_id: str) -> bool | None:  # noqa: ARG002 - the shape of every writer
        """None: HubSpot does not tell an app what a person may edit."""
        return None

    def change(self, seen: Standing, value: str | None) -> Standing | None:
        """Write one property unless it was changed since `seen`."""
        if seen.target not in self._fields:
            raise WriteRefused(f"HubSpot has no property for {seen.target} that I know of.")
        properties = {self._fields[seen.target]: spelled(seen.target, value)}

        def send(_: Standing) -> None:
            self._write(self._client.crm.objects.basic_api.update, "deals", seen.deal_id, {"properties": properties})

        def same(one: str | None, other: str | None) -> bool:
            return shown(seen.target, one, {}) == shown(seen.target, other, {})

        return settle(Change(lambda: self.read(seen.deal_id, seen.target), send, same), seen, value)

    def add(self, seen: Standing, addition: Addition) -> Added:
        """Add a note or task to the deal."""
        kind, association = _OBJECTS[addition.target], _TO_DEAL[addition.target]
        body = {
            "properties": properties_of(addition),
            "associations": [
                {
                    "to": {"id": seen.deal_id},
                    "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": association}],
                }
            ],
        }
        try:
            record_id = str(self._write(self._client.crm.objects.basic_api.create, kind, body)["id"])
        except WriteLost:
            record_id = self._arrived(seen.deal_id, addition)
        return Added(record_id, self._version_of(addition.target, record_id))

    def remove(self, target: str, record_id: str, version: str) -> None:
        """Archive an added note or task whose text nobody has edited; HubSpot can restore it."""
        now = self._version_of(target, record_id)
        if now is None:
            raise SourceUnavailable(NO_ANSWER)
        if now != version:
            raise WriteConflict
        self._write(self._client.crm.objects.basic_api.archive, _OBJECTS[target], record_id)

    def _stages(self, pipeline: str | None) -> dict[str, Json]:
        answer = self._read(self._client.crm.pipelines.pipelines_api.get_all, "deals")
        found = [each for each in answer["results"] if pipeline is None or str(each["id"]) == pipeline]
        return {str(stage["id"]): stage for each in found or answer["results"] for stage in each["stages"]}

    def _version_of(self, target: str, record_id: str) -> str | None:
        name = TEXT_OF[target]
        try:
            row = self._read(
                self._client.crm.objects.basic_api.get_by_id, _OBJECTS[target], record_id,
                properties=[name], properties_with_history=[name],
            )  # fmt: skip
        except SourceUnavailable:
            return None
        return version(row, name)

    def _arrived(self, deal_id: str, addition: Addition) -> str:
        """Return the id of a note or task whose making got no answer. Raises WriteLost or SourceUnavailable."""
        kind, name = _OBJECTS[addition.target], TEXT_OF[addition.target]
        try:
            ids = list(self._linked(deal_id, kind))
            question = {"inputs": [{"id": each} for each in ids], "properties": [name], "propertiesWithHistory": []}
            rows = self._read(self._client.crm.objects.batch_api.read, kind, question)["results"] if ids else []
        except SourceError as error:
            raise WriteLost(NO_ANSWER) from error
        found = [str(row["id"]) for row in rows if row["properties"].get(name) == as_html(addition.text)]
        if not found:
            raise SourceUnavailable(NO_ANSWER)
        return found[-1]

    def _linked(self, deal_id: str, kind: str) -> Iterator[str]:
        """Yield the ids of the newest notes or tasks of a deal, at most as many as one question may name."""
        asked: list[Json] = [{"id": deal_id}]
        found: list[str] = []
        while asked:
            answer = self._read(self._client.crm.associations.v4.batch_api.get_page, "deals", kind, {"inputs": asked})
            results = answer["results"]
            found += [str(link["toObjectId"]) for result in results for link in result["to"]]
            pages = [((result.get("paging") or {}).get("next") or {}).get("after") for result in results]
            asked = [{"id": deal_id, "after": after} for after in pages if after]
        yield from sorted(found, key=int)[-BATCH:]

    def _scopes_lacking(self) -> frozenset[str]:
        """Return the scopes the token was not given; none where HubSpot does not tell, as of an OAuth token."""
        try:
            answer = urllib3.request(
                "POST", self._url + _WHAT_IS_GRANTED, json={"tokenKey": self._token}, timeout=TIMEOUT_SECONDS,
                headers={"Authorization": f"Bearer {self._token}"}, retries=False,
            )  # fmt: skip
            granted = answer.json().get("scopes") if answer.status == 200 else None
        except (HTTPError, ValueError):
            return frozenset()
        return frozenset(SCOPES.values()) - frozenset(granted) if isinstance(granted, list) else frozenset()

    def _write(self, ask: Callable[..., Any], *args: Any) -> Json:
        """Send a write once. Raises WriteLost if there is no answer, for only HubSpot knows what became of it."""
        try:
            return self._call(ask, *args)
        except SourceUnavailable as error:
            raise WriteLost(NO_ANSWER) from error

    def _read(self, ask: Callable[..., Any], *args: Any, **options: Any) -> Json:
        return self._call(ask, *args, **options)

    def _call(self, ask: Callable[..., Any], *args: Any, **options: Any) -> Json:
        try:
            answer = ask(*args, **options, _preload_content=False, _request_timeout=TIMEOUT_SECONDS)
        except _REFUSALS as error:
            raise translated(error) from error
        except HTTPError as error:
            raise SourceUnavailable(NO_ANSWER) from error
        content: Json = json.loads(answer.data) if answer.data else {}
        return content


def _retry() -> Retry:
    """Only reading is repeated by itself: a write that gave no answer may have happened."""
    return Retry(
        total=RETRIES,
        backoff_factor=FIRST_PAUSE_SECONDS,
        status_forcelist=RETRIED,
        allowed_methods=("GET",),
        raise_on_status=False,
    )


def _is_writable(definition: Json | None) -> bool:
    if definition is None or definition.get("calculated"):
        return False
    return not (definition.get("modificationMetadata") or {}).get("readOnlyValue")


def _field(target: str, definition: Mapping[str, Any]) -> WritableField:
    return writable_field(target, takes_lines=definition.get("fieldType") == "textarea", longest=LONGEST_LINE)
