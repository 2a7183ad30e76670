"""Working days and the few ways this product writes a date or a count."""

from datetime import date, timedelta

from bot.pipeline.wording import counted as plural

__all__ = ["day_words", "days_ago", "plural", "working_days_after"]


def working_days_after(start: date, days: int) -> date:
    """The date `days` working days (Monday to Friday) after `start`; never a weekend day."""
    day = start
    left = days
    while left > 0 or day.weekday() >= 5:
        day += timedelta(days=1)
        if day.weekday() < 5 and left > 0:
            left -= 1
    return day


def day_words(on: date, today: date) -> str:
    """A date as people write it in a message: "Fri 25 Sep", with the year only if it is another one."""
    year = f" {on.year}" if on.year != today.year else ""
    return f"{on:%a} {on.day} {on:%b}{year}"


def days_ago(on: date, today: date) -> str:
    """How long ago `on` was, as a person says it: "today", "1 day ago", "43 days ago"."""
    count = (today - on).days
    return "today" if count == 0 else f"{plural(count, 'day')} ago"
