"""Cutting a sentence into segments that each say one thing, and reading what a segment says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.coach.ground.days import Day, take_days, with_iso_days
from bot.coach.ground.figures import Figure, take_figures
from bot.coach.ground.lexicon import TOKEN, Lexicon

_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)[\"”’)]*\s+(?=[\"“(A-Z0-9])|\n+")
_SEPARATOR = re.compile(
    r"(?<!\d)[,:](?!\d)|(?<=\d)[,:](?=\s)|[;!?()|·•]|\.(?=\s|$)|\s-+\s"
    r"|\b(?:and|but|while|although|though|because|since|so|yet|whereas|plus|even|which|who|where|when)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Segment:
    """What one part of a sentence says. `words` need support; `names` are those written with a capital."""

    text: str
    words: frozenset[str]
    names: frozenset[str]
    figures: frozenset[Figure]
    days: frozenset[Day]
    negations: int
    limits: frozenset[str]
    figure_limits: frozenset[str]

    @property
    def says_nothing(self) -> bool:
        """Whether nothing in it needs support."""
        return not (self.words or self.figures or self.days or self.negations)

    @property
    def negative(self) -> bool:
        """Whether it says that something is not so."""
        return self.negations > 0

    @property
    def bare(self) -> bool:
        """Whether it holds only names and dates, so that its neighbour must say what about them."""
        return bool(self.words or self.days) and self.words <= self.names and not (self.figures or self.negations)


def sentences(text: str) -> list[str]:
    """The sentences of a claim."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def read(text: str, lexicon: Lexicon, today: date) -> Segment:
    """What `text`, taken as one segment, says."""
    rest, days = take_days(text, today)
    rest, figures = take_figures(rest, lexicon)
    tokens = TOKEN.findall(rest)
    folded = [(token, lexicon.folded(token)) for token in tokens]
    turned = sum(_turns(token, word, lexicon) for token, word in folded)
    content = [(token, word) for token, word in folded if _is_content(token, word, lexicon)]
    words = frozenset(word for _, word in content)
    return Segment(
        text=text,
        words=words,
        names=frozenset(word for token, word in content if token[0].isupper()),
        figures=figures,
        days=days,
        negations=turned,
        limits=words & lexicon.limits,
        figure_limits=words & lexicon.figure_limits,
    )


def segments(text: str, lexicon: Lexicon, today: date) -> list[Segment]:
    """Cut `text` at conjunctions and punctuation; a part of mere names stays with its neighbour."""
    parts: list[str] = []
    for part in _cut(with_iso_days(text, today)):
        parts = _joined(parts, part, lexicon, today)
    return [segment for part in parts if not (segment := read(part, lexicon, today)).says_nothing]


def _cut(text: str) -> Iterable[str]:
    return (part for part in _SEPARATOR.split(text) if part.strip())


def _joined(parts: list[str], part: str, lexicon: Lexicon, today: date) -> list[str]:
    if parts and (read(part, lexicon, today).bare or read(parts[-1], lexicon, today).bare):
        return [*parts[:-1], f"{parts[-1]} {part}"]
    return [*parts, part]


def _turns(token: str, word: str, lexicon: Lexicon) -> bool:
    return word in lexicon.turning or word in lexicon.negative_words or token.lower().endswith(("n't", "n’t"))


def _is_content(token: str, word: str, lexicon: Lexicon) -> bool:
    if word in lexicon.turning or token.lower().endswith(("n't", "n’t")):
        return False
    return word not in lexicon.plain_words
