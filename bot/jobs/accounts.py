"""Finding the Slack accounts of readers whose account is not recorded, a few a minute, ahead of their messages.

The rounds that send only read what was found. So a look-up delays nobody else's message, and what a message is sent
to does not change between a try and the next.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.jobs.mailing import Round
from bot.memory.accounts import folded
from bot.pipeline.model import Role, User
from bot.slack.addresses import ASKED_AGAIN_AFTER, Addresses, lacks_account
from bot.slack.delivery import TokenRevoked, TryLater, failure_of, without_retries
from bot.slack.failures import slack_error_code

AT_A_TIME = 40
"""In a minute; Slack takes about fifty: https://docs.slack.dev/reference/methods/users.lookupByEmail (tier 3)."""

_WORK = "slack accounts"
_TURN = timedelta(seconds=50)

log = structlog.get_logger(__name__)


async def find_accounts(client: AsyncWebClient, addresses: Addresses, circle: Round, most: int = AT_A_TIME) -> int:
    """Ask Slack for the next accounts that are wanted; return how many it told.

    One replica asks at a time, and none while Slack wants to be left alone. An address that Slack cannot answer for
    now is asked again later and keeps no other from being asked.
    """
    leases, holder = circle.runtime.memory.leases, uuid4().hex
    wanted = (await asyncio.to_thread(unasked, circle))[:most]
    if not wanted or not await asyncio.to_thread(leases.take, _WORK, holder, circle.now, _TURN):
        return 0
    plain, told = without_retries(client), 0
    for email in wanted:
        try:
            await addresses.ask(plain, email, circle.now)
            told += 1
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            pause = _pause(error)
            log.warning("accounts.not_told", reason=_reason(error), stops=pause is not None)
            if pause is not None:
                await asyncio.to_thread(leases.take, _WORK, holder, circle.now, max(pause, _TURN))
                break
    return told


def unasked(circle: Round) -> Sequence[str]:
    """The addresses of readers without a recorded account that Slack was not asked for within a day.

    First those nobody ever asked for, then the oldest answers.
    """
    fresh = circle.now - ASKED_AGAIN_AFTER
    asked = {email: answer.asked_at for email, answer in circle.accounts.items()}
    wanted = {folded(str(reader.email)) for reader in readers_of(circle) if lacks_account(reader)}
    never = datetime.min.replace(tzinfo=circle.now.tzinfo)
    due = [email for email in wanted if asked.get(email, never) < fresh]
    return sorted(due, key=lambda email: (asked.get(email, never), email))


def readers_of(circle: Round) -> Sequence[User]:
    """Everybody whose role gets messages, as the pipeline has them; with or without an account."""
    roles = circle.rules.readers | circle.rules.team_readers | {Role.SALES_OPERATIONS}
    return [user for user in circle.people.values() if user.active and user.role in roles]


def _pause(error: Exception) -> timedelta | None:
    """How long Slack is to be left alone after this; None if the next address may be asked for."""
    if not isinstance(error, SlackApiError):
        return _TURN
    failure = failure_of(error)
    if isinstance(failure, TokenRevoked):
        return _TURN
    return failure.retry_after if isinstance(failure, TryLater) and failure.retry_after else None


def _reason(error: Exception) -> str:
    """Slack's code, or the kind of error: its text may hold what was asked."""
    code = slack_error_code(error) if isinstance(error, SlackApiError) else None
    return code or type(error).__name__
