"""The one place where a sheet asked for meets the file that fills it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.coach.answers.changes import answer_changes
from bot.coach.answers.command import answer_command_plan
from bot.coach.answers.conversation import answer_objection, answer_trial_close
from bot.coach.answers.draft import DRAFTS, answer_draft
from bot.coach.answers.mutual import answer_mutual
from bot.coach.answers.people import answer_competition, answer_stakeholders
from bot.coach.answers.rubric import RUBRICS, answer_close_week, answer_rubric
from bot.coach.command_plan import Kept
from bot.coach.playbook import CoachPlaybook
from bot.coach.reply import CoachReply
from bot.coach.sheets import Sheet
from bot.coach.since import looks_back_to
from bot.coach.view import DealView
from bot.pipeline.brief import DealBrief


@dataclass(frozen=True, slots=True)
class SheetRequest:
    """A sheet asked for on one judged deal: `text` is what was written, `brief_at` the same deal at another instant,
    `kept` what is remembered of its plan.
    """

    view: DealView
    sheet: Sheet
    text: str
    brief_at: Callable[[datetime], DealBrief]
    kept: Kept


def answer_sheet(request: SheetRequest, playbook: CoachPlaybook) -> CoachReply:
    """Fill the sheet. Whoever calls has checked access."""
    view, sheet = request.view, request.sheet
    if sheet in RUBRICS:
        return answer_rubric(view, sheet, playbook.rubrics)
    if sheet in DRAFTS:
        return answer_draft(view, sheet, playbook.drafts)
    if sheet is Sheet.MUTUAL_PLAN:
        return answer_mutual(view, playbook.mutual_plan, request.kept(view.brief.deal.id).mutual)
    if sheet is Sheet.COMMAND_PLAN:
        return answer_command_plan(view, request.kept(view.brief.deal.id), playbook.consult)
    if sheet is Sheet.CHANGES:
        return _changes(request)
    if sheet is Sheet.CLOSE_WEEK:
        return answer_close_week(view, playbook.rubrics)
    if sheet is Sheet.TRIAL_CLOSE:
        return answer_trial_close(view, playbook.conversation)
    if sheet is Sheet.OBJECTION:
        return answer_objection(view, request.text, playbook.conversation)
    if sheet is Sheet.STAKEHOLDERS:
        return answer_stakeholders(view, playbook.conversation)
    return answer_competition(view, playbook.conversation)


def _changes(request: SheetRequest) -> CoachReply:
    brief = request.view.brief
    since = looks_back_to(request.text, brief.today, brief.facets.last_meeting)
    created = brief.deal.created_on
    then = None if created and created > since else request.brief_at(_end_of(since, brief.as_of))
    return answer_changes(request.view, then, since)


def _end_of(day: date, as_of: datetime) -> datetime:
    """The last second of `day` in the zone of `as_of`, never after it."""
    return min(datetime.combine(day, time(23, 59, 59), as_of.tzinfo), as_of)
