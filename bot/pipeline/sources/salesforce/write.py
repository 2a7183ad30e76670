"""Writing to Salesforce: one field of an opportunity at a time, notes and tasks, by REST with simple-salesforce.

The version of a record is its SystemModstamp, which moves with any change of it. A PATCH carries it as
If-Unmodified-Since, so that Salesforce itself refuses what came too late (412); it knows no such condition for DELETE:
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm.
The coach's user does the writing, so UserRecordAccess is asked whether the person may edit the record themselves.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from threading import Lock
from typing import TypeVar

from simple_salesforce.api import Salesforce, SFType

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.protocol import SourceError, SourceUnavailable
from bot.pipeline.sources.salesforce.org import Org, QueryRefused, Row
from bot.pipeline.sources.salesforce.write_words import NO_ANSWER, refusal_words
from bot.pipeline.sources.values import text
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

DEAL = "Opportunity"
_DEAL = re.compile(r"006[A-Za-z0-9]{3,15}")
_USER = re.compile(r"005[A-Za-z0-9]{3,15}")
_ALWAYS = ("Id", "Name", "OwnerId", "IsClosed", "SystemModstamp", "StageName")
_STAGES = (
    "SELECT ApiName, MasterLabel FROM OpportunityStage WHERE IsActive = true AND IsClosed = false ORDER BY SortOrder"
)
_ACCESS = "SELECT RecordId, HasEditAccess FROM UserRecordAccess WHERE UserId = '{user}' AND RecordId = '{record}'"
_ADDED = "SELECT Id, {text} FROM {sobject} WHERE {parent} = '{record}'"
_OBJECTS = {NOTE: "Note", TASK: "Task"}
_PARENT = {NOTE: "ParentId", TASK: "WhatId"}
_TEXT = {NOTE: "Body", TASK: "Description"}
ADDITIONS = {NOTE: WritableField(FieldKind.LINES, 32_000), TASK: WritableField(FieldKind.TEXT, 255)}
"""A note's body, a task's subject. A note's title takes 80 characters, a task's description 32,000."""
Answer = TypeVar("Answer")


class SalesforceWriter:
    """The `Writer` over one org. Any thread may use it; one at a time gets through."""

    name, title = "salesforce", "Salesforce"

    def __init__(self, org: Org, rules: CrmRules) -> None:
        self._org = org
        self._lock = Lock()
        ours = rules.salesforce
        self._fields = mapped_fields(ours.opportunities, ours.command_plan, stage="StageName")

    def knows(self, deal_id: str) -> bool:
        """Whether an id has the form of an opportunity's."""
        return bool(_DEAL.fullmatch(deal_id))

    def describe(self) -> Writable:
        """Ask which mapped fields this user may change, and whether they may add notes and tasks."""
        there = {field["name"]: field for field in self._described(DEAL).get("fields", ())}
        fields = {target: name for target, name in self._fields.items() if there.get(name, {}).get("updateable")}
        problems = [
            f"Salesforce: Opportunity.{name} cannot be changed; grant Edit on it (field-level security)"
            for target, name in self._fields.items()
            if target not in fields
        ]
        adds = {}
        for target, sobject in _OBJECTS.items():
            if self._described(sobject).get("createable"):
                adds[target] = ADDITIONS[target]
            else:
                problems.append(f"Salesforce: {sobject.lower()}s cannot be added; grant Create on {sobject}")
        return Writable({target: _field(target, there[name]) for target, name in fields.items()}, adds, tuple(problems))

    def read(self, deal_id: str, target: str) -> Standing:
        """Read a field of an opportunity as it is now."""
        if not self.knows(deal_id):
            raise WriteRefused("That deal is not one of Salesforce's.")
        names = ",".join(dict.fromkeys((*_ALWAYS, *filter(None, [self._fields.get(target)]))))
        row = self._ask(lambda client: _sobject(client, DEAL).get(deal_id, params={"fields": names}))
        value = text(row.get(self._fields[target])) if target in self._fields else None
        choices = tuple(self._stages()) if target == STAGE else ()
        shown = next((choice.label for choice in choices if choice.value == value), value)
        return Standing(
            deal_id, str(row["Name"]), text(row["OwnerId"]), not row["IsClosed"], target, value, shown,
            str(row["SystemModstamp"]), choices,
        )  # fmt: skip

    def may_edit(self, deal_id: str, user_id: str) -> bool | None:
        """Whether Salesforce would let this person edit the opportunity."""
        if not (self.knows(deal_id) and _USER.fullmatch(user_id)):
            return False
        rows = self._rows(_ACCESS.format(user=user_id, record=deal_id))  # both are letters and digits
        return any(row["HasEditAccess"] for row in rows)

    def change(self, seen: Standing, value: str | None) -> Standing | None:
        """Write one field unless the opportunity was changed since `seen`."""
        if seen.target not in self._fields:
            raise WriteRefused(f"Salesforce has no field for {seen.target} that I know of.")
        field = self._fields[seen.target]

        def send(now: Standing) -> None:
            condition = {"If-Unmodified-Since": _http_date(now.version)}
            self._send(lambda client: _sobject(client, DEAL).update(seen.deal_id, {field: value}, headers=condition))

        return settle(Change(lambda: self.read(seen.deal_id, seen.target), send), seen, value)

    def add(self, seen: Standing, addition: Addition) -> Added:
        """Add a note or task under the opportunity."""
        values: dict[str, str | None] = {
            _PARENT[addition.target]: seen.deal_id,
            "Title" if addition.target == NOTE else "Subject": addition.title,
            _TEXT[addition.target]: addition.text,
        }
        if addition.target == TASK:
            due = addition.due.isoformat() if addition.due else None
            values |= {"OwnerId": addition.owner_id, "ActivityDate": due}
        try:
            made = self._send(lambda client: _sobject(client, _OBJECTS[addition.target]).create(values))
            record_id = str(made["id"])
        except WriteLost:
            record_id = self._arrived(seen.deal_id, addition)
        return Added(record_id, self._version_of(addition.target, record_id))

    def remove(self, target: str, record_id: str, version: str) -> None:
        """Delete an added note or task that nobody has edited; Salesforce keeps it in the recycle bin."""
        now = self._version_of(target, record_id)
        if now is None:
            raise SourceUnavailable(NO_ANSWER)
        if now != version:
            raise WriteConflict
        self._send(lambda client: _sobject(client, _OBJECTS[target]).delete(record_id))

    def _described(self, sobject: str) -> Row:
        try:
            described: Row = self._ask(lambda client: _sobject(client, sobject).describe())
        except WriteRefused:  # there is no such object for this user
            return {}
        return described

    def _stages(self) -> Iterator[Choice]:
        for row in self._rows(_STAGES):
            yield Choice(str(row["ApiName"]), str(row["MasterLabel"] or row["ApiName"]))

    def _rows(self, soql: str) -> list[Row]:
        found: list[Row] = self._ask(lambda client: client.query(soql))["records"]
        return found

    def _arrived(self, deal_id: str, addition: Addition) -> str:
        """Return the id of a note or task whose making got no answer. Raises WriteLost or SourceUnavailable."""
        field = _TEXT[addition.target]
        sobject, parent = _OBJECTS[addition.target], _PARENT[addition.target]
        question = _ADDED.format(text=field, sobject=sobject, parent=parent, record=deal_id)
        try:
            rows = self._rows(question)
        except SourceError as error:
            raise WriteLost(NO_ANSWER) from error
        found = [str(row["Id"]) for row in rows if row[field] == addition.text]
        if not found:
            raise SourceUnavailable(NO_ANSWER)
        return found[-1]

    def _version_of(self, target: str, record_id: str) -> str | None:
        fields = {"fields": "Id,SystemModstamp"}
        try:
            row = self._ask(lambda client: _sobject(client, _OBJECTS[target]).get(record_id, params=fields))
        except SourceUnavailable:
            return None
        return str(row["SystemModstamp"])

    def _send(self, write: Callable[[Salesforce], Answer]) -> Answer:
        """Send a write once. Raises WriteLost if there is no answer, for only the org knows what became of it."""
        try:
            return self._ask(write)
        except SourceUnavailable as error:
            raise WriteLost(NO_ANSWER) from error

    def _ask(self, ask: Callable[[Salesforce], Answer]) -> Answer:
        try:
            with self._lock:
                return self._org.ask(ask)
        except QueryRefused as refused:
            if refused.code in ("PRECONDITION_FAILED", "412"):
                raise WriteConflict from refused
            raise WriteRefused(refusal_words(refused)) from refused
        except SourceUnavailable as error:
            raise SourceUnavailable(NO_ANSWER) from error


def _sobject(client: Salesforce, name: str) -> SFType:
    found: SFType = getattr(client, name)
    return found


def _field(target: str, described: Row) -> WritableField:
    is_area, longest = described.get("type") == "textarea", described.get("length") or None
    return writable_field(target, takes_lines=is_area, longest=longest)


def _http_date(stamp: str) -> str:
    """Return a stamp as HTTP writes it, in seconds, which is as exact as Salesforce's own stamps are."""
    return format_datetime(datetime.fromisoformat(stamp).replace(microsecond=0).astimezone(UTC), usegmt=True)
