"""Who would read what is posted in a channel, and why a deal may not be posted there (DOMAIN 8.2).

Fails closed: whatever Slack does not tell counts as a reason against.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import slack_error_code

MOST_READERS = 100
"""A deal shown to more people than this is published rather than shared; it also bounds the check."""

_SHARED_FLAGS = ("is_ext_shared", "is_pending_ext_shared", "is_shared", "is_org_shared")
_AT_ONCE = 10
NOT_A_MEMBER = "I am not in this channel, so I can't tell who would read it. Invite me first, or share elsewhere."
OUTSIDE = "Other organisations read this channel, so I don't share deals here."
TOO_MANY = "This channel has more than {most} members, which is too many to share a deal with."
GUESTS = "Guests or people of other organisations are in this channel, so I don't share deals here."
UNSURE = "Slack does not tell me who reads this channel, so I don't share deals here."


class NotSafe(Exception):  # noqa: N818 - a decision, not a failure
    """A deal may not be shown there; the message says why. `readers` None = refused before they were counted."""

    def __init__(self, reason: str, readers: int | None = None) -> None:
        super().__init__(reason)
        self.readers = readers


@dataclass(frozen=True, slots=True)
class Audience:
    """The people who would read: everybody in the channel but the bot."""

    channel: str
    name: str
    readers: tuple[str, ...]


async def audience_of(client: AsyncWebClient, channel: str, bot_user_id: str | None) -> Audience:
    """The readers of a channel in which every one of them is a full member. Raises NotSafe with the reason."""
    try:
        about = (await client.conversations_info(channel=channel))["channel"]
        _refuse_shared(about)
        members = await _members(client, channel)
        readers = tuple(member for member in members if member != bot_user_id)
        await _refuse_guests(client, readers)
    except SlackApiError as error:
        code = slack_error_code(error)
        raise NotSafe(NOT_A_MEMBER if code in {"channel_not_found", "not_in_channel"} else UNSURE) from error
    return Audience(channel, str(about.get("name") or "this channel"), readers)


def _refuse_shared(about: dict[str, Any]) -> None:
    if any(about.get(flag) for flag in _SHARED_FLAGS):
        raise NotSafe(OUTSIDE)
    if not about.get("is_member"):
        raise NotSafe(NOT_A_MEMBER)


async def _members(client: AsyncWebClient, channel: str) -> list[str]:
    answer = await client.conversations_members(channel=channel, limit=MOST_READERS + 2)
    members: list[str] = answer["members"]
    if len(members) > MOST_READERS + 1 or (answer.get("response_metadata") or {}).get("next_cursor"):
        raise NotSafe(TOO_MANY.format(most=MOST_READERS))
    return members


async def _refuse_guests(client: AsyncWebClient, readers: tuple[str, ...]) -> None:
    for start in range(0, len(readers), _AT_ONCE):
        batch = readers[start : start + _AT_ONCE]
        users = await asyncio.gather(*(client.users_info(user=reader) for reader in batch))
        if any(_is_outsider(answer["user"]) for answer in users):
            raise NotSafe(GUESTS, len(readers))


def _is_outsider(user: dict[str, Any]) -> bool:
    """A guest, a stranger, or another app; see https://docs.slack.dev/reference/objects/user-object."""
    flags = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot")
    return any(user.get(flag) for flag in flags)
