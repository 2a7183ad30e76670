"""A person names the bot in a channel. Deals are answered to them alone, the handbook to everybody."""

from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answering import Answering
from bot.slack.incoming import question
from bot.slack.middleware.context import Identify
from bot.slack.places import place_of_message
from bot.slack.working import Work


def register(app: AsyncApp) -> None:
    """Listen to mentions."""
    app.event("app_mention")(handle_mention)


async def handle_mention(
    event: dict[str, Any],
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
    identify: Identify,
    answering: Answering,
    work: Work,
    now: datetime,
) -> None:
    """Answer what stands beside the mention."""
    place = place_of_message(event, body)
    async with work.on(client, place.channel, place.thread):
        asker = await identify()
        text = question(event.get("text"), context.bot_user_id)
        await answering.answer(client, place, asker, text, now=now)
