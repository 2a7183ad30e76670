"""Proposed evidence against the record: only what code finds where it is said to stand becomes evidence.

The grade follows from who spoke, as for any other evidence. A proposal may lift an element from missing
to partial; it never confirms one and never takes anything away, because what a sentence proves is a
judgement a model may get wrong.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.coach.evidence.cues import Cues, Pattern
from bot.coach.evidence.model import Evidence, Statement
from bot.coach.evidence.rules import grade_as_evidence
from bot.coach.evidence.statements import Statements
from bot.coach.ground.check import plain_words
from bot.coach.ground.lexicon import Lexicon
from bot.coach.ground.segments import read
from bot.coach.qualify.ledger import Ledger
from bot.coach.qualify.meddppicc import Qualification
from bot.coach.reply import Element, ElementStatus

_FEWEST_WORDS = 3


class Dropped(StrEnum):
    """Why a proposal is no evidence."""

    TOO_MANY = "too many items"
    NO_SUCH_SOURCE = "no such source"
    NO_SUCH_QUOTE = "no such quote"
    WRONG_SPEAKER = "wrong speaker"
    WRONG_DATE = "wrong date"
    NO_SUCH_TRAIT = "no such trait"
    OFF_TOPIC = "off topic"
    MERE_WORDS = "mere words"
    NEGATED = "negated"
    PARTNER = "partner speaks"
    OVERREACH = "would change more than missing to partial"


class ProposalRules(BaseModel):
    """How many proposals of one answer are looked at, and the words evidence of an element must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    per_answer: int = Field(gt=0)
    words: dict[Element, tuple[Pattern, ...]]

    @model_validator(mode="after")
    def every_element_has_words(self) -> "ProposalRules":
        """Refuse a file that forgets an element."""
        missing = [element.value for element in Element if element not in self.words]
        if missing:
            raise ValueError(f"words are missing for: {', '.join(missing)}")
        return self

    @cached_property
    def _patterns(self) -> dict[Element, re.Pattern[str]]:
        return {element: re.compile("|".join(cues), re.IGNORECASE) for element, cues in self.words.items()}

    def fits(self, element: Element, sentence: str) -> bool:
        """Whether the sentence holds a word that belongs to the element."""
        return self._patterns[element].search(sentence) is not None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One piece of evidence as a model proposes it; nothing in it is true until code has found it.

    `source_id` is empty for a source that was not shown; `element` None for one that does not exist.
    """

    element: Element | None
    trait: str
    quote: str
    source_id: str
    speaker: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Admitted:
    """The evidence that entered, and how many proposals did not, by reason."""

    evidence: tuple[Evidence, ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()
    proposed: int = 0


@dataclass(frozen=True, slots=True)
class EvidenceCheck:
    """Holds proposals against what was really written."""

    rules: ProposalRules
    cues: Cues
    lexicon: Lexicon

    def admit(
        self,
        proposals: Sequence[Proposal],
        statements: Statements,
        known: Ledger,
        judge: Callable[[Ledger], Qualification],
    ) -> Admitted:
        """Return what holds and is new. `judge` decides statuses, with and without the new evidence.

        Only the first `per_answer` proposals are looked at.
        """
        shown = proposals[: self.rules.per_answer]
        admitted = self.readmit(shown, statements, known, judge)
        if not (over := len(proposals) - len(shown)):
            return admitted
        dropped = tuple(sorted([*admitted.dropped, (Dropped.TOO_MANY.value, over)]))
        return Admitted(admitted.evidence, dropped, len(proposals))

    def readmit(
        self,
        proposals: Sequence[Proposal],
        statements: Statements,
        known: Ledger,
        judge: Callable[[Ledger], Qualification],
    ) -> Admitted:
        """The same for all of them: evidence that was admitted earlier, held against today's record."""
        reasons: Counter[str] = Counter()
        found: dict[tuple[Element, str, str], Evidence] = {}
        for proposal in proposals:
            result = self._hold(proposal, statements)
            if isinstance(result, Dropped):
                reasons[result.value] += 1
            else:
                found[(result.element, result.trait, result.quote)] = result
        for item in known.items:
            found.pop((item.element, item.trait, item.quote), None)
        modest = _modest(tuple(found.values()), known, judge)
        if over := len(found) - len(modest):
            reasons[Dropped.OVERREACH.value] += over
        return Admitted(modest, tuple(sorted(reasons.items())), len(proposals))

    def _hold(self, proposal: Proposal, statements: Statements) -> Evidence | Dropped:
        said = _find(proposal, statements.items)
        if isinstance(said, Dropped):
            return said
        element = proposal.element
        if element is None or proposal.trait not in traits_of(self.cues).get(element, ()):
            return Dropped.NO_SUCH_TRAIT
        grade = grade_as_evidence(said, self.cues)
        if grade is None:
            return Dropped.MERE_WORDS
        if problem := self._unfit(element, said):
            return problem
        return Evidence(
            element=element,
            trait=proposal.trait,
            grade=grade,
            on=said.on,
            source_id=said.source_id,
            quote=said.quote,
            person=said.person,
        )

    def _unfit(self, element: Element, said: Statement) -> Dropped | None:
        if not self.rules.fits(element, said.quote):
            return Dropped.OFF_TOPIC
        if read(said.quote, self.lexicon, said.on).negative:
            return Dropped.NEGATED
        return Dropped.PARTNER if said.from_partner and element is not Element.PARTNER else None


