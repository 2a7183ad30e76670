"""A person names the bot in a channel. Deals are answered to them alone, the handbook to everybody."""

from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.slack.answering import Answering
from bot.slack.incoming import question
from bot.slack.places import place_of_message
from bot.slack.visits import Visit
from bot.slack.working import Work


def register(app: AsyncApp) -> None:
    """Listen to mentions."""
    app.event("app_mention")(handle_mention)


async def handle_mention(
    event: dict[str, Any], context: AsyncBoltContext, answering: Answering, work: Work, visit: Visit
) -> None:
    """Answer what stands beside the mention."""
    place = place_of_message(event, visit.body)
    async with work.on(visit.client, place.channel, place.thread):
        await answering.answer(visit, place, question(event.get("text"), context.bot_user_id))
