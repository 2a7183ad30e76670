"""Intent 0-9: how far the buyer evaluates, how firm the timing is, what they commit (DOMAIN 7, 5.2)."""

from bot.coach.dates import day_words, plural
from bot.coach.reply import Element
from bot.coach.rubrics.card import Reading
from bot.coach.rubrics.record import Record

_SEVERAL = 2  # people or meetings


def intent(record: Record) -> dict[str, Reading]:
    """Readings of the three parts."""
    return {"evaluation": _evaluation(record), "timing": timing(record), "commitment": commitment(record)}


def _evaluation(record: Record) -> Reading:
    """0 nothing, 1 general interest, 2 questions about their own case, 3 they look into how it would work."""
    if deep := record.said("deep"):
        return Reading(3, f"they look into how it would work: {record.quoted(deep)}")
    if criteria := record.trait(Element.DECISION_CRITERIA):
        return Reading(2, f"they judge by a list: {record.quoted(criteria)}")
    if asked := record.said("specific"):
        return Reading(2, f"they ask about their own case: {record.quoted(asked)}")
    if not record.knows_activity:
        return Reading(None, record.silence)
    facets = record.view.brief.facets
    if facets.days_since_inbound is not None or facets.meetings_total:
        return Reading(1, "they talk to us, without a question about their own case on record")
    return Reading(0, "no mail and no meeting from their side on record")


def timing(record: Record) -> Reading:
    """1 time without a date, 2 a milestone of theirs, 3 a date tied to one; unknown while nothing is said."""
    if dated := record.said("milestone", "day"):
        return Reading(3, f"a date tied to their own calendar: {record.quoted(dated)}")
    if step := record.trait(Element.DECISION_PROCESS, "dated"):
        return Reading(3, f"a dated step of their own: {record.quoted(step)}")
    if milestone := record.said("milestone"):
        return Reading(2, f"a milestone without a date: {record.quoted(milestone)}")
    if urgent := record.trait(Element.IDENTIFY_PAIN, "urgency"):
        return Reading(2, f"something makes it urgent: {record.quoted(urgent)}")
    if vague := record.said("soon"):
        return Reading(1, f"time without a date: {record.quoted(vague)}")
    return Reading(None, "nobody at the buyer has named a time")


def commitment(record: Record) -> Reading:
    """0 silent, 1 answers now and then, 2 meets with several people, 3 works with us and knows the way to a yes."""
    if not record.knows_activity:
        return Reading(None, record.silence)
    facets = record.view.brief.facets
    meets = facets.next_meeting is not None or (facets.meetings_last_30 or 0) >= _SEVERAL
    people = facets.contacts_engaged or 0
    booked = (
        f"next meeting {day_words(facets.next_meeting, record.view.brief.today)}"
        if facets.next_meeting
        else f"{plural(facets.meetings_last_30 or 0, 'meeting')} in the last 30 days"
    )
    if meets and people >= _SEVERAL:
        work = record.said("work")
        if work and record.level(Element.DECISION_PROCESS):
            return Reading(3, f"{booked}, {people} people, and work of their own: {record.quoted(work)}")
        return Reading(2, f"{booked}, {people} people take part; no work of their own and path to a yes on record")
    if meets or (facets.inbound_last_14 or 0) > 0 or (facets.meetings_last_30 or 0) > 0:
        return Reading(1, f"{booked if meets else 'they answer'}, with {plural(people, 'person')} engaged")
    return Reading(0, "no mail in 14 days, no meeting in 30 and none ahead")
