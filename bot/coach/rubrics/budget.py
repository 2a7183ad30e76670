"""Budget authority 0-3 and procurement clarity 0-3 (DOMAIN 7, 5.3). Both rise with what is known."""

from bot.coach.reply import Element
from bot.coach.rubrics.card import Reading
from bot.coach.rubrics.record import Record


def budget(record: Record) -> dict[str, Reading]:
    """Readings of the two parts."""
    return {"budget": authority_to_pay(record), "procurement": procurement(record)}


def authority_to_pay(record: Record) -> Reading:
    """1 somebody is named, 2 the owner is proven, 3 with the approval steps; unknown while nobody is named."""
    owner, why = record.level(Element.ECONOMIC_BUYER), record.why(Element.ECONOMIC_BUYER)
    steps = record.level(Element.DECISION_PROCESS)
    if owner == 2 and steps:
        return Reading(3, f"{why}; approval steps are on record")
    if owner == 2:
        return Reading(2, f"{why}; the approval steps are not on record")
    if owner == 1:
        return Reading(1, why)
    return Reading(None, why)


def procurement(record: Record) -> Reading:
    """1 a step is known, 2 with its duration, 3 with owners and a step begun; unknown while nothing is said."""
    level, why = record.level(Element.PAPER_PROCESS), record.why(Element.PAPER_PROCESS)
    if level == 2:
        return Reading(3, why)
    if level == 1 and (lasts := record.trait(Element.PAPER_PROCESS, "duration")):
        return Reading(2, f"a step with its duration: {record.quoted(lasts)}")
    if level == 1:
        return Reading(1, why)
    return Reading(None, why)
