"""Readiness to close 0-8: urgency, authority path, process clarity, known friction (DOMAIN 7, 9.1)."""

from bot.coach.reply import Element
from bot.coach.rubrics.card import Reading
from bot.coach.rubrics.intent import timing
from bot.coach.rubrics.record import Record

_FIRM = 3  # the level of a date tied to the buyer's calendar


def readiness(record: Record) -> dict[str, Reading]:
    """Readings of the four parts."""
    return {
        "urgency": _urgency(record),
        "authority": _authority(record),
        "process": _process(record),
        "friction": _friction(record),
    }


def _urgency(record: Record) -> Reading:
    """1 some pressure of time, 2 a deadline tied to harm; unknown while nobody speaks of time."""
    urgent = record.trait(Element.IDENTIFY_PAIN, "urgency")
    harm = record.trait(Element.IDENTIFY_PAIN, "consequence")
    when = timing(record)
    if urgent and harm:
        return Reading(2, f"a deadline with a cost: {record.quoted(urgent)}")
    if when.level is None:
        return Reading(None, when.reason)
    if when.level >= _FIRM:
        return Reading(1, f"{when.reason}; what happens if it is missed is not on record")
    return Reading(1, when.reason)


def _authority(record: Record) -> Reading:
    """1 an economic buyer is likely involved, 2 one is proven, or takes part and criteria are on record."""
    level, why = record.level(Element.ECONOMIC_BUYER), record.why(Element.ECONOMIC_BUYER)
    if level == 2:
        return Reading(2, why)
    if level == 1 and "in contact" in why and record.trait(Element.DECISION_CRITERIA):
        return Reading(2, f"{why}; what they judge by is on record")
    return Reading(1, why) if level == 1 else Reading(None, why)


def _process(record: Record) -> Reading:
    """1 some steps, 2 a plan with dates the buyer confirmed; unknown while nothing is said."""
    level, why = record.level(Element.DECISION_PROCESS), record.why(Element.DECISION_PROCESS)
    return Reading(level, why) if level else Reading(None, why)


def _friction(record: Record) -> Reading:
    """1 concerns or paper steps are known, 2 such a step has begun; unknown while nothing is said."""
    if begun := record.trait(Element.PAPER_PROCESS, "started"):
        return Reading(2, f"a step has begun: {record.quoted(begun)}")
    if record.level(Element.PAPER_PROCESS):
        return Reading(1, record.why(Element.PAPER_PROCESS))
    if rival := record.trait(Element.COMPETITION):
        return Reading(1, f"a concern is on the table: {record.quoted(rival)}")
    return Reading(None, record.why(Element.PAPER_PROCESS))
