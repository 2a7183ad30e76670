"""Whose deals should be consulted on, as an answer: what is due first, how many strategic deals are covered (F070)."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from bot.coach.answers.menu import plain
from bot.coach.consults.coverage import Coverage, Turn, rank
from bot.coach.dates import days_ago, plural
from bot.coach.reply import CoachReply, Outcome, Section
from bot.memory.consults import ConsultKind

_ASKS = re.compile(
    r"\b(who|whom|which deals?|what) (should|do|must|can) (i|we) consult\b|\bcoverage of (my|our|the) consults?\b"
    r"|\bconsults? (coverage|rota|due|this week)\b|\bwhose turn\b|\b(my|our|the) (consults?|consult(ing)? rota)\b"
    r"|\bnext consults?\b",
    re.IGNORECASE,
)
_SHOWN = 5


def asks_for_rota(text: str) -> bool:
    """Whether a message asks whose deals are due for a consult, or how many were covered."""
    return bool(_ASKS.search(text))


def answer_rota(rota: Sequence[Coverage], now: datetime, today: date) -> CoachReply:
    """The deals due, strategic and worst first, over everybody whose figures the asker may see."""
    strategic, covered = sum(each.strategic for each in rota), sum(each.covered for each in rota)
    if not any(each.turns for each in rota):
        return plain("There is no open deal to consult on in the pipeline you can see.", now)
    due = sorted((turn for each in rota for turn in each.turns if turn.due), key=rank)
    headline = f"Consults: {covered} of {plural(strategic, 'strategic deal')} covered, {plural(len(due), 'deal')} due"
    lines = [_line(turn, today) for turn in due[:_SHOWN]] or ["No deal is due for a consult."]
    more = [f"{plural(len(due) - _SHOWN, 'more deal')} due; /consult team shows them by person."]
    tail = [*(more if len(due) > _SHOWN else []), *(["`/consult` and a name prepares one."] if due else [])]
    return CoachReply(
        outcome=Outcome.ANSWER_PIPELINE,
        as_of=now,
        headline=headline,
        text="\n".join([f"*{headline}*", *(f"• {line}" for line in lines), *tail]),
        sections=(Section(title="Consults due", lines=tuple(lines)),),
    )


def _line(turn: Turn, today: date) -> str:
    kind = "consult" if turn.kind is ConsultKind.FULL else "light review is enough"
    held = f"last one {days_ago(turn.last_on, today)}" if turn.last_on else "never held"
    return f"{turn.name} ({turn.owner}): {turn.standing}, {kind}, {held}"
