"""Dates however they are written, and the words for dates that name none."""

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS = "mon tue wed thu fri sat sun".split()
_MONTH = (
    r"(?P<{0}>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?:Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:rs(?:day)?)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)"
_DATE = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}\b)"
    rf"|(?:\b(?P<weekday1>{_WEEKDAY})\b,? )?(?:the )?\b(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? "
    rf"{_MONTH.format('month1')}(?:,? (?P<year1>\d{{4}})\b)?"
    rf"|(?:\b(?P<weekday2>{_WEEKDAY})\b,? )?\b{_MONTH.format('month2')} (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b"
    rf"(?:,? (?P<year2>\d{{4}})\b)?",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|\b\d{1,2}\.\d{1,2}\.\d{2,4}\b")  # day or month first?
_MONTH_ALONE = re.compile(rf"\b{_MONTH.format('month')}(?: (?P<year>\d{{4}})\b)?")  # "may" in lower case is a verb
_LOOSE = re.compile(
    rf"\b(?:(?:next|this|last|coming|following|end of|start of|middle of|mid|early|late)[- ](?:the |this |next )?)?"
    rf"(?:{_WEEKDAY}s?|today|tonight|tomorrow|yesterday|q[1-4]|christmas|easter|new year|noon|weekend|eo[dwmqy])\b"
    rf"|\b(?:next|this|coming|following|end of|start of|mid|early|late)[- ](?:the |this |next )?"
    rf"(?:week|month|quarter|year|spring|summer|autumn|fall|winter)\b"
    rf"|\b\d{{1,2}}:\d{{2}}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date (`on`), or only words for one (`words`). A date that cannot exist has neither."""

    on: date | None
    words: str = ""

    def __str__(self) -> str:
        return self.on.isoformat() if self.on else self.words


def take_days(text: str, today: date) -> tuple[str, frozenset[Day]]:
    """Return `text` without its dates, and the dates. Without a year, the one of `today` counts."""
    found: set[Day] = set()

    def dated(match: re.Match[str]) -> str:
        found.add(_day(match, today))
        return " "

    def worded(match: re.Match[str]) -> str:
        found.add(Day(None, " ".join(match[0].lower().split())))
        return " "

    rest = _SLASHED.sub(worded, _DATE.sub(dated, text))
    rest = _MONTH_ALONE.sub(worded, rest)
    return _LOOSE.sub(worded, rest), frozenset(found)


def with_iso_days(text: str, today: date) -> str:
    """`text` with every date written the one way that holds no comma, so that it can be cut into parts."""
    return _DATE.sub(lambda match: str(_day(match, today)) if _day(match, today).on else match[0], text)


def _day(match: re.Match[str], today: date) -> Day:
    try:
        on = date.fromisoformat(match["iso"]) if match["iso"] else _written_out(match, today)
    except ValueError:
        return Day(None, match[0].lower())
    weekday = match["weekday1"] or match["weekday2"]
    if weekday and _DAYS.index(weekday[:3].lower()) != on.weekday():
        return Day(None, match[0].lower())
    return Day(on)


def _written_out(match: re.Match[str], today: date) -> date:
    form = "1" if match["day1"] else "2"
    month = _MONTHS.index(match[f"month{form}"][:3].lower()) + 1
    return date(int(match[f"year{form}"] or today.year), month, int(match[f"day{form}"]))
