"""Who is behind a Slack user id, and whether the coach may talk deals with them. Fails closed.

A person is known only if the coach's own pipeline knows them; Slack merely tells their e-mail address.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.service import Coach
from bot.slack.failures import Refused, slack_error_code

REMEMBERED_FOR = timedelta(minutes=5)
"""Short, since somebody who left the company must lose access soon; access itself is checked every time."""

UNKNOWN = (
    "I don't know you yet: no seller in the pipeline has your Slack account or e-mail address. "
    "Ask sales operations to add you, then try again."
)
OUTSIDER = "I talk about deals only with full members of this workspace, not with guests or other companies."
NOT_A_PERSON = "I answer people only, not apps."
_INVISIBLE = {"user_not_found", "user_not_visible"}
DEACTIVATED = "This Slack account is deactivated, so I can't answer it."


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack says about an account. `refusal` is the reason it gets no data, or None."""

    user_id: str
    email: str | None
    refusal: str | None
    read_at: datetime


class People:
    """Finds the asker behind a Slack user, asking Slack at most once in `REMEMBERED_FOR`."""

    def __init__(self, coach: Coach) -> None:
        """Look people up in `coach`'s pipeline."""
        self._coach = coach
        self._profiles: dict[tuple[str | None, str], Profile] = {}

    async def identify(self, client: AsyncWebClient, user_id: str, team_id: str | None, *, now: datetime) -> Asker:
        """Return the asker with their scope.

        Raises Refused, with a reason to show, for guests, strangers, apps and people the pipeline does
        not know; SlackApiError if Slack does not tell who it is.
        """
        profile = await self._profile(client, user_id, team_id, now)
        if profile.refusal:
            raise Refused(profile.refusal)
        asker = await asyncio.to_thread(self._coach.asker_for_slack, user_id, profile.email, now)
        if asker is None:
            raise Refused(UNKNOWN)
        return asker

    async def _profile(self, client: AsyncWebClient, user_id: str, team_id: str | None, now: datetime) -> Profile:
        known = self._profiles.get((team_id, user_id))
        if known and now - known.read_at < REMEMBERED_FOR:
            return known
        profile = await _read_profile(client, user_id, team_id, now)
        self._profiles[team_id, user_id] = profile
        return profile


async def _read_profile(client: AsyncWebClient, user_id: str, team_id: str | None, now: datetime) -> Profile:
    try:
        user = (await client.users_info(user=user_id))["user"]
    except SlackApiError as error:
        if slack_error_code(error) in _INVISIBLE:
            return Profile(user_id, None, OUTSIDER, now)
        raise
    return Profile(user_id, (user.get("profile") or {}).get("email"), refusal_of(user, team_id), now)


def refusal_of(user: dict[str, Any], team_id: str | None) -> str | None:
    """The reason this account gets no data; None for a full member. See https://docs.slack.dev/reference/objects/user-object."""
    if user.get("is_bot") or user.get("is_workflow_bot"):
        return NOT_A_PERSON
    if user.get("deleted"):
        return DEACTIVATED
    foreign = bool(team_id and user.get("team_id") and user["team_id"] != team_id and not _same_grid(user, team_id))
    guest = any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger"))
    return OUTSIDER if guest or foreign else None


def _same_grid(user: dict[str, Any], team_id: str) -> bool:
    """Whether an Enterprise Grid member belongs to this workspace too."""
    return team_id in ((user.get("enterprise_user") or {}).get("teams") or ())
