"""`/consult …`: a prepared consult, a light review, a saved view, the team, the forecast, help, or the menu."""

import asyncio
import re
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.desk import Desk
from bot.memory import ConsultKind, Memory
from bot.pipeline.views import UnknownView
from bot.slack.answering import Answering
from bot.slack.failures import Refused
from bot.slack.homes import local_day
from bot.slack.ids import ActionId, Command
from bot.slack.incoming import question
from bot.slack.middleware.context import Identify
from bot.slack.places import Place, ResponsePlace
from bot.slack.views.consult_lists import ConsultsContent, menu_message, team_message, view_message
from bot.slack.views.message import Message
from bot.slack.views.notices import help_message

HELP, TEAM, FORECAST, LIGHT, VIEW, MENU = "help", "team", "forecast", "light", "view", "menu"
_FORECAST = "What is the forecast?"


def register(app: AsyncApp) -> None:
    """Listen to the command, and to what its menu and lists offer."""
    app.command(Command.CONSULT.value)(handle_consult)
    app.action(re.compile(ActionId.CONSULT_LIST.pattern))(handle_list)
    app.action(re.compile(ActionId.OPEN_VIEW.pattern))(handle_view)


async def handle_consult(
    ack: AsyncAck,
    respond: AsyncRespond,
    command: dict[str, str],
    client: AsyncWebClient,
    identify: Identify,
    answering: Answering,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Do what was asked; a first word that is none of ours begins the name of a deal."""
    await ack()
    asker = await identify()
    place = ResponsePlace(command["channel_id"], command["user_id"], command["user_id"], respond)
    lists = _Lists(client, answering, desk, memory, now)
    typed = (command.get("text") or "").strip()
    text = question(typed) if typed else MENU
    verb, _, rest = text.partition(" ")
    if await lists.show(asker, place, text.lower()):
        return
    if verb.lower() in {VIEW, "views"} and await lists.view(asker, place, rest, text):
        return
    light = verb.lower() == LIGHT and rest and await lists.names_a_deal(asker, rest, text)
    kind = ConsultKind.LIGHT if light else ConsultKind.FULL
    await answering.consult(client, place, asker, rest if light else text, now=now, kind=kind)


async def handle_list(
    ack: AsyncAck,
    respond: AsyncRespond,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    answering: Answering,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Show a list of the menu below it; the menu stays."""
    await ack()
    place = _place(body, respond)
    await _Lists(client, answering, desk, memory, now).show(await identify(), place, action["value"])


async def handle_view(
    ack: AsyncAck,
    respond: AsyncRespond,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    answering: Answering,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Open a view chosen from the menu, or turn to another page in place."""
    await ack()
    turned = action.get("value")
    name, _, page = (turned or action["selected_option"]["value"]).partition(":")
    place = _place(body, respond, replace=turned is not None)
    lists = _Lists(client, answering, desk, memory, now)
    await lists.open_view(await identify(), place, name, int(page))


class _Lists:
    """What can be listed, for the person who asks."""

    def __init__(self, client: AsyncWebClient, answering: Answering, desk: Desk, memory: Memory, now: datetime) -> None:
        self._client, self._answering, self._desk, self._memory, self._now = client, answering, desk, memory, now

    async def show(self, asker: Asker, place: Place, name: str) -> bool:
        """Whether `name` is a list, which is then shown."""
        if name == FORECAST:
            await self._answering.answer(self._client, place, asker, _FORECAST, now=self._now)
            return True
        if name == HELP:
            await place.send(self._client, help_message())
            return True
        if name not in {MENU, TEAM}:
            return False
        content = await asyncio.to_thread(self._content, asker)
        await place.send(self._client, menu_message(content) if name == MENU else team_message(content))
        return True

    async def view(self, asker: Asker, place: Place, name: str, text: str) -> bool:
        """Open the view `name`; False if there is none but the whole text names a deal."""
        try:
            await self.open_view(asker, place, name, 0)
        except Refused:
            if await asyncio.to_thread(self._desk.deal_meant, asker, text, None):
                return False
            raise
        return True

    async def open_view(self, asker: Asker, place: Place, name: str, page: int) -> None:
        """Show one page. Raises Refused naming the views there are."""
        await place.send(self._client, await asyncio.to_thread(self._opened, asker, name, page))

    async def names_a_deal(self, asker: Asker, rest: str, text: str) -> bool:
        """Whether `rest` is meant to name the deal rather than all of the text, as for a company called Light."""
        whole = await asyncio.to_thread(self._desk.deal_meant, asker, text, None)
        part = await asyncio.to_thread(self._desk.deal_meant, asker, rest, None)
        return part is not None or whole is None

    def _opened(self, asker: Asker, name: str, page: int) -> Message:
        try:
            opened = self._desk.coach.open_view(asker, name, now=self._now)
        except UnknownView as error:
            raise Refused(str(error)) from error
        return view_message(opened, page)

    def _content(self, asker: Asker) -> ConsultsContent:
        consults = self._memory.consults
        coach = self._desk.coach
        return ConsultsContent(
            consults=consults.of_person(asker.user.id),
            rota=coach.rota(asker, now=self._now),
            views=coach.views_for(asker),
            own_id=asker.user.id,
            today=local_day(asker, self._now),
        )


def _place(body: dict[str, Any], respond: AsyncRespond, *, replace: bool = False) -> Place:
    container, user_id = body.get("container") or {}, body["user"]["id"]
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or user_id
    return ResponsePlace(channel, user_id, user_id, respond, replace=replace)
