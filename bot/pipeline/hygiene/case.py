"""What the checks look at: one deal with everything they may use, and what the snapshot records at all.

A check answers with a `Hit`, with `Unknown` and the reason, or with None: nothing wrong.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.pipeline.brief import DealBrief
from bot.pipeline.commitment import Commitment
from bot.pipeline.hygiene.rules import HygieneRules, Limits, Severity
from bot.pipeline.model import Deal, Note
from bot.pipeline.stages import StageModel


@dataclass(frozen=True, slots=True)
class Hit:
    """A check that found something. `severity` is set where it differs from the configured one."""

    sentence: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A check that could not be made, and why."""

    reason: str


Verdict = Hit | Unknown | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a set of deals records at all: what nobody ever wrote down is unknown, not missing."""

    custom: frozenset[str]
    notes: bool
    contacts: bool

    @classmethod
    def of(cls, deals: Iterable[Deal]) -> "Recorded":
        """Look through all deals once."""
        known = list(deals)
        return cls(
            custom=frozenset(name.lower() for deal in known for name in deal.custom),
            notes=any(deal.notes for deal in known),
            contacts=any(deal.contacts for deal in known),
        )


@dataclass(frozen=True, slots=True)
class Case:
    """One deal under check.

    `critical_gaps` are the critical qualification gaps in words, None if nobody judged the deal. `people` are
    first and full names that may own a step.
    """

    brief: DealBrief
    commitment: Commitment
    rules: HygieneRules
    stages: StageModel
    recorded: Recorded
    critical_gaps: Collection[str] | None = None
    people: frozenset[str] = frozenset()

    @property
    def deal(self) -> Deal:
        """The record."""
        return self.brief.deal

    @property
    def limits(self) -> Limits:
        """The numbers of the playbook."""
        return self.rules.limits

    @property
    def feeds_connected(self) -> bool:
        """Whether the owner's mail and calendar are known."""
        return self.brief.facets.touches_last_14 is not None

    def knows(self, field: str) -> bool:
        """Whether the data has a column for this custom field at all."""
        return any(name in self.recorded.custom for name in self.rules.fields.get(field, ()))

    def custom(self, field: str) -> Any:
        """The deal's value of a custom field under any of its configured names; None if blank."""
        values: Mapping[str, Any] = {name.lower(): value for name, value in self.deal.custom.items()}
        return next((values[name] for name in self.rules.fields.get(field, ()) if values.get(name)), None)

    def notes_around(self, on: Any) -> list[Note]:
        """Notes written so close to a day that they may explain what happened on it."""
        near = timedelta(days=self.limits.reason_within_days)
        return [note for note in self.deal.notes if abs(note.on - on) <= near]