def traits_of(cues: Cues) -> dict[Element, tuple[str, ...]]:
    """The traits of each element's test that positive evidence can speak to."""
    found: dict[Element, dict[str, None]] = {}
    for cue in cues.elements:
        if not cue.negative:
            found.setdefault(cue.element, {})[cue.trait] = None
    return {element: tuple(traits) for element, traits in found.items()}


def speaker_of(item: Statement) -> str:
    """Who said a sentence: the buyer who wrote it, else the colleague who noted it."""
    return item.person.name if item.by_buyer and item.person else item.author


def _find(proposal: Proposal, items: Iterable[Statement]) -> Statement | Dropped:
    """The sentence that holds the quote, in the named source, by the named speaker on the named day."""
    inside = [item for item in items if item.source_id == proposal.source_id]
    if not inside:
        return Dropped.NO_SUCH_SOURCE
    quote = plain_words(proposal.quote)
    said = next((item for item in inside if quote in plain_words(item.quote)), None)
    if said is None or len(quote.split()) < _FEWEST_WORDS:
        return Dropped.NO_SUCH_QUOTE
    if plain_words(proposal.speaker) != plain_words(speaker_of(said)):
        return Dropped.WRONG_SPEAKER
    return said if proposal.on == said.on else Dropped.WRONG_DATE


def _modest(
    found: tuple[Evidence, ...], known: Ledger, judge: Callable[[Ledger], Qualification]
) -> tuple[Evidence, ...]:
    """Drop the evidence on every element whose status it would change by more than missing to partial."""
    before = _statuses(judge(known))
    for _ in Element:  # leaving one element out can change another that reads its evidence
        after = _statuses(judge(replace(known, items=_merged(known.items, found))))
        touched = {element for element, status in after.items() if status is not before[element]}
        rash = {
            element
            for element in touched
            if (before[element], after[element]) != (ElementStatus.MISSING, ElementStatus.PARTIAL)
        }
        if not rash:
            return found
        kept = tuple(item for item in found if item.element not in rash)
        if len(kept) == len(found):
            return ()
        found = kept
    return ()


def _merged(items: Iterable[Evidence], found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Newest first, as the ledger expects; what the rules found leads on the same day."""
    return tuple(sorted([*items, *found], key=lambda item: item.on, reverse=True))


def _statuses(qualification: Qualification) -> dict[Element, ElementStatus]:
    return {result.element: result.status for result in qualification.results}
