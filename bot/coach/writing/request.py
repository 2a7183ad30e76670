"""A message that asks for a change of the CRM: which field, and what it should say. Rules, no model.

Only the words are read here. Which deal is meant, and whether the person may write to it, is decided elsewhere, and
what was understood is shown to them before anything is written.
"""

import re
from dataclasses import dataclass

from bot.pipeline.sources.writer import CLOSE_DATE, NEXT_STEP, NOTE, PLAN, STAGE, TASK

_FLAGS = re.IGNORECASE | re.DOTALL
_VERB = r"\b(?:set|change|update|move|push|pull|put|make|slide|correct|write|record)\b"
_ADD = r"\b(?:add|log|save|create|file|put|write)\b"
_TO = r"(?:\bto\b|\bas\b|[:=])\s*"
_QUOTES = "\"'“”‘’« »"
_ELEMENTS = {
    "metrics": r"metrics?",
    "economic_buyer": r"economic buyer",
    "decision_criteria": r"decision criteria",
    "decision_process": r"decision process",
    "paper_process": r"paper process",
    "implicate_the_pain": r"(?:identified )?pain",
    "champion": r"champion",
    "competition": r"competition",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a message wants to be written; `text` None = it does not say what."""

    target: str
    text: str | None


def _pattern(target: str, named: str) -> tuple[str, re.Pattern[str]]:
    return target, re.compile(
        rf"{_VERB}.{{0,60}}?\b{named}\b(?:.{{0,100}}?{_TO}(?P<text>.+))?", re.IGNORECASE | re.DOTALL
    )


_CHANGES = (
    _pattern(NEXT_STEP, r"next step"),
    _pattern(CLOSE_DATE, r"clos(?:e|ing) date"),
    _pattern(STAGE, r"stage"),
    *(_pattern(f"{PLAN}{name}", named) for name, named in _ELEMENTS.items()),
)
_ADDITIONS = (
    (NOTE, re.compile(rf"{_ADD}.{{0,30}}?\bnote\b.{{0,100}}?:\s*(?P<text>.+)", _FLAGS)),
    (TASK, re.compile(rf"{_ADD}.{{0,30}}?\btask\b.{{0,100}}?:\s*(?P<text>.+)", _FLAGS)),
)
_STAGE_NAMED = re.compile(r"\bto (?:the )?(?:stage (?P<after>.+)|(?P<before>\S.{0,40}?) stage\b)", _FLAGS)
_QUESTION = re.compile(r"^\W*(?:why|when|who|what|where|how|did|does|is|was|should|would)\b.*\?\s*$", _FLAGS)


def wanted(text: str) -> Wanted | None:
    """Return the change a message asks for; None if it asks for none that can be written.

    >>> wanted("set the close date of Halden to 12 Dec")
    Wanted(target='close_date', text='12 Dec')
    >>> wanted("Log a note on Halden: Dana has left")
    Wanted(target='note', text='Dana has left')
    >>> wanted("When is the close date of Halden?") is None
    True
    """
    if _QUESTION.match(text):
        return None
    for target, pattern in (*_ADDITIONS, *_CHANGES):
        if found := pattern.search(text):
            said = found["text"] or (_stage_named(text) if target == STAGE else None) or ""
            return Wanted(target, said.lstrip(": =").strip(_QUOTES + "\n.?") or None)
    return None


def _stage_named(text: str) -> str | None:
    found = _STAGE_NAMED.search(text)
    return (found["after"] or found["before"]) if found else None
