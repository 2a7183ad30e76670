"""A person says a fact is wrong: what the verdict would be their way, beside the verdict as recorded (F054).

The correction is applied to the facets of one brief and scored by the same health rules. Nothing is written
to the pipeline; whoever keeps the objection keeps it beside the record.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from bot.coach.dates import day_words
from bot.coach.struck import ahead, days_of, held, inbound, without
from bot.pipeline.brief import DealBrief, Facets, Health
from bot.pipeline.service import Pipeline


class DisputedFact(StrEnum):
    """What a person can say is missing, or wrong on record; each but the last takes a day or a number."""

    MEETING_BOOKED = "meeting_booked"
    MEETING_HELD = "meeting_held"
    THEY_WROTE = "they_wrote"
    WE_WROTE = "we_wrote"
    CLOSE_DATE = "close_date"
    PEOPLE = "people"
    NOT_HELD = "not_held"
    NOT_AHEAD = "not_ahead"
    NOT_THEIRS = "not_theirs"
    CONTEXT = "context"

    @property
    def label(self) -> str:
        """The choice as a person reads it."""
        return _LABELS[self]

    @property
    def takes_day(self) -> bool:
        """Whether the correction needs a day."""
        return self not in {DisputedFact.PEOPLE, DisputedFact.CONTEXT}


_LABELS = {
    DisputedFact.MEETING_BOOKED: "A meeting is booked",
    DisputedFact.MEETING_HELD: "A meeting was held",
    DisputedFact.THEY_WROTE: "They wrote or called",
    DisputedFact.WE_WROTE: "We wrote or called",
    DisputedFact.CLOSE_DATE: "The close date is another",
    DisputedFact.PEOPLE: "More people take part",
    DisputedFact.NOT_HELD: "A recorded meeting did not take place",
    DisputedFact.NOT_AHEAD: "A booked meeting is off",
    DisputedFact.NOT_THEIRS: "A recorded message is no reply of theirs",
    DisputedFact.CONTEXT: "Something else to know",
}
_AHEAD = frozenset({DisputedFact.MEETING_BOOKED})
_BEHIND = frozenset({DisputedFact.MEETING_HELD, DisputedFact.THEY_WROTE, DisputedFact.WE_WROTE})
_STRUCK = {
    DisputedFact.NOT_HELD: (held, "meeting held"),
    DisputedFact.NOT_AHEAD: (ahead, "meeting ahead"),
    DisputedFact.NOT_THEIRS: (inbound, "message of theirs"),
}
"""What a day is looked up among, and its name."""
_DAYS_NAMED = 3


class ImpossibleCorrection(ValueError):  # noqa: N818 - says what is the matter
    """The correction cannot be meant so. `field` is "day" or "number"; the message says what to enter."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person claims: the fact, with its day or number as the fact needs."""

    fact: DisputedFact
    day: date | None = None
    number: int | None = None

    def claim(self, today: date) -> str:
        """The claim in words: "A meeting is booked: Fri 4 Dec"."""
        value = day_words(self.day, today) if self.day else str(self.number) if self.number is not None else ""
        return f"{self.fact.label}: {value}" if value else self.fact.label


@dataclass(frozen=True, slots=True)
class Reverdict:
    """Both verdicts side by side, with the facets the correction changed as (name, recorded, corrected)."""

    recorded: Health
    corrected: Health
    changed: tuple[tuple[str, Any, Any], ...]


def recompute(brief: DealBrief, correction: Correction, pipeline: Pipeline) -> Reverdict:
    """Score the deal again with the correction. Raises ImpossibleCorrection."""
    facets = corrected_facets(brief, correction)
    before, after = asdict(brief.facets), asdict(facets)
    changed = tuple((name, before[name], after[name]) for name in before if before[name] != after[name])
    return Reverdict(brief.health, pipeline.reassess(brief, facets), changed)


