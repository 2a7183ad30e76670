"""Handbook answers without a model: the fitting part of the best section, quoted, with its key.

Nothing is rephrased, so nothing can be wrong by paraphrase. Below the relevance floor the answer says
that the handbook has nothing on it and offers the nearest page by name only.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.coach.answers.guidance import citation
from bot.coach.names import words
from bot.coach.reply import CoachReply, Outcome, Section
from bot.handbook.model import Passage
from bot.handbook.search import Handbook

EXCERPT_WORDS = 140
_RELATED = 3
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_LIST_ITEM = re.compile(r"^\s*([-*•]|\d+[.)])\s+")
_ASKS_FOR_LIST = re.compile(
    r"\b(what are|which|list|steps|parts|blocks|phases|elements|stages|questions)\b", re.IGNORECASE
)
_STEM = 5


def answer_handbook(question: str, handbook: Handbook | None, as_of: datetime) -> CoachReply:
    """Answer a question that is about no deal."""
    if handbook is None:
        return _plain("The handbook is not indexed yet. Someone with shell access runs `coach handbook index`.", as_of)
    found = handbook.search(question, k=_RELATED)
    if not found:
        return _nothing(question, handbook, as_of)
    best = found[0]
    section = handbook.section(best.id)
    excerpt = _excerpt(section.text if section else best.text, question, best)
    see_also = [passage for passage in found[1:] if passage.key != best.key]
    more = f"\nSee also: {'; '.join(f'{passage.title} ({passage.key})' for passage in see_also)}." if see_also else ""
    return CoachReply(
        outcome=Outcome.ANSWER_HANDBOOK,
        as_of=as_of,
        headline=best.title,
        text=f"*{best.title}* ({best.key})\n{excerpt}{more}",
        sections=(Section(title=best.title, lines=tuple(excerpt.splitlines())),),
        citations=tuple(citation(passage) for passage in [best, *see_also]),
    )


def _nothing(question: str, handbook: Handbook, as_of: datetime) -> CoachReply:
    near = handbook.nearest(question)
    offer = f" The nearest page is “{near.title}” ({near.key}); ask for it by name if that helps." if near else ""
    return _plain(f"The handbook has nothing on this.{offer}", as_of)


def _plain(text: str, as_of: datetime) -> CoachReply:
    return CoachReply(outcome=Outcome.ANSWER_HANDBOOK, as_of=as_of, headline=text.split(". ")[0], text=text)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, or an opening line together with its list."""

    place: int
    text: str
    items: int


def _excerpt(text: str, question: str, best: Passage) -> str:
    """The blocks of a section that answer best, in their own order, within the word budget."""
    blocks = _blocks(text)
    ranked = sorted(blocks, key=lambda block: (-_fit(block, question, best), block.place))
    chosen: list[_Block] = []
    used = 0
    for block in ranked:
        size = len(block.text.split())
        if used + size <= EXCERPT_WORDS or not chosen:
            chosen.append(block)
            used += size
    return "\n".join(block.text for block in sorted(chosen, key=lambda block: block.place))


def _blocks(text: str) -> list[_Block]:
    runs: list[list[str]] = []
    for line in (line.rstrip() for line in text.splitlines()):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        continues = _LIST_ITEM.match(line) and runs
        if continues:
            runs[-1].append(line)
        else:
            runs.append([line])
    return [
        _Block(place, "\n".join(run), sum(bool(_LIST_ITEM.match(line)) for line in run))
        for place, run in enumerate(runs)
    ]


def _fit(block: _Block, question: str, best: Passage) -> float:
    asked = {word[:_STEM] for word in words(question) if len(word) > 3}
    held = {word[:_STEM] for word in words(block.text)}
    counts = {_COUNTS[word] for word in words(question) if word in _COUNTS}
    score = float(len(asked & held))
    if block.items and _ASKS_FOR_LIST.search(question):
        score += 2
    if block.items and block.items in counts:
        score += 3
    if best.text[:40] in block.text or block.text[:40] in best.text:
        score += 2
    return score
