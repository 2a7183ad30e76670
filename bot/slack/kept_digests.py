"""Digests that were sent, kept so that a press on one of their buttons finds what it was about.

The key of a kept digest follows from kind, reader and day: sent again after a crash, it is the same digest.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from pydantic import TypeAdapter

from bot.coach.access import Asker
from bot.coach.digest import Digest, DigestItem
from bot.memory import ActionItem, Memory, Offer
from bot.slack.cards import advice_name
from bot.slack.failures import Refused
from bot.slack.views.digest import ItemState
from bot.slack.views.wording import due

KIND = "digest"
LIVES = timedelta(days=7)
GONE = "That digest is more than a week old, so its buttons no longer work. Ask me about the deal instead."
NOT_YOURS = "That digest was made for somebody else."
_DIGEST = TypeAdapter(Digest)


def digest_offer(digest: Digest, now: datetime, expires_at: datetime) -> Offer:
    """The digest as it is kept."""
    payload = _DIGEST.dump_python(digest, mode="json")
    return Offer(
        kind=KIND, user_id=digest.reader.id, deal_id=None, payload=payload, created_at=now, expires_at=expires_at
    )


async def find_digest(memory: Memory, key: str, asker: Asker, now: datetime) -> Digest:
    """The digest behind a button. Raises Refused if it has run out or is somebody else's."""
    offer = await asyncio.to_thread(memory.offers.find, key, now)
    if offer is None or offer.kind != KIND:
        raise Refused(GONE)
    if offer.user_id != asker.user.id:
        raise Refused(NOT_YOURS)
    return _DIGEST.validate_python(offer.payload)


def tracked_steps(digest: Digest, open_items: Mapping[str, Sequence[ActionItem]]) -> Digest:
    """The digest with those steps marked that are tracked already."""
    return replace(digest, items=tuple(_marked(item, open_items.get(item.deal.id, ())) for item in digest.items))


def _marked(item: DigestItem, open_items: Sequence[ActionItem]) -> DigestItem:
    if item.step is None:
        return item
    name = advice_name(item.step)
    found = next((each for each in open_items if each.advice == name), None)
    return replace(item, tracked=f"Tracked for {found.owner_name}, {due(found.due)}") if found else item


def states_of(digest: Digest, memory: Memory, today: date) -> dict[str, ItemState]:
    """What became of the digest's deals since: steps tracked, deals snoozed. By deal id."""
    ids = [item.deal.id for item in digest.items]
    snoozed = memory.preferences.snoozed(digest.reader.id, today)
    marked = tracked_steps(digest, memory.actions.of_deals(ids))
    return {
        item.deal.id: ItemState(item.tracked, snoozed[item.deal.id].until if item.deal.id in snoozed else None)
        for item in marked.items
    }
