"""One piece of evidence and the grades it can have."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.coach.reply import Element
from bot.pipeline.model import Contact


class Grade(StrEnum):
    """How much a piece of evidence can carry (DOMAIN 3.1)."""

    A = "A"
    """The buyer's own act or writing."""
    B = "B"
    """The buyer's words, reported with the person named in a dated note."""
    C = "C"
    """The seller's assertion, or a hedged sentence."""
    D = "D"
    """Inference, for example from a title. Never raises a status."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence somebody wrote about the deal. `quote` occurs verbatim in the source `source_id`."""

    quote: str
    on: date
    source_id: str
    by_buyer: bool
    author: str
    person: Contact | None
    hedged: bool
    subject: str = ""
    from_partner: bool = False


@dataclass(frozen=True, slots=True)
class ReadByModel:
    """That a model, not a rule, took a sentence for evidence; code found the quote where it is said to stand.

    `reading_id` is the stored reading, None while it is not stored.
    """

    model: str
    reading_id: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement (or a recorded act) that speaks to one trait of one element's test.

    `read_by` is None where a rule found it.
    """

    element: Element
    trait: str
    grade: Grade
    on: date
    source_id: str
    quote: str
    person: Contact | None
    negative: bool = False
    read_by: ReadByModel | None = None
