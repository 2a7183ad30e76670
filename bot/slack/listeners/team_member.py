"""A person opens one member of a team digest: that member's deals, worst first, in the digest's thread (F101).

Whoever presses sees what they may see themselves; in a channel nobody else sees it.
"""

import asyncio
import re
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.coach.access import Asker
from bot.coach.home import HomeDeal
from bot.coach.service import Coach
from bot.pipeline.service import UnknownDeal
from bot.slack.delivery import deliver, whisper
from bot.slack.ids import ActionId
from bot.slack.views.team_member import team_member_message
from bot.slack.visits import Visit


def register(app: AsyncApp) -> None:
    """Listen to the button beside each member."""
    app.action(re.compile(ActionId.TEAM_MEMBER.pattern))(handle_member)


async def handle_member(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Show the member's deals below the digest."""
    await ack()
    deals = await asyncio.to_thread(_deals, visit.desk.coach, await visit.identify(), action["value"], visit.now)
    message, channel = team_member_message(deals, visit.now), visit.container["channel_id"]
    if channel.startswith("D"):
        await deliver(visit.client, channel, message, thread_ts=visit.thread)
    else:
        await whisper(visit.client, channel, visit.user_id, message)


def _deals(coach: Coach, asker: Asker, member_id: str, now: datetime) -> list[HomeDeal]:
    """The member's open deals among those the asker may see. Raises UnknownDeal if that is none."""
    deals = [deal for deal in coach.home(asker, now=now).deals if deal.owner_id == member_id]
    if not deals:
        raise UnknownDeal(member_id)
    return deals
