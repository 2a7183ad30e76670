"""How reports write counts, days, money and shares."""

from collections.abc import Sequence
from datetime import date

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
CURRENCY_NOT_RECORDED = "(currency not recorded)"


def counted(count: int, noun: str) -> str:
    """A count with its noun: "1 day", "1,200 days", "3 activities"."""
    return f"{count:,} {noun if abs(count) == 1 else plural_of(noun)}"


def plural_of(noun: str) -> str:
    """More than one of something: "days", "activities", "matches"."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("ch", "s", "x")) else f"{noun}s"


def day(on: date) -> str:
    """A date as people write it: "4 Dec 2026"."""
    return f"{on.day} {on:%b %Y}"


def money(amount: float, currency: str | None, *, cents: bool = False) -> str:
    """An amount with its currency; says so when none is recorded. Rounded, unless its `cents` are wanted."""
    figure = f"{amount:,.2f}" if cents and not float(amount).is_integer() else f"{amount:,.0f}"
    symbol = _SYMBOLS.get((currency or "").upper())
    if symbol:
        return f"{symbol}{figure}"
    return f"{currency} {figure}" if currency else f"{figure} {CURRENCY_NOT_RECORDED}"


def listed(parts: Sequence[str]) -> str:
    """Parts as a list in a sentence: "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
