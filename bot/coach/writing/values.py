"""From what a person typed to what a CRM may be told, and a reason where that cannot be.

Text is data: control characters and those that turn the direction of writing go, nothing else is changed.
"""

import re
import unicodedata
from datetime import date

from bot.coach.writing.model import Unfit, label_of
from bot.pipeline.sources.writer import CLOSE_DATE, NEXT_STEP, STAGE, FieldKind, Standing, WritableField

TEXT, DUE = "text", "due"
"""Names of the inputs of a form."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_MONTH = "|".join(f"{name}[a-z]*" for name in _MONTHS)
_DAY_MONTH = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?({_MONTH})\b\.?,?(?:\s+(\d{{4}}))?", re.IGNORECASE
)
_MONTH_DAY = re.compile(rf"\b({_MONTH})\b\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b,?(?:\s+(\d{{4}}))?", re.IGNORECASE)


def read_day(text: str, today: date) -> date | None:
    """Return the day a text names: ISO, "12 Dec", "Dec 12", with or without a year; None for anything else.

    Without a year the next such day is meant. "12/5" is left to the person: it means two days in two countries.
    """
    if found := _ISO.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_MONTH.search(text):
        return _coming(int(found[1]), found[2], found[3], today)
    if found := _MONTH_DAY.search(text):
        return _coming(int(found[2]), found[1], found[3], today)
    return None


def new_value(field: WritableField, now: Standing, entered: str | None, today: date) -> tuple[str | None, str | None]:
    """Return a value as the CRM spells it and as people read it. Raises Unfit with the input to correct."""
    if now.target == CLOSE_DATE:
        day = _close_day(entered, today)
        return day, day
    if now.target == STAGE:
        return _stage(now, entered)
    text = fit_text(field, now.target, entered, may_be_empty=now.target == NEXT_STEP)
    return text, text


def fit_text(field: WritableField, target: str, entered: str | None, *, may_be_empty: bool = False) -> str | None:
    """Return text the field can hold; None for empty where that is allowed. Raises Unfit."""
    text = cleaned(entered or "", lines=field.kind is FieldKind.LINES)
    if not text and not may_be_empty:
        raise Unfit(TEXT, f"{label_of(target)}: write something.")
    if field.longest is not None and len(text) > field.longest:
        raise Unfit(TEXT, f"{len(text):,} characters; the CRM keeps {field.longest:,}. Shorten it.")
    return text or None


def cleaned(text: str, *, lines: bool) -> str:
    """Return text without control and direction characters; on one line unless `lines`."""
    kept = "".join(char for char in text if char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    return kept.strip() if lines else " ".join(kept.split())


def _close_day(entered: str | None, today: date) -> str:
    day = read_day(entered or "", today)
    if day is None:
        raise Unfit(TEXT, "Pick a day.")
    if day < today:
        raise Unfit(TEXT, "That day is past; an open deal closes today or later.")
    return day.isoformat()


def _stage(now: Standing, entered: str | None) -> tuple[str, str]:
    chosen = next((choice for choice in now.choices if entered in (choice.value, choice.label)), None)
    if chosen is None:
        raise Unfit(
            TEXT, "Choose one of the open stages. A deal is closed in the CRM itself, which asks for the reason."
        )
    return chosen.value, chosen.label


def _coming(day: int, month: str, year: str | None, today: date) -> date | None:
    number = _MONTHS.index(month[:3].lower()) + 1
    if year:
        return _day(int(year), number, day)
    found = _day(today.year, number, day)
    return found if found is None or found >= today else _day(today.year + 1, number, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
