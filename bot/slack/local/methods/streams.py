"""`chat.startStream`, `chat.appendStream`, `chat.stopStream`: a message written while it is read."""

from typing import Any

from bot.slack.local import block_kit
from bot.slack.local.errors import SlackError
from bot.slack.local.messages import Message, Stream
from bot.slack.local.methods.agents import move_session
from bot.slack.local.methods.chat import as_answer, own_message
from bot.slack.local.methods.posting import MAX_MARKDOWN, checked_blocks, metadata, refuse
from bot.slack.local.methods.registry import ApiRequest, method
from bot.slack.local.workspace import Channel, ChannelKind

TASK_STATUSES = ("pending", "in_progress", "complete", "error")
DISPLAY_MODES = ("timeline", "plan")
LIFETIME_SECONDS = 300
"""Slack ends a stream about five minutes after its start, whatever is appended."""


@method("chat.startStream", "chat:write")
def start(request: ApiRequest) -> dict[str, Any]:
    """Begin a streamed reply in a thread; outside direct messages its recipient must be named."""
    workspace, args = request.workspace, request.args
    channel = workspace.writable_channel(args.required("channel"))
    thread_ts = args.required("thread_ts")
    mode = args.text("task_display_mode") or "timeline"
    if mode not in DISPLAY_MODES:
        raise SlackError("invalid_arguments")
    recipient = _recipient(request, channel)
    stream = Stream(started_at=workspace.clock(), recipient_user_id=recipient, display_mode=mode)
    message = Message(
        channel=channel.id,
        ts=workspace.messages.next_ts(),
        user=workspace.bot_user.id,
        thread_ts=thread_ts,
        bot_id=workspace.bot_id,
        app_id=workspace.app_id,
        stream=stream,
    )
    _receive(request, message, stream)
    workspace.messages.add(message)
    workspace.agents.clear_status(channel.id, message.thread_ts)
    return {"channel": channel.id, "ts": message.ts}


def _recipient(request: ApiRequest, channel: Channel) -> str | None:
    user, team = request.args.text("recipient_user_id"), request.args.text("recipient_team_id")
    if channel.kind is ChannelKind.IM:
        return user
    if team is None:
        raise SlackError("missing_recipient_team_id")
    if user is None:
        raise SlackError("missing_recipient_user_id")
    return request.workspace.user(user).id


@method("chat.appendStream", "chat:write")
def append(request: ApiRequest) -> dict[str, Any]:
    """Write on."""
    message, stream = _open_stream(request)
    if not request.args.text("markdown_text") and not request.args.values.get("chunks"):
        raise SlackError("no_text")
    _receive(request, message, stream)
    return {"channel": message.channel, "ts": message.ts}


@method("chat.stopStream", "chat:write")
def stop(request: ApiRequest) -> dict[str, Any]:
    """Finish the message; `blocks` follow the streamed words, `session_status` moves the session."""
    message, stream = _open_stream(request)
    _receive(request, message, stream)
    closing = request.args.objects("blocks", malformed="invalid_blocks_format") or []
    message.metadata = metadata(request.args)
    checked_blocks(request, closing)
    message.end_stream(closing)
    if status := request.args.text("session_status"):
        move_session(request, (message.channel, str(message.thread_ts)), status)
    return as_answer(request, message)


def _open_stream(request: ApiRequest) -> tuple[Message, Stream]:
    message = own_message(request, refusal="message_not_owned_by_app")
    if message.stream is None or not message.stream.open:
        raise SlackError("message_not_in_streaming_state")
    if request.workspace.clock() - message.stream.started_at > LIFETIME_SECONDS:
        message.end_stream([])
        raise SlackError("message_not_in_streaming_state")
    return message, message.stream


def _receive(request: ApiRequest, message: Message, stream: Stream) -> None:
    """Add the words and chunks of one call, in their order."""
    words = request.args.text("markdown_text") or ""
    chunks = request.args.objects("chunks", malformed="invalid_chunks") or []
    if len(words) > MAX_MARKDOWN:
        raise SlackError("msg_too_long")
    message.text += words
    for chunk in chunks:
        _receive_chunk(request, message, stream, chunk)
    if len(message.text) > MAX_MARKDOWN:
        raise SlackError("msg_too_long")


def _receive_chunk(request: ApiRequest, message: Message, stream: Stream, chunk: dict[str, Any]) -> None:
    match chunk:
        case {"type": "markdown_text", "text": str(text)}:
            message.text += text
        case {"type": "plan_update", "title": str(title)}:
            stream.plan_title = title
        case {"type": "task_update", "id": str(task), "title": str(), "status": str(status)}:
            if status not in TASK_STATUSES:
                raise SlackError("invalid_chunks")
            stream.tasks[task] = stream.tasks.get(task, {}) | chunk
        case {"type": "blocks", "blocks": list(blocks)}:
            refuse(request, block_kit.message_problems([*stream.chunk_blocks, *blocks]), "invalid_blocks")
            stream.chunk_blocks.extend(blocks)
        case _:
            raise SlackError("invalid_chunks")
