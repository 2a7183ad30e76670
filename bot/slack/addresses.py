"""The Slack account behind a person of the pipeline: as recorded there, else by their e-mail address.

A CRM knows nobody's Slack account. What Slack answers is kept in memory for every process, also that there is nobody
who may be written to: no member, somebody deactivated, a guest, an app.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.memory import Memory, SlackAccount
from bot.memory.accounts import folded
from bot.pipeline.model import User
from bot.slack.delivery import TokenRevoked, TryLater, failure_of
from bot.slack.failures import slack_error_code
from bot.slack.people import DEACTIVATED, NOT_A_PERSON, OUTSIDER, refusal_of

ASKED_AGAIN_AFTER = timedelta(days=1)
BELIEVED_FOR = timedelta(days=2)
"""Longer than until the next question, so that a day of Slack's troubles costs nobody their messages."""

_WORDS = {NOT_A_PERSON: "an app", DEACTIVATED: "deactivated", OUTSIDER: "a guest"}
_ANOTHER_ADDRESS = "another address"


class Addresses:
    """Finds accounts by e-mail address, asking Slack once a day at most."""

    def __init__(self, memory: Memory) -> None:
        """Keep the answers in `memory`."""
        self._accounts = memory.accounts
        self._team_id: str | None = None

    async def of(self, client: AsyncWebClient, user: User, now: datetime) -> str | None:
        """The person's Slack user id, or None if there is no account to write to. Raises SlackApiError for trouble."""
        if user.slack_user_id or not user.email:
            return user.slack_user_id
        known = await asyncio.to_thread(self._accounts.of, user.email, now - ASKED_AGAIN_AFTER)
        try:
            return (known or await self.ask(client, user.email, now)).account_id
        except SlackApiError as error:
            if slack_error_code(error) == "missing_scope":
                return None
            raise

    async def ask(self, client: AsyncWebClient, email: str, now: datetime) -> SlackAccount:
        """Ask Slack for the account of an address, and keep the answer. Raises SlackApiError if Slack gives none."""
        answer = await self._answer(client, email, now)
        await asyncio.to_thread(self._accounts.note, [(email, answer)])
        return answer

    async def _answer(self, client: AsyncWebClient, email: str, now: datetime) -> SlackAccount:
        if self._team_id is None:
            self._team_id = str((await client.auth_test())["team_id"])
        try:
            user = (await client.users_lookupByEmail(email=email))["user"]
        except SlackApiError as error:
            failure = failure_of(error)
            if isinstance(failure, TokenRevoked | TryLater):
                raise
            return SlackAccount(None, failure.code, now)
        refusal = _refusal(user, email, self._team_id)
        return SlackAccount(None if refusal else str(user["id"]), refusal, now)


def with_accounts(users: Mapping[str, User], accounts: Mapping[str, SlackAccount]) -> Mapping[str, User]:
    """Everybody, with the account found by their address where none is recorded; no account stands for two people."""
    taken = {user.slack_user_id for user in users.values() if user.slack_user_id}
    found: dict[str, User] = {}
    for user in users.values():
        answer = accounts.get(folded(user.email)) if lacks_account(user) and user.email else None
        if answer is not None and answer.account_id and answer.account_id not in taken:
            taken.add(answer.account_id)
            found[user.id] = replace(user, slack_user_id=answer.account_id)
    return {**users, **found} if found else users


def lacks_account(user: User) -> bool:
    """Whether this person's account has to be found by their address."""
    return user.active and bool(user.email) and not user.slack_user_id


def _refusal(user: dict[str, Any], email: str, team_id: str) -> str | None:
    """Why the account Slack found is not written to, in a word or two."""
    shown = (user.get("profile") or {}).get("email")
    if shown and folded(shown) != folded(email):
        return _ANOTHER_ADDRESS
    reason = refusal_of(user, team_id)
    return _WORDS[reason] if reason else None
