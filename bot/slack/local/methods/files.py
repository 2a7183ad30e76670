"""`files.*`: the three-step upload and `files.info`."""

from typing import Any

from bot.slack.local.errors import SlackError
from bot.slack.local.files import File
from bot.slack.local.messages import Message
from bot.slack.local.methods.registry import ApiRequest, method


@method("files.getUploadURLExternal", "files:write")
def upload_url(request: ApiRequest) -> dict[str, Any]:
    """Step 1: an address to send the bytes to."""
    length = request.args.required("length")
    if not length.isdigit() or length == "0":
        raise SlackError("invalid_arguments")
    file = request.workspace.files.reserve(request.args.required("filename"), int(length))
    return {"file_id": file.id, "upload_url": f"{request.base_url}/upload/v1/{file.id}"}


@method("files.completeUploadExternal", "files:write")
def complete_upload(request: ApiRequest) -> dict[str, Any]:
    """Step 3: finish uploaded files and, with a channel, share them there."""
    given = request.args.objects("files", malformed="invalid_arguments") or []
    files = [_finish(request, item) for item in given]
    if channel_id := request.args.text("channel_id"):
        _share(request, channel_id, files)
    return {"files": [file.to_json(request.base_url) for file in files]}


def _finish(request: ApiRequest, item: dict[str, Any]) -> File:
    file = request.workspace.files.find(str(item.get("id")))
    if file.content is None:
        raise SlackError("file_upload_incomplete")
    file.title, file.complete = item.get("title"), True
    return file


def _share(request: ApiRequest, channel_id: str, files: list[File]) -> None:
    workspace = request.workspace
    channel = workspace.writable_channel(channel_id)
    for file in files:
        file.channels.append(channel.id)
    workspace.messages.add(
        Message(
            channel=channel.id,
            ts=workspace.messages.next_ts(),
            user=workspace.bot_user.id,
            text=request.args.text("initial_comment") or "",
            thread_ts=request.args.text("thread_ts"),
            bot_id=workspace.bot_id,
            app_id=workspace.app_id,
            files=[file.to_json(request.base_url) for file in files],
        )
    )


@method("files.info", "files:read")
def info(request: ApiRequest) -> dict[str, Any]:
    """One finished file."""
    file = request.workspace.files.find(request.args.required("file"))
    if not file.complete:
        raise SlackError("file_not_found")
    return {"file": file.to_json(request.base_url)}
