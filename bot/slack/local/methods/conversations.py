"""`conversations.*` and `users.conversations`: reading where the bot may read."""

from collections.abc import Sequence
from typing import Any

from bot.slack.local.errors import SlackError
from bot.slack.local.messages import Message
from bot.slack.local.methods.registry import ApiRequest, method
from bot.slack.local.workspace import Channel, ChannelKind

READ_SCOPES = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY_SCOPES = ("channels:history", "groups:history", "im:history", "mpim:history")
TYPE_NAMES = {
    "public_channel": ChannelKind.PUBLIC,
    "private_channel": ChannelKind.PRIVATE,
    "im": ChannelKind.IM,
}


def page(request: ApiRequest, items: Sequence[Any], *, default_limit: int = 100) -> tuple[list[Any], str]:
    """The wanted part of a list and the cursor of the next part, empty at the end.

    Raises SlackError `invalid_cursor`.
    """
    cursor = request.args.text("cursor") or "0"
    if not cursor.isdigit() or int(cursor) > len(items):
        raise SlackError("invalid_cursor")
    end = int(cursor) + request.args.limit(default_limit)
    return list(items[int(cursor) : end]), str(end) if end < len(items) else ""


@method("conversations.open", "im:write", "mpim:write")
def open_conversation(request: ApiRequest) -> dict[str, Any]:
    """Open direct messages with one person."""
    workspace = request.workspace
    users = (request.args.text("users") or "").split(",")
    if len(users) != 1 or not users[0]:
        raise SlackError("users_list_not_supplied" if users == [""] else "method_not_supported")
    channel = workspace.im_with(workspace.reachable_user(users[0]))
    full = request.args.flag("return_im")
    return {"channel": channel.to_json(workspace.bot_user.id) if full else {"id": channel.id}}


@method("conversations.info", *READ_SCOPES)
def info(request: ApiRequest) -> dict[str, Any]:
    """One conversation."""
    channel = request.workspace.visible_channel(request.args.required("channel"))
    return {"channel": channel.to_json(request.workspace.bot_user.id)}


@method("conversations.members", *READ_SCOPES)
def members(request: ApiRequest) -> dict[str, Any]:
    """Who is in a conversation, in pages."""
    channel = request.workspace.visible_channel(request.args.required("channel"))
    part, cursor = page(request, channel.members)
    return {"members": part, "response_metadata": {"next_cursor": cursor}}


@method("conversations.list", *READ_SCOPES)
def list_channels(request: ApiRequest) -> dict[str, Any]:
    """Every conversation the bot can see."""
    return _listing(request, list(request.workspace.channels.values()))


@method("users.conversations", *READ_SCOPES)
def list_of_user(request: ApiRequest) -> dict[str, Any]:
    """The conversations of a person that the bot can see too; without `user`, the bot's own."""
    workspace = request.workspace
    user = workspace.user(request.args.text("user") or workspace.bot_user.id)
    return _listing(request, [channel for channel in workspace.channels.values() if user.id in channel.members])


def _listing(request: ApiRequest, channels: list[Channel]) -> dict[str, Any]:
    workspace = request.workspace
    kinds = _kinds(request.args.text("types") or "public_channel")
    shown = [
        channel
        for channel in channels
        if channel.kind in kinds
        and (channel.kind is ChannelKind.PUBLIC or workspace.bot_in(channel))
        and not (channel.is_archived and request.args.flag("exclude_archived"))
    ]
    part, cursor = page(request, shown)
    found = [channel.to_json(workspace.bot_user.id) for channel in part]
    return {"channels": found, "response_metadata": {"next_cursor": cursor}}


def _kinds(types: str) -> set[ChannelKind]:
    names = {name.strip() for name in types.split(",")} - {"mpim"}
    if not names <= TYPE_NAMES.keys():
        raise SlackError("invalid_types")
    return {TYPE_NAMES[name] for name in names}


@method("conversations.history", *HISTORY_SCOPES)
def history(request: ApiRequest) -> dict[str, Any]:
    """Messages without replies, newest first."""
    channel = request.workspace.joined_channel(request.args.required("channel"))
    return _messages(request, request.workspace.messages.history(channel.id))


@method("conversations.replies", *HISTORY_SCOPES)
def replies(request: ApiRequest) -> dict[str, Any]:
    """A thread with its root, oldest first."""
    channel = request.workspace.joined_channel(request.args.required("channel"))
    return _messages(request, request.workspace.messages.thread(channel.id, request.args.required("ts")))


def _messages(request: ApiRequest, messages: list[Message]) -> dict[str, Any]:
    wanted = [message for message in messages if _in_range(request, message.ts)]
    part, cursor = page(request, wanted)
    with_metadata = request.args.flag("include_all_metadata")
    team_id = request.workspace.team_id
    return {
        "messages": [message.to_json(team_id=team_id, with_metadata=with_metadata) for message in part],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _in_range(request: ApiRequest, ts: str) -> bool:
    oldest, latest = request.args.text("oldest") or "0", request.args.text("latest") or "inf"
    if request.args.flag("inclusive"):
        return float(oldest) <= float(ts) <= float(latest)
    return float(oldest) < float(ts) < float(latest)
