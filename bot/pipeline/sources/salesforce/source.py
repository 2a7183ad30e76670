"""Salesforce as a source: describe, then every stream by its SystemModstamp, each page with its cursor.

The cursor of a stream is the last stamp that was read, never this machine's clock. The next run begins
`overlap` before it and asks with `>=`, because rows share a stamp and some appear late with an old one. A
stream whose fields changed is read whole again: adding or removing a field stamps no row.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.people import with_people
from bot.pipeline.sources.protocol import (
    Cursor,
    Description,
    Page,
    Record,
    SourceMisconfigured,
    SourceUnavailable,
    Tombstone,
)
from bot.pipeline.sources.salesforce.org import Org, QueryLost, QueryRefused, Row
from bot.pipeline.sources.salesforce.streams import STREAMS, Stream
from bot.pipeline.sources.values import stamp, unstamp

ATTEMPTS = 3  # at a page whose place the org keeps forgetting
_HISTORIES = {"stage": "opportunity history", "owner_id": "owner history"}


class SalesforceSource:
    """The `Source` over one org."""

    name = "salesforce"

    def __init__(self, org: Org, rules: CrmRules) -> None:
        self._org = org
        self._rules = rules
        self._fields: dict[str, tuple[str, ...]] = {}

    def describe(self) -> Description:
        """Ask which objects and fields this user may read today. Raises SourceError."""
        problems: list[str] = []
        warnings: list[str] = []
        self._fields = {}
        for stream in STREAMS:
            try:
                there = self._org.fields_of(stream.sobject)
            except QueryRefused as refused:
                problems.append(_refused(stream, refused))
                continue
            if there is None or (lacking := set(stream.needed) - there):
                warnings.append(_missing(stream, None if there is None else sorted(lacking)))
                continue
            self._fields[stream.name] = self._chosen(stream, there)
            problems += self._missing_mapped(stream, there)
        total, left = self._org.daily_calls
        streams = [stream for stream in STREAMS if stream.name in self._fields]
        return Description(
            kinds=frozenset(stream.kind for stream in streams),
            feeds={stream.name: stream.feeds for stream in streams if stream.feeds},
            observes=frozenset(field for field, stream in _HISTORIES.items() if stream not in self._fields),
            problems=tuple(problems),
            warnings=tuple(warnings),
            quota=f"{left:,} of {total:,} API calls of the day were left",
        )

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the changes of every stream; what one stream cannot say does not silence the others."""
        position: dict[str, Any] = dict(cursor)
        for stream in STREAMS:
            if stream.name in self._fields:
                yield from self._stream(stream, position)

    def _stream(self, stream: Stream, position: dict[str, Any]) -> Iterator[Page]:
        try:
            if stream.whole:
                yield from self._whole(stream, position)
            else:
                yield from self._increment(stream, position)
        except QueryRefused as refused:
            yield Page(cursor=dict(position), problems=(_refused(stream, refused),))

    def _whole(self, stream: Stream, position: dict[str, Any]) -> Iterator[Page]:
        rows = [row for page in self._org.pages(self._soql(stream, None), include_deleted=False) for row in page]
        records, _ = self._read(stream, rows)
        if stream.kind == "users":
            records = with_people(records, self._rules)
        scope = frozenset({stream.name})
        yield Page(dict(position), records, begins=scope, ends=scope, completed=(stream.name,))

    def _increment(self, stream: Stream, position: dict[str, Any]) -> Iterator[Page]:
        state = position.get(stream.name, {})
        fields = ",".join(self._fields[stream.name])
        if state.get("fields") != fields:
            state = {"fields": fields, "whole": True}
            position[stream.name] = state
            yield Page(dict(position), begins=frozenset({stream.name}))
        ends: frozenset[str] = frozenset({stream.name}) if state.get("whole") else frozenset()
        waiting: tuple[tuple[Record, ...], tuple[Tombstone, ...]] = ((), ())
        for rows in self._pages_from(stream, state.get("at")):
            if any(waiting):
                yield Page(dict(position), *waiting)
            waiting = self._read(stream, rows)
            if rows:
                state = state | {"at": max(stamp(unstamp(row[stream.stamp])) for row in rows)}
            position[stream.name] = state
        position[stream.name] = {key: value for key, value in state.items() if key != "whole"}
        yield Page(dict(position), *waiting, ends=ends, completed=(stream.name,))

    def _pages_from(self, stream: Stream, at: str | None) -> Iterator[list[Row]]:
        """Yield pages from a stamp on; an answer the org lost half-way is asked for again from its last page."""
        since = stamp(unstamp(at) - self._rules.overlap) if at else None
        lost = 0
        while lost < ATTEMPTS:
            try:
                for rows in self._org.pages(self._soql(stream, since), include_deleted=True):
                    yield rows
                    since, lost = (rows[-1][stream.stamp] if rows else since), 0
                return
            except QueryLost:
                lost += 1
        raise SourceUnavailable(f"Salesforce lost its place in {stream.sobject} {ATTEMPTS} times; try again later")

    def _soql(self, stream: Stream, since: str | None) -> str:
        fields = [*self._fields[stream.name]]
        conditions = [stream.where] if stream.where else []
        order = ""
        if not stream.whole:
            fields = list(dict.fromkeys([*fields, stream.stamp, *(["IsDeleted"] if stream.deletable else [])]))
            conditions += [f"{stream.stamp} >= {_literal(since)}"] if since else []
            order = f" ORDER BY {stream.stamp} ASC, Id ASC"
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"SELECT {', '.join(fields)} FROM {stream.sobject}{where}{order}"  # noqa: S608 - checked names

    def _read(self, stream: Stream, rows: list[Row]) -> tuple[tuple[Record, ...], tuple[Tombstone, ...]]:
        records, gone = [], []
        for row in rows:
            values = None if stream.deletable and row.get("IsDeleted") else stream.values(row, self._rules)
            if values is None:
                gone.append(Tombstone(stream.kind, _id_of(stream, row)))
            else:
                records.append(Record(stream.kind, _id_of(stream, row), values, stream.name))
        return tuple(records), tuple(gone)

    def _chosen(self, stream: Stream, there: frozenset[str]) -> tuple[str, ...]:
        wanted = (*stream.needed, *stream.optional, *stream.mapped(self._rules))
        chosen = [name for name in dict.fromkeys(wanted) if name in there]
        if "UserRoleId" in chosen:
            chosen[chosen.index("UserRoleId")] = "UserRole.Name"
        return tuple(chosen)

    def _missing_mapped(self, stream: Stream, there: frozenset[str]) -> list[str]:
        if stream.name != "opportunities":
            names: Mapping[str, str] = dict.fromkeys(stream.mapped(self._rules), "users")
        else:
            names = self._rules.salesforce.wanted()
        return [
            f"{stream.sobject}.{name} ({use}) is gone or hidden from this user, so it is unknown for every record; "
            "restore the field or its permission, or correct crm.yaml"
            for name, use in names.items()
            if name not in there and name != "CurrencyIsoCode"  # exists in multi-currency orgs alone
        ]


def _missing(stream: Stream, lacking: list[str] | None) -> str:
    what = f"{stream.sobject}" if lacking is None else f"{stream.sobject}.{', '.join(lacking)}"
    reason = f"{what} cannot be read, so {stream.name} are unknown; needed: {stream.permission}"
    if stream.required:
        raise SourceMisconfigured(f"Salesforce: {reason}")
    return reason


def _refused(stream: Stream, refused: QueryRefused) -> str:
    reason = f"{stream.sobject} was not read ({refused}); needed: {stream.permission}"
    if stream.required:
        raise SourceMisconfigured(f"Salesforce: {reason}") from refused
    return reason


def _literal(instant: str | None) -> str:
    """Return an instant as SOQL writes it: milliseconds, no quotes."""
    return unstamp(str(instant)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _id_of(stream: Stream, row: Row) -> str:
    return str(row["ApiName"] if stream.kind == "stages" else row["Id"])
