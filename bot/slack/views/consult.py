"""The opportunity consult pack: what a manager needs for the session, on one screen (DOMAIN 6.1)."""

from bot.coach.reply import CoachReply
from bot.slack.views import parts
from bot.slack.views.answer import fallback_text, foot, message_below_head
from bot.slack.views.blocks import context, divider
from bot.slack.views.card import CardState, card_buttons
from bot.slack.views.message import Message, fitted
from bot.slack.views.prose import prose

PRIVATE = "🔒  Only you see this. Unfold it with the seller, question by question."


def consult_message(
    reply: CoachReply,
    *,
    hosts: frozenset[str] = frozenset(),
    reply_id: int | None = None,
    state: CardState | None = None,
) -> Message:
    """Render a prepared consult: the deal, then agenda, what to inspect, questions and action plan."""
    head = [*parts.deal_head(reply, prefix="Consult · "), context(PRIVATE), divider()]
    body = [*head, *prose(message_below_head(reply)), *(card_buttons(state) if state else [])]
    return Message(text=fallback_text(reply), blocks=fitted(body, foot(reply, hosts, reply_id)))
