"""The plain message of a reply as rich text: paragraphs, bold lead-ins, lists.

The coach writes light markup (`*bold*`, a bullet or number at the start of a line). It is read here and
never handed to Slack, so markup inside untrusted text can at worst make a word bold.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from bot.slack.views.blocks import Element, bullets, line, numbered, rich_text, words
from bot.slack.views.message import Block

MAX_LINES = 40
_BOLD = re.compile(r"\*{1,2}([^*\n]+?)\*{1,2}|`([^`\n]+)`")
_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\n]+\)")
_BULLET = re.compile(r"^\s*[•*-]\s+")
_NUMBER = re.compile(r"^\s*\d{1,2}[.)]\s+")


def prose(text: str) -> list[Block]:
    """Blocks for `text`, one for each paragraph or list; past `MAX_LINES` lines it says how many are left."""
    lines = [row.strip() for row in text.splitlines() if row.strip()]
    blocks = [rich_text(*_group(kind, list(rows))) for kind, rows in groupby(lines[:MAX_LINES], _kind)]
    left_out = len(lines) - MAX_LINES
    if left_out > 0:
        blocks.append(rich_text(line(words(f"{left_out} more lines not shown", italic=True))))
    return blocks


def runs(text: str) -> list[Element]:
    """One line as runs, its bold parts bold."""
    return list(_runs(_LINK.sub(r"\1", text))) or [words(" ")]


def without_markup(text: str) -> str:
    """The same words without markup, for notifications and screen readers."""
    return _BOLD.sub(lambda match: match.group(1) or match.group(2), _LINK.sub(r"\1", text))


def _runs(text: str) -> Iterator[Element]:
    start = 0
    for match in _BOLD.finditer(text):
        if match.start() > start:
            yield words(text[start : match.start()])
        yield words(match.group(1) or match.group(2), bold=True)
        start = match.end()
    if start < len(text):
        yield words(text[start:])


def _kind(row: str) -> str:
    if _BULLET.match(row):
        return "bullet"
    return "number" if _NUMBER.match(row) else "paragraph"


def _group(kind: str, rows: list[str]) -> list[Element]:
    if kind == "bullet":
        return [bullets(runs(_BULLET.sub("", row)) for row in rows)]
    if kind == "number":
        return [numbered(runs(_NUMBER.sub("", row)) for row in rows)]
    return [line(*runs(row + ("\n" if row is not rows[-1] else ""))) for row in rows]
