"""The agenda of the weekly deal review, to everybody who leads a team (F085)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.coach.access import asker_for
from bot.coach.review_agenda import Agenda, make_agenda
from bot.coach.view import DealView
from bot.jobs.clock import Slot
from bot.jobs.mailing import Letter, Round
from bot.jobs.team_digests import week_ago
from bot.pipeline.hygiene.rules import load_hygiene
from bot.pipeline.model import User
from bot.slack.views.review import agenda_message

KIND = "weekly review"


@dataclass(frozen=True, slots=True)
class WeeklyReviews:
    """One agenda a leader and week; none in a week without anything to talk about."""

    kind: str = KIND

    def slot(self, circle: Round, reader: User, day: date) -> Slot | None:
        """On the company's day for reviews."""
        rules = circle.rules
        if rules.review is None or not reader.active or not circle.leads(reader):
            return None
        return rules.weekly_slot(
            day, rules.review.day, circle.zone_of(reader), rules.review_at, circle.wishes_of(reader)
        )

    def write(self, circle: Round, readers: Sequence[User]) -> Mapping[str, Letter | None]:
        """One letter a leader."""
        letters: dict[str, Letter | None] = {}
        for reader in readers:
            agenda = build_agenda(circle, reader)
            letters[reader.id] = None if agenda.is_empty else Letter(message=agenda_message(agenda, circle.now))
        return letters


def build_agenda(circle: Round, reader: User) -> Agenda:
    """The agenda over all open deals the reader may see."""
    asker, memory = asker_for(reader, circle.users), circle.runtime.memory
    ids = circle.standings.visible_to(asker) if asker else []
    rows, today = [circle.standings.rows[deal_id] for deal_id in ids], circle.today_of(reader)

    def judge(deal_ids: Sequence[str]) -> list[DealView]:
        return [circle.mornings.view(brief) for brief in circle.mornings.briefs(deal_ids)]

    overdue = [
        item
        for item in memory.actions.open_of(sorted({row["owner"] for row in rows}))
        if item.due < today and item.deal_id in circle.standings.rows
    ]
    fields = load_hygiene(circle.runtime.settings.playbook_dir).fields.get("blocker", ())
    rules = circle.rules.review
    assert rules is not None  # without it there is no slot
    return make_agenda(rows, week_ago(circle, ids, today), overdue, fields, judge, rules)
