"""Numbers with their units, however they are written: "48k", "€96,400", "three weeks", "3.57x", "45-day"."""

import re
from dataclasses import dataclass

from bot.coach.ground.lexicon import Lexicon

_SYMBOLS = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy"}
_CODES = frozenset(["usd", "eur", "gbp", "jpy", "chf", "sek", "nok", "dkk", "cad", "aud", "pln", "czk", "inr", "brl"])
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_ONES = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
    """.split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS: dict[str, float] = {
    **{word: float(place) for place, word in enumerate(_ONES)},
    **{word: float(20 + 10 * place) for place, word in enumerate(_TENS)},
    "dozen": 12.0,
    "hundred": 100.0,
    "half": 0.5,
    "twice": 2.0,
    "double": 2.0,
    "triple": 3.0,
    "once": 1.0,
}
_FIGURE = re.compile(
    r"(?P<before>[$€£¥]|\b[A-Za-z]{3}(?= ?\d)|\bn ?=)? ?(?<![\w.,])(?P<sign>-)?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!\d|,\d|\.\d)"
    r"(?: ?(?P<scale>thousand|million|billion|bn|mn|[km](?![a-z])))?"
    r"(?P<after> ?[%€$£¥]|[- ]?(?:percent|x\b|times\b|[A-Za-z]+))?",
    re.IGNORECASE,
)
_SPELT = re.compile(
    rf"\b(?P<tens>{'|'.join(_TENS)})[- ](?P<ones>{'|'.join(_ONES[1:10])})\b(?: (?P<after2>[A-Za-z]+))?"
    rf"|\b(?P<word>{'|'.join(_WORDS)})\b(?:[- ](?P<after>[A-Za-z]+))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what it counts; the empty unit means a bare number."""

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}".strip()


def take_figures(text: str, lexicon: Lexicon) -> tuple[str, frozenset[Figure]]:
    """Return `text` without its numbers (and their units), and the numbers."""
    found: set[Figure] = set()

    def digits(match: re.Match[str]) -> str:
        figure, left_over = _figure(match, lexicon)
        found.add(figure)
        return left_over

    def spelt(match: re.Match[str]) -> str:
        figure, left_over = _spelt(match, lexicon)
        found.add(figure)
        return left_over

    return _SPELT.sub(spelt, _FIGURE.sub(digits, text)), frozenset(found)


def _figure(match: re.Match[str], lexicon: Lexicon) -> tuple[Figure, str]:
    value = float(match["digits"].replace(",", "")) * _SCALES.get((match["scale"] or "").lower(), 1.0)
    before, after = (match["before"] or "").strip(), (match["after"] or "").strip(" -")
    unit, used_before, used_after = _unit(before, after, lexicon)
    left = ("" if used_before else before) + " "
    return Figure(-value if match["sign"] else value, unit), left + ("" if used_after else after + " ")


def _unit(before: str, after: str, lexicon: Lexicon) -> tuple[str, bool, bool]:
    """The unit, and whether it stood before or after the digits."""
    lowered = before.lower()
    if before in _SYMBOLS or lowered in _CODES:
        return _SYMBOLS.get(before, lowered), True, False
    if lowered.startswith("n") and lowered.endswith("="):
        return "n", True, False
    if after in _SYMBOLS or after.lower() in _CODES:
        return _SYMBOLS.get(after, after.lower()), False, True
    if after in {"%"} or after.lower() == "percent":
        return "%", False, True
    if after.lower() in {"x", "times"}:
        return "x", False, True
    unit = lexicon.unit(after) if after else None
    return unit or "", False, unit is not None


def _spelt(match: re.Match[str], lexicon: Lexicon) -> tuple[Figure, str]:
    if match["tens"]:
        value = _WORDS[match["tens"].lower()] + _WORDS[match["ones"].lower()]
        after = match["after2"]
    else:
        value, after = _WORDS[match["word"].lower()], match["after"]
    unit = lexicon.unit(after) if after else None
    return Figure(value, unit or ""), f" {after} " if after and unit is None else " "
