"""How an amount of money is written in an answer."""

from bot.pipeline import wording


def money(amount: float | None, currency: str | None) -> str:
    """An amount with its cents, if it has any, and its currency; says so when either is not recorded."""
    return "no amount recorded" if amount is None else wording.money(amount, currency, cents=True)
