"""What people told the bot and confirmed, as notes on the deal: evidence like any other, never a CRM entry."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.memory.service import Memory
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import Note

PREFIX = "told:"
"""Starts the source id of such a note, so that the ledger can say where it comes from."""


def told_notes(memory: Memory, deal_ids: Sequence[str]) -> Mapping[str, Sequence[Note]]:
    """The confirmed statements of each deal as notes; deals without any are left out."""
    return {
        deal_id: [Note(f"{PREFIX}{told.id}", told.said_on, told.by_name, told.quote) for told in statements]
        for deal_id, statements in memory.told.of_deals(deal_ids).items()
    }


def with_notes(brief: DealBrief, notes: Sequence[Note]) -> DealBrief:
    """The brief with these notes among the deal's own; later ones than its day are left out."""
    heard = tuple(note for note in notes if note.on <= brief.today)
    if not heard:
        return brief
    return replace(brief, deal=replace(brief.deal, notes=(*brief.deal.notes, *heard)))
