"""Every answer the coach gives, as one Slack message."""

import re

from bot.coach.reply import CoachReply, Outcome
from bot.slack.ids import ActionId
from bot.slack.views import parts
from bot.slack.views.blocks import actions, button, feedback, verbatim
from bot.slack.views.card import CardState, card_blocks, is_card
from bot.slack.views.escape import mrkdwn_lines
from bot.slack.views.message import Block, Message, fitted
from bot.slack.views.plans import open_button
from bot.slack.views.prose import prose, without_markup

_TEXT_LIMIT = 2800
_MAX_BUTTONS = 5
_HANDBOOK_KEY = re.compile(r" \((?:[\w.-]+/)*[\w.-]+#[\w-]+\)")
"""How the command line names a section; in Slack the sources below the message do, by title."""
_SEE_ALSO = re.compile(r"\nSee also: .*\Z")
_WITH_FIGURES = {Outcome.ANSWER, Outcome.ANSWER_CLOSED, Outcome.ANSWER_PIPELINE}


def answer_message(
    reply: CoachReply,
    *,
    hosts: frozenset[str] = frozenset(),
    reply_id: int | None = None,
    state: CardState | None = None,
) -> Message:
    """Render an answer: the deal and its bucket, then the card of an assessment or the plain message.

    The message already has the order of DOMAIN 8.1, from bucket to next step, and its length. `hosts` may be
    linked to; with `reply_id` the answer can be rated; with `state` its details open and its steps can be accepted.
    """
    body = [*parts.deal_head(reply), *_below(reply, state), *_picks(reply), *_onward(reply)]
    below_all = foot(reply, hosts, reply_id, with_benchmarks=state is None)
    return Message(text=fallback_text(reply), blocks=fitted(body, below_all))


def _below(reply: CoachReply, state: CardState | None) -> list[Block]:
    text = message_below_head(reply)
    if reply.draft:
        return [*prose(reply.text.partition("\n")[0]), verbatim(reply.draft)]
    return card_blocks(reply, text, state) if is_card(reply) else prose(text)


def message_below_head(reply: CoachReply) -> str:
    """The plain message, without its first line where that repeats what stands in the heading."""
    text = _told(reply)
    first, _, rest = text.partition("\n")
    repeats = reply.deal is not None and rest and without_markup(first).startswith(reply.headline)
    return rest if repeats else text


def foot(
    reply: CoachReply, hosts: frozenset[str], reply_id: int | None, *, with_benchmarks: bool = True
) -> list[Block]:
    """Sources, caveats and dates, and the thumbs."""
    figures = reply.outcome in _WITH_FIGURES or reply.caveats
    small = parts.small_print(reply, with_benchmarks=with_benchmarks) if figures else []
    rating = [feedback(reply_id)] if reply_id is not None else []
    return [*parts.sources(reply, hosts), *small, *rating]


def fallback_text(reply: CoachReply) -> str:
    """The plain message, escaped: notifications and screen readers get all of it."""
    return mrkdwn_lines(without_markup(_told(reply)), _TEXT_LIMIT) or "The answer is below."


def _told(reply: CoachReply) -> str:
    """The message without what the sources below it say better: keys of handbook sections, and further ones."""
    text = reply.text or reply.headline
    if reply.outcome is Outcome.ANSWER_HANDBOOK and len(reply.citations) > 1:
        text = _SEE_ALSO.sub("", text)
    return _HANDBOOK_KEY.sub("", text)


def _onward(reply: CoachReply) -> list[Block]:
    """The way to the form that goes on where the answer ends."""
    return [actions([open_button(reply.opens, reply.deal.id)])] if reply.opens and reply.deal else []


def _picks(reply: CoachReply) -> list[Block]:
    """Buttons for the deals a list answer names, so that the next question is one press."""
    picks = [
        button(deal.name, ActionId.CHOOSE_DEAL.numbered(number), deal.id)
        for number, deal in enumerate(reply.choices[:_MAX_BUTTONS])
    ]
    return [actions(picks)] if picks else []
