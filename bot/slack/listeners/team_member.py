"""A person opens one member of a team digest: that member's deals, worst first, in the digest's thread (F101).

Whoever presses sees what they may see themselves; in a channel nobody else sees it.
"""

import asyncio
import re
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.home import HomeDeal
from bot.coach.service import Coach
from bot.pipeline.service import UnknownDeal
from bot.slack.delivery import deliver, whisper
from bot.slack.ids import ActionId
from bot.slack.middleware.context import Identify
from bot.slack.views.team_member import team_member_message


def register(app: AsyncApp) -> None:
    """Listen to the button beside each member."""
    app.action(re.compile(ActionId.TEAM_MEMBER.pattern))(handle_member)


async def handle_member(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    coach: Coach,
    now: datetime,
) -> None:
    """Show the member's deals below the digest."""
    await ack()
    asker = await identify()
    deals = await asyncio.to_thread(_deals, coach, asker, action["value"], now)
    container, user_id = body.get("container") or {}, body["user"]["id"]
    channel, thread = container["channel_id"], container.get("thread_ts") or container["message_ts"]
    message = team_member_message(deals, now)
    if channel.startswith("D"):
        await deliver(client, channel, message, thread_ts=thread)
    else:
        await whisper(client, channel, user_id, message)


def _deals(coach: Coach, asker: Asker, member_id: str, now: datetime) -> list[HomeDeal]:
    """The member's open deals among those the asker may see. Raises UnknownDeal if that is none."""
    deals = [deal for deal in coach.home(asker, now=now).deals if deal.owner_id == member_id]
    if not deals:
        raise UnknownDeal(member_id)
    return deals
