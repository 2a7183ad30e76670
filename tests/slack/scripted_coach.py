"""A coach that says what a test about Slack needs it to say; what the real one says is in `test_real_coach`."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from samples import ANSWER, CLARIFY, CONSULT, HANDBOOK, NOT_FOUND, TIMBER

from bot.coach.access import Asker
from bot.coach.consults.coverage import Coverage
from bot.coach.reply import CoachReply
from bot.coach.service import HomeDeal, HomeSummary, Suggestion
from bot.memory import ConsultKind
from bot.pipeline.brief import HealthBucket
from bot.pipeline.model import User
from bot.pipeline.views import View

MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())
PRIYA = User(id="u-priya", name="Priya Raman", email="priya@example.com")


@dataclass
class ScriptedCoach:
    """Stands in for the coach where a test is about Slack: fixed replies, failures and slowness on demand.

    Knows Priya only. `asked` is every question with its focus.
    """

    deepener: object | None = None
    failure: Exception | None = None
    slow_seconds: float = 0.0
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    reply: Callable[[str, str | None], CoachReply] | None = None

    def asker_for_slack(self, slack_user_id: str, email: str | None) -> Asker | None:
        return Asker(PRIYA, frozenset({PRIYA.id})) if email == PRIYA.email else None

    def answer(self, asker: Asker, text: str, *, now: datetime, focus: str | None = None) -> CoachReply:
        self._work(text, focus)
        if self.reply is not None:
            return self.reply(text, focus)
        if "champion" in text:
            return HANDBOOK
        if "pilot" in text and focus is None:
            return CLARIFY
        return NOT_FOUND if "Globex" in text else ANSWER

    def consult(self, asker: Asker, text: str, *, now: datetime, kind: ConsultKind = ConsultKind.FULL) -> CoachReply:
        self._work(text, None)
        return CLARIFY if "pilot" in text else CONSULT

    def views_for(self, asker: Asker) -> tuple[View, ...]:
        return ()

    def rota(self, asker: Asker, last_held: object, *, now: datetime) -> list[Coverage]:
        return []

    def suggestions(self, asker: Asker, *, now: datetime) -> list[Suggestion]:
        return [Suggestion("Norrland: quiet", "How is Mill control rollout doing?")]

    def home(self, asker: Asker, *, now: datetime) -> HomeSummary:
        self._work("home", None)
        return HomeSummary(
            (HomeDeal(TIMBER, HealthBucket.AT_RISK, "no reply for 17 days"),), ("calls: not connected",), None
        )

    def _work(self, text: str, focus: str | None) -> None:
        self.asked.append((text, focus))
        time.sleep(self.slow_seconds)
        if self.failure is not None:
            raise self.failure