def corrected_facets(brief: DealBrief, correction: Correction) -> Facets:
    """The facets as they would be if the claim is true. Raises ImpossibleCorrection."""
    facets, today = brief.facets, brief.today
    if correction.fact is DisputedFact.CONTEXT:
        return facets
    if correction.fact is DisputedFact.PEOPLE:
        return replace(facets, contacts_engaged=_number(correction))
    day = _day(correction, today)
    if correction.fact in _STRUCK:
        return _struck(brief, correction.fact, day)
    return replace(facets, **_CHANGES[correction.fact](facets, day, (today - day).days))


def _struck(brief: DealBrief, fact: DisputedFact, day: date) -> Facets:
    which, name = _STRUCK[fact]
    days = days_of(brief, which)
    if day not in days:
        named = ", ".join(day_words(each, brief.today) for each in days[:_DAYS_NAMED])
        known = f"On record: {named}." if named else f"No {name} is on record."
        raise ImpossibleCorrection("day", f"There is no {name} on that day. {known}")
    return without(brief, day, which)


def _number(correction: Correction) -> int:
    if correction.number is None or not 0 < correction.number <= 1000:
        raise ImpossibleCorrection("number", "Enter how many people of theirs take part, as a number.")
    return correction.number


def _day(correction: Correction, today: date) -> date:
    if correction.day is None:
        raise ImpossibleCorrection("day", "Pick the day.")
    if correction.fact in _AHEAD and correction.day < today:
        raise ImpossibleCorrection("day", "That day is past; a booked meeting lies ahead.")
    if correction.fact in _BEHIND and correction.day > today:
        raise ImpossibleCorrection("day", "That day is still to come; pick the day it happened.")
    return correction.day


def _booked(facets: Facets, day: date, ago: int) -> dict[str, Any]:
    nearer = facets.next_meeting is None or day < facets.next_meeting
    return {
        "next_meeting": day if nearer else facets.next_meeting,
        "meetings_next_30": _one_more(facets.meetings_next_30, within=-ago <= 30),
        "meetings_next_90": _one_more(facets.meetings_next_90, within=-ago <= 90),
    }


def _held(facets: Facets, day: date, ago: int) -> dict[str, Any]:
    later = facets.last_meeting is None or day > facets.last_meeting
    return {
        "last_meeting": day if later else facets.last_meeting,
        "meetings_total": _one_more(facets.meetings_total, within=True),
        "meetings_last_14": _one_more(facets.meetings_last_14, within=ago < 14),
        "meetings_last_30": _one_more(facets.meetings_last_30, within=ago < 30),
        "meetings_last_90": _one_more(facets.meetings_last_90, within=ago < 90),
        **_touched(facets, day, ago),
    }


def _heard(facets: Facets, day: date, ago: int) -> dict[str, Any]:  # noqa: ARG001 - one shape for all
    return {
        "days_since_inbound": _smaller(facets.days_since_inbound, ago),
        "inbound_last_14": _one_more(facets.inbound_last_14, within=ago < 14),
    }


def _touched(facets: Facets, day: date, ago: int) -> dict[str, Any]:  # noqa: ARG001 - one shape for all
    return {
        "days_untouched": _smaller(facets.days_untouched, ago),
        "touches_last_14": _one_more(facets.touches_last_14, within=ago < 14),
    }


def _closing(facets: Facets, day: date, ago: int) -> dict[str, Any]:  # noqa: ARG001 - one shape for all
    return {"days_until_close": -ago}


_CHANGES = {
    DisputedFact.MEETING_BOOKED: _booked,
    DisputedFact.MEETING_HELD: _held,
    DisputedFact.THEY_WROTE: _heard,
    DisputedFact.WE_WROTE: _touched,
    DisputedFact.CLOSE_DATE: _closing,
}


def _one_more(count: int | None, *, within: bool) -> int | None:
    """One act more than recorded; an unknown count stays unknown, one act does not tell the others."""
    return count + 1 if count is not None and within else count


def _smaller(days: int | None, ago: int) -> int:
    return ago if days is None else min(days, ago)


SHOWN_FOR = timedelta(days=14)
"""How long an objection is shown beside the verdict: by then the record should say the same or the claim is old."""
