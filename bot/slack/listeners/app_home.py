"""A person opens the app: the Home tab is published, the Messages tab gets prompts from their own deals."""

import asyncio
import re
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError

from bot.slack.failures import Refused, explain, slack_error_code
from bot.slack.forms import chosen
from bot.slack.homes import Homes
from bot.slack.ids import ActionId
from bot.slack.views.home import reason_view
from bot.slack.views.home_pages import HomePage
from bot.slack.views.notices import TITLE_PROMPTS
from bot.slack.views.prompts import prompts
from bot.slack.visits import Visit

log = structlog.get_logger(__name__)

OVERTAKEN = "hash_conflict"


def register(app: AsyncApp) -> None:
    """Listen to both tabs, and to the buttons that turn a page."""
    app.event("app_home_opened", matchers=[_is_messages_tab])(handle_messages_tab)
    app.event("app_home_opened")(handle_home_tab)
    app.action(re.compile(ActionId.HOME_GO.pattern))(handle_page)


async def handle_home_tab(event: dict[str, Any], homes: Homes, visit: Visit) -> None:
    """Publish the person's actions and deals, or the reason why there are none to show.

    A page that the person turned to while this one was put together stays.
    """
    seen = (event.get("view") or {}).get("hash")
    try:
        await homes.publish(visit.client, event["user"], await visit.identify(), visit.now, seen=seen)
    except SlackApiError as error:
        if slack_error_code(error) != OVERTAKEN:
            raise
        log.info("slack.home_overtaken")
    except Exception as error:
        reason = explain(error)
        if reason is None:
            raise
        await visit.client.views_publish(user_id=event["user"], view=reason_view(reason))


async def handle_page(ack: AsyncAck, action: dict[str, Any], homes: Homes, visit: Visit) -> None:
    """Show another page, chosen by a button or from a menu; somebody out of the person's sight is no page."""
    await ack()
    page = HomePage.read(chosen(action))
    await homes.publish(visit.client, visit.user_id, await visit.identify(), visit.now, page)


async def handle_messages_tab(event: dict[str, Any], visit: Visit) -> None:
    """Offer up to four prompts. They are an offer: who may have none, or a Slack without them, gets none."""
    try:
        asker = await visit.identify()
        offered = prompts(await asyncio.to_thread(visit.desk.coach.suggestions, asker, now=visit.now))
        if offered:
            await visit.client.assistant_threads_setSuggestedPrompts(
                channel_id=event["channel"], title=TITLE_PROMPTS, prompts=offered
            )
    except Refused:
        log.info("slack.prompts_withheld")
    except SlackApiError as error:
        log.warning("slack.prompts_refused", code=slack_error_code(error))


async def _is_messages_tab(event: dict[str, Any]) -> bool:
    return event.get("tab") == "messages"
