"""Days and amounts inside free text: careful readings, because a wrong one costs trust."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(\d{{4}}))?\b", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?\b", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(today|tomorrow|(mon|tues|wednes|thurs|fri|satur|sun)day|\d{1,2}[./]\d{1,2}([./]\d{2,4})?)\b", re.IGNORECASE
)
_HALF_A_YEAR = timedelta(days=183)

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_PRICED = re.compile(
    r"\b(re-?priced|new (price|amount|total)|price (is|comes to|now|was (cut|raised|lowered))|amount (is|now)|"
    r"(deal|contract) (size|value) (is|now)|now worth|(grew|went up|raised|reduced|cut|came down|down|up) to|"
    r"offered at|quoted)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"(?<![\w.,])[$€£]?\s?(\d{1,3}(?:,\d{3})+|\d{4,9}|\d{1,4}(?:\.\d+)?\s?[km])(?![\w%])", re.IGNORECASE
)
_SCALE = {"k": 1_000, "m": 1_000_000}


def names_a_day(text: str) -> bool:
    """Whether a text names any day, be it only "Friday"."""
    return bool(_RELATIVE.search(text) or next(_dates(text, date(2000, 1, 1)), None))


def latest_date(text: str, near: date) -> date | None:
    """The last full day a text names; without a year the one closest to `near`. None if it names none."""
    return max(_dates(text, near), default=None)


def offered_amount(text: str) -> float | None:
    """The amount a note says a deal was priced at; None unless a sentence speaks of a new price."""
    for sentence in _SENTENCE_END.split(text):
        cue = _PRICED.search(sentence)
        figure = _FIGURE.search(sentence, cue.end()) if cue else None
        if figure:
            return _number(figure[1])
    return None


def _dates(text: str, near: date) -> Iterator[date]:
    for year, month, day in _ISO.findall(text):
        with suppress(ValueError):
            yield date(int(year), int(month), int(day))
    for day, month, year in _DAY_FIRST.findall(text):
        yield from _dated(year, month, day, near)
    for month, day, year in _MONTH_FIRST.findall(text):
        yield from _dated(year, month, day, near)


def _dated(year: str, month: str, day: str, near: date) -> Iterator[date]:
    """A day of the calendar; "30 February" is none."""
    with suppress(ValueError):
        found = date(int(year or near.year), _MONTHS[month.lower()[:3]], int(day))
        if not year and abs(found - near) > _HALF_A_YEAR:
            found = found.replace(year=found.year + (1 if found < near else -1))
        yield found


def _number(text: str) -> float:
    plain = text.replace(",", "").replace(" ", "").lower()
    return float(plain.rstrip("km")) * _SCALE.get(plain[-1], 1)
