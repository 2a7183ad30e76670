"""Tables that a replication service filled from Salesforce, as a source: one table an object, read whole.

Columns are Salesforce's names in lower case with underscores, custom fields ending in `_c`. A row is turned into
what Salesforce itself would have answered, so that both ways share every rule of meaning. A history table in
"history mode" (versions of a row with the instant each began) stands in for a missing OpportunityHistory.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis.backends import BaseBackend
from ibis.common.exceptions import TableNotFound

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.people import with_people
from bot.pipeline.sources.protocol import (
    Cursor,
    Description,
    Page,
    Record,
    SourceMisconfigured,
    SourceUnavailable,
)
from bot.pipeline.sources.salesforce.streams import STREAMS, Stream

ROWS_A_PAGE = 5_000
DELETED = ("is_deleted", "_fivetran_deleted")
VERSION_BEGAN = "_fivetran_start"
VERSION_IS_LAST = "_fivetran_active"


class WarehouseSource:
    """The `Source` over a database that ibis can open by its address."""

    name = "warehouse"

    def __init__(self, url: str, rules: CrmRules) -> None:
        self._url = url
        self._rules = rules
        self._tables: dict[str, ir.Table] = {}
        self._backend: Any = None

    def describe(self) -> Description:
        """Find the tables of the objects. Raises SourceMisconfigured without users or opportunities."""
        self._backend = self._connect()
        self._tables, warnings = {}, []
        for stream in STREAMS:
            table = _table(self._backend, snake(stream.sobject))
            lacking = self._lacking(stream, table)
            if table is not None and not lacking:
                self._tables[stream.name] = table
                continue
            reason = f"there is no table {snake(stream.sobject)}" if table is None else f"it has no {lacking}"
            warning = f"{stream.name} are unknown: {reason}"
            if stream.required:
                raise SourceMisconfigured(f"COACH_WAREHOUSE_URL: {warning}")
            warnings.append(warning)
        read = [stream for stream in STREAMS if stream.name in self._tables]
        return Description(
            kinds=frozenset(stream.kind for stream in read),
            feeds={stream.name: stream.feeds for stream in read if stream.feeds},
            observes=frozenset() if "opportunity history" in self._tables else frozenset({"stage"}),
            problems=tuple(self._unmapped()),
            warnings=tuple(warnings),
        )

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        """Yield every table whole, a page at a time."""
        for stream in STREAMS:
            if stream.name in self._tables:
                yield from self._stream(stream, cursor)

    def _stream(self, stream: Stream, cursor: Cursor) -> Iterator[Page]:
        scope = frozenset({stream.name})
        yield Page(cursor, begins=scope)
        for rows in self._batches(stream):
            records = [record for row in rows for record in self._said(stream, row)]
            yield Page(cursor, with_people(records, self._rules) if stream.kind == "users" else tuple(records))
        yield Page(cursor, ends=scope, completed=(stream.name,))

    def _batches(self, stream: Stream) -> Iterator[list[dict[str, Any]]]:
        table = self._tables[stream.name]
        by_snake = {snake(name): name for name in self._wanted(stream)} | {VERSION_BEGAN: VERSION_BEGAN}
        chosen = [column for column in table.columns if column.lower() in by_snake]
        names = [by_snake[column.lower()] for column in chosen]
        expression = self._live(stream, table).select([_readable(table[column]) for column in chosen])
        try:
            answer = self._backend.raw_sql(self._backend.compile(expression))
            while found := answer.fetchmany(ROWS_A_PAGE):
                yield [dict(zip(names, map(plain, row), strict=True)) for row in found]
        except Exception as error:
            reason = type(error).__name__
            raise SourceUnavailable(f"the warehouse could not read {table.get_name()} ({reason})") from error

    def _live(self, stream: Stream, table: ir.Table) -> ir.Table:
        columns = {column.lower(): column for column in table.columns}
        for name in DELETED:
            if name in columns:
                table = table.filter(~table[columns[name]].cast("boolean").fill_null(False))
        versions = VERSION_BEGAN in columns and stream.name == "opportunity history"
        if VERSION_IS_LAST in columns and not versions:
            table = table.filter(table[columns[VERSION_IS_LAST]].cast("boolean").fill_null(True))
        return table

    def _said(self, stream: Stream, row: dict[str, Any]) -> Iterator[Record]:
        if stream.name == "opportunity history" and VERSION_BEGAN in row and "OpportunityId" not in row:
            row |= {"OpportunityId": row["Id"], "CreatedDate": row[VERSION_BEGAN], "CreatedById": None}
            row["Id"] = f"{row['Id']}/{row[VERSION_BEGAN]}"
        values = stream.values(row, self._rules)
        if values is not None:
            yield Record(stream.kind, str(row.get("ApiName") or row["Id"]), values, stream.name)

    def _wanted(self, stream: Stream) -> tuple[str, ...]:
        return (*stream.needed, *stream.optional, *stream.mapped(self._rules))

    def _lacking(self, stream: Stream, table: ir.Table | None) -> str:
        columns = {column.lower() for column in table.columns} if table is not None else set()
        lacking = {name for name in stream.needed if snake(name) not in columns}
        if stream.name == "opportunity history" and VERSION_BEGAN in columns:
            lacking -= {"OpportunityId", "CreatedDate"}
        return ", ".join(sorted(map(snake, lacking)))

    def _unmapped(self) -> Iterator[str]:
        columns = {column.lower() for column in self._tables["opportunities"].columns}
        for name, use in self._rules.salesforce.wanted().items():
            if snake(name) not in columns and name != "CurrencyIsoCode":
                yield f"opportunity.{snake(name)} ({use}) is not in the warehouse, so it is unknown for every deal"

    def _connect(self) -> BaseBackend:
        try:
            return (
                ibis.connect(self._url, read_only=True) if self._url.startswith("duckdb:") else ibis.connect(self._url)
            )
        except Exception as error:
            raise SourceUnavailable(f"COACH_WAREHOUSE_URL cannot be opened: {type(error).__name__}") from error


def _table(backend: BaseBackend, name: str) -> ir.Table | None:
    """Return a table, however the database writes its name; None if there is none."""
    for written in (name, name.upper()):
        try:
            return backend.table(written)
        except TableNotFound:
            continue
    return None


def snake(name: str) -> str:
    """Return the column a replication service makes of a Salesforce field.

    >>> snake("StageName"), snake("IsRecurrence2"), snake("Paper_Process__c")
    ('stage_name', 'is_recurrence_2', 'paper_process_c')
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])", "_", name)
    return re.sub("_+", "_", parted).lower()


def plain(value: Any) -> Any:
    """Return a database value as Salesforce's JSON would hold it."""
    return float(value) if isinstance(value, Decimal) else value


def _readable(column: ir.Column) -> ir.Value:
    """Return dates and instants as text: ISO in every database, where drivers differ in what they make of zones."""
    temporal = column.type().is_timestamp() or column.type().is_date()
    return column.cast("string").name(column.get_name()) if temporal else column
