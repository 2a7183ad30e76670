"""Pure Block Kit builders: model in, message out. They read no clock, no setting and no network."""

from bot.coach.reply import CoachReply, Outcome
from bot.slack.views.answer import answer_message
from bot.slack.views.clarify import clarify_message
from bot.slack.views.consult import consult_message
from bot.slack.views.message import Message

__all__ = ["Message", "answer_message", "clarify_message", "consult_message", "is_menu"]


def is_menu(reply: CoachReply) -> bool:
    """Whether the asker must pick one of several deals."""
    return reply.outcome is Outcome.CLARIFY and bool(reply.choices)
