"""The nouns of the check: what may be said (facts, quotes), what was said (claims), what is wrong with it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.coach.reply import Element, ElementStatus
from bot.pipeline.brief import HealthBucket


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing code knows, in words. `element` is set where it is the finding on a MEDDPPICC element."""

    id: str
    text: str
    element: Element | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a person or of the handbook, verbatim. `said_by` is who and when, as the reply shows it.

    `source` is the citation key of a handbook passage.
    """

    id: str
    text: str
    said_by: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What code decided about one element."""

    status: ElementStatus
    critical: bool


@dataclass(frozen=True, slots=True)
class Material:
    """Everything one answer may be made of; `subject` are the names that are always the topic.

    `bucket` None = the answer rates no deal, so no bucket may be named.
    """

    facts: tuple[Fact, ...]
    quotes: tuple[Quote, ...]
    bucket: HealthBucket | None
    standings: dict[Element, Standing]
    subject: str
    today: date

    def fact(self, fact_id: str) -> Fact | None:
        """The fact with this id."""
        return next((fact for fact in self.facts if fact.id == fact_id), None)

    def quote(self, quote_id: str) -> Quote | None:
        """The quote with this id."""
        return next((quote for quote in self.quotes if quote.id == quote_id), None)

    def finding(self, element: Element) -> Fact | None:
        """The fact that states the finding on `element`."""
        return next((fact for fact in self.facts if fact.element is element), None)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a model said, and what it says that rests on."""

    text: str
    fact_ids: tuple[str, ...] = ()
    quote_ids: tuple[str, ...] = ()
    citation_keys: tuple[str, ...] = ()


class Reason(StrEnum):
    """Why a statement was taken out."""

    UNCITED = "uncited"
    """It rests on nothing, or on nothing it names."""
    UNKNOWN_ID = "unknown id"
    """It names a fact, quote or source that was not offered."""
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    WORDS = "words"
    """It holds words that the cited fact does not."""
    POLARITY = "polarity"
    """It says yes where the fact says no, or the reverse."""
    QUALIFIER = "qualifier"
    """It drops "only", "if", "last" and the like."""
    STATUS = "status"
    BUCKET = "bucket"
    QUOTE = "quote"
    CITATION = "citation"
    """It cites a page it does not quote."""
    LINK = "link"
    MENTION = "mention"
    MARKUP = "markup"
    ODDS = "odds"
    PROMISE = "promise"
    INSTRUCTION = "instruction"


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with one sentence; `detail` is for the repair prompt, `sentence` for nobody else."""

    reason: Reason
    sentence: str
    detail: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of one claim: its supported sentences and the facts and quotes they used."""

    text: str
    used: frozenset[str]


@dataclass(frozen=True, slots=True)
class Findings:
    """The check of one answer. `sentences` counts all of them, kept and removed."""

    kept: tuple[Checked, ...]
    removed: tuple[Violation, ...]
    sentences: int
    reasons: Counter[str] = field(default_factory=Counter)
