"""Words said under an answer that is out, sentence by sentence, each checked before anybody sees it.

A sentence that does not hold is held back for one repair; what is still untold at the end code says itself. If the
model says nothing that holds, nothing is said at all: the answer stands as it is.
"""

from collections import Counter
from dataclasses import dataclass, field

from bot.coach.ground.assemble import sentence
from bot.coach.ground.lexicon import tidy
from bot.coach.ground.model import Violation
from bot.coach.ground.points import Point, PointCheck, Points
from bot.coach.hearing import Hear, Sentence
from bot.coach.llm import tell as job
from bot.coach.llm.client import Behalf, ModelClient
from bot.coach.llm.errors import ModelError, ModelStopped
from bot.coach.llm.prompts import Prompt
from bot.coach.llm.rules import TellRules
from bot.coach.reply import CoachReply
from bot.coach.verdicts import Accounts, outcome_of

CHANGED = "Changed above"


@dataclass(frozen=True, slots=True)
class Teller:
    """Has a model put points into words. Blocks for seconds."""

    client: ModelClient
    prompt: Prompt
    rules: TellRules
    check: PointCheck
    accounts: Accounts

    def tell(self, points: Points, question: str, behalf: Behalf, hear: Hear) -> None:
        """Say the points to `hear`. A failing model raises nothing; ModelStopped once the person wants no more.

        Raises BotMemoryError if memory does not answer.
        """
        telling = _Telling(points, self.check, self.rules.chosen, hear)
        try:
            self._round(telling, points.points, question, behalf)
            if telling.untold() and (telling.told or telling.wrong):
                self._round(telling, telling.untold(), question, behalf, repairs=True)
        except ModelStopped:
            raise
        except ModelError:
            telling.failed = True
        telling.complete()
        self._enter(telling, behalf)

    def _round(
        self, telling: "_Telling", points: tuple[Point, ...], question: str, behalf: Behalf, *, repairs: bool = False
    ) -> None:
        problems, telling.repairing = tuple(telling.wrong.values()), repairs
        with self.accounts.failures_recorded(job.JOB, self.prompt, behalf):
            job.tell(self.client, self.prompt, points, question, problems, behalf, telling.consider)

    def _enter(self, telling: "_Telling", behalf: Behalf) -> None:
        if telling.failed and not telling.told:
            return  # the failure is entered already, and there is nothing else to say about it
        removed = bool(telling.wrong)
        outcome = outcome_of(removed=removed, used=bool(telling.told), repaired=telling.repaired)
        reasons = telling.reasons if removed else Counter[str]()
        self.accounts.record(outcome, job.JOB, self.prompt, behalf, telling.checked, reasons)


@dataclass(slots=True)
class _Telling:
    """What has been said of the points, what failed, what is left."""

    points: Points
    check: PointCheck
    choices: int
    hear: Hear
    told: set[str] = field(default_factory=set)
    wrong: dict[str, Violation] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    checked: int = 0
    repairing: bool = False
    repaired: bool = False
    failed: bool = False

    def consider(self, said: job.Told) -> None:
        """Say a claim if it holds; one for a point that is told, unknown or one choice too many is passed over."""
        point = next((point for point in self.points.points if point.id == said.point), None)
        if point is None or point.id in self.told or not (point.must or self.choices > 0):
            return
        self.checked += 1
        problem = self.check.problem(point, said.text, self.points.material) if point.fact else None
        if problem is not None:
            self.wrong[point.id] = problem
            self.reasons[problem.reason.value] += 1
            return
        self.repaired = self.repaired or (self.repairing and point.id in self.wrong)
        self.wrong.pop(point.id, None)
        self._say(point, sentence(tidy(said.text)) if point.fact else point.text)

    def untold(self) -> tuple[Point, ...]:
        """What must still be told."""
        return tuple(point for point in self.points.points if point.must and point.id not in self.told)

    def complete(self) -> None:
        """Say the rest in code's own words, if anything was said: half of it would look like all there is."""
        if self.told:
            for point in self.untold():
                self._say(point, point.text)

    def _say(self, point: Point, words: str) -> None:
        self.told.add(point.id)
        self.choices -= 0 if point.must else 1
        self.hear(Sentence(point.label, words))


def change_told(before: CoachReply, after: CoachReply) -> Sentence | None:
    """What new evidence changed about the elements, in code's words; None if no status did."""
    statuses = {line.element: line.status for line in before.meddppicc}
    changed = [line for line in after.meddppicc if statuses.get(line.element, line.status) is not line.status]
    if not changed:
        return None
    parts = [f"{line.element.label.lower()} is {line.status.value.replace('_', ' ')}" for line in changed]
    words = f"I found evidence in the notes, so {', '.join(parts)} now."
    return Sentence(CHANGED, words)
