"""Numbers as people write them in a message: "14", "two", "a couple of weeks"."""

import re

_ONES = "one two three four five six seven eight nine ten".split()
_WORDS = {word: number for number, word in enumerate(_ONES, start=1)} | {"a": 1, "an": 1, "couple of": 2, "few": 3}
_DAYS_OF = {"day": 1, "week": 7, "month": 30}
_TIMES = {"k": 1_000.0, "thousand": 1_000.0, "m": 1_000_000.0, "mn": 1_000_000.0, "million": 1_000_000.0, "": 1.0}
SUM = r"\s?(\d[\d,]*(?:\.\d+)?)\s?(k|m|mn|thousand|million)?\b(?!\s*(?:days?|weeks?|months?|deals?|people|%))"
"""A sum of money as people type it: "50k", "$1.2 million", "80,000"."""
_LEAST_SUM = 1_000  # a bare number below it is no sum of money
_SPAN = re.compile(
    rf"\b(\d{{1,3}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})[ -](day|week|month)s?\b", re.IGNORECASE
)


def quantity(word: str | None) -> int | None:
    """The number `word` stands for, 1 to 999; None if it stands for none."""
    if word is None:
        return None
    if re.fullmatch(r"\d{1,3}", word):
        return int(word) or None
    return _WORDS.get(word.casefold())


def days_in(text: str) -> int | None:
    """The first span of time `text` names, in days (a month counts 30); None if it names none."""
    found = _SPAN.search(text)
    number = quantity(found[1]) if found else None
    return number * _DAYS_OF[found[2].casefold()] if found and number else None


def sum_of(digits: str, times: str | None) -> float:
    """The figure of a sum as `SUM` takes it apart."""
    return float(digits.replace(",", "")) * _TIMES[(times or "").casefold()]


def money_in(text: str) -> float | None:
    """The first sum of money `text` names; None if it names none (a year is no sum)."""
    for found in re.finditer(rf"[$€£]?{SUM}", text, re.IGNORECASE):
        figure = sum_of(found[1], found[2])
        is_year = not found[2] and re.fullmatch(r"20\d\d", found[1]) is not None
        if figure >= _LEAST_SUM and not is_year:
            return figure
    return None
