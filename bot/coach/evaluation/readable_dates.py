"""The dates a line of text names, in the few spellings the file format promises to read."""

import re
from collections.abc import Iterator
from datetime import date

YEAR_OF_UNDATED = 2026
"""The year of a day written without one; a constant of the file format."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<year>\d{4}))?"
_SPELLINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?![\d-])",
        rf"(?<!\w){_DAY}\s+(?:of\s+)?{_MONTH}{_YEAR}(?!\w)",
        rf"(?<!\w){_MONTH}\s+{_DAY}{_YEAR}(?!\w)",
    )
)


def dates_in(text: str) -> Iterator[date]:
    """Yield every date named in `text`: 2026-09-25, 25 Sep, Sep 25th, with or without a year."""
    for spelling in _SPELLINGS:
        for found in spelling.finditer(text):
            day = _as_date(found)
            if day is not None:
                yield day


def _as_date(found: re.Match[str]) -> date | None:
    month = found["month"].lower()
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    try:
        return date(int(found["year"] or YEAR_OF_UNDATED), number, int(found["day"]))
    except ValueError:
        return None
