"""What every method that writes a message checks and does."""

from typing import Any

from bot.slack.local import block_kit, elements
from bot.slack.local.arguments import Arguments
from bot.slack.local.errors import SlackError
from bot.slack.local.messages import Message
from bot.slack.local.methods.registry import ApiRequest, Violation
from bot.slack.local.workspace import Channel

MAX_TEXT = 40_000
MAX_MARKDOWN = 12_000
MAX_ATTACHMENTS = 100


def checked_blocks(
    request: ApiRequest, blocks: list[dict[str, Any]], *, error: str = "invalid_blocks"
) -> list[dict[str, Any]]:
    """The blocks, if they keep every limit; breaches are recorded and refused with their list."""
    refuse(request, block_kit.message_problems(blocks), error)
    return blocks


def refuse(request: ApiRequest, problems: list[str], error: str) -> None:
    """Record the problems and raise SlackError `error` when there are any."""
    if problems:
        request.violations.extend(Violation(request.method, problem) for problem in problems)
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise SlackError(error, errors=problems, response_metadata={"messages": messages})


def compose(request: ApiRequest, channel: Channel, ts: str) -> Message:
    """A message from the arguments of a call, complete but not yet kept.

    `markdown_text` is kept as the text and, as Slack renders it, as one markdown block.
    Raises SlackError `no_text`, `msg_too_long`, `markdown_text_conflict`, `invalid_blocks` and kin.
    """
    args = request.args
    text, blocks = _words(args)
    attachments = args.objects("attachments", malformed="invalid_attachments") or []
    if len(attachments) > MAX_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    workspace = request.workspace
    return Message(
        channel=channel.id,
        ts=ts,
        user=workspace.bot_user.id,
        text=text,
        blocks=elements.named(checked_blocks(request, blocks), ts),
        attachments=attachments,
        thread_ts=args.text("thread_ts"),
        metadata=metadata(args),
        bot_id=workspace.bot_id,
        app_id=workspace.app_id,
        client_msg_id=args.text("client_msg_id"),
    )


def _words(args: Arguments) -> tuple[str, list[dict[str, Any]]]:
    text, markdown = args.text("text"), args.text("markdown_text")
    blocks = args.objects("blocks", malformed="invalid_blocks_format") or []
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if len(text or "") > MAX_TEXT or len(markdown or "") > MAX_MARKDOWN:
        raise SlackError("msg_too_long")
    if markdown:
        return markdown, [{"type": "markdown", "text": markdown}]
    return text or "", blocks


def metadata(args: Arguments) -> dict[str, Any] | None:
    """Message metadata; both keys are needed. Raises SlackError `invalid_metadata_format`/`_schema`."""
    given = args.object("metadata", malformed="invalid_metadata_format")
    if given is None:
        return None
    has_type = isinstance(given.get("event_type"), str) and given["event_type"]
    if not has_type or not isinstance(given.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    return given
