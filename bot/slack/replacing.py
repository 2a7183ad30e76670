"""Putting another message in the place of the one a button was on, through the press's own URL."""

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.views.message import Message

log = structlog.get_logger(__name__)


async def replaced(url: str | None, message: Message) -> bool:
    """Whether it worked; not if the message is gone or the URL has run out (5 uses, 30 minutes)."""
    if not url:
        return False
    try:
        answer = await AsyncWebhookClient(url).send(
            text=message.text, blocks=list(message.blocks), replace_original=True
        )
    except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        log.info("slack.message_not_replaced", error=type(error).__name__)
        return False
    return answer.status_code == 200
