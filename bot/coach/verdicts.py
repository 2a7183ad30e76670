"""Accounts of what became of each attempt to use a model: stored with its reasons, so that it can be counted."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from bot.coach.llm.client import Behalf
from bot.coach.llm.errors import ModelError
from bot.coach.llm.prompts import Prompt
from bot.memory import Memory, VerdictRecord


class Verdict(StrEnum):
    """What became of one attempt to use a model; stored with its reasons."""

    ACCEPTED = "accepted"
    """Everything was supported."""
    REPAIRED = "repaired"
    """Everything was supported after one repair."""
    PARTLY = "partly accepted"
    """What was not supported was removed; the rest was used."""
    REJECTED = "rejected"
    """Nothing usable was left."""
    FAILED = "failed"
    """The model did not answer, or not in the agreed form."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """The book of one model's verdicts."""

    memory: Memory
    model: str

    @contextmanager
    def failures_recorded(self, job: str, prompt: Prompt, behalf: Behalf) -> Iterator[None]:
        """Enter a call of `job` that fails, by its kind; the error goes on."""
        try:
            yield
        except ModelError as error:
            self.record(Verdict.FAILED, job, prompt, behalf, 0, Counter({error.kind: 1}))
            raise

    def record(
        self, outcome: Verdict, job: str, prompt: Prompt, behalf: Behalf, checked: int, reasons: Counter[str]
    ) -> None:
        """Enter what became of one job. `reasons` count what was removed, or say why it failed."""
        verdict = VerdictRecord(
            asker_id=behalf.asker_id,
            deal_id=behalf.deal_id,
            job=job,
            prompt=prompt.name,
            model=self.model,
            outcome=outcome.value,
            checked=checked,
            removed=0 if outcome is Verdict.FAILED else reasons.total(),
            reasons=tuple(sorted(reasons.items())),
        )
        self.memory.record_verdict(verdict, behalf.now)


def outcome_of(*, removed: bool, used: bool, repaired: bool) -> Verdict:
    """The verdict on a job that was answered."""
    if not removed:
        return Verdict.REPAIRED if repaired else Verdict.ACCEPTED
    return Verdict.PARTLY if used else Verdict.REJECTED
