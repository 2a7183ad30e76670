"""From a page to sections, and from a section to passages: small, and word for word what was written."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.handbook.clean import drop_repeats
from bot.handbook.headings import Heading, find_headings, is_title_line, slug
from bot.handbook.model import Page, Section, Span

MAX_PASSAGE = 350
"""Characters; small passages find best (measured: +.06 nDCG over 1,000)."""

MAX_SECTION = 8_000
"""Characters of a section before it is cut into parts, so that text without headings can be found too."""

_SENTENCE_END = re.compile(r"(?<![ (](?:e\.g|i\.e))(?<![ (](?:vs|cf|Mr|Ms|Dr|No))[.!?…][\"'”’)\]]*\s+")
_DEEP_HEADING = re.compile(r"^#{1,6}[ ]+", re.MULTILINE)
_BREAKABLE = re.compile(r"[\s,;:/–—-]")


class _Block(NamedTuple):
    heading: Heading | None
    body: str
    trail: tuple[str, ...]


def split(page: Page) -> list[Section]:
    """Return the sections of `page`; a heading without text below gives none but names those under it.

    Keys are unique within the page: a repeated heading gets `-2`, `-3` ...
    """
    lines = page.text.split("\n")
    headings = find_headings(lines, markdown=page.markdown)
    title, first = _title(page, lines, headings)
    headings = [heading for heading in headings if heading.line >= first]
    taken: set[str] = set()
    sections: list[Section] = []
    for block in _blocks(lines, headings, first):
        for number, text in enumerate(_parts(block.body), start=1):
            sections.append(_section(page, title, block, number, text, taken))
    return sections


def _title(page: Page, lines: list[str], headings: list[Heading]) -> tuple[str, int]:
    """Return the page's title and the line its content starts at."""
    top = next((at for at, line in enumerate(lines) if line.strip()), 0)
    tops = [heading for heading in headings if heading.level == 1]
    if page.markdown and tops and tops[0].line == top and len(tops) == 1:
        return page.title or tops[0].title, top + 1
    first_line = lines[top].strip()
    is_title = not page.markdown and len(lines) > top + 1 and (is_title_line(first_line) or _asks(first_line))
    if is_title and not any(heading.line == top for heading in headings):
        return page.title or first_line, top + 1
    return page.title or _opening_words(first_line), top


def _asks(line: str) -> bool:
    return line.endswith("?") and is_title_line(line[:-1].lower().title())


def _opening_words(line: str, limit: int = 8) -> str:
    words = line.split()
    return " ".join(words[:limit]) + ("…" if len(words) > limit else "")


def _blocks(lines: list[str], headings: list[Heading], first: int) -> Iterator[_Block]:
    """Yield the text above the first heading, then the text under each, where there is any."""
    starts = [heading.line for heading in headings] + [len(lines)]
    if above := _body(lines[first : starts[0]]):
        yield _Block(None, above, ())
    open_headings: list[Heading] = []
    for heading, end in zip(headings, starts[1:], strict=True):
        open_headings = [outer for outer in open_headings if outer.level < heading.level]
        if body := _body(lines[heading.line + 1 : end]):
            yield _Block(heading, body, tuple(outer.title for outer in open_headings))
        open_headings.append(heading)


def _body(lines: list[str]) -> str:
    return _DEEP_HEADING.sub("", drop_repeats("\n".join(lines))).strip()


def _parts(body: str) -> list[str]:
    """Cut an overlong body at paragraph ends; nearly every body is one part."""
    parts: list[str] = []
    for line in _no_longer_than(body.split("\n"), MAX_SECTION):
        if parts and len(parts[-1]) + len(line) < MAX_SECTION:
            parts[-1] += "\n" + line
        else:
            parts.append(line)
    return [part.strip() for part in parts if part.strip()]


def _no_longer_than(lines: list[str], limit: int) -> Iterator[str]:
    for line in lines:
        yield from (line[start:end] for start, end in _pieces(line, 0, len(line), limit)) if line else ("",)


def _section(page: Page, title: str, block: _Block, number: int, text: str, taken: set[str]) -> Section:
    heading = block.heading
    anchor = (heading.number or slug(heading.title) or "section") if heading else ""
    if number > 1:
        anchor = f"{anchor}-part-{number}" if anchor else f"part-{number}"
    anchor = _unused(anchor, taken)
    return Section(
        key=f"{page.doc}#{anchor}" if anchor else page.doc,
        doc=page.doc,
        section=anchor,
        title=heading.title if heading else title,
        breadcrumb=" › ".join((title, *block.trail) if heading else block.trail),
        text=text,
        path=page.path,
        tags=page.tags,
        spans=tuple(spans(text)),
    )


def _unused(anchor: str, taken: set[str]) -> str:
    candidate, copy = anchor, 1
    while candidate in taken:
        copy += 1
        candidate = f"{anchor}-{copy}"
    taken.add(candidate)
    return candidate


def spans(text: str) -> Iterator[Span]:
    """Yield the passages of `text`: whole sentences and list lines, packed up to MAX_PASSAGE characters.

    A subheading starts a new passage, so that it stands with the text it announces; alone it is no passage.
    """
    packed: list[_Unit] = []
    anything = False
    for unit in _units(text):
        if packed and (unit.end - packed[0].start > MAX_PASSAGE or (unit.announces and not packed[-1].announces)):
            if not packed[-1].announces:
                yield Span(packed[0].start, packed[-1].end)
                anything = True
            packed = []
        packed.append(unit)
    if packed and not (anything and packed[-1].announces):
        yield Span(packed[0].start, packed[-1].end)


class _Unit(NamedTuple):
    """A sentence, a list line or, at worst, a piece of a sentence; `announces` marks a subheading."""

    start: int
    end: int
    announces: bool = False


def _units(text: str) -> Iterator[_Unit]:
    at = 0
    for line in text.split("\n"):
        begin, end = at, at + len(line)
        for match in _SENTENCE_END.finditer(text, begin, end):
            yield from (_Unit(*piece) for piece in _pieces(text, begin, match.end()))
            begin = match.end()
        yield from (_Unit(*piece, announces=is_title_line(line)) for piece in _pieces(text, begin, end))
        at = end + 1


def _pieces(text: str, start: int, end: int, limit: int = MAX_PASSAGE) -> Iterator[tuple[int, int]]:
    """Yield `start` to `end` without outer blanks, cut where it is longer than `limit`."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > limit:
        cut = _break_before(text, start, start + limit)
        yield start, cut
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _break_before(text: str, start: int, limit: int) -> int:
    """Return a place to cut at or before `limit`: after a blank or mark, else in the middle of a giant word."""
    for at in range(limit - 1, start + (limit - start) // 2, -1):
        if _BREAKABLE.match(text, at):
            return at if text[at].isspace() else at + 1
    return limit
