"""What an answer knows and had no room for, point by point, and the check of other words for one point.

A card says that an element is missing; a point says what exactly is not known. Each point is told on its own and
checked against nothing but itself, so no word of one can end up in another.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.coach.ground.assemble import sentence
from bot.coach.ground.check import GroundingCheck
from bot.coach.ground.draft import take_apart
from bot.coach.ground.lexicon import Lexicon, tidy
from bot.coach.ground.model import Claim, Fact, Material, Reason, Violation
from bot.coach.ground.segments import read
from bot.coach.reply import CoachReply, ElementLine, Severity

ON_RECORD = "On record"
THEY_SAID = "They also said"
HANDBOOK = "The handbook says"
_PARTS_OF_A_STEP = ("Done when", "By:")
"""How sentences of the handbook begin that say nothing without the one before."""
_LONGEST = 2.0
"""Times the length of the point: more than this repeats itself."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to tell. `text` is how code says it; `fact` is None for a quote, which has no other words.

    `must` points are told in any case, the others only if they are chosen.
    """

    id: str
    label: str
    text: str
    fact: Fact | None
    must: bool


@dataclass(frozen=True, slots=True)
class Points:
    """The points beneath one answer, and what their words are checked against."""

    points: tuple[Point, ...]
    material: Material


def points_beneath(reply: CoachReply, *, gaps: int) -> Points | None:
    """Return what `reply` does not show; None if it rates no deal or shows everything.

    The worst `gaps` gaps must be told. Facts, quotes and sentences of the handbook may be.
    """
    draft = take_apart(reply, frozenset())
    if draft is None:
        return None
    shown = tidy(reply.text).casefold()
    found = [*_gaps(reply, gaps), *_facts(draft.material), *_quotes(draft.material)]
    hidden = [point for words, point in found if words.casefold() not in shown]
    points = tuple(replace(point, id=f"p{place}") for place, point in enumerate(hidden, start=1))
    return Points(points, draft.material) if points else None


_Found: TypeAlias = tuple[str, Point]
"""The words that must not stand in the answer already, and the point."""


def _gaps(reply: CoachReply, at_most: int) -> Iterator[_Found]:
    order = list(Severity)
    worst = sorted((line for line in reply.meddppicc if line.severity), key=lambda line: order.index(_severity(line)))
    for line in worst[:at_most]:
        why = tidy(line.why)
        yield why, Point("", line.element.label, sentence(why), Fact("f1", why), must=True)


def _severity(line: ElementLine) -> Severity:
    assert line.severity is not None  # only gaps are sorted
    return line.severity


def _facts(material: Material) -> Iterator[_Found]:
    for fact in material.facts:
        if fact.element is None:
            yield fact.text, Point("", ON_RECORD, sentence(fact.text), replace(fact, id="f1"), must=False)


def _quotes(material: Material) -> Iterator[_Found]:
    for quote in material.quotes:
        if quote.source is None:
            yield quote.text, Point("", THEY_SAID, f"“{quote.text}” ({quote.said_by})", None, must=False)
        elif not quote.text.startswith(_PARTS_OF_A_STEP):
            yield quote.text, Point("", HANDBOOK, f"“{quote.text}”", None, must=False)


class PointCheck:
    """Checks a model's words for one point. Holds no state between checks."""

    def __init__(self, check: GroundingCheck, lexicon: Lexicon) -> None:
        """Work with the check of whole answers and the words of the playbook."""
        self._check = check
        self._lexicon = lexicon

    def problem(self, point: Point, text: str, material: Material) -> Violation | None:
        """What is wrong with `text` as the words for `point`, whose fact it must tell whole; None if nothing is."""
        assert point.fact is not None  # a quote is never put into other words
        alone = replace(
            material,
            facts=(point.fact,),
            quotes=(),
            bucket=None,
            standings={},
            subject=f"{material.subject} {point.label}",
        )
        if len(text) > _LONGEST * len(point.text):
            return Violation(Reason.WORDS, text, "too long for what it tells")
        findings = self._check.check([Claim(text, (point.fact.id,))], alone)
        if findings.removed:
            return findings.removed[0]
        return (
            None if self._is_whole(text, point.fact, alone) else Violation(Reason.WORDS, text, "it tells only a part")
        )

    def _is_whole(self, text: str, fact: Fact, material: Material) -> bool:
        """Every number and date of the fact, and at least half of its other words."""
        said = read(tidy(text), self._lexicon, material.today)
        whole = read(tidy(fact.text), self._lexicon, material.today)
        if not (whole.figures <= said.figures and whole.days <= said.days):
            return False
        return 2 * len(said.words & whole.words) >= len(whole.words)
