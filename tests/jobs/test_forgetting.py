"""The nightly clearing of what models read: gone with the text it was read in, and with the deal."""

from mailroom import MONDAY, Mailroom

from bot.coach.recall import fingerprints
from bot.jobs.readings import forget_outdated_readings
from bot.memory.readings import NewReading
from bot.pipeline.model import Deal


async def test_only_readings_of_texts_that_stand_are_kept(room: Mailroom) -> None:
    deal = _written_about(room)
    source, print_ = next(iter(fingerprints(deal).items()))
    room.memory.readings.keep(
        _reading(deal_id, source, hash_)
        for deal_id, hash_ in ((deal.id, print_), (deal.id, "another text"), ("deleted in the CRM", print_))
    )

    assert forget_outdated_readings(room.runtime, MONDAY) == 2
    assert room.memory.readings.sources() == {deal.id: {source: {print_}}}


def _written_about(room: Mailroom) -> Deal:
    """A deal with an activity on record."""
    coach = room.runtime.coach
    ids = [deal.id for deal in coach.open_pipeline().deal_names(None)]
    return next(brief.deal for brief in coach.briefs(ids, MONDAY) if brief.deal.activities)


def _reading(deal_id: str, source: str, source_hash: str) -> NewReading:
    return NewReading(
        deal_id=deal_id,
        source_id=source,
        source_hash=source_hash,
        element="champion",
        traits=("action",),
        quote=f"I sent it up ({source_hash[:4]})",
        said_on=MONDAY.date(),
        grade="B",
        model="scripted-1",
        prompt="extract@1",
        asker_id="anybody",
        read_at=MONDAY,
    )
