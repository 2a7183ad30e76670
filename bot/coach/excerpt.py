"""The part of a section that answers a question: whole paragraphs and lists, in their own order, unchanged."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.coach.names import words

_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_LIST_ITEM = re.compile(r"^\s*([-*•]|\d+[.)])\s+")
_PARTS = re.compile(r"\b(steps?|parts?|blocks?|phases?|elements?|stages?|pieces?|lanes?|levels?|kinds?|types?)\b", re.I)
_ASKS_FOR_LIST = re.compile(r"\b(what are|which|list|questions|checklist)\b", re.I)
_STEM = 5  # letters that tell words apart well enough to see "approve" in "approval"
_ASKING = frozenset({"what", "which", "when", "does", "gets", "have", "shoul", "would", "with", "from", "that", "this"})
_COUNT_FITS = 3.0
_LIST_FITS = 2.0
_PARTS_FIT = 2.0
_HOLDS_BEST = 2.0


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, or an opening line together with its list."""

    place: int
    opening: str
    text: str
    items: int


def excerpt(text: str, title: str, question: str, best: str, limit: int) -> str:
    """Return the blocks of `text` that fit `question` best, up to `limit` words, at least one.

    `best` is the passage that search found; the block that holds it counts for more. Words of `title` tell
    the blocks of one section nothing about each other.
    """
    blocks = _blocks(text)
    weights = _weights(_stems(question) - _stems(title) - _ASKING, blocks)
    ranked = sorted(blocks, key=lambda block: (-_fit(block, question, best, weights), block.place))
    chosen: list[_Block] = []
    used = 0
    for block in ranked:
        size = len(block.text.split())
        if used + size <= limit or not chosen:
            chosen.append(block)
            used += size
    return "\n".join(block.text for block in sorted(chosen, key=lambda block: block.place))


def _blocks(text: str) -> list[_Block]:
    runs: list[list[str]] = []
    for line in (line.rstrip() for line in text.splitlines()):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if _LIST_ITEM.match(line) and runs:
            runs[-1].append(line)
        else:
            runs.append([line])
    return [
        _Block(place, run[0], "\n".join(run), sum(bool(_LIST_ITEM.match(line)) for line in run))
        for place, run in enumerate(runs)
    ]


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in words(text) if len(word) > 3}


def _weights(asked: set[str], blocks: Sequence[_Block]) -> dict[str, float]:
    """How much each word asked for tells the blocks apart: one that is everywhere tells nothing."""
    holding = Counter(stem for block in blocks for stem in _stems(block.text))
    return {stem: math.log(1 + len(blocks) / holding[stem]) / 2 for stem in asked if stem in holding}


def _fit(block: _Block, question: str, best: str, weights: dict[str, float]) -> float:
    score = sum(weights.get(stem, 0.0) for stem in _stems(block.text))
    counts = {_COUNTS[word] for word in words(question) if word in _COUNTS}
    about_parts = bool(_PARTS.search(question))
    if block.items and (about_parts or _ASKS_FOR_LIST.search(question)):
        score += _LIST_FITS + _COUNT_FITS * (block.items in counts)
        score += _PARTS_FIT * (about_parts and bool(_PARTS.search(block.opening)))
    return score + _HOLDS_BEST * (best[:40] in block.text)
