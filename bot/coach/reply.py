"""`CoachReply`: the one answer object for Slack, the command line and evaluation (DOMAIN 8.1)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.coach.harmless import harmless
from bot.pipeline.brief import HealthBucket

HarmlessText = Annotated[str, AfterValidator(harmless)]
"""A message as a person sees it: whatever was quoted, it mentions nobody and links nowhere."""


class Outcome(StrEnum):
    """What kind of answer this is; names are the contract of the evaluation files."""

    ANSWER = "answer"
    ANSWER_CLOSED = "answer_closed"
    ANSWER_PIPELINE = "answer_pipeline"
    ANSWER_HANDBOOK = "answer_handbook"
    CLARIFY = "clarify"
    NOT_FOUND = "not_found"
    REFUSE = "refuse"


class Element(StrEnum):
    """The nine letters of MEDDPPICC as this product counts them (DOMAIN 3)."""

    METRICS = "metrics"
    ECONOMIC_BUYER = "economic_buyer"
    DECISION_CRITERIA = "decision_criteria"
    DECISION_PROCESS = "decision_process"
    PAPER_PROCESS = "paper_process"
    PARTNER = "partner"
    IDENTIFY_PAIN = "identify_pain"
    CHAMPION = "champion"
    COMPETITION = "competition"

    @property
    def label(self) -> str:
        """The element in words, as a heading."""
        return self.value.replace("_", " ").capitalize()


class ElementStatus(StrEnum):
    """What evidence says about an element (DOMAIN 3.1)."""

    CONFIRMED = "confirmed"
    PARTIAL = "partial"
    MISSING = "missing"
    STALE = "stale"
    NOT_APPLICABLE = "not_applicable"


class Severity(StrEnum):
    """How much a gap matters now (DOMAIN 3.2); `due next` means: short on entering the next stage."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "due next"


class Part(BaseModel):
    """Base of every part of a reply: immutable, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class HealthLine(Part):
    """The bucket with at most four reasons, each carrying its number."""

    bucket: HealthBucket | None
    reasons: tuple[str, ...] = Field(default=(), max_length=4)
    caps: tuple[str, ...] = ()
    net: int | None = None
    insufficient: str | None = None


class BenchmarkLine(Part):
    """A benchmark as it may be shown: always with sample size and cohort level."""

    name: str
    value: float
    n: int
    level: str


class Observation(Part):
    """One thing the buyer said or did, dated, with its source id and (if said) the verbatim quote."""

    on: date | None
    text: str
    source: str
    quote: str | None = None


class ElementLine(Part):
    """One MEDDPPICC element: status, severity if there is a gap, and the evidence or its absence in words."""

    element: Element
    status: ElementStatus
    severity: Severity | None = None
    why: str
    evidence: tuple[str, ...] = ()


class NextStep(Part):
    """One concrete action: who, with whom, what, by when, and how one will know (DOMAIN 6.4)."""

    owner: str
    counterpart: str | None = None
    text: str
    due: date
    done_when: str
    side: str = "ours"
    citations: tuple[str, ...] = ()


class CitationLine(Part):
    """A handbook section the advice rests on: its key, title, the passage used and a link if configured."""

    key: str
    title: str
    quote: str = ""
    url: str | None = None


class DealRef(Part):
    """The deal an answer is about, or one line of a menu."""

    id: str
    name: str
    account: str
    stage: str
    owner: str
    status: str = "open"
    amount: float | None = None
    currency: str | None = None
    close_date: date | None = None


class Section(Part):
    """A titled block of lines between the head and the next steps: gaps, agenda, questions, forecast."""

    title: str
    lines: tuple[str, ...]


class Opens(StrEnum):
    """A form that goes on where an answer ends."""

    MUTUAL_PLAN = "mutual plan"
    COMMAND_PLAN = "command plan"


class CoachReply(Part):
    """A complete answer. `headline`, `sections` and the typed parts are rendered by each surface;
    `text` is the plain message within the length contract (180 words, consult pack 400).

    `deal` is set exactly when the answer is about one deal; `choices` when the asker must pick one. `draft` is text
    to copy, exactly as it is. `opens` is the form that goes on with the deal, None for most answers.
    """

    outcome: Outcome
    as_of: datetime
    headline: HarmlessText
    text: HarmlessText
    deal: DealRef | None = None
    choices: tuple[DealRef, ...] = ()
    health: HealthLine | None = None
    benchmarks: tuple[BenchmarkLine, ...] = ()
    said: tuple[Observation, ...] = ()
    did: tuple[Observation, ...] = ()
    meddppicc: tuple[ElementLine, ...] = ()
    next_steps: tuple[NextStep, ...] = Field(default=(), max_length=3)
    sections: tuple[Section, ...] = ()
    citations: tuple[CitationLine, ...] = ()
    caveats: tuple[str, ...] = ()
    draft: HarmlessText | None = None
    opens: Opens | None = None

    @property
    def numbered_sources(self) -> dict[int, CitationLine]:
        """The citations the text names, by the number it names them by; all of them where it names none.

        Beside those that are cited, one that is not would be a source of nobody knows what.
        """
        every = dict(enumerate(self.citations, start=1))
        return {number: each for number, each in every.items() if f"[{number}]" in self.text} or every
