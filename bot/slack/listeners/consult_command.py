"""`/consult DEAL`: a prepared opportunity consult, shown to the person who asked."""

from datetime import datetime

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answering import Answering
from bot.slack.ids import Command
from bot.slack.incoming import question
from bot.slack.middleware.context import Identify
from bot.slack.places import ResponsePlace
from bot.slack.views.notices import help_message


def register(app: AsyncApp) -> None:
    """Listen to the command."""
    app.command(Command.CONSULT.value)(handle_consult)


async def handle_consult(
    ack: AsyncAck,
    respond: AsyncRespond,
    command: dict[str, str],
    client: AsyncWebClient,
    identify: Identify,
    answering: Answering,
    now: datetime,
) -> None:
    """Prepare the consult of the named deal; without a name, or with "help", say how to ask."""
    await ack()
    asker = await identify()
    place = ResponsePlace(command["channel_id"], command["user_id"], command["user_id"], respond)
    name = question(command.get("text"))
    if name.lower() == "help":
        await place.send(client, help_message())
        return
    await answering.consult(client, place, asker, name, now=now)
