"""Notes pasted or dropped into a direct message become proposals; what a person confirms becomes evidence."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.desk import Desk
from bot.coach.evidence.model import Evidence
from bot.memory import Offer, Told
from bot.slack.downloads import download
from bot.slack.failures import Refused
from bot.slack.pasted import MAX_TEXT, file_text, refuse_unreadable
from bot.slack.places import DirectThread
from bot.slack.services import Services
from bot.slack.views.message import Message
from bot.slack.views.proposal import MAX_ITEMS, Choice, nothing_found_message, proposal_message

KIND = "notes"
LIVES = timedelta(days=7)
PASTED = "your text"
WHICH_DEAL = "Which deal are these notes about? Ask me about it first, then send the notes in that thread."
DECIDED = "That was decided already, or is more than a week old. Send the notes again if you like."
NOT_YOURS = "Those notes were somebody else's. Send me your own."


class Notes:
    """Reads notes, proposes, and keeps what is confirmed."""

    def __init__(self, services: Services, desk: Desk) -> None:
        """Work with the memory of `services`."""
        self._memory = services.memory
        self._desk = desk

    async def propose(
        self,
        client: AsyncWebClient,
        place: DirectThread,
        asker: Asker,
        text: str,
        files: list[dict[str, Any]],
        deal_id: str | None,
        now: datetime,
    ) -> str:
        """Show what the notes hold on a deal; returns the (last) deal's id. Raises Refused if they cannot be read.

        `deal_id` is the deal in focus: it counts where neither the message nor the first line of a file names one.
        """
        for file in files:
            refuse_unreadable(str(file.get("name") or ""))
        named = {str(file.get("name") or "the file"): file for file in files}
        texts = {name: file_text(name, await download(client, file)) for name, file in named.items()}
        about = {name: await self._deal_meant(asker, f"{text.strip()} {read}", deal_id) for name, read in texts.items()}
        if not files:
            texts, about = {PASTED: text[:MAX_TEXT]}, {PASTED: await self._deal_meant(asker, text, deal_id)}
        for source, read in texts.items():
            await place.send(client, await self._message(asker, about[source], read, source, now))
        return list(about.values())[-1]

    async def _deal_meant(self, asker: Asker, text: str, focus: str | None) -> str:
        deal = await asyncio.to_thread(self._desk.deal_meant, asker, text, focus)
        if deal is None:
            raise Refused(WHICH_DEAL)
        return deal.id

    async def _message(self, asker: Asker, deal_id: str, text: str, source: str, now: datetime) -> Message:
        found = await asyncio.to_thread(self._desk.read, asker, deal_id, text, now)
        quoted = source if source == PASTED else f"“{source}”"
        if not found.items:
            return nothing_found_message(found.deal_name, quoted, found.suspicious)
        offer = Offer(
            kind=KIND,
            user_id=asker.user.id,
            deal_id=deal_id,
            payload={"deal": found.deal_name, "source": source, "items": list(map(_kept, found.items[:MAX_ITEMS]))},
            created_at=now,
            expires_at=now + LIVES,
        )
        key = await asyncio.to_thread(self._memory.offers.keep, offer)
        return proposal_message(found.deal_name, quoted, found.items, key=key, suspicious=found.suspicious)

    async def choices(self, key: str, asker: Asker, now: datetime) -> list[Choice]:
        """The statements of a proposal. Raises Refused if it was decided or is not theirs, UnknownDeal as below."""
        offer = await self._find(key, asker, now)
        await asyncio.to_thread(self._desk.is_open, asker, str(offer.deal_id), now)
        return [
            Choice(f"{place}. {item['label']} ({item['grade']})", item["quote"])
            for place, item in enumerate(offer.payload["items"], start=1)
        ]

    async def decide(self, key: str, asker: Asker, places: list[int] | None, now: datetime) -> tuple[str, int]:
        """Keep the statements at `places` (None = all) and end the proposal; returns the deal and how many are new.

        Of two presses one decides. Raises Refused for the other, UnknownDeal for a deal out of reach.
        """
        offer = await self._find(key, asker, now)
        assert offer.deal_id is not None  # proposals are always about a deal
        await asyncio.to_thread(self._desk.is_open, asker, offer.deal_id, now)
        if await asyncio.to_thread(self._memory.offers.take, key, now) is None:
            raise Refused(DECIDED)
        items = offer.payload["items"]
        chosen = items if places is None else [items[place] for place in places if place < len(items)]
        told = [_told(offer, item, asker, now) for item in chosen]
        return str(offer.payload["deal"]), await asyncio.to_thread(self._memory.told.add, told)

    async def _find(self, key: str, asker: Asker, now: datetime) -> Offer:
        offer = await asyncio.to_thread(self._memory.offers.find, key, now)
        if offer is None or offer.kind != KIND:
            raise Refused(DECIDED)
        if offer.user_id != asker.user.id:
            raise Refused(NOT_YOURS)
        return offer


def _kept(item: Evidence) -> dict[str, Any]:
    return {
        "label": item.element.label,
        "grade": item.grade.value,
        "quote": item.quote,
        "said_on": item.on.isoformat(),
    }


def _told(offer: Offer, item: dict[str, Any], asker: Asker, now: datetime) -> Told:
    return Told(
        deal_id=str(offer.deal_id),
        by_id=asker.user.id,
        by_name=asker.user.name,
        said_on=date.fromisoformat(item["said_on"]),
        quote=item["quote"],
        source=str(offer.payload["source"])[:255],
        told_at=now,
    )
