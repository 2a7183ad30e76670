"""Gates 1-6: each one question with one answer, passed, not yet, or unknown (DOMAIN 7, 5.5)."""

from bot.coach.dates import day_words, plural
from bot.coach.reply import Element
from bot.coach.rubrics.budget import authority_to_pay, procurement
from bot.coach.rubrics.card import Reading
from bot.coach.rubrics.intent import timing
from bot.coach.rubrics.record import Record

PASSED, NOT_YET = 1, 0
_ENOUGH_PEOPLE = 2
_MILESTONE = 2  # the level of timing with a milestone or better


def gates(record: Record) -> dict[str, Reading]:
    """Readings of the six gates."""
    return {
        "fit": _fit(record),
        "problem": _problem(record),
        "decision": _decision(record),
        "timing": _timing(record),
        "commercial": _commercial(record),
        "next_step": _next_step(record),
    }


def _fit(record: Record) -> Reading:
    people = record.view.brief.facets.contacts_engaged
    if not record.level(Element.IDENTIFY_PAIN):
        return Reading(None, "no problem of theirs is on record")
    if people is None:
        return Reading(None, record.silence)
    reach = f"{plural(people, 'contact')} engaged"
    if people >= _ENOUGH_PEOPLE and record.level(Element.ECONOMIC_BUYER):
        return Reading(PASSED, f"a problem we can speak to, {reach}, the economic buyer among those named")
    return Reading(NOT_YET, f"{reach}; reach beyond them, to who could decide or stop it, is not shown")


def _problem(record: Record) -> Reading:
    pain, measured = record.level(Element.IDENTIFY_PAIN), record.level(Element.METRICS)
    why = record.why(Element.IDENTIFY_PAIN)
    if pain == 2 or (pain and measured):
        return Reading(PASSED, why)
    return Reading(NOT_YET, f"{why}; no figure beside it") if pain else Reading(None, why)


def _decision(record: Record) -> Reading:
    process, why = record.level(Element.DECISION_PROCESS), record.why(Element.DECISION_PROCESS)
    if process == 2 or (process and record.trait(Element.DECISION_PROCESS, "dated")):
        named = record.level(Element.ECONOMIC_BUYER)
        return Reading(PASSED, why) if named else Reading(NOT_YET, f"{why}; who releases the money is not known")
    return Reading(NOT_YET, why) if process else Reading(None, why)


def _timing(record: Record) -> Reading:
    when = timing(record)
    if when.level is None:
        return when
    return Reading(PASSED if when.level >= _MILESTONE else NOT_YET, when.reason)


def _commercial(record: Record) -> Reading:
    money, paper = authority_to_pay(record), procurement(record)
    if money.level is None and paper.level is None:
        return Reading(None, f"{money.reason}; {paper.reason}")
    if (money.level or 0) >= 2 and paper.level:
        return Reading(PASSED, f"{money.reason}; {paper.reason}")
    return Reading(NOT_YET, money.reason if (money.level or 0) < 2 else paper.reason)


def _next_step(record: Record) -> Reading:
    if not record.knows_activity:
        return Reading(None, record.silence)
    brief = record.view.brief
    if brief.facets.next_meeting:
        return Reading(PASSED, f"next meeting {day_words(brief.facets.next_meeting, brief.today)}")
    return Reading(NOT_YET, "nothing is booked ahead")
