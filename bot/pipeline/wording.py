"""How reports write counts, days, money and shares."""

from collections.abc import Sequence
from datetime import date

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
CURRENCY_NOT_RECORDED = "(currency not recorded)"


def counted(count: int, noun: str) -> str:
    """A count with its noun: "1 day", "2 days", "3 activities"."""
    if count == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"
    return f"{count:,} {plural}"


def day(on: date) -> str:
    """A date as people write it: "4 Dec 2026"."""
    return f"{on.day} {on:%b %Y}"


def money(amount: float, currency: str | None) -> str:
    """A rounded amount with its currency; says so when none is recorded."""
    figure = f"{amount:,.0f}"
    symbol = _SYMBOLS.get((currency or "").upper())
    if symbol:
        return f"{symbol}{figure}"
    return f"{currency} {figure}" if currency else f"{figure} {CURRENCY_NOT_RECORDED}"


def listed(parts: Sequence[str]) -> str:
    """Parts as a list in a sentence: "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
