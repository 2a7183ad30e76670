"""`/consult …`: a prepared consult, a light review, a saved view, the team, the forecast, help, or the menu."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.coach.access import Asker
from bot.memory import ConsultKind, Memory
from bot.pipeline.views import UnknownView
from bot.slack.answering import Answering
from bot.slack.failures import Refused
from bot.slack.forms import chosen
from bot.slack.homes import local_day
from bot.slack.ids import ActionId, Command
from bot.slack.incoming import question
from bot.slack.places import Place, ResponsePlace
from bot.slack.views.consult_lists import ConsultsContent, menu_message, team_message, view_message, views_message
from bot.slack.views.message import Message
from bot.slack.views.notices import help_message
from bot.slack.visits import Visit

HELP, TEAM, FORECAST, LIGHT, VIEW, MENU = "help", "team", "forecast", "light", "view", "menu"
_FORECAST = "What is the forecast?"


def register(app: AsyncApp) -> None:
    """Listen to the command, and to what its menu and lists offer."""
    app.command(Command.CONSULT.value)(handle_consult)
    app.action(re.compile(ActionId.CONSULT_LIST.pattern))(handle_list)
    app.action(re.compile(ActionId.OPEN_VIEW.pattern))(handle_view)


async def handle_consult(
    ack: AsyncAck, respond: AsyncRespond, command: dict[str, str], answering: Answering, memory: Memory, visit: Visit
) -> None:
    """Do what was asked; a first word that is none of ours begins the name of a deal."""
    await ack()
    place = ResponsePlace(command["channel_id"], command["user_id"], command["user_id"], respond)
    lists = _Lists(visit, place, answering, memory)
    typed = (command.get("text") or "").strip()
    text = question(typed) if typed else MENU
    verb, _, rest = text.partition(" ")
    if await lists.show(text.lower()):
        return
    if verb.lower() in {VIEW, "views"} and await lists.view(rest, text):
        return
    light = verb.lower() == LIGHT and rest and await lists.names_a_deal(rest, text)
    kind = ConsultKind.LIGHT if light else ConsultKind.FULL
    await answering.consult(visit, place, rest if light else text, kind)


async def handle_list(
    ack: AsyncAck, respond: AsyncRespond, action: dict[str, Any], answering: Answering, memory: Memory, visit: Visit
) -> None:
    """Show a list of the menu below it; the menu stays."""
    await ack()
    await _Lists(visit, _place(visit, respond), answering, memory).show(action["value"])


async def handle_view(
    ack: AsyncAck, respond: AsyncRespond, action: dict[str, Any], answering: Answering, memory: Memory, visit: Visit
) -> None:
    """Open a view chosen from the menu, or turn to another page in place."""
    await ack()
    name, _, page = chosen(action).partition(":")
    place = _place(visit, respond, replace="value" in action)
    await _Lists(visit, place, answering, memory).open_view(name, int(page))


@dataclass(frozen=True, slots=True)
class _Lists:
    """What can be listed, for the person who asks."""

    visit: Visit
    place: Place
    answering: Answering
    memory: Memory

    async def show(self, name: str) -> bool:
        """Whether `name` is a list, which is then shown."""
        asker, client = await self.visit.identify(), self.visit.client
        if name == FORECAST:
            await self.answering.answer(self.visit, self.place, _FORECAST)
            return True
        if name == HELP:
            await self.place.send(client, help_message())
            return True
        if name not in {MENU, TEAM}:
            return False
        content = await asyncio.to_thread(self._content, asker)
        await self.place.send(client, menu_message(content) if name == MENU else team_message(content))
        return True

    async def view(self, name: str, text: str) -> bool:
        """Open the view `name`, without one list them; False if there is none but the whole text names a deal."""
        if not name.strip():
            asker = await self.visit.identify()
            views = await asyncio.to_thread(self.visit.desk.coach.views_for, asker)
            await self.place.send(self.visit.client, views_message(views))
            return True
        try:
            await self.open_view(name, 0)
        except Refused:
            if await self._names_a_deal(text):
                return False
            raise
        return True

    async def open_view(self, name: str, page: int) -> None:
        """Show one page. Raises Refused naming the views there are."""
        asker = await self.visit.identify()
        await self.place.send(self.visit.client, await asyncio.to_thread(self._opened, asker, name, page))

    async def names_a_deal(self, rest: str, text: str) -> bool:
        """Whether `rest` is meant to name the deal rather than all of the text, as for a company called Light."""
        return await self._names_a_deal(rest) or not await self._names_a_deal(text)

    async def _names_a_deal(self, text: str) -> bool:
        asker = await self.visit.identify()
        return await asyncio.to_thread(self.visit.desk.deal_meant, asker, text, None) is not None

    def _opened(self, asker: Asker, name: str, page: int) -> Message:
        try:
            opened = self.visit.desk.coach.open_view(asker, name, now=self.visit.now)
        except UnknownView as error:
            raise Refused(str(error)) from error
        return view_message(opened, page)

    def _content(self, asker: Asker) -> ConsultsContent:
        consults = self.memory.consults
        coach = self.visit.desk.coach
        return ConsultsContent(
            consults=consults.of_person(asker.user.id),
            rota=coach.rota(asker, now=self.visit.now),
            views=coach.views_for(asker),
            own_id=asker.user.id,
            today=local_day(asker, self.visit.now),
        )


def _place(visit: Visit, respond: AsyncRespond, *, replace: bool = False) -> Place:
    return ResponsePlace(visit.channel or visit.user_id, visit.user_id, visit.user_id, respond, replace=replace)
