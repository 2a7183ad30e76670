"""What one person's client would show, as JSON for the playground's page."""

from typing import Any

from bot.slack.local.messages import Message
from bot.slack.local.payloads import view_json
from bot.slack.local.playground_stage import Stage
from bot.slack.local.server import LocalSlack
from bot.slack.local.workspace import Channel, ChannelKind, User

LATEST = 300
"""Messages of one channel that are sent to the page."""


def screen(slack: LocalSlack, stage: Stage, person: User) -> dict[str, Any]:
    """Everything `person` sees; nothing that Slack would not show them."""
    workspace = slack.workspace
    slack.workspace.im_with(person)
    channels = [channel for channel in workspace.channels.values() if person.id in channel.members]
    home = workspace.modals.homes.get(person.id)
    return {
        "company": stage.company,
        "about": stage.about,
        "me": person.id,
        "bot": workspace.bot_user.id,
        "roles": [_role(slack, user_id, role) for user_id, role in stage.roles.items()],
        "people": {user.id: _person(user) for user in workspace.users.values()},
        "channels": [_channel(channel) for channel in channels],
        "messages": {channel.id: _messages(slack, person, channel) for channel in channels},
        "home": view_json(workspace, home) if home else None,
        "modals": [view_json(workspace, view) for view in workspace.modals.stacks.get(person.id, [])],
        "agents": {channel.id: _agents(slack, channel) for channel in channels},
        "commands": list(stage.commands),
        "prompts": list(stage.prompts),
        "tricks": list(stage.tricks),
        "now": workspace.clock(),
    }


def _role(slack: LocalSlack, user_id: str, role: str) -> dict[str, Any]:
    """One to act as; `told` is when the app last wrote to them directly, "" if never."""
    workspace = slack.workspace
    messages = workspace.messages.visible_in(workspace.im_with(workspace.users[user_id]).id)
    told = [message.ts for message in messages if message.from_bot]
    return {"id": user_id, "role": role, "told": told[-1] if told else ""}


def _person(user: User) -> dict[str, Any]:
    return {"name": user.real_name, "is_bot": user.is_bot, "is_guest": user.is_restricted or user.is_stranger}


def _channel(channel: Channel) -> dict[str, Any]:
    is_im = channel.kind is ChannelKind.IM
    return {
        "id": channel.id,
        "name": channel.name,
        "is_im": is_im,
        "is_private": channel.kind is ChannelKind.PRIVATE,
        "members": channel.members,
    }


def _messages(slack: LocalSlack, person: User, channel: Channel) -> list[dict[str, Any]]:
    """Oldest first, with what only this person sees in its place."""
    store = slack.workspace.messages
    own = [message for message in store.ephemeral_for(person.id) if message.channel == channel.id]
    shown = sorted([*store.visible_in(channel.id), *own], key=lambda message: message.ts)
    return [_message(slack, message) for message in shown[-LATEST:]]


def _message(slack: LocalSlack, message: Message) -> dict[str, Any]:
    stream = message.stream
    return {
        **message.to_json(team_id=slack.workspace.team_id),
        "blocks": message.blocks,
        "is_ephemeral": message.ephemeral_for is not None,
        "is_streaming": message.is_streaming,
        "tasks": list(stream.tasks.values()) if stream else [],
        "plan_title": stream.plan_title if stream else None,
    }


def _agents(slack: LocalSlack, channel: Channel) -> dict[str, Any]:
    """Status lines, running sessions and suggested prompts, by thread; those pinned under ""."""
    agents = slack.workspace.agents
    return {
        "statuses": {thread: text for (place, thread), text in agents.statuses.items() if place == channel.id},
        "sessions": {
            thread: session.status for (place, thread), session in agents.sessions.items() if place == channel.id
        },
        "prompts": {thread or "": found for (place, thread), found in agents.prompts.items() if place == channel.id},
    }
