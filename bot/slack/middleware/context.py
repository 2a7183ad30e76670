"""Puts into Bolt's context what listeners ask for by name: the visit, and whatever helps beyond it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.desk import Desk
from bot.slack.addresses import Addresses
from bot.slack.answering import Answering
from bot.slack.cards import Cards
from bot.slack.consulting import Consulting
from bot.slack.dictations import Dictation
from bot.slack.failures import Refused
from bot.slack.homes import Homes
from bot.slack.menus import Menus
from bot.slack.notes import Notes
from bot.slack.people import NOT_A_PERSON, People
from bot.slack.services import Clock, Services
from bot.slack.sittings import Sitting
from bot.slack.visits import Visit
from bot.slack.working import Work


@dataclass(frozen=True, slots=True)
class Helpers:
    """The helpers of this room, made once an app."""

    services: Services
    clock: Clock
    people: People
    answering: Answering
    menus: Menus
    work: Work
    cards: Cards
    desk: Desk
    homes: Homes
    notes: Notes
    consulting: Consulting
    addresses: Addresses

    async def attach(
        self,
        context: AsyncBoltContext,
        body: dict[str, Any],
        client: AsyncWebClient,
        next_: Callable[[], Awaitable[None]],
    ) -> None:
        """Hand the helpers to this request. `now` is the same instant for all of it."""
        now = self.clock()

        async def identify() -> Asker:
            if context.user_id is None:
                raise Refused(NOT_A_PERSON)
            return await self.people.identify(client, context.user_id, context.team_id, now=now)

        context["now"] = now
        context["memory"] = self.services.memory
        context["answering"] = self.answering
        context["menus"] = self.menus
        context["work"] = self.work
        context["homes"] = self.homes
        context["notes"] = self.notes
        visit = (client, body, identify, self.desk, self.cards, now)
        context["visit"] = Visit(*visit)
        context["sitting"] = Sitting(*visit, self.consulting)
        context["dictation"] = Dictation(*visit, self.addresses, self.services.writing)
        await next_()
