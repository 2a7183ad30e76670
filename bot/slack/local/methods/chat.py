"""`chat.*` without streaming, and `reactions.add`."""

from typing import Any

from bot.slack.local.errors import SlackError
from bot.slack.local.messages import Message
from bot.slack.local.methods.posting import compose
from bot.slack.local.methods.registry import ApiRequest, method


def as_answer(request: ApiRequest, message: Message) -> dict[str, Any]:
    """What the posting methods answer."""
    body = message.to_json(team_id=request.workspace.team_id, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": body}


@method("chat.postMessage", "chat:write")
def post_message(request: ApiRequest) -> dict[str, Any]:
    """Post for everybody; `channel` may be a person's id.

    `client_msg_id` is kept but guards nothing: Slack does not promise apps that it drops repeats.
    """
    workspace = request.workspace
    channel = workspace.writable_channel(request.args.required("channel"))
    message = compose(request, channel, workspace.messages.next_ts())
    workspace.messages.add(message)
    workspace.agents.clear_status(channel.id, message.thread_ts)
    return as_answer(request, message)


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(request: ApiRequest) -> dict[str, Any]:
    """Post for one member of the channel only. Such a message can not be updated by its timestamp."""
    workspace = request.workspace
    channel = workspace.joined_channel(request.args.required("channel"))
    reader = workspace.user(request.args.required("user"))
    if reader.id not in channel.members:
        raise SlackError("user_not_in_channel")
    message = compose(request, channel, workspace.messages.next_ts())
    message.ephemeral_for = reader.id
    workspace.messages.add(message)
    return {"message_ts": message.ts}


@method("chat.update", "chat:write")
def update(request: ApiRequest) -> dict[str, Any]:
    """Change a message of the app; text without blocks removes the old blocks.

    Only a change without blocks shows "(edited)". Metadata stays unless new metadata is given.
    """
    workspace = request.workspace
    message = own_message(request)
    if message.is_streaming:
        raise SlackError("streaming_state_conflict")
    changed = compose(request, workspace.channels[message.channel], message.ts)
    message.text, message.blocks = changed.text, changed.blocks
    if "attachments" in request.args.values:
        message.attachments = changed.attachments
    message.metadata = changed.metadata or message.metadata
    message.edited_ts = message.edited_ts if changed.blocks else workspace.messages.next_ts()
    return as_answer(request, message)


@method("chat.delete", "chat:write")
def delete(request: ApiRequest) -> dict[str, Any]:
    """Delete a message of the app."""
    message = own_message(request, refusal="cant_delete_message")
    message.deleted = True
    return {"channel": message.channel, "ts": message.ts}


def own_message(request: ApiRequest, *, refusal: str = "cant_update_message") -> Message:
    """The message the arguments name. Raises `message_not_found`, or `refusal` if somebody else's."""
    channel = request.workspace.joined_channel(request.args.required("channel"))
    message = request.workspace.messages.find(channel.id, request.args.required("ts"))
    if not message.from_bot:
        raise SlackError(refusal)
    return message


@method("chat.getPermalink")
def permalink(request: ApiRequest) -> dict[str, Any]:
    """The address of a message."""
    workspace = request.workspace
    channel = workspace.visible_channel(request.args.required("channel"))
    message = workspace.messages.find(channel.id, request.args.required("message_ts"))
    address = f"https://{workspace.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        address += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


@method("reactions.add", "reactions:write")
def add_reaction(request: ApiRequest) -> dict[str, Any]:
    """React as the bot."""
    workspace = request.workspace
    channel = workspace.joined_channel(request.args.required("channel"))
    message = workspace.messages.find(channel.id, request.args.required("timestamp"))
    reacted = message.reactions.setdefault(request.args.required("name"), [])
    if workspace.bot_user.id in reacted:
        raise SlackError("already_reacted")
    reacted.append(workspace.bot_user.id)
    return {}
