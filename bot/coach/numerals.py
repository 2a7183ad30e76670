"""Numbers as people write them in a message: "14", "two", "a couple of weeks"."""

import re

_ONES = "one two three four five six seven eight nine ten".split()
_WORDS = {word: number for number, word in enumerate(_ONES, start=1)} | {"a": 1, "an": 1, "couple of": 2, "few": 3}
_DAYS_OF = {"day": 1, "week": 7, "month": 30}
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
