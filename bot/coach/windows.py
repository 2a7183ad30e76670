"""Spans of the calendar as people name them: "last quarter", "in December", "Q1", "before 12 December"."""

import calendar
import re
from datetime import date, timedelta

Window = tuple[date, date]
"""The first and the last day meant, both included."""

_QUARTER = 3  # months
_MONTHS = "january february march april may june july august september october november december".split()
_NAME = rf"({'|'.join(_MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
_IN_MONTH = re.compile(rf"\b(?:in|for|during|of|this|next|last|since|by end of) {_NAME}(?: (20\d\d))?\b", re.IGNORECASE)
_IN_QUARTER = re.compile(r"\bq([1-4])(?: ?(20\d\d))?\b", re.IGNORECASE)
_BEFORE = re.compile(
    rf"\b(?:before|by|until|till) (?:the )?(?:(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_NAME}|(christmas))\b", re.I
)
_SPAN = re.compile(r"\b(this|current|last|previous|next|coming) (week|month|quarter|year)\b", re.IGNORECASE)


def window_ahead(text: str, today: date) -> Window | None:
    """The days to come that `text` names by month, quarter or a last day; None if it names none of these."""
    if found := _BEFORE.search(text):
        last = _last_day(found, today)
        return (today, last) if last else None
    if found := _IN_QUARTER.search(text):
        return _quarter_named(int(found[1]), found[2], today, ahead=True)
    if found := _IN_MONTH.search(text):
        return _month_named(found[1], found[2], today, ahead=True)
    return None


def span_ahead(text: str, today: date) -> Window | None:
    """The days to come that `text` names as seen from today: "this week", "quarter-end"; None if it names none."""
    text, monday = text.casefold(), today - timedelta(days=today.weekday())
    if "tomorrow" in text:
        return today + timedelta(days=1), today + timedelta(days=1)
    if "today" in text:
        return today, today
    if re.search(r"\bnext week\b", text):
        return monday + timedelta(days=7), monday + timedelta(days=13)
    if re.search(r"\b(this|coming) week\b", text):
        return today, monday + timedelta(days=6)
    if re.search(r"\bnext month\b", text):
        start = months_after(today, 1)
        return start, end_of(start, 1)
    if re.search(r"\bnext quarter\b", text):
        return next_quarter(today)
    if re.search(r"\b(this|coming) quarter\b|\bquarter[- ]end\b", text):
        return today, quarter_of(today)[1]
    if re.search(r"\b(this|coming) year\b|\byear[- ]end\b", text):
        return today, date(today.year, 12, 31)
    if re.search(r"\b(this|coming) month\b|\bmonth[- ]end\b", text):
        return today, end_of(today, 1)
    return None


def window_behind(text: str, today: date) -> Window | None:
    """The days gone by that `text` names, up to today at most; None if it names none."""
    if re.search(r"\byesterday\b", text, re.IGNORECASE):
        return today - timedelta(days=1), today - timedelta(days=1)
    if re.search(r"\bytd\b|\byear to date\b|\bso far this year\b", text, re.IGNORECASE):
        return date(today.year, 1, 1), today
    if found := _SPAN.search(text):
        back = 1 if found[1].casefold() in {"last", "previous"} else 0
        return period(found[2].casefold(), today, back)
    if found := _IN_QUARTER.search(text):
        return _until(_quarter_named(int(found[1]), found[2], today, ahead=False), today)
    if found := _IN_MONTH.search(text):
        return _until(_month_named(found[1], found[2], today, ahead=False), today)
    return None


def names_month(text: str) -> bool:
    """Whether `text` speaks of a month, by its name or as "this month"."""
    return bool(_IN_MONTH.search(text) or re.search(r"\bmonth\b", text, re.IGNORECASE))


def period(unit: str, today: date, back: int) -> Window:
    """The week, month, quarter or year `back` before the one of `today`; the current one ends today."""
    if unit == "week":
        start = today - timedelta(days=today.weekday() + 7 * back)
        return start, min(start + timedelta(days=6), today)
    length = {"month": 1, "quarter": _QUARTER, "year": 12}[unit]
    first = date(today.year, (today.month - 1) // length * length + 1, 1)
    start = months_after(first, -length * back)
    return start, min(end_of(start, length), today)


def quarter_of(day: date) -> Window:
    """The whole calendar quarter `day` is in."""
    start = date(day.year, (day.month - 1) // _QUARTER * _QUARTER + 1, 1)
    return start, end_of(start, _QUARTER)


def next_quarter(today: date) -> Window:
    """The whole calendar quarter after the one of `today`."""
    return quarter_of(months_after(today, _QUARTER))


def months_after(day: date, months: int) -> date:
    """The first day of the month `months` later (earlier if negative)."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def end_of(start: date, months: int) -> date:
    """The last day of the `months` months that begin with that of `start`."""
    month = months_after(start, months - 1)
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _until(window: Window, today: date) -> Window:
    return window[0], min(window[1], today)


def _quarter_named(number: int, year: str | None, today: date, *, ahead: bool) -> Window:
    start = _placed((number - 1) * _QUARTER + 1, year, _QUARTER, today, ahead=ahead)
    return start, end_of(start, _QUARTER)


def _month_named(name: str, year: str | None, today: date, *, ahead: bool) -> Window:
    start = _placed(_number(name), year, 1, today, ahead=ahead)
    return start, end_of(start, 1)


def _placed(month: int, year: str | None, length: int, today: date, *, ahead: bool) -> date:
    """The first day of that month or quarter: the next one not over yet, or the latest one begun."""
    if year:
        return date(int(year), month, 1)
    start = date(today.year, month, 1)
    if ahead and end_of(start, length) < today:
        return start.replace(year=today.year + 1)
    return start.replace(year=today.year - 1) if not ahead and start > today else start


def _last_day(found: re.Match[str], today: date) -> date | None:
    day, month = (24, 12) if found[3] else (int(found[1]), _number(found[2]))
    for year in (today.year, today.year + 1):
        try:
            last = date(year, month, day)
        except ValueError:
            return None
        if last >= today:
            return last
    return None


def _number(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, start=1) if month.startswith(name.casefold()[:3]))
