"""Where the CRM and what people said do not fit together. The CRM value leads; the conflict is shown."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.coach.dates import day_words
from bot.coach.evidence.cues import Cues
from bot.coach.evidence.model import Statement
from bot.coach.evidence.statements import Statements
from bot.coach.money import money
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


_MONEY = re.compile(r"(?<![\w.,])(?:[$€£]\s?)?(\d{1,3}(?:[,.' ]\d{3})+|\d{4,9})(?![\w%]|[.,]\d)")
_LIMIT = re.compile(
    r"\b(above|over|below|under|up to|beyond|more than|less than|at least|limit( is| of)?|threshold( is| of)?)\W{0,2}$",
    re.IGNORECASE,
)
"""Before an amount: what somebody may decide or must stay within, not what this deal costs."""
_AMOUNT_DIFFERS = 0.05
_SMALLEST_PRICE = 1000.0


def amount_conflicts(brief: DealBrief, statements: Statements, cues: Cues) -> tuple[str, ...]:
    """The newest sentence that prices the deal at another amount than the CRM; the CRM value leads (S13)."""
    amount = brief.deal.amount
    for item, price in _priced(brief, statements, cues):
        if amount is not None and abs(price - amount) > _AMOUNT_DIFFERS * amount:
            said = f"“{item.quote.rstrip('.')}” ({item.author}, {day_words(item.on, brief.today)})"
            return (f"{said}; the CRM amount is {money(amount, brief.deal.currency)}",)
    return ()


def largest_price(brief: DealBrief, statements: Statements, cues: Cues) -> float | None:
    """The highest price anybody named for this deal lately; None if nobody did."""
    return max((price for _, price in _priced(brief, statements, cues)), default=None)


def _priced(brief: DealBrief, statements: Statements, cues: Cues) -> Iterator[tuple[Statement, float]]:
    """Recent sentences that price the deal, newest first, each with the first amount it names."""
    for item in statements.items:
        if cues.is_price_talk(item.quote) and brief.today - item.on <= _RECENT:
            yield from ((item, figure) for figure in _prices(item.quote)[:1])


def _prices(sentence: str) -> list[float]:
    """Amounts of money in a sentence that could be a price, in its order."""
    named = [found for found in _MONEY.finditer(sentence) if not _LIMIT.search(sentence, 0, found.start())]
    figures = [float(re.sub(r"[^\d]", "", found[1])) for found in named]
    return [figure for figure in figures if figure >= _SMALLEST_PRICE and not _is_year(figure)]


def _is_year(figure: float) -> bool:
    return 1990 <= figure <= 2100
