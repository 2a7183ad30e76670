"""What the app answers a command, a submitted modal or a response URL with, put into effect."""

from typing import Any

from bot.slack.local import block_kit, elements
from bot.slack.local.delivery import Delivery
from bot.slack.local.errors import SlackError
from bot.slack.local.messages import Message
from bot.slack.local.methods.posting import checked_blocks
from bot.slack.local.methods.registry import ApiRequest, Violation
from bot.slack.local.modals import View
from bot.slack.local.payloads import with_ids
from bot.slack.local.response_urls import ResponseUrl
from bot.slack.local.workspace import Workspace


def respond(request: ApiRequest, url: ResponseUrl) -> None:
    """One use of a response URL: delete, replace, or post anew (to one person unless `in_channel`).

    Raises SlackError for content that may not be posted.
    """
    original = _original(request.workspace, url)
    if request.args.flag("delete_original") and original is not None:
        original.deleted = True
        return
    answer = _composed(request, url)
    if request.args.flag("replace_original") and original is not None:
        original.text, original.blocks = answer.text, answer.blocks
        return
    request.workspace.messages.add(answer)


def _original(workspace: Workspace, url: ResponseUrl) -> Message | None:
    if url.message_ts is None:
        return None
    shown = [*workspace.messages.visible_in(url.channel), *workspace.messages.ephemeral_for(url.user)]
    return next((message for message in shown if message.ts == url.message_ts), None)


def _composed(request: ApiRequest, url: ResponseUrl) -> Message:
    """Works also where the bot is no member, which is why it does not look for membership."""
    workspace, args = request.workspace, request.args
    text = args.text("text") or ""
    blocks = args.objects("blocks", malformed="invalid_blocks_format") or []
    if not (text or blocks):
        raise SlackError("no_text")
    ts = workspace.messages.next_ts()
    return Message(
        channel=url.channel,
        ts=ts,
        user=workspace.bot_user.id,
        text=text,
        blocks=elements.named(checked_blocks(request, blocks), ts),
        thread_ts=args.text("thread_ts") or url.thread_ts,
        bot_id=workspace.bot_id,
        app_id=workspace.app_id,
        ephemeral_for=None if args.text("response_type") == "in_channel" else url.user,
    )


def settle_submission(workspace: Workspace, delivery: Delivery, view: View, record: list[Violation]) -> None:
    """Close, change or keep the submitted modal as the app says; a modal not acknowledged stays.

    A response Slack could not show is recorded and leaves the modal open.
    """
    if not delivery.acked:
        return
    body = delivery.body if isinstance(delivery.body, dict) else {}
    problems = _submission_problems(view, body)
    record.extend(Violation("view_submission", problem) for problem in problems)
    if not problems:
        _apply(workspace, view, body)


def _submission_problems(view: View, body: dict[str, Any]) -> list[str]:
    match body.get("response_action"):
        case None if body:
            return [f"a view_submission takes a response_action, not {sorted(body)}"]
        case None | "clear":
            return []
        case "errors":
            inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            strays = sorted(body.get("errors", {}).keys() - inputs)
            return [f"errors name {strays}, the inputs are {sorted(inputs)}"] if strays else []
        case "update" | "push":
            return block_kit.view_problems(body.get("view") or {})
        case other:
            return [f"unknown response_action {other!r}"]


def _apply(workspace: Workspace, view: View, body: dict[str, Any]) -> None:
    modals = workspace.modals
    match body.get("response_action"):
        case "clear":
            modals.clear(view.user)
        case "update":
            modals.replace(view, with_ids(body["view"]))
        case "push":
            modals.push(view.user, with_ids(body["view"]))
        case None:
            modals.close_top(view.user)
