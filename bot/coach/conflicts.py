"""Where the CRM and what people said do not fit together. The CRM value leads; the conflict is shown."""

import re
from datetime import date, timedelta

from bot.coach.dates import day_words
from bot.coach.evidence.model import Statement
from bot.coach.evidence.statements import Statements
from bot.pipeline.brief import DealBrief

_MONTHS = """
    january february march april may june july august september october november december
    """.split()
_DECIDING = re.compile(
    r"\b(budget|board|committee|council|director|decision|decide|approv\w+|vote|sign\w*|contract|tender|quote|"
    r"start|go-?live|kick-?off|order)\b",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"\b(?:in|until|before|by|of|during|for|from)\s+(?:early |mid |late |the end of )?(" + "|".join(_MONTHS) + r")\b",
    re.IGNORECASE,
)
_RECENT = timedelta(days=180)


def date_conflicts(brief: DealBrief, statements: Statements) -> tuple[str, ...]:
    """Sentences that place a deciding step after the CRM close date."""
    close = brief.deal.close_date
    if close is None:
        return ()
    found = [
        f"“{item.quote.rstrip('.')}” ({item.author}, {day_words(item.on, brief.today)}), "
        f"after the CRM close date {day_words(close, brief.today)}"
        for item in statements.items
        if brief.today - item.on <= _RECENT and _month_after(item, close)
    ]
    return tuple(found + _own_step_conflict(brief, close))


def _own_step_conflict(brief: DealBrief, close: date) -> list[str]:
    step = brief.deal.next_step
    month = _named_month(step, brief.today) if step and _DECIDING.search(step) else None
    if step is None or month is None or month <= close:
        return []
    return [f"the CRM's next step “{step}” lies after the CRM close date {day_words(close, brief.today)}"]


def _month_after(item: Statement, close: date) -> bool:
    month = _named_month(item.quote, item.on) if _DECIDING.search(item.quote) else None
    return month is not None and month > close


def _named_month(sentence: str, said_on: date) -> date | None:
    """First day of the month a sentence looks ahead to, read from the day it was said; None if it names none."""
    match = _MONTH.search(sentence)
    if match is None:
        return None
    month = _MONTHS.index(match.group(1).casefold()) + 1
    year = said_on.year if month >= said_on.month else said_on.year + 1
    return date(year, month, 1)
