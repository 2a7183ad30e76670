"""A short menu when a name fits several of the asker's deals. The button carries the deal's id only."""

from bot.coach.reply import CoachReply, DealRef
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.answer import fallback_text
from bot.slack.views.blocks import button, context, section
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message, fitted
from bot.slack.views.prose import prose

MAX_CHOICES = 8


def clarify_message(reply: CoachReply, *, action: ActionId, menu: str) -> Message:
    """Render the choices. `menu` marks the blocks, so that a click finds the question it answers."""
    rows = [_row(deal, number, action, menu) for number, deal in enumerate(reply.choices[:MAX_CHOICES])]
    left_out = len(reply.choices) - len(rows)
    note = [context(f"{left_out} more match. Write more of the name to narrow it down.")] if left_out else []
    return Message(text=fallback_text(reply), blocks=fitted([*prose(reply.text or reply.headline), *rows], note))


def _row(deal: DealRef, number: int, action: ActionId, menu: str) -> Block:
    facts = "  ·  ".join(mrkdwn(fact, 100) for fact in wording.deal_facts(deal))
    choose = button("Choose", action.numbered(number), deal.id, accessible=f"Choose {deal.name}")
    row = section(f"*{mrkdwn(deal.name, 150)}*\n{facts}", accessory=choose)
    return row | {"block_id": f"menu:{menu}:{number}"}
