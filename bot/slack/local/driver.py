"""What a person does in Slack: write, mention, type a command, press, fill in, stop."""

import uuid
from typing import Any

from bot.slack.local import elements, payloads
from bot.slack.local.answers import settle_submission
from bot.slack.local.delivery import Delivery
from bot.slack.local.errors import ImpossibleForAPerson
from bot.slack.local.messages import Message
from bot.slack.local.modals import View
from bot.slack.local.sender import Sender
from bot.slack.local.workspace import Channel, ChannelKind, User


class Driver(Sender):
    """People at their keyboards. Every action waits for the app's acknowledgement and returns it.

    What a person could not do in Slack's own client raises ImpossibleForAPerson.
    """

    def write(self, user: User, channel: Channel, text: str, thread_ts: str | None = None) -> Message:
        """Put a person's words into a channel without telling the app, as if before it was installed."""
        self._require_membership(user, channel)
        message = Message(
            channel=channel.id,
            ts=self.workspace.messages.next_ts(),
            user=user.id,
            text=text,
            blocks=payloads.words_block(text),
            thread_ts=thread_ts,
            client_msg_id=str(uuid.uuid4()),
        )
        return self.workspace.messages.add(message)

    async def dm(self, user: User, text: str, *, thread_ts: str | None = None, event_id: str | None = None) -> Delivery:
        """Write to the bot in direct messages."""
        channel = self.workspace.im_with(user)
        return await self.say(user, channel, text, thread_ts=thread_ts, event_id=event_id)

    async def say(
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        thread_ts: str | None = None,
        event_id: str | None = None,
    ) -> Delivery:
        """Write in a channel without mentioning the bot."""
        message = self.write(user, channel, text, thread_ts)
        return await self._tell(message, payloads.message_event(message, channel, user), event_id)

    async def mention(
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        thread_ts: str | None = None,
        event_id: str | None = None,
    ) -> Delivery:
        """Write in a channel and mention the bot, first of all unless `text` mentions it already.

        An app that also subscribed to the channel's messages hears of the message twice, under two
        event ids; the delivery returned is that of the mention.
        """
        if not self.workspace.bot_in(channel):
            raise ImpossibleForAPerson("the bot is not in the channel; Slack would ask to invite it")
        tag = f"<@{self.workspace.bot_user.id}>"
        message = self.write(user, channel, text if tag in text else f"{tag} {text}", thread_ts)
        twin = payloads.message_event(message, channel, user)
        if self.bot_events and self.subscribed(f"message.{channel.kind.value}s"):
            await self._tell(message, twin, None)
        return await self._tell(message, payloads.mention_event(message, channel, user), event_id)

    async def drop_file(
        self,
        user: User,
        channel: Channel,
        name: str,
        content: bytes,
        *,
        text: str = "",
        thread_ts: str | None = None,
    ) -> Delivery:
        """Drop a file into a channel, with or without words."""
        file = self.workspace.files.reserve(name, len(content))
        file.content, file.complete = content, True
        file.channels.append(channel.id)
        message = self.write(user, channel, text, thread_ts)
        message.files = [file.to_json(self.web_api.base_url)]
        event = payloads.message_event(message, channel, user)
        event |= {"subtype": "file_share", "files": message.files}
        return await self._tell(message, event, None)

    async def edit(self, message: Message, text: str) -> Delivery:
        """Change one's own message."""
        before = self._message_json(message)
        message.text, message.edited_ts = text, self.workspace.messages.next_ts()
        changes = {"message": self._message_json(message), "previous_message": before}
        return await self._tell(message, self._subtype_event(message, "message_changed", changes), None)

    async def erase(self, message: Message) -> Delivery:
        """Delete one's own message."""
        changes = {"previous_message": self._message_json(message), "deleted_ts": message.ts}
        message.deleted = True
        return await self._tell(message, self._subtype_event(message, "message_deleted", changes), None)

    async def react(self, user: User, message: Message, name: str) -> Delivery:
        """Put an emoji on a message."""
        message.reactions.setdefault(name, []).append(user.id)
        event = {
            "type": "reaction_added",
            "user": user.id,
            "reaction": name,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "item_user": message.user,
            "event_ts": self.workspace.messages.next_ts(),
        }
        return await self._tell(message, event, None)

    async def slash(self, user: User, channel: Channel, command: str, text: str = "") -> Delivery:
        """Type a slash command; works in any channel of the person, with or without the bot."""
        self._require_membership(user, channel)
        if self.commands is not None and command not in self.commands:
            raise ImpossibleForAPerson(f"{command} is not a command of the app; those are {sorted(self.commands)}")
        key = self.workspace.response_urls.issue(channel.id, user.id)
        url = self.web_api.response_url(key)
        payload = payloads.command(self.workspace, user, channel, command, text, url)
        delivery = await self._send("slash_commands", payload)
        if delivery.acked and delivery.body:
            self.web_api.answer_command(key, delivery.body)
        return delivery

    async def open_home(self, user: User, tab: str = "home") -> Delivery:
        """Open the app's Home tab, or its Messages tab with `tab="messages"`."""
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self.workspace.im_with(user).id,
            "tab": tab,
            "event_ts": self.workspace.messages.next_ts(),
        }
        home = self.workspace.modals.homes.get(user.id)
        if tab == "home" and home is not None:
            event["view"] = payloads.view_json(self.workspace, home)
        return await self.send_event(event)

    async def click(
        self,
        user: User,
        target: Message | View,
        action_id: str,
        value: Any = None,
        *,
        entries: dict[str, Any] | None = None,
    ) -> Delivery:
        """Press a button, choose from a select, give feedback.

        `value` tells buttons of the same action id apart, or is what is chosen. `entries` fills other
        inputs of the layout first, by action id or block id.
        """
        self._require_sight(user, target)
        block, element = elements.find(target.blocks, action_id, value)
        action = elements.action(block, element, value, self.workspace.messages.next_ts())
        before = target.values if isinstance(target, View) else None
        values = elements.state_values(target.blocks, entries or {}, before=before)
        if isinstance(target, View):
            target.values = values
            payload = payloads.view_click(self.workspace, user, target, action)
            return await self._interact(payload, view=target)
        key = self.workspace.response_urls.issue(
            target.channel, user.id, message_ts=target.ts, thread_ts=target.thread_ts
        )
        url = self.web_api.response_url(key)
        payload = payloads.message_click(self.workspace, user, target, action, values, url)
        return await self._interact(payload, message=target)

    async def submit_view(
        self, user: User, view: View | None = None, entries: dict[str, Any] | None = None
    ) -> Delivery:
        """Fill in the front modal and submit it; `entries` are keyed by action id or block id."""
        front = self._front_modal(user, view)
        if not front.content.get("submit"):
            raise ImpossibleForAPerson("the modal has no submit button")
        front.values = elements.state_values(front.blocks, entries or {}, before=front.values)
        if missing := elements.unfilled(front.blocks, front.values):
            raise ImpossibleForAPerson(f"required inputs are empty: {missing}")
        delivery = await self._interact(payloads.view_submission(self.workspace, user, front), view=front)
        settle_submission(self.workspace, delivery, front, self.web_api.violations)
        return delivery

    async def close_view(self, user: User, *, clear: bool = False) -> Delivery | None:
        """Dismiss the front modal, or with `clear` all of them. None when the app did not ask to know."""
        front = self._front_modal(user, None)
        if clear or front.content.get("clear_on_close"):
            self.workspace.modals.clear(user.id)
        else:
            self.workspace.modals.close_top(user.id)
        if not front.content.get("notify_on_close"):
            return None
        return await self._interact(payloads.view_closed(self.workspace, user, front, is_cleared=clear), view=front)

    async def suggest(self, user: User, target: Message | View, action_id: str, typed: str) -> Delivery:
        """Type into an external select; the app's options are in the `body` of what is returned."""
        self._require_sight(user, target)
        block, element = elements.find(target.blocks, action_id, None)
        payload = payloads.suggestion(self.workspace, user, target, block, element, typed)
        return await self._interact(payload)

    async def stop_session(self, user: User, channel: Channel, thread_ts: str) -> Delivery:
        """Press Stop: Slack ends the open streams of the thread and tells the app."""
        session = self.workspace.agents.sessions.get((channel.id, thread_ts))
        if session is None or session.status != "processing":
            raise ImpossibleForAPerson("there is no Stop button: the session is not processing")
        stopped = self.workspace.messages.stop_streams(channel.id, thread_ts)
        event = {
            "type": "agent_session_stopped",
            "channel": channel.id,
            "user": user.id,
            "thread_ts": thread_ts,
            "streaming_message_ts": stopped,
            "event_ts": self.workspace.messages.next_ts(),
        }
        return await self.send_event(event)

    async def _tell(self, message: Message, event: dict[str, Any], event_id: str | None) -> Delivery:
        shared = self.workspace.channels[message.channel].is_ext_shared
        delivery = await self.send_event(event, event_id=event_id, shared=shared)
        delivery.message = message
        return delivery

    async def _interact(
        self, payload: dict[str, Any], *, message: Message | None = None, view: View | None = None
    ) -> Delivery:
        delivery = await self._send("interactive", payload)
        delivery.message, delivery.view = message, view
        return delivery

    def _subtype_event(self, message: Message, subtype: str, changes: dict[str, Any]) -> dict[str, Any]:
        channel = self.workspace.channels[message.channel]
        now = self.workspace.messages.next_ts()
        return {
            "type": "message",
            "subtype": subtype,
            "channel": channel.id,
            "channel_type": channel.kind.value,
            "hidden": True,
            "ts": now,
            "event_ts": now,
            **changes,
        }

    def _message_json(self, message: Message) -> dict[str, Any]:
        return message.to_json(team_id=self.workspace.team_id)

    def _require_membership(self, user: User, channel: Channel) -> None:
        if user.deleted:
            raise ImpossibleForAPerson(f"{user.name} has left the workspace")
        if user.id not in channel.members and channel.kind is not ChannelKind.PUBLIC:
            raise ImpossibleForAPerson(f"{user.name} is not in {channel.name or channel.id}")

    def _require_sight(self, user: User, target: Message | View) -> None:
        if isinstance(target, View):
            seen = target.user == user.id
        else:
            is_member = user.id in self.workspace.channels[target.channel].members
            seen = is_member and target.ephemeral_for in (None, user.id) and not target.deleted
        if not seen:
            raise ImpossibleForAPerson(f"{user.name} does not see this")

    def _front_modal(self, user: User, view: View | None) -> View:
        front = self.workspace.modals.top(user.id)
        if front is None or view not in (None, front):
            raise ImpossibleForAPerson(f"that is not the modal in front of {user.name}")
        return front
