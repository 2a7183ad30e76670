"""What a sentence says about MEDDPPICC elements, held against what code decided.

Element names, statuses and "critical" are judged here and taken out of the sentence, so that "economic
buyer, champion and paper process are missing" needs no fact that lists exactly these three.
"""

import re
from dataclasses import dataclass

from bot.coach.ground.model import Material, Reason, Violation
from bot.coach.reply import Element, ElementStatus

_ELEMENT = re.compile(
    r"\b(?:the )?(" + "|".join(element.value.replace("_", r"[\s_-]+") for element in Element) + r")\b", re.IGNORECASE
)
_STATUS = re.compile(
    r"\b(?:only )?(confirmed|partial(?:ly)?|missing|stale|not applicable)\b(?: confirmed)?", re.IGNORECASE
)
_CRITICAL = re.compile(r"\bcritical(?:ly)?\b(?: gaps?)?", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|never|no|without|isn['’]t|aren['’]t|nothing|un)\b[^;.]*$", re.IGNORECASE)
_STRONG = re.compile(r"(;|\.(?=\s)|\bbut\b|\bwhile\b|\bwhereas\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judged:
    """The sentence without what was judged; the facts that carry it; what is wrong."""

    rest: str
    used: frozenset[str] = frozenset()
    violation: Violation | None = None


def judge_elements(sentence: str, material: Material, cited: frozenset[str]) -> Judged:
    """Check and remove every statement about an element's status or severity."""
    rest: list[str] = []
    used: set[str] = set()
    for part in _STRONG.split(sentence):
        judged = _judge(part, sentence, material, cited)
        if judged.violation:
            return judged
        rest.append(judged.rest)
        used |= judged.used
    return Judged("".join(rest), frozenset(used))


def _judge(part: str, sentence: str, material: Material, cited: frozenset[str]) -> Judged:
    named = [_element(match[1]) for match in _ELEMENT.finditer(part)]
    statuses = {_status(match[1]) for match in _STATUS.finditer(part)}
    critical = _CRITICAL.search(part) is not None
    if not statuses and not critical:
        return Judged(part)
    if not named:
        return Judged(part) if not critical else _wrong(sentence, "“critical” names no element")
    problem = _problem(part, named, statuses, material, cited, critical=critical)
    if problem:
        return _wrong(sentence, problem)
    rest = _CRITICAL.sub(" ", _STATUS.sub(" ", _ELEMENT.sub(" ", part)))
    used = frozenset(fact.id for element in named if (fact := material.finding(element)))
    return Judged(rest, used)


def _problem(
    part: str,
    named: list[Element],
    statuses: set[ElementStatus],
    material: Material,
    cited: frozenset[str],
    *,
    critical: bool,
) -> str:
    if len(statuses) > 1:
        return "two statuses in one part; separate them with a semicolon"
    first = min(match.start() for pattern in (_STATUS, _CRITICAL) for match in pattern.finditer(part))
    if _DENIED.search(part[:first]):
        return "say the status itself, not what it is not"
    for element in named:
        standing, finding = material.standings.get(element), material.finding(element)
        if standing is None or finding is None or finding.id not in cited:
            return f"cite the finding on {element.label.lower()}"
        if statuses and standing.status not in statuses:
            return f"{element.label.lower()} is {standing.status.value}"
        if critical and not standing.critical:
            return f"{element.label.lower()} is not critical"
    return ""


def _wrong(sentence: str, detail: str) -> Judged:
    return Judged("", violation=Violation(Reason.STATUS, sentence, detail))


def _element(words: str) -> Element:
    return Element(re.sub(r"[\s_-]+", "_", words.lower()))


def _status(word: str) -> ElementStatus:
    lowered = word.lower()
    if lowered.startswith("partial"):
        return ElementStatus.PARTIAL
    return ElementStatus(lowered.replace(" ", "_"))
