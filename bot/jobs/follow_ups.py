"""Accepted steps come back on their day: done, moved or dropped, with evidence (DOMAIN 6.3; F069, F073)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.coach.follow_ups import OldPlan, Question, old_plans, to_ask
from bot.jobs.clock import Slot
from bot.jobs.mailing import Letter, Round
from bot.memory import ActionItem, Ask
from bot.pipeline.model import User
from bot.slack.views.follow_ups import follow_up_questions

KIND = "follow-up"


@dataclass(frozen=True, slots=True)
class ActionFollowUps:
    """One message in the afternoon with every action due; also the close plans that grow old."""

    kind: str = KIND

    def slot(self, circle: Round, reader: User, day: date) -> Slot | None:
        """At the company's time for follow-ups; whoever switched the digest off is still asked what they promised."""
        if not circle.rules.may_get(reader):
            return None
        return circle.rules.slot(day, circle.zone_of(reader), circle.rules.follow_ups_at, circle.wishes_of(reader))

    def write(self, circle: Round, readers: Sequence[User]) -> Mapping[str, Letter | None]:
        """Letters for those who promised something for today, or whose plans are old."""
        memory, rules = circle.runtime.memory, circle.rules.follow_ups
        due: dict[str, list[tuple[ActionItem, Ask | None]]] = {}
        for item, ask in memory.follow_ups.due(max(circle.today_of(reader) for reader in readers)):
            due.setdefault(item.owner_id, []).append((item, ask))
        reminded = memory.follow_ups.reminders()
        concreteness = circle.runtime.coach.playbook.concreteness
        letters: dict[str, Letter | None] = {}
        for reader in readers:
            questions = to_ask(due.get(reader.id, ()), concreteness, rules, circle.today_of(reader))
            rows = [circle.standings.rows[each] for each in circle.standings.owned.get(reader.id, ())]
            plans = list(old_plans(rows, reminded, rules))
            letters[reader.id] = self._letter(circle, reader, questions, plans) if questions or plans else None
        return letters

    def _letter(self, circle: Round, reader: User, questions: Sequence[Question], plans: Sequence[OldPlan]) -> Letter:
        book, today = circle.runtime.memory.follow_ups, circle.today_of(reader)
        shown = questions[: circle.rules.follow_ups.most]

        def told(now: datetime) -> None:  # noqa: ARG001 - what was asked counts for the reader's own day
            book.asked([question.item for question in shown], today)
            book.reminded({plan.deal_id: plan.reminder for plan in plans})

        return Letter(message=follow_up_questions(shown, plans, len(questions) - len(shown), today), told=told)
