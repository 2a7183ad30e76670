"""Sharing a card: first who would read what, then the message everybody reads."""

from collections.abc import Sequence
from typing import Any

from bot.coach.reply import CoachReply
from bot.slack.ids import CallbackId
from bot.slack.views import parts
from bot.slack.views.answer import fallback_text, message_below_head
from bot.slack.views.blocks import bullets, context, line, rich_text, section, words
from bot.slack.views.card import card_blocks, is_card
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Message, fitted
from bot.slack.views.modal import View, form, reading
from bot.slack.views.prose import prose

MAX_NAMED = 8


CARD = ("the health of the deal with its reasons", "what the buyer did and said, word for word",
        "the gaps and the next steps")  # fmt: skip
WRAP_UP = ("the strategy", "what the two agreed and what is still open", "the actions with owner and day")


def share_form(
    deal_name: str,
    channel: str,
    readers: Sequence[str],
    carried: dict[str, Any],
    *,
    holds: Sequence[str] = CARD,
    callback: CallbackId = CallbackId.SHARE,
) -> View:
    """Ask before sharing, naming the readers and what they will see. `readers` are Slack ids of full members."""
    named = ", ".join(f"<@{reader}>" for reader in readers[:MAX_NAMED])
    others = f" and {len(readers) - MAX_NAMED} more" if len(readers) > MAX_NAMED else ""
    people = "1 person" if len(readers) == 1 else f"{len(readers)} people"
    blocks = [
        section(f"Share *{mrkdwn(deal_name, 150)}* in *#{mrkdwn(channel, 80)}*?"),
        section(f"{people} will read it: {named}{others}. Whoever joins later reads it too."),
        rich_text(
            line(words("They will see", bold=True)),
            bullets([[words(each)] for each in holds]),
        ),
    ]  # fmt: skip
    return form("Share this deal", blocks, callback=callback, submit="Share", carried=carried)


def refused_view(reason: str) -> View:
    """Why it is not shared."""
    return reading("Not shared", [section(f"🔒  {mrkdwn(reason, 600)}"), context("You still see your own answer.")])


def shared_message(reply: CoachReply, shared_by: str, hosts: frozenset[str]) -> Message:
    """The card without its buttons, and who shared it."""
    text = message_below_head(reply)
    body = [*parts.deal_head(reply), *(card_blocks(reply, text, None) if is_card(reply) else prose(text))]
    foot = [
        *parts.sources(reply, hosts),
        *parts.small_print(reply, with_benchmarks=False),
        context(f"Shared by <@{shared_by}>"),
    ]
    return Message(text=fallback_text(reply), blocks=fitted(body, foot))
