"""The day a question looks back to: "since Monday", "last week", "in the last 10 days", "since our last meeting"."""

import re
from datetime import date, timedelta

from bot.coach.numerals import days_in

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DAY = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({'|'.join(_MONTHS)})\w*\b", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"\b({'|'.join(_MONTHS)})\w* (\d{{1,2}})(?:st|nd|rd|th)?\b", re.IGNORECASE)
USUAL_DAYS = 7
"""How far back "what changed?" looks when it names no day."""


def looks_back_to(text: str, today: date, last_meeting: date | None) -> date:
    """The first day of the span `text` speaks of; a week ago if it names none. Never after `today`."""
    if last_meeting and re.search(r"\b(last|our|the) (last )?(meeting|call|session|talk)\b", text, re.IGNORECASE):
        return last_meeting
    return _named_day(text, today) or _span(text.casefold(), today) or today - timedelta(days=USUAL_DAYS)


def _named_day(text: str, today: date) -> date | None:
    if found := _ISO.search(text):
        return _valid(int(found[1]), int(found[2]), int(found[3]), today)
    if found := _DAY.search(text):
        return _past(int(found[1]), found[2], today)
    if found := _MONTH_FIRST.search(text):
        return _past(int(found[2]), found[1], today)
    if found := _WEEKDAY.search(text):
        back = (today.weekday() - _WEEKDAYS.index(found[1].casefold())) % 7 or 7
        return today - timedelta(days=back)
    return None


def _span(text: str, today: date) -> date | None:
    monday = today - timedelta(days=today.weekday())
    if "yesterday" in text:
        return today - timedelta(days=1)
    if "last week" in text:
        return monday - timedelta(days=7)
    if "this week" in text:
        return monday
    if "this month" in text:
        return today.replace(day=1)
    if "last month" in text:
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    days = days_in(text)
    return today - timedelta(days=days) if days else None


def _past(day: int, month: str, today: date) -> date | None:
    """The latest such day that is not ahead of `today`."""
    number = _MONTHS.index(month.casefold()[:3]) + 1
    return _valid(today.year, number, day, today) or _valid(today.year - 1, number, day, today)


def _valid(year: int, month: int, day: int, today: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found <= today else None
