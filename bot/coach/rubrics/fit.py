"""Fit 0-10: profile, use case, feasibility (DOMAIN 7, 2.3 and 5.1)."""

from collections.abc import Sequence

from bot.coach.reply import Element
from bot.coach.rubrics.card import Reading
from bot.coach.rubrics.playbook import ProfileField
from bot.coach.rubrics.record import Record


def fit(record: Record, profile: Sequence[ProfileField]) -> dict[str, Reading]:
    """Readings of the three parts; `profile` says what a good customer looks like."""
    return {
        "profile": _profile(record, profile),
        "use_case": _use_case(record),
        "feasibility": _feasibility(record),
    }


def _profile(record: Record, profile: Sequence[ProfileField]) -> Reading:
    wanted = [field for field in profile if field.configured]
    if not wanted:
        return Reading(None, "your playbook does not say yet what a good customer looks like (rubrics.yaml, profile)")
    recorded = {name.casefold().replace("_", " "): value for name, value in record.view.brief.deal.custom.items()}
    known = [(field, recorded.get(field.field.casefold().replace("_", " "))) for field in wanted]
    known = [(field, value) for field, value in known if value not in (None, "")]
    if not known:
        return Reading(None, f"{', '.join(field.field for field in wanted)} not recorded in the CRM")
    points = sum(field.points for field, value in known if _matches(field, value))
    words = [f"{field.field} {value}: {'fits' if _matches(field, value) else 'does not fit'}" for field, value in known]
    return Reading(points, "; ".join(words))


def _matches(field: ProfileField, value: object) -> bool:
    if field.any_of:
        return str(value).casefold() in {each.casefold() for each in field.any_of}
    try:
        number = float(str(value).replace(",", ""))
    except ValueError:
        return False
    return (field.low is None or number >= field.low) and (field.high is None or number <= field.high)


def _use_case(record: Record) -> Reading:
    """1 a problem is named, 2 with a figure, 3 with what it costs and why now; unknown without one."""
    pain, why = record.level(Element.IDENTIFY_PAIN), record.why(Element.IDENTIFY_PAIN)
    if pain == 2:
        return Reading(3, why)
    if pain and record.level(Element.METRICS):
        return Reading(2, f"{why}; {record.why(Element.METRICS)}")
    return Reading(1, why) if pain else Reading(None, why)


def _feasibility(record: Record) -> Reading:
    """1 they speak of what the work needs, 2 they name who does it; unknown while nobody does."""
    if owned := record.said("constraint", "owner"):
        return Reading(2, f"somebody there takes it on: {record.quoted(owned)}")
    if named := record.said("constraint"):
        return Reading(1, f"what it needs is named: {record.quoted(named)}")
    return Reading(None, "nobody there has spoken of data, people or access for the work")
