"""Answers on closed deals: no bucket; what is left to do (DOMAIN 8, F011)."""

from datetime import timedelta

from bot.coach.answers.wording import deal_ref, step_lines
from bot.coach.dates import day_words, days_ago
from bot.coach.evidence.statements import read_statements
from bot.coach.guidance import cite
from bot.coach.money import money
from bot.coach.playbook import CoachPlaybook
from bot.coach.reply import CoachReply, Outcome
from bot.coach.steps import from_action
from bot.handbook.search import Handbook
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import DealStatus

HANDED_OVER_AFTER = timedelta(days=90)


def answer_closed(brief: DealBrief, playbook: CoachPlaybook, handbook: Handbook | None) -> CoachReply:
    """A won deal leads to the hand-off, a lost one to reason and re-entry trigger."""
    won = brief.deal.status is DealStatus.WON
    action = playbook.actions.won if won else playbook.actions.lost
    planned = [] if won and _handed_over(brief) else [from_action(action, brief)]
    steps, citations = cite(planned, handbook, None)
    headline = f"{brief.deal.name}: Closed {'Won' if won else 'Lost'}"
    lines = [
        f"*{headline}* · {money(brief.deal.amount, brief.deal.currency)}{_when(brief)}. Only open deals are rated.",
        _reason(brief) if not won else "",
        _last_words(brief, playbook),
        step_lines(steps, brief.today),
    ]
    return CoachReply(
        outcome=Outcome.ANSWER_CLOSED,
        as_of=brief.as_of,
        headline=headline,
        text="\n".join(line for line in lines if line),
        deal=deal_ref(brief.deal),
        next_steps=steps,
        citations=citations,
    )


def _handed_over(brief: DealBrief) -> bool:
    """Whether a won deal is so old that advice on its hand-off would come too late."""
    return brief.deal.closed_on is not None and brief.today - brief.deal.closed_on > HANDED_OVER_AFTER


def _when(brief: DealBrief) -> str:
    closed_on = brief.deal.closed_on
    return f" · {day_words(closed_on, brief.today)}, {days_ago(closed_on, brief.today)}" if closed_on else ""


def _reason(brief: DealBrief) -> str:
    return f"Recorded reason: {brief.deal.loss_reason}." if brief.deal.loss_reason else "No loss reason is recorded."


def _last_words(brief: DealBrief, playbook: CoachPlaybook) -> str:
    """The newest note, because it usually holds what the next team must know."""
    noted = read_statements(brief.deal, playbook.cues).by_seller()
    if not noted:
        return ""
    newest = [item for item in noted if item.on == noted[0].on][:2]
    return f"Last note ({day_words(newest[0].on, brief.today)}): “{' '.join(item.quote for item in newest)}”"
