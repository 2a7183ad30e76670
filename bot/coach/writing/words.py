"""What is said before and after a write, in whole sentences."""

from collections.abc import Iterator
from datetime import date

from bot.coach.dates import day_words, plural
from bot.coach.writing.model import label_of
from bot.memory import CrmWrite
from bot.pipeline.model import DealName, DealStatus
from bot.pipeline.sources.writer import CLOSE_DATE, NOTE, STAGE, TASK, Standing

NOTHING = "Nothing was written."
USED = "That preview was used already, or is more than a day old. Open it again from the deal's card."
FOLLOWS = "My own figures follow with the next sync."
NOT_THEIRS = "Only the owner of a deal, their managers and sales operations may write to it."
OTHERS = "That was prepared for somebody else. Ask me about the deal yourself."
_SHOWN = 200


def closed(deal: DealName) -> str:
    """Return why nothing is written on a closed deal."""
    how = "won" if deal.status is DealStatus.WON else "lost"
    return f"{deal.name} is {how}. Closed deals are changed in the CRM itself."


def value(text: str | None, target: str, today: date) -> str:
    """Return a value as it stands in a sentence."""
    if text is None:
        return "empty"
    day = _iso_day(text) if target == CLOSE_DATE else None
    if day is not None:
        return day_words(day, today)
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()} …"
    return short if target == STAGE else f"“{short}”"


def written(write: CrmWrite, crm: str, now: Standing | None, today: date) -> str:
    """Return that it is done, with old and new, and what the CRM made of it if that is something else."""
    if write.target in (NOTE, TASK):
        return f"{crm}: the {write.target} is on {write.deal_name}. I read it with the next sync."
    old, new = value(write.old, write.target, today), value(write.new, write.target, today)
    done = f"{crm}: {label_of(write.target).lower()} of {write.deal_name} is now {new} (was {old})."
    if now is not None and now.shown != write.new:
        done += f" {crm} itself made it {value(now.shown, write.target, today)}."
    return f"{done} {FOLLOWS}"


def conflict(seen: Standing, now: Standing | None, crm: str, today: date) -> str:
    """Return that the record moved, with both values."""
    if now is None:
        return f"{NOTHING} The record was changed in {crm} since you saw it."
    label, before = label_of(seen.target).lower(), value(seen.shown, seen.target, today)
    if now.shown != seen.shown:
        return f"{NOTHING} You saw {label} {before}; in {crm} it is {value(now.shown, now.target, today)} by now."
    return f"{NOTHING} Somebody changed something else on this record since you saw it; its {label} is still {before}."


def undone(write: CrmWrite, crm: str, today: date) -> str:
    """Return that a write was taken back."""
    if write.target in (NOTE, TASK):
        return f"Undone: the {write.target} is no longer on {write.deal_name} in {crm}."
    back = value(write.old, write.target, today)
    return f"Undone: in {crm} the {label_of(write.target).lower()} of {write.deal_name} is {back} again."


def not_undone(write: CrmWrite, now: Standing | None, crm: str, today: date) -> str:
    """Return that a write stays, since somebody changed the record after it."""
    label = label_of(write.target).lower()
    if write.target in (NOTE, TASK):
        return f"Nothing was undone: somebody edited the {label} in {crm} since. Take it away there."
    if now is None:
        return f"Nothing was undone: the record was changed in {crm} since."
    ours = value(write.new, write.target, today)
    if now.shown != write.new:
        theirs = value(now.shown, write.target, today)
        return f"Nothing was undone: in {crm} the {label} is {theirs} by now, no longer {ours}."
    return f"Nothing was undone: something else on the record changed in {crm} since. The {label} still is {ours}."


def pending(write: CrmWrite, today: date) -> str:
    """Return that something was written which the figures do not show yet."""
    what = label_of(write.target).lower()
    if write.target in (NOTE, TASK):
        return f"{write.by_name} added a {what} to the CRM; I read it with the next sync."
    new = value(write.new, write.target, today)
    return f"{write.by_name} set the {what} to {new} in the CRM; my figures follow with the next sync."


def no_answer(crm: str) -> str:
    """Return that the CRM cannot be reached."""
    return f"{NOTHING} {crm} gives no answer at the moment. Try again in a minute."


def unanswered(crm: str) -> str:
    """Return that nobody knows what became of a write."""
    return (
        f"{crm} gave no answer while I wrote, and none when I asked what became of it. Look there before you try again."
    )


def notices(seen: Standing, new: str | None, *, instruction: bool) -> Iterator[str]:
    """Yield what is worth a thought before the click."""
    before, after = _iso_day(seen.shown), _iso_day(new)
    if seen.target == CLOSE_DATE and before and after and after > before:
        later = plural((after - before).days, "day")
        yield f"That is {later} later. It holds if a step of the buyer's own stands behind it."
    if seen.target == STAGE and seen.choices:
        order = [choice.label for choice in seen.choices]
        if seen.shown in order and new in order and order.index(new) < order.index(seen.shown):
            yield "That is a step back; it restarts the days in stage."
    if new and "://" in new:
        yield "It holds a link. Check where it leads."
    if instruction:
        yield "This text reads like an instruction to software. It is written as it stands, and nobody follows it."


def _iso_day(text: str | None) -> date | None:
    """Return the day of an ISO date; None for what a CRM wrote in another way."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
