"""The opportunity consult pack: what a manager needs for the session, on one screen (DOMAIN 6.1)."""

from bot.coach.reply import CoachReply
from bot.slack.views import parts, wording
from bot.slack.views.answer import extra_headline, fallback_text
from bot.slack.views.blocks import context, divider, feedback, header
from bot.slack.views.message import Block, Message, fitted

PRIVATE = "🔒  Only you see this. Unfold it with the seller, question by question."


def consult_message(reply: CoachReply, *, hosts: frozenset[str] = frozenset(), reply_id: int | None = None) -> Message:
    """Render a prepared consult: overview, agenda and questions, then the action plan it should end in."""
    foot = [*parts.sources(reply, hosts), *parts.small_print(reply)]
    rating = [feedback(reply_id)] if reply_id is not None else []
    body = [*_overview(reply), *_agenda(reply), *_plan(reply)]
    return Message(text=fallback_text(reply), blocks=fitted(body, [*foot, *rating]))


def _overview(reply: CoachReply) -> list[Block]:
    bucket = reply.health.bucket if reply.health else None
    verdict = f" · {wording.bucket_mark(bucket)} {bucket.value}" if bucket else ""
    name = reply.deal.name if reply.deal else "your deal"
    facts = parts.facts_line(reply.deal) if reply.deal else []
    return [header(f"🧭 Consult · {name}{verdict}"), *facts, context(PRIVATE), *extra_headline(reply)]


def _agenda(reply: CoachReply) -> list[Block]:
    """The pack's own sections; without any, what they would be made of."""
    if reply.sections:
        return [divider(), *parts.sections(reply.sections)]
    return [*parts.why(reply.health), *parts.did_and_said(reply), *parts.gaps(reply.meddppicc)]


def _plan(reply: CoachReply) -> list[Block]:
    steps = parts.next_steps(reply.next_steps)
    return [divider(), *steps] if steps else []
