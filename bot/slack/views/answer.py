"""Every answer the coach gives, as one Slack message."""

import re

from bot.coach.reply import CoachReply, Outcome
from bot.slack.ids import ActionId
from bot.slack.views import parts, wording
from bot.slack.views.blocks import actions, button, feedback, header
from bot.slack.views.escape import mrkdwn_lines
from bot.slack.views.message import Block, Message, fitted
from bot.slack.views.prose import prose, without_markup

_TEXT_LIMIT = 2800
_MAX_BUTTONS = 5
_WITH_FIGURES = {Outcome.ANSWER, Outcome.ANSWER_CLOSED, Outcome.ANSWER_PIPELINE}


def answer_message(reply: CoachReply, *, hosts: frozenset[str] = frozenset(), reply_id: int | None = None) -> Message:
    """Render an answer. A judged deal becomes a card: bucket, what the buyer did, gaps, next step
    (DOMAIN 8.1); anything else is its own plain message.

    `hosts` may be linked to; with `reply_id` the answer can be rated.
    """
    body = _card(reply) if _is_judged_deal(reply) else [*prose(reply.text or reply.headline), *_picks(reply)]
    small = parts.small_print(reply) if reply.outcome in _WITH_FIGURES or reply.caveats else []
    rating = [feedback(reply_id)] if reply_id is not None else []
    foot = [*parts.sources(reply, hosts), *small, *rating]
    return Message(text=fallback_text(reply), blocks=fitted([*_head(reply), *body], foot))


def fallback_text(reply: CoachReply) -> str:
    """The plain message, escaped: notifications and screen readers get all of it."""
    return mrkdwn_lines(without_markup(reply.text or reply.headline), _TEXT_LIMIT) or "The answer is below."


def extra_headline(reply: CoachReply) -> list[Block]:
    """The headline, unless it only repeats the name and bucket that stand above it."""
    rest = reply.headline.replace("Consult", "").replace("(insufficient data)", "")
    for known in (reply.deal.name if reply.deal else "", _bucket_word(reply)):
        rest = rest.replace(known, "")
    return parts.headline(reply.headline) if re.search(r"\w", rest) else []


def _head(reply: CoachReply) -> list[Block]:
    if reply.deal is None:
        return []
    bucket = reply.health.bucket if reply.health else None
    verdict = f" · {bucket.value}" if bucket else ""
    mark = f"{wording.bucket_mark(bucket)} " if reply.health else ""
    return [header(f"{mark}{reply.deal.name}{verdict}"), *parts.facts_line(reply.deal)]


def _is_judged_deal(reply: CoachReply) -> bool:
    return reply.deal is not None and bool(reply.health or reply.meddppicc)


def _card(reply: CoachReply) -> list[Block]:
    return [
        *extra_headline(reply),
        *parts.sections(reply.sections),
        *parts.why(reply.health),
        *parts.did_and_said(reply),
        *parts.gaps(reply.meddppicc),
        *parts.next_steps(reply.next_steps),
    ]


def _picks(reply: CoachReply) -> list[Block]:
    """Buttons for the deals a list answer names, so that the next question is one press."""
    picks = [
        button(deal.name, ActionId.CHOOSE_DEAL.numbered(number), deal.id)
        for number, deal in enumerate(reply.choices[:_MAX_BUTTONS])
    ]
    return [actions(picks)] if picks else []


def _bucket_word(reply: CoachReply) -> str:
    return reply.health.bucket.value if reply.health and reply.health.bucket else ""
