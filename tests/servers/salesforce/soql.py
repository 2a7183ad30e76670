"""A small part of SOQL, read strictly: what is not understood here is an error, never a guess.

Understood: SELECT of fields and one parent's fields, FROM, WHERE of comparisons joined by AND, ORDER BY, LIMIT.
Comparisons know the type of their field: a date against a text is refused, as Salesforce refuses it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class SoqlError(Exception):
    """The query is refused, with Salesforce's error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Comparison:
    field: str
    sign: str
    value: Any
    value_type: str


@dataclass(frozen=True)
class Query:
    fields: tuple[str, ...]
    sobject: str
    where: tuple[Comparison, ...]
    order: tuple[tuple[str, bool], ...]
    limit: int | None


_TOKEN = re.compile(
    r"\s*(?:(?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))|(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<text>'(?:[^'\\]|\\.)*')|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)"
    r"|(?P<sign><=|>=|!=|=|<|>)|(?P<comma>,))"
)
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a is not None and a > b,
    ">=": lambda a, b: a is not None and a >= b,
    "<": lambda a, b: a is not None and a < b,
    "<=": lambda a, b: a is not None and a <= b,
}
RESERVED = {"select", "from", "where", "and", "or", "not", "order", "by", "limit", "group", "having", "like", "in"}


def parse(text: str) -> Query:
    """Read a query. Raises SoqlError for everything outside the part understood here."""
    return _Parser(_tokens(text)).query()


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, place = [], 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: {text[place : place + 20]!r}")
        kind = str(match.lastgroup)
        tokens.append((kind, match[kind]))
        place = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.place = 0

    def query(self) -> Query:
        self.word("select")
        fields = self.names()
        self.word("from")
        sobject = self.name()
        where = self.where() if self.accept("where") else ()
        order = self.order() if self.accept("order") else ()
        limit = int(self.take("number")) if self.accept("limit") else None
        if self.place < len(self.tokens):
            raise self.unexpected()
        if len(set(fields)) != len(fields):
            raise SoqlError("INVALID_FIELD", "duplicate field selected")
        return Query(fields, sobject, where, order, limit)

    def where(self) -> tuple[Comparison, ...]:
        found = [self.comparison()]
        while self.accept("and"):
            found.append(self.comparison())
        return tuple(found)

    def comparison(self) -> Comparison:
        field, sign = self.name(), self.take("sign")
        kind, text = self.next()
        if kind == "text":
            return Comparison(field, sign, text[1:-1].replace("\\'", "'"), "string")
        if kind == "number":
            return Comparison(field, sign, float(text), "number")
        if kind in ("datetime", "date"):
            return Comparison(field, sign, text, kind)
        if kind == "name" and text.lower() in ("true", "false", "null"):
            value = {"true": True, "false": False, "null": None}[text.lower()]
            return Comparison(field, sign, value, "null" if value is None else "boolean")
        raise self.unexpected()

    def order(self) -> tuple[tuple[str, bool], ...]:
        self.word("by")
        found = []
        while True:
            field = self.name()
            descending = self.accept("desc")
            if not descending:
                self.accept("asc")
            found.append((field, descending))
            if not self.peek("comma"):
                return tuple(found)
            self.place += 1

    def names(self) -> tuple[str, ...]:
        found = [self.name()]
        while self.peek("comma"):
            self.place += 1
            found.append(self.name())
        return tuple(found)

    def name(self) -> str:
        text = self.take("name")
        if text.lower() in RESERVED:
            self.place -= 1
            raise self.unexpected()
        return text

    def word(self, wanted: str) -> None:
        if not self.accept(wanted):
            raise self.unexpected()

    def accept(self, wanted: str) -> bool:
        if self.place < len(self.tokens) and self.tokens[self.place][1].lower() == wanted:
            self.place += 1
            return True
        return False

    def peek(self, kind: str) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place][0] == kind

    def take(self, kind: str) -> str:
        if not self.peek(kind):
            raise self.unexpected()
        return self.next()[1]

    def next(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise self.unexpected()
        self.place += 1
        return self.tokens[self.place - 1]

    def unexpected(self) -> SoqlError:
        rest = " ".join(text for _, text in self.tokens[self.place : self.place + 5])
        return SoqlError("MALFORMED_QUERY", f"unexpected token: {rest or 'end of query'}")


def check(query: Query, types: Mapping[str, str], parents: Mapping[str, frozenset[str]]) -> None:
    """Refuse fields that do not exist or are hidden, and comparisons of unlike types."""
    for field in (*query.fields, *(c.field for c in query.where), *(name for name, _ in query.order)):
        parent, _, own = field.rpartition(".")
        if own not in parents.get(parent, ()) if parent else field not in types:
            raise SoqlError("INVALID_FIELD", f"No such column '{field}' on entity '{query.sobject}'")
    for comparison in query.where:
        wanted = types[comparison.field].replace("id", "string")  # ids are written in quotes
        if comparison.value_type not in (wanted, "null"):
            raise SoqlError(
                "INVALID_FIELD", f"value of filter criterion for field '{comparison.field}' must be of type {wanted}"
            )


def matches(query: Query, row: Mapping[str, Any], types: Mapping[str, str]) -> bool:
    """Whether a row is wanted; instants are compared as instants and not as text."""
    return all(
        _COMPARED[c.sign](_comparable(row.get(c.field), types[c.field]), _comparable(c.value, types[c.field]))
        for c in query.where
    )


def sort_key(query: Query, types: Mapping[str, str]) -> Callable[[Mapping[str, Any]], Any]:
    if any(descending for _, descending in query.order):
        raise SoqlError("MALFORMED_QUERY", "DESC is not understood here")
    return lambda row: tuple(_comparable(row.get(field), types[field]) for field, _ in query.order)


def _comparable(value: Any, kind: str) -> Any:
    return datetime.fromisoformat(value) if kind == "datetime" and isinstance(value, str) else value
