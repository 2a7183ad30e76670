"""`views.*`: modals opened by a trigger, and Home tabs."""

from typing import Any

from bot.slack.local import block_kit, payloads
from bot.slack.local.errors import SlackError
from bot.slack.local.methods.posting import refuse
from bot.slack.local.methods.registry import ApiRequest, method
from bot.slack.local.modals import View


def checked_view(request: ApiRequest, *expected_types: str) -> dict[str, Any]:
    """The view in the arguments, if it keeps every limit. Raises SlackError `invalid_arguments`."""
    view = request.args.object("view", malformed="invalid_arguments")
    if view is None:
        request.args.required("view")
        raise SlackError("invalid_arguments")
    problems = block_kit.view_problems(view)
    if view.get("type") not in expected_types:
        problems.append(f"type must be {' or '.join(expected_types)} [json-pointer:/view/type]")
    refuse(request, problems, "invalid_arguments")
    return payloads.with_ids(view)


def _answer(request: ApiRequest, view: View) -> dict[str, Any]:
    return {"view": payloads.view_json(request.workspace, view)}


@method("views.open")
def open_view(request: ApiRequest) -> dict[str, Any]:
    """Open a modal for whoever caused the trigger."""
    content = checked_view(request, "modal")
    trigger = request.workspace.modals.spend_trigger(request.args.required("trigger_id"))
    return _answer(request, request.workspace.modals.open(trigger.user, content))


@method("views.push")
def push_view(request: ApiRequest) -> dict[str, Any]:
    """Put a modal on top of the one in which the trigger arose."""
    content = checked_view(request, "modal")
    trigger = request.workspace.modals.spend_trigger(request.args.required("trigger_id"))
    if not trigger.from_modal:
        raise SlackError("not_found")
    return _answer(request, request.workspace.modals.push(trigger.user, content))


@method("views.update")
def update_view(request: ApiRequest) -> dict[str, Any]:
    """Change a view that is open, found by its id or the app's own `external_id`."""
    content = checked_view(request, "modal", "home")
    args = request.args
    view = request.workspace.modals.find(view_id=args.text("view_id"), external_id=args.text("external_id"))
    if view.content["type"] != content["type"]:
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] view type changed"]})
    return _answer(request, request.workspace.modals.replace(view, content, expected_hash=args.text("hash")))


@method("views.publish")
def publish_view(request: ApiRequest) -> dict[str, Any]:
    """Set the Home tab of a person."""
    content = checked_view(request, "home")
    user = request.workspace.user(request.args.required("user_id"))
    modals, expected_hash = request.workspace.modals, request.args.text("hash")
    return _answer(request, modals.publish(user.id, content, expected_hash=expected_hash))
