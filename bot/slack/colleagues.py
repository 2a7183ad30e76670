"""A colleague somebody picked in Slack: a full member whom the pipeline knows, else a sentence why not."""

import asyncio

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.service import Coach
from bot.pipeline.model import User
from bot.slack.failures import Refused, slack_error_code
from bot.slack.people import DEACTIVATED, NOT_A_PERSON, OUTSIDER, refusal_of

_WORDS = {
    NOT_A_PERSON: "That is an app, not a person.",
    DEACTIVATED: "That account is deactivated.",
    OUTSIDER: "Guests and people of other organisations see no deals, so they cannot be invited.",
}
NOT_KNOWN = (
    "I don't know that person: nobody in the pipeline has their Slack account or e-mail address. "
    "Sales operations can add them."
)
_INVISIBLE = {"user_not_found", "user_not_visible"}


async def colleague(client: AsyncWebClient, coach: Coach, user_id: str, team_id: str | None) -> User:
    """The person behind a Slack user id. Raises Refused with a sentence to show; SlackApiError if Slack does not tell.

    Asked anew each time, since somebody is about to be let in.
    """
    try:
        account = (await client.users_info(user=user_id))["user"]
    except SlackApiError as error:
        if slack_error_code(error) in _INVISIBLE:
            raise Refused(_WORDS[OUTSIDER]) from error
        raise
    reason = refusal_of(account, team_id)
    if reason:
        raise Refused(_WORDS[reason])
    email = (account.get("profile") or {}).get("email")
    asker = await asyncio.to_thread(coach.asker_for_slack, user_id, email)
    if asker is None:
        raise Refused(NOT_KNOWN)
    return asker.user
