"""The shapes in which Slack tells an app what a person did."""

import secrets
from typing import Any

from bot.slack.local import elements
from bot.slack.local.messages import Message
from bot.slack.local.modals import View
from bot.slack.local.workspace import Channel, ChannelKind, User, Workspace

JsonObject = dict[str, Any]

VIEW_DEFAULTS: JsonObject = {
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "close": None,
    "submit": None,
    "clear_on_close": False,
    "notify_on_close": False,
}


def event_callback(workspace: Workspace, event: JsonObject, *, event_id: str | None, shared: bool) -> JsonObject:
    """The envelope of the Events API around one event."""
    return {
        "token": workspace.verification_token,
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id or f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(workspace.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.bot_user.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{secrets.token_urlsafe(24)}",
    }


def message_event(message: Message, channel: Channel, author: User) -> JsonObject:
    """A `message` event as a person's words cause it."""
    event = {
        "type": "message",
        "user": author.id,
        "text": message.text,
        "ts": message.ts,
        "client_msg_id": message.client_msg_id,
        "team": author.team_id,
        "blocks": message.blocks,
        "channel": channel.id,
        "channel_type": channel.kind.value,
        "event_ts": message.ts,
    }
    if channel.is_ext_shared:
        event["user_team"] = author.team_id
    if message.thread_ts is not None:
        event |= {"thread_ts": message.thread_ts, "parent_user_id": author.id}
    return event


def mention_event(message: Message, channel: Channel, author: User) -> JsonObject:
    """An `app_mention` event; it names no channel type."""
    event = message_event(message, channel, author) | {"type": "app_mention"}
    del event["channel_type"]
    return event


def words_block(text: str) -> list[JsonObject]:
    """The rich text Slack makes of what a person types."""
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": secrets.token_hex(3), "elements": [words]}]


def command(workspace: Workspace, user: User, channel: Channel, name: str, text: str, url: str) -> JsonObject:
    """A slash command; over HTTP the same keys travel as a form."""
    return {
        "token": workspace.verification_token,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": workspace.modals.issue_trigger(user.id),
    }


def _channel_name(channel: Channel) -> str:
    names = {ChannelKind.IM: "directmessage", ChannelKind.PRIVATE: "privategroup"}
    return names.get(channel.kind, channel.name)


def interaction(workspace: Workspace, user: User, kind: str, *, from_modal: bool) -> JsonObject:
    """What clicks, submissions and closings have in common; a closing carries no trigger."""
    payload: JsonObject = {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": workspace.app_id,
        "token": workspace.verification_token,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if kind != "view_closed":
        payload["trigger_id"] = workspace.modals.issue_trigger(user.id, from_modal=from_modal)
    return payload


def message_click(
    workspace: Workspace, user: User, message: Message, action: JsonObject, values: JsonObject, url: str
) -> JsonObject:
    """`block_actions` of an element inside a message."""
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_for is not None,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    channel = workspace.channels[message.channel]
    return {
        **interaction(workspace, user, "block_actions", from_modal=False),
        "container": container,
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        "message": message.to_json(team_id=workspace.team_id, with_metadata=True),
        "state": {"values": values},
        "response_url": url,
        "actions": [action],
    }


def view_click(workspace: Workspace, user: User, view: View, action: JsonObject) -> JsonObject:
    """`block_actions` of an element inside a modal or a Home tab; there is no response URL."""
    return {
        **interaction(workspace, user, "block_actions", from_modal=view.content["type"] == "modal"),
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(workspace, view),
        "actions": [action],
    }


def view_submission(workspace: Workspace, user: User, view: View) -> JsonObject:
    """A person pressed the submit button of a modal."""
    return {
        **interaction(workspace, user, "view_submission", from_modal=True),
        "view": view_json(workspace, view),
        "response_urls": [],
    }


def view_closed(workspace: Workspace, user: User, view: View, *, is_cleared: bool) -> JsonObject:
    """A person dismissed a modal that asked to be told."""
    return {
        **interaction(workspace, user, "view_closed", from_modal=True),
        "view": view_json(workspace, view),
        "is_cleared": is_cleared,
    }


def suggestion(
    workspace: Workspace,
    user: User,
    target: Message | View,
    block: JsonObject,
    element: JsonObject,
    typed: str,
) -> JsonObject:
    """`block_suggestion`: a person types into an external select; it carries no trigger."""
    payload = interaction(workspace, user, "block_suggestion", from_modal=False)
    del payload["trigger_id"]
    asked = {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
    if isinstance(target, View):
        place = {"container": {"type": "view", "view_id": target.id}, "view": view_json(workspace, target)}
    else:
        container = {"type": "message", "message_ts": target.ts, "channel_id": target.channel}
        place = {"container": container, "message": target.to_json(team_id=workspace.team_id)}
    return {**payload, **asked, **place}


def view_json(workspace: Workspace, view: View) -> JsonObject:
    """The view object of answers and interactions."""
    return {
        **VIEW_DEFAULTS,
        **view.content,
        "id": view.id,
        "team_id": workspace.team_id,
        "state": {"values": view.values},
        "hash": view.hash,
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": workspace.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
    }


def with_ids(view: JsonObject) -> JsonObject:
    """A view with the ids Slack makes up."""
    return {**view, "blocks": elements.named(view.get("blocks", []), "view")}
