"""The plain message of a reply as rich text: paragraphs, bold lead-ins, lists.

The coach writes light markup (`*bold*`, a bullet or number at the start of a line). It is read here and
never handed to Slack, so markup inside untrusted text can at worst make a word bold.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import groupby

from bot.slack.views.blocks import Element, bullets, line, numbered, rich_text, words
from bot.slack.views.escape import shorten
from bot.slack.views.message import Block

MAX_LINES = 40
MAX_LINE = 1500
_BOLD = re.compile(r"\*{1,2}([^*\n]+?)\*{1,2}|`([^`\n]+)`")
_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\n]+\)")


class _Kind(Enum):
    """What a line is; the value matches the mark it starts with, which is not shown."""

    BULLET = re.compile(r"^[•*-]\s+")
    NUMBER = re.compile(r"^\d{1,2}[.)]\s+")
    PARAGRAPH = re.compile(r"^")


def prose(text: str) -> list[Block]:
    """A block for each paragraph, together with the list it introduces.

    Past `MAX_LINES` lines it says how many are left.
    """
    lines = [shorten(row.strip(), MAX_LINE) for row in text.splitlines() if row.strip()]
    blocks: list[Block] = []
    for kind, rows in _pieces(lines[:MAX_LINES]):
        part = _part(kind, rows)
        if kind is not _Kind.PARAGRAPH and blocks and len(blocks[-1]["elements"]) == 1:
            blocks[-1]["elements"].append(part)
        else:
            blocks.append(rich_text(part))
    if len(lines) > MAX_LINES:
        blocks.append(rich_text(line(words(f"{len(lines) - MAX_LINES} more lines not shown", italic=True))))
    return blocks


def without_markup(text: str) -> str:
    """The same words without markup, for notifications and screen readers."""
    return _BOLD.sub(lambda match: match.group(1) or match.group(2), _LINK.sub(r"\1", text))


def _pieces(lines: Sequence[str]) -> Iterator[tuple[_Kind, list[str]]]:
    """Every paragraph by itself, the lines of a list together."""
    for kind, group in groupby(lines, _kind_of):
        rows = list(group)
        if kind is _Kind.PARAGRAPH:
            yield from ((kind, [row]) for row in rows)
        else:
            yield kind, rows


def _kind_of(row: str) -> _Kind:
    return next(kind for kind in _Kind if kind.value.match(row))


def _part(kind: _Kind, rows: list[str]) -> Element:
    items = [_runs(kind.value.sub("", row)) for row in rows]
    if kind is _Kind.PARAGRAPH:
        return line(*items[0])
    return bullets(items) if kind is _Kind.BULLET else numbered(items)


def _runs(row: str) -> list[Element]:
    """One line as runs, its bold parts bold."""
    return list(_split(_LINK.sub(r"\1", row))) or [words(" ")]


def _split(row: str) -> Iterator[Element]:
    start = 0
    for match in _BOLD.finditer(row):
        if match.start() > start:
            yield words(row[start : match.start()])
        yield words(match.group(1) or match.group(2), bold=True)
        start = match.end()
    if start < len(row):
        yield words(row[start:])
