"""Answer cards that outlive the process: kept with their reply, found again when a button is pressed.

A card belongs to the person it was made for and runs out after a week: older figures should be asked for anew.
"""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.coach.access import Asker
from bot.coach.contest import SHOWN_FOR
from bot.coach.reply import CoachReply, DealRef, NextStep
from bot.coach.writing import Wanted, wanted
from bot.memory import BotMemoryError, Contest, Offer
from bot.slack.failures import Refused
from bot.slack.places import DirectThread, Place
from bot.slack.services import Services
from bot.slack.views import answer_message, consult_message
from bot.slack.views.card import CardState, is_card
from bot.slack.views.message import Message
from bot.slack.views.share import shared_message
from bot.slack.views.wording import day, due

log = structlog.get_logger(__name__)

KIND = "card"
LIVES = timedelta(days=7)
GONE = "That answer is more than a week old, so its buttons no longer work. Ask again for today's figures."
NOT_YOURS = "That answer was made for somebody else. Ask me about the deal yourself."
NO_STEP = "That answer no longer holds that step. Ask again for today's steps."
_CONTESTS_SHOWN = 2
_WRITES_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Card:
    """One kept answer about one open deal. `channel` is where it was shown; `shareable`: others read there too.

    `writable`: the person may have things written to the CRM; `wanted` is the change they asked for, if any.
    """

    key: str
    reply: CoachReply
    reply_id: int | None
    channel: str
    shareable: bool
    consult: bool
    writable: bool = False
    wanted: Wanted | None = None

    @property
    def deal(self) -> DealRef:
        """The deal the card is about."""
        assert self.reply.deal is not None  # only such replies are kept
        return self.reply.deal

    def step(self, place: int) -> NextStep:
        """The step at a place. Raises Refused for a place the card does not have, as better words may have fewer."""
        if place >= len(self.reply.next_steps):
            raise Refused(NO_STEP)
        return self.reply.next_steps[place]


class Cards:
    """Keeps, finds and renders cards."""

    def __init__(self, services: Services) -> None:
        """Work with the memory of `services`."""
        self._memory = services.memory
        self._hosts = services.link_hosts
        self._writing = services.writing

    async def keep(
        self,
        asker: Asker,
        place: Place,
        reply: CoachReply,
        reply_id: int | None,
        now: datetime,
        *,
        consult: bool,
        text: str = "",
    ) -> Card | None:
        """Keep an answer to `text` whose buttons can be pressed; None for any other, or if memory does not answer."""
        if not (consult or is_card(reply)) or reply.deal is None:
            return None
        open_place = not isinstance(place, DirectThread) and not place.channel.startswith("D")
        shareable = open_place and all(grant.deal_id != reply.deal.id for grant in asker.grants)  # guests read, no more
        card = Card("", reply, reply_id, place.channel, shareable, consult)
        if self._writing and await asyncio.to_thread(self._writing.refusal, asker, reply.deal.id) is None:
            card = replace(card, writable=True, wanted=wanted(text))
        offer = Offer(
            kind=KIND,
            user_id=asker.user.id,
            deal_id=reply.deal.id,
            payload=_payload(card),
            created_at=now,
            expires_at=now + LIVES,
        )
        try:
            key = await asyncio.to_thread(self._memory.offers.keep, offer)
        except BotMemoryError as error:
            log.warning("slack.card_not_kept", error=type(error).__name__)
            return None
        return replace(card, key=key)

    async def improve(self, card: Card, better: CoachReply) -> Card:
        """The card with better words, kept in place of the former ones."""
        improved = replace(card, reply=better)
        await asyncio.to_thread(self._memory.offers.replace, card.key, _payload(improved))
        return improved

    async def find(self, key: str, asker: Asker, now: datetime) -> Card:
        """The card behind a button. Raises Refused if it has run out or was made for somebody else."""
        offer = await asyncio.to_thread(self._memory.offers.find, key, now)
        if offer is None or offer.kind != KIND:
            raise Refused(GONE)
        if offer.user_id != asker.user.id:
            raise Refused(NOT_YOURS)
        return _card(key, offer)

    async def message(self, card: Card, now: datetime) -> Message:
        """The card as it stands now: steps tracked meanwhile have no button, objections are shown."""
        try:
            state = await asyncio.to_thread(self._state, card, now)
        except BotMemoryError as error:
            log.warning("slack.card_state_unknown", error=type(error).__name__)
            state = CardState(card.key, shareable=card.shareable)
        if card.consult:
            return consult_message(card.reply, hosts=self._hosts, reply_id=card.reply_id, state=state)
        return answer_message(card.reply, hosts=self._hosts, reply_id=card.reply_id, state=state)

    async def step_words(self, card: Card, place: int) -> str:
        """A step of a card as it was accepted, or as it was advised, with its day. Raises Refused like `Card.step`."""
        step = card.step(place)
        tracked = await asyncio.to_thread(self._memory.actions.tracked_advice, card.deal.id)
        item = tracked.get(advice_name(step))
        text, on = (item.text, item.due) if item else (step.text, step.due)
        return f"{on:%Y-%m-%d}: {text}"

    def shared(self, card: Card, shared_by: str) -> Message:
        """The card as a whole channel reads it: no buttons, and who shared it (a Slack user id)."""
        return shared_message(card.reply, shared_by, self._hosts)

    def _state(self, card: Card, now: datetime) -> CardState:
        tracked = self._memory.actions.tracked_advice(card.deal.id)
        items = {number: tracked.get(advice_name(step)) for number, step in enumerate(card.reply.next_steps)}
        shown = {number: f"Tracked for {item.owner_name}, {due(item.due)}" for number, item in items.items() if item}
        contests = self._memory.contests.of_deal(card.deal.id, now - SHOWN_FOR)[:_CONTESTS_SHOWN]
        written = self._writing.pending_words(card.deal.id, now)[:_WRITES_SHOWN] if self._writing else []
        return CardState(
            card.key,
            shown,
            tuple(map(contest_words, contests)),
            card.shareable,
            writable=card.writable and self._writing is not None,
            written=tuple(written),
        )


def advice_name(step: NextStep) -> str:
    """Names a piece of advice by who does what, so that it is recognised when it is given again."""
    return hashlib.sha256(f"{step.owner}|{step.text}".encode()).hexdigest()[:32]


def contest_words(contest: Contest) -> str:
    """One objection in a sentence."""
    verdict = f"; that way it would be {contest.after_bucket}" if contest.after_bucket != contest.before_bucket else ""
    context = f" (“{contest.context}”)" if contest.context else ""
    return f"{contest.by_name} on {day(contest.at.date())}: {contest.claim}{context}{verdict}"


def _payload(card: Card) -> dict[str, Any]:
    return {
        "reply": card.reply.model_dump(mode="json"),
        "reply_id": card.reply_id,
        "channel": card.channel,
        "shareable": card.shareable,
        "consult": card.consult,
        "writable": card.writable,
        "wanted": {"target": card.wanted.target, "text": card.wanted.text} if card.wanted else None,
    }


def _card(key: str, offer: Offer) -> Card:
    kept = offer.payload
    reply = CoachReply.model_validate(kept["reply"])
    wish = kept.get("wanted")  # cards kept before writing was possible have none
    return Card(
        key,
        reply,
        kept["reply_id"],
        kept["channel"],
        kept["shareable"],
        kept["consult"],
        writable=kept.get("writable", False),
        wanted=Wanted(**wish) if wish else None,
    )
