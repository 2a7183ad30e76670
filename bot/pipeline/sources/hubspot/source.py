"""HubSpot as a source: everything once by listing, then what changed by search, then what was archived.

Every record is a scope of its own, so reading it again replaces all it said before, links and history too. The
list begins after the newest stamp was noted, by HubSpot's clock; what changes while it is read is found by the
search that follows. Archived records are compared with those of the last run: new ones are gone, missing ones
were restored or are purged, and asking for them tells which.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.hubspot.changed import changed_since, newest_stamp, stamp_of
from bot.pipeline.sources.hubspot.links import Links
from bot.pipeline.sources.hubspot.people import owner_records, stage_records
from bot.pipeline.sources.hubspot.portal import Json, Portal, ScopeMissing
from bot.pipeline.sources.hubspot.streams import STREAMS, Stream
from bot.pipeline.sources.protocol import Cursor, Description, Page, Record, SourceMisconfigured
from bot.pipeline.sources.values import stamp, unstamp

_PEOPLE = {"users": "crm.objects.owners.read", "stages": "crm.schemas.deals.read or crm.objects.deals.read"}


class HubSpotSource:
    """The `Source` over one portal."""

    name = "hubspot"

    def __init__(self, portal: Portal, rules: CrmRules) -> None:
        self._portal = portal
        self._rules = rules
        self._properties: dict[str, tuple[str, ...]] = {}

    def describe(self) -> Description:
        """Ask which objects and properties this token may read today. Raises SourceError."""
        problems: list[str] = []
        self._properties = {}
        for stream in STREAMS:
            try:
                there = self._portal.properties(stream.name)
            except ScopeMissing as missing:
                problems.append(_unread(stream, missing))
                continue
            wanted = dict.fromkeys((*stream.properties, *stream.mapped(self._rules)))
            self._properties[stream.name] = tuple(name for name in wanted if name in there)
            problems += self._missing_mapped(stream, there)
        read = [stream for stream in STREAMS if stream.name in self._properties]
        calls = self._portal.daily_calls
        return Description(
            kinds=frozenset({"users", "stages"}).union(*(stream.kinds for stream in read)),
            feeds={stream.name: stream.feeds for stream in read if stream.feeds},
            problems=tuple(problems),
            quota=f"{calls[1]:,} of {calls[0]:,} API calls of the day were left" if calls else None,
        )

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        """Yield people and stages whole, then the changes of every stream."""
        position: dict[str, Any] = dict(cursor)
        yield from self._whole("users", position)
        yield from self._whole("stages", position)
        for stream in STREAMS:
            if stream.name in self._properties:
                yield from self._stream(stream, position)

    def _whole(self, kind: str, position: dict[str, Any]) -> Iterator[Page]:
        try:
            records = owner_records(self._portal, self._rules) if kind == "users" else stage_records(self._portal)
        except ScopeMissing as missing:
            raise SourceMisconfigured(f"HubSpot: {kind} cannot be read ({missing}); grant {_PEOPLE[kind]}") from missing
        scope = frozenset({kind})
        yield Page(dict(position), records, begins=scope, ends=scope, completed=(kind,))

    def _stream(self, stream: Stream, position: dict[str, Any]) -> Iterator[Page]:
        try:
            state = position.get(stream.name, {})
            if state.get("properties") != ",".join(self._properties[stream.name]):
                state = self._beginning(stream)
                position[stream.name] = state
                yield Page(dict(position), begins=frozenset({stream.name}))
            if "after" in state:
                yield from self._listed(stream, position)
            yield from self._searched(stream, position)
            yield from self._archived(stream, position)
        except ScopeMissing as missing:
            yield Page(dict(position), problems=(_unread(stream, missing),))

    def _beginning(self, stream: Stream) -> Json:
        newest = newest_stamp(self._portal, stream.name, stream.stamp)
        return {
            "properties": ",".join(self._properties[stream.name]),
            "at": stamp(newest) if newest else None,
            "after": None,
            "archived": [],
        }

    def _listed(self, stream: Stream, position: dict[str, Any]) -> Iterator[Page]:
        state = position[stream.name]
        while True:
            ids, after = self._portal.list_ids(stream.name, state["after"], archived=False)
            state = state | {"after": after}
            if after is None:
                del state["after"]
            position[stream.name] = state
            ends = frozenset({stream.name}) if after is None else frozenset()
            yield self._page(stream, ids, position, ends)
            if after is None:
                return

    def _searched(self, stream: Stream, position: dict[str, Any]) -> Iterator[Page]:
        state = position[stream.name]
        since = unstamp(state["at"]) - self._rules.overlap if state["at"] else None
        for found in changed_since(self._portal, stream.name, stream.stamp, since):
            reached = stamp(stamp_of(found[-1], stream.stamp))
            state = state | {"at": max(reached, state["at"] or reached)}
            position[stream.name] = state
            yield self._page(stream, [row["id"] for row in found], position)

    def _archived(self, stream: Stream, position: dict[str, Any]) -> Iterator[Page]:
        state = position[stream.name]
        before, gone = set(state["archived"]), set(self._all_archived(stream))
        restored = sorted(before - gone)
        yield from self._linked_with(stream, restored, position)
        position[stream.name] = state | {"archived": sorted(gone)}
        page = self._page(stream, sorted(gone - before) + restored, position)
        yield Page(page.cursor, page.records, begins=page.begins, ends=page.ends, completed=(stream.name,))

    def _linked_with(self, stream: Stream, restored: Sequence[str], position: dict[str, Any]) -> Iterator[Page]:
        """Read again what restored records belong to: while they were archived, their links could not be seen."""
        for other in STREAMS:
            if restored and stream.name in other.linked and other.name in self._properties:
                links = self._portal.associations(stream.name, other.name, restored)
                ids = sorted({str(link["toObjectId"]) for found in links.values() for link in found})
                if ids:
                    yield self._page(other, ids, position)

    def _all_archived(self, stream: Stream) -> Iterator[str]:
        after: str | None = None
        while True:
            ids, after = self._portal.list_ids(stream.name, after, archived=True)
            yield from ids
            if after is None:
                return

    def _page(
        self, stream: Stream, ids: Sequence[str], position: dict[str, Any], ends: frozenset[str] = frozenset()
    ) -> Page:
        """Read records and say all they say now; of one that is not there any more, that is nothing."""
        scopes = frozenset(f"{stream.name}/{each}" for each in ids)
        return Page(dict(position), tuple(self._records(stream, ids)), begins=scopes, ends=scopes | ends)

    def _records(self, stream: Stream, ids: Sequence[str]) -> Iterator[Record]:
        if not ids:
            return
        tracked = [name for name in stream.tracked(self._rules) if name in self._properties[stream.name]]
        rows = self._portal.read(stream.name, ids, self._properties[stream.name], tracked)
        there = [row["id"] for row in rows]
        links = {
            other: self._portal.associations(stream.name, other, there) if there else {} for other in stream.linked
        }
        for row in rows:
            own = Links({other: found.get(row["id"], []) for other, found in links.items()})
            yield from stream.said(row, own, self._rules, f"{stream.name}/{row['id']}")

    def _missing_mapped(self, stream: Stream, there: frozenset[str]) -> list[str]:
        if stream.name != "deals":
            return []
        return [
            f"the deal property {name} ({use}) does not exist, so it is unknown for every deal; "
            "restore it, or correct crm.yaml"
            for name, use in self._rules.hubspot.wanted().items()
            if name not in there
        ]


def _unread(stream: Stream, missing: ScopeMissing) -> str:
    reason = f"HubSpot {stream.name} were not read ({missing}); grant the private app the scope {stream.scope}"
    if stream.required:
        raise SourceMisconfigured(reason) from missing
    return reason
