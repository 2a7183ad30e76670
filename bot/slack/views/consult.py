"""The opportunity consult pack: what a manager needs for the session, on one screen (DOMAIN 6.1)."""

from bot.coach.reply import CoachReply
from bot.memory import ConsultKind
from bot.slack.ids import ActionId
from bot.slack.views import parts
from bot.slack.views.answer import fallback_text, foot, message_below_head
from bot.slack.views.blocks import actions, button, context, divider
from bot.slack.views.card import CardState, card_buttons
from bot.slack.views.message import Block, Message, fitted
from bot.slack.views.prose import prose

LIGHT = "Light review"
PRIVATE = "🔒  Only you see this. Unfold it with the seller, question by question."


def consult_message(
    reply: CoachReply,
    *,
    hosts: frozenset[str] = frozenset(),
    reply_id: int | None = None,
    state: CardState | None = None,
) -> Message:
    """Render a prepared consult: the deal, then agenda, what to inspect, questions and action plan."""
    prefix = reply.headline.partition(":")[0]
    head = [*parts.deal_head(reply, prefix=f"{prefix} · "), context(PRIVATE), divider()]
    start = [_start(reply.deal.id, light=prefix == LIGHT)] if state and reply.deal and reply.health else []
    body = [*head, *prose(message_below_head(reply)), *start, *(card_buttons(state) if state else [])]
    return Message(text=fallback_text(reply), blocks=fitted(body, foot(reply, hosts, reply_id)))


def _start(deal_id: str, *, light: bool) -> Block:
    """The two ways to begin, the prepared one first; a form asks before anybody is invited."""
    names = ("Full consult…", "Start here…") if light else ("Start here…", "Light review…")
    ways = zip(names, (ConsultKind.FULL, ConsultKind.LIGHT), strict=True)
    row = [
        button(
            label, ActionId.CONSULT_START.numbered(number), f"{kind.value}:{deal_id}",
            style="primary" if (kind is ConsultKind.LIGHT) == light else None,
        )
        for number, (label, kind) in enumerate(ways, start=1)
    ]  # fmt: skip
    return actions(row[::-1] if light else row)
