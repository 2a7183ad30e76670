"""The follow-up of accepted steps: what became of each, with the evidence; vague ones with a better wording."""

from collections.abc import Sequence
from datetime import date

from bot.coach.dates import plural
from bot.coach.follow_ups import OldPlan, Question
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.action_forms import item_words
from bot.slack.views.blocks import actions, button, context, divider, section
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message, fitted

_VERBS = (("done", "Done"), ("move", "Moved"), ("drop", "Dropped"))
_MAX_PLANS = 5


def follow_up_questions(questions: Sequence[Question], plans: Sequence[OldPlan], more: int, today: date) -> Message:
    """Render one reader's follow-up; `more` actions did not fit and come another day."""
    title = _title(questions)
    rows = [row for number, question in enumerate(questions) for row in _question(question, number, today)]
    old = [f"🗓️ {mrkdwn(plan.deal_name, 120)}: the close plan {mrkdwn(plan.words, 120)}" for plan in plans]
    beyond = [f"{plural(more, 'more action')} tomorrow."] if more > 0 else []
    small = "\n".join([*old[:_MAX_PLANS], *([f"{len(old) - _MAX_PLANS} more plans"] if len(old) > _MAX_PLANS else [])])
    foot = [context("\n".join(each for each in (small, *beyond) if each))] if small or beyond else []
    head = [section(f"*{title}*")] if questions else []
    lines = [title, *(question.item.text for question in questions)] if questions else [small]
    return Message(text=mrkdwn("\n".join(lines), 1500), blocks=fitted([*head, *rows], foot))


def _title(questions: Sequence[Question]) -> str:
    are = "is" if len(questions) == 1 else "are"
    return f"{plural(len(questions), 'step')} you took on {are} due. What did the buyer do?"


def _question(question: Question, number: int, today: date) -> list[Block]:
    item = question.item
    late = (today - item.due).days
    overdue = f"⏰ *{plural(late, 'day')} overdue*\n" if late > 0 else ""
    buttons = [
        button(label, ActionId.ACTION_RESULT.numbered(3 * number + place), f"{verb}:{item.id}:{item.version}",
               accessible=f"{label}: {item.text}")
        for place, (verb, label) in enumerate(_VERBS)
    ]  # fmt: skip
    return [section(f"{overdue}{item_words(item)}"), *_vague(question, number), actions(buttons), divider()]


def _vague(question: Question, number: int) -> list[Block]:
    """What makes an action impossible to check, and the first better wording to take over."""
    if not question.better:
        return []
    better, item = question.better[0], question.item
    lacks = mrkdwn(", ".join(question.lacks), 200)
    day = f", by {wording.due(better.due)}" if better.due else ""
    said = f"✋ Nobody can check this ({lacks} missing). Rather: _{mrkdwn(better.text, 250)}{day}_"
    use = button(
        "Use this",
        ActionId.ACTION_REWORD.numbered(number),
        f"{item.id}:{item.version}:0",
        accessible="Use this wording",
    )
    return [section(said, accessory=use)]
