"""A person opens the app: the Home tab is published, the Messages tab gets prompts from their own deals."""

import asyncio
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.service import Coach
from bot.slack.failures import Refused, explain, slack_error_code
from bot.slack.middleware.context import Identify
from bot.slack.views.home import home_view, reason_view
from bot.slack.views.notices import TITLE_PROMPTS
from bot.slack.views.prompts import prompts

log = structlog.get_logger(__name__)


def register(app: AsyncApp) -> None:
    """Listen to both tabs."""
    app.event("app_home_opened", matchers=[_is_messages_tab])(handle_messages_tab)
    app.event("app_home_opened")(handle_home_tab)


async def handle_home_tab(
    event: dict[str, Any], client: AsyncWebClient, coach: Coach, identify: Identify, now: datetime
) -> None:
    """Publish the person's deals by urgency, or the reason why there are none to show."""
    try:
        asker = await identify()
        home = await asyncio.to_thread(coach.home, asker, now=now)
        suggestions = await asyncio.to_thread(coach.suggestions, asker, now=now)
        view = home_view(home, suggestions)
    except Exception as error:
        reason = explain(error)
        if reason is None:
            raise
        view = reason_view(reason)
    await client.views_publish(user_id=event["user"], view=view)


async def handle_messages_tab(
    event: dict[str, Any], client: AsyncWebClient, coach: Coach, identify: Identify, now: datetime
) -> None:
    """Offer up to four prompts. They are an offer: who may have none, or a Slack without them, gets none."""
    try:
        asker = await identify()
        offered = prompts(await asyncio.to_thread(coach.suggestions, asker, now=now))
        if offered:
            await client.assistant_threads_setSuggestedPrompts(
                channel_id=event["channel"], title=TITLE_PROMPTS, prompts=offered
            )
    except Refused:
        log.info("slack.prompts_withheld")
    except SlackApiError as error:
        log.warning("slack.prompts_refused", code=slack_error_code(error))


async def _is_messages_tab(event: dict[str, Any]) -> bool:
    return event.get("tab") == "messages"
