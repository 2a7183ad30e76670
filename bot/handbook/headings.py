"""Finding the headings of a page: Markdown marks, numbers, or short title lines, whichever it uses."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.handbook.clean import fold

DEEPEST_SECTION = 3
"""Markdown headings below this level stay inside their section; citing them would be too fine."""

MIN_NUMBERED = 3
"""Fewer numbered headings than this are taken for a list."""

MAX_TITLE_LENGTH = 70
MIN_CAPITALISED = 0.7
"""Share of a title line's own words (not "of", "the") that start with a capital."""

_ATX = re.compile(r"(#{1,6})[ ]+(.+?)[ ]*#*[ ]*")
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,2})\.?[ ]+(\S.{1,100})")
_LEADING_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2})+)\.?\s+|\d{1,2}[.)]\s+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SMALL = frozenset(
    "a an and are as at be by for from how in into is it its of on or our that the their this to vs was with"
    " your".split()
)
_STEP = re.compile(r"(?:Step|Phase|Part|Stage) \d{1,2}: ")
_NOT_SLUG = re.compile(r"[^\w\s-]|_")


class Heading(NamedTuple):
    """A heading at line `line`; `number` is "5.3" where the author numbered it so, else empty."""

    line: int
    level: int
    number: str
    title: str


def find_headings(lines: list[str], *, markdown: bool) -> list[Heading]:
    """Return the headings of a page in order; empty if it has none."""
    if markdown:
        return list(_markdown(lines))
    for find in (_two_level_numbers, _one_level_numbers, _title_lines):
        if found := find(lines):
            return found
    return []


def slug(title: str) -> str:
    """Return the anchor of a heading as web pages write it: `What is it?` gives `what-is-it`."""
    words = _NOT_SLUG.sub("", title.replace("/", " ").lower()).split()
    return re.sub(r"-{2,}", "-", "-".join(words)).strip("-")[:80]


def _markdown(lines: list[str]) -> Iterator[Heading]:
    for at, line in enumerate(lines):
        if (match := _ATX.fullmatch(line)) and len(match.group(1)) <= DEEPEST_SECTION:
            number, title = split_number(match.group(2))
            yield Heading(at, len(match.group(1)), number, title)


def split_number(title: str) -> tuple[str, str]:
    """Return ("5.3", "Title") for a heading that carries such a number; "4. Title" loses its number."""
    match = _LEADING_NUMBER.match(title)
    return (match.group(1) or "", title[match.end() :]) if match else ("", title)


def _numbered(lines: list[str]) -> list[Heading]:
    found = []
    for at, line in enumerate(lines):
        match = _NUMBERED.fullmatch(line.strip())
        if match and match.group(2)[0].isupper() and match.group(2)[-1] not in ".;:,":
            found.append(Heading(at, match.group(1).count(".") + 1, match.group(1), match.group(2)))
    return found


def _two_level_numbers(lines: list[str]) -> list[Heading]:
    """`5.3 Title` lines in rising order, with the chapter line `5. Title` that stands right above `5.1`."""
    candidates = _without_contents(_numbered(lines))
    rising: list[Heading] = []
    last: tuple[int, ...] = ()
    for here, heading in enumerate(candidates):
        number = _parts(heading.number)
        opens_chapter = here + 1 < len(candidates) and candidates[here + 1].number == f"{heading.number}.1"
        if number > last and (len(number) > 1 or opens_chapter):
            rising.append(heading)
            last = number
    return rising if sum("." in heading.number for heading in rising) >= MIN_NUMBERED else []


def _without_contents(candidates: list[Heading]) -> list[Heading]:
    """Drop the entries of a table of contents: each comes again further down."""
    last_seen = {(heading.number, fold(heading.title)): heading.line for heading in candidates}
    return [one for one in candidates if last_seen[one.number, fold(one.title)] == one.line]


def _one_level_numbers(lines: list[str]) -> list[Heading]:
    """`4. Title` lines that count 1, 2, 3 and each have text below."""
    numbered = [heading for heading in _numbered(lines) if heading.level == 1]
    at = {heading.line for heading in numbered}
    counted: list[Heading] = []
    for heading in numbered:
        follower = _next_line(lines, heading.line)
        if follower is not None and follower not in at and int(heading.number) == len(counted) + 1:
            counted.append(heading._replace(number=""))
    return counted if len(counted) >= MIN_NUMBERED else []


def _title_lines(lines: list[str]) -> list[Heading]:
    """Short lines in title case with text below; of several in a row the first is the heading."""
    found: list[Heading] = []
    previous_was_title = False
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        is_title = is_title_line(line)
        if is_title and not previous_was_title and at and _next_line(lines, at) is not None:
            found.append(Heading(at, 1, "", line.strip().rstrip(":")))
        previous_was_title = is_title and bool(at)
    return found


def _next_line(lines: list[str], at: int) -> int | None:
    return next((below for below in range(at + 1, len(lines)) if lines[below].strip()), None)


def is_title_line(line: str) -> bool:
    """Return whether `line` reads like a heading: short, title case, no sentence, no list item."""
    line = _STEP.sub("", line.strip(), count=1)
    if not 3 <= len(line) <= MAX_TITLE_LENGTH or line[-1] in ".,;!?…" or line[0] in "-*•|" or ": " in line:
        return False
    words = [word for word in _WORD.findall(line) if word.lower() not in _SMALL]
    capitalised = sum(word[0].isupper() or word[0].isdigit() for word in words)
    return bool(words) and words[0][0].isupper() and capitalised >= MIN_CAPITALISED * len(words)


def _parts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))
