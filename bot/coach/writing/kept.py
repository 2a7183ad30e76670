"""Proposals and previews between two clicks: in memory, under keys nobody can guess, for one person each."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.coach.access import Asker
from bot.coach.writing import words
from bot.coach.writing.model import NotWritable, Proposal
from bot.memory import Memory, Offer
from bot.pipeline.sources.writer import Standing

PROPOSAL, PREVIEW = "crm_proposal", "crm_preview"
PROPOSAL_LIVES = timedelta(days=7)
PREVIEW_LIVES = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a preview shows: how the record stood, `value` as the CRM will get it, `new` as people read it.

    `proposal` is the key under which it can be filled in again; `due` is a task's day.
    """

    proposal: str
    seen: Standing
    value: str | None
    new: str | None
    due: date | None


class Kept:
    """What was proposed and shown. Raises NotWritable for what ran out, was used, or is somebody else's."""

    def __init__(self, memory: Memory) -> None:
        """Keep it among the offers of `memory`."""
        self._offers = memory.offers

    def keep_proposal(self, asker: Asker, proposal: Proposal, now: datetime) -> str:
        """Keep a proposal for a week."""
        payload = {"target": proposal.target, "text": proposal.text, "due": _iso(proposal.due)}
        return self._keep(PROPOSAL, asker, proposal.deal_id, payload, now, PROPOSAL_LIVES)

    def proposal(self, asker: Asker, key: str, now: datetime) -> Proposal:
        """Return a proposal; it stays."""
        offer = self._mine(asker, key, PROPOSAL, now)
        kept = offer.payload
        return Proposal(deal_id=str(offer.deal_id), target=kept["target"], text=kept["text"], due=_day(kept["due"]))

    def keep_preview(self, asker: Asker, shown: Confirmed, now: datetime) -> str:
        """Keep for a day what a person is shown."""
        seen = asdict(shown.seen)
        del seen["choices"]
        payload = {
            "proposal": shown.proposal, "seen": seen, "value": shown.value, "new": shown.new, "due": _iso(shown.due),
        }  # fmt: skip
        return self._keep(PREVIEW, asker, shown.seen.deal_id, payload, now, PREVIEW_LIVES)

    def take_preview(self, asker: Asker, key: str, now: datetime) -> Confirmed:
        """Return what a preview showed and end it: of any number of presses exactly one gets it."""
        self._mine(asker, key, PREVIEW, now)
        offer = self._offers.take(key, now)
        if offer is None:
            raise NotWritable(words.USED)
        kept = offer.payload
        return Confirmed(kept["proposal"], Standing(**kept["seen"]), kept["value"], kept["new"], _day(kept["due"]))

    def _keep(
        self, kind: str, asker: Asker, deal_id: str, payload: dict[str, Any], now: datetime, lives: timedelta
    ) -> str:
        offer = Offer(
            kind=kind,
            user_id=asker.user.id,
            deal_id=deal_id,
            payload=payload,
            created_at=now,
            expires_at=now + lives,
        )
        return self._offers.keep(offer)

    def _mine(self, asker: Asker, key: str, kind: str, now: datetime) -> Offer:
        offer = self._offers.find(key, now)
        if offer is None or offer.kind != kind:
            raise NotWritable(words.USED)
        if offer.user_id != asker.user.id:
            raise NotWritable(words.OTHERS)
        return offer


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
