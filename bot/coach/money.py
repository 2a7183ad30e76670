"""How an amount of money is written."""

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def money(amount: float | None, currency: str | None) -> str:
    """An amount with its currency; says so when none is recorded."""
    if amount is None:
        return "no amount recorded"
    figure = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    symbol = _SYMBOLS.get((currency or "").upper())
    if symbol:
        return f"{symbol}{figure}"
    return f"{currency} {figure}" if currency else f"{figure} (currency not recorded)"
