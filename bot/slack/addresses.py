"""The Slack account behind a person of the pipeline: as recorded there, else by e-mail address.

A CRM knows nobody's Slack account; without this two colleagues whose records come from one could not meet here.
"""

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.pipeline.model import User
from bot.slack.failures import slack_error_code

_NOBODY = {"users_not_found", "user_not_found", "missing_scope"}


class Addresses:
    """Slack user ids of colleagues. What Slack answered is remembered until the process ends."""

    def __init__(self) -> None:
        """Start with none."""
        self._found: dict[str, str] = {}

    async def of(self, client: AsyncWebClient, user: User) -> str | None:
        """The person's Slack user id, or None if there is no such account. Raises SlackApiError for other trouble."""
        if user.slack_user_id or not user.email:
            return user.slack_user_id
        if user.id not in self._found:
            try:
                answer = await client.users_lookupByEmail(email=user.email)
            except SlackApiError as error:
                if slack_error_code(error) in _NOBODY:
                    return None
                raise
            self._found[user.id] = str(answer["user"]["id"])
        return self._found[user.id]
