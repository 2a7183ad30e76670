"""The questions behind open menus: a click carries a deal id, so the question waits here.

Kept in the bot's database, so that a menu works after a restart, on another replica and days later. A click on
one that has run out, or for which memory had no answer, is answered with the deal's assessment.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.coach.access import Asker
from bot.memory import BotMemoryError, ConsultKind, Memory, Offer

log = structlog.get_logger(__name__)

ASSESS = "How is this deal looking?"
KIND = "menu"
LIVES = timedelta(days=7)
_NOT_KEPT = "none"
_PREFIX = "menu:"


class Menus:
    """The questions that ended in a menu within a week."""

    def __init__(self, memory: Memory) -> None:
        """Keep them in `memory`."""
        self._memory = memory

    async def keep(self, question: str, asker: Asker, now: datetime) -> str:
        """Remember a question of one person; returns the name of its menu."""
        offer = Offer(
            kind=KIND, user_id=asker.user.id, deal_id=None, payload={"question": question},
            created_at=now, expires_at=now + LIVES,
        )  # fmt: skip
        try:
            return await asyncio.to_thread(self._memory.offers.keep, offer)
        except BotMemoryError as error:
            log.warning("slack.menu_not_kept", error=type(error).__name__)
            return _NOT_KEPT

    async def question(self, block_id: str, asker: Asker, now: datetime) -> str:
        """The question behind a clicked row, or the assessment if it is no longer known or somebody else's."""
        name = _name(block_id)
        if name is None or name == _NOT_KEPT:
            return ASSESS
        offer = await asyncio.to_thread(self._memory.offers.find, name, now)
        mine = offer is not None and offer.kind == KIND and offer.user_id == asker.user.id
        return str(offer.payload["question"]) if offer and mine else ASSESS


def is_menu_row(block_id: str) -> bool:
    """Whether a block belongs to a menu rather than to a digest or the Home tab."""
    return block_id.startswith(_PREFIX)


def consult_kind(block_id: str) -> ConsultKind:
    """Which kind of consult a menu row was offered for; the menu of a consult is named after it."""
    return ConsultKind.LIGHT if _name(block_id) == ConsultKind.LIGHT.value else ConsultKind.FULL


def _name(block_id: str) -> str | None:
    parts = block_id.split(":")
    return parts[1] if is_menu_row(block_id) and len(parts) > 1 else None
