"""The workspace an app is installed in: people, channels, the bot, its tokens."""

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.slack.local.agents import AgentSurface
from bot.slack.local.errors import SlackError
from bot.slack.local.files import FileStore
from bot.slack.local.messages import MessageStore
from bot.slack.local.modals import ModalStore
from bot.slack.local.response_urls import ResponseUrls

Clock = Callable[[], float]


class ChannelKind(StrEnum):
    """Values are those of `channel_type` in message events."""

    PUBLIC = "channel"
    PRIVATE = "group"
    IM = "im"


@dataclass
class User:
    """A member. `email` is None when the app may not see it (a stranger, a bot)."""

    id: str
    name: str
    real_name: str
    team_id: str
    email: str | None = None
    tz: str = "Etc/UTC"
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    """A guest of this workspace."""
    is_stranger: bool = False
    """From another company, met in a shared channel."""

    def to_json(self) -> dict[str, Any]:
        """The user object of `users.info`."""
        profile = {"real_name": self.real_name, "display_name": self.name, "team": self.team_id}
        if self.email is not None:
            profile["email"] = self.email
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "tz": self.tz,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_stranger": self.is_stranger,
            "profile": profile,
        }


@dataclass
class Channel:
    """A conversation. The members of an IM are the person and the bot."""

    id: str
    name: str
    kind: ChannelKind
    members: list[str] = field(default_factory=list)
    is_ext_shared: bool = False
    is_archived: bool = False

    def to_json(self, bot_user_id: str) -> dict[str, Any]:
        """The conversation object of `conversations.info`."""
        shared = {
            "id": self.id,
            "is_channel": self.kind is ChannelKind.PUBLIC,
            "is_group": self.kind is ChannelKind.PRIVATE,
            "is_im": self.kind is ChannelKind.IM,
            "is_mpim": False,
            "is_private": self.kind is not ChannelKind.PUBLIC,
            "is_archived": self.is_archived,
            "is_ext_shared": self.is_ext_shared,
        }
        if self.kind is ChannelKind.IM:
            return {**shared, "user": next(member for member in self.members if member != bot_user_id)}
        is_member = bot_user_id in self.members
        return {**shared, "name": self.name, "is_member": is_member, "num_members": len(self.members)}


class Workspace:
    """One team with one installed app, and everything its members and the app put into it.

    `clock` gives Unix seconds; message timestamps, triggers and response URLs follow it.
    """

    def __init__(
        self,
        *,
        team_id: str = "T0LOCAL01",
        domain: str = "local",
        bot_token: str = "xoxb-local-bot",  # noqa: S107 - opens nothing but this server
        app_token: str = "xapp-local-app",  # noqa: S107
        signing_secret: str = "local-signing-secret",  # noqa: S107
        clock: Clock = time.time,
    ) -> None:
        self.team_id = team_id
        self.domain = domain
        self.app_id = "A0LOCAL01"
        self.bot_id = "B0LOCAL01"
        self.bot_token = bot_token
        self.app_token = app_token
        self.signing_secret = signing_secret
        self.verification_token = secrets.token_hex(12)
        self.clock = clock
        self._numbers = itertools.count(1)
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.bot_user = self.add_user("coach", real_name="Coach", is_bot=True)
        self.messages = MessageStore(clock)
        self.modals = ModalStore(clock)
        self.response_urls = ResponseUrls(clock)
        self.agents = AgentSurface()
        self.files = FileStore()

    def new_id(self, prefix: str) -> str:
        """A Slack-like id, for example `U0000000001`."""
        return f"{prefix}{next(self._numbers):010d}"

    def add_user(
        self,
        name: str,
        *,
        email: str | None = None,
        real_name: str | None = None,
        id: str | None = None,
        tz: str = "Etc/UTC",
        is_bot: bool = False,
        deleted: bool = False,
        is_restricted: bool = False,
        is_stranger: bool = False,
    ) -> User:
        """A new member; a stranger's team is another one."""
        user = User(
            id=id or self.new_id("U"),
            name=name,
            real_name=real_name or name.replace(".", " ").title(),
            team_id="T0ELSEWHERE" if is_stranger else self.team_id,
            email=email,
            tz=tz,
            is_bot=is_bot,
            deleted=deleted,
            is_restricted=is_restricted,
            is_stranger=is_stranger,
        )
        self.users[user.id] = user
        return user

    def add_channel(
        self,
        name: str,
        *members: User,
        private: bool = False,
        with_bot: bool = True,
        is_ext_shared: bool = False,
        id: str | None = None,
    ) -> Channel:
        """A new channel with these members and, unless told otherwise, the bot."""
        kind = ChannelKind.PRIVATE if private else ChannelKind.PUBLIC
        everyone = [*members, self.bot_user] if with_bot else [*members]
        channel = Channel(
            id=id or self.new_id("C"),
            name=name,
            kind=kind,
            members=[member.id for member in everyone],
            is_ext_shared=is_ext_shared,
        )
        self.channels[channel.id] = channel
        return channel

    def im_with(self, user: User) -> Channel:
        """The direct messages of `user` and the bot, opened when there are none yet."""
        for channel in self.channels.values():
            if channel.kind is ChannelKind.IM and user.id in channel.members:
                return channel
        opened = Channel(self.new_id("D"), "", ChannelKind.IM, [user.id, self.bot_user.id])
        self.channels[opened.id] = opened
        return opened

    def user(self, user_id: str) -> User:
        """Raises SlackError `user_not_found`."""
        if user_id not in self.users:
            raise SlackError("user_not_found")
        return self.users[user_id]

    def visible_channel(self, channel_id: str) -> Channel:
        """A channel the bot can see: public, or one it is in.

        Raises SlackError `channel_not_found`, also for a private channel without the bot, as Slack
        does not admit that it exists.
        """
        channel = self.channels.get(channel_id)
        hidden = channel and channel.kind is not ChannelKind.PUBLIC and not self.bot_in(channel)
        if channel is None or hidden:
            raise SlackError("channel_not_found")
        return channel

    def joined_channel(self, channel_id: str) -> Channel:
        """A channel the bot is a member of. Raises `channel_not_found`, `not_in_channel`."""
        channel = self.visible_channel(channel_id)
        if not self.bot_in(channel):
            raise SlackError("not_in_channel")
        return channel

    def writable_channel(self, channel_id: str) -> Channel:
        """Where the bot may post; a person's id means the direct messages with that person.

        Raises SlackError `channel_not_found`, `not_in_channel` or `is_archived`.
        """
        if channel_id in self.users:
            return self.im_with(self.reachable_user(channel_id))
        channel = self.joined_channel(channel_id)
        if channel.is_archived:
            raise SlackError("is_archived")
        return channel

    def reachable_user(self, user_id: str) -> User:
        """A person who can be written to. Raises `user_not_found`, `user_disabled`, `cannot_dm_bot`."""
        user = self.user(user_id)
        if user.deleted:
            raise SlackError("user_disabled")
        if user.is_bot:
            raise SlackError("cannot_dm_bot")
        return user

    def bot_in(self, channel: Channel) -> bool:
        """Is the app's bot a member of the channel?"""
        return self.bot_user.id in channel.members
