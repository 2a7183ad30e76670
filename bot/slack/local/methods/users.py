"""`users.*`: people of the workspace."""

from typing import Any

from bot.slack.local.errors import SlackError
from bot.slack.local.methods.conversations import page
from bot.slack.local.methods.registry import ApiRequest, method


@method("users.info", "users:read")
def info(request: ApiRequest) -> dict[str, Any]:
    """One person, also one who has left."""
    return {"user": request.workspace.user(request.args.required("user")).to_json()}


@method("users.list", "users:read")
def list_users(request: ApiRequest) -> dict[str, Any]:
    """Everybody, in pages."""
    part, cursor = page(request, list(request.workspace.users.values()))
    return {"members": [user.to_json() for user in part], "response_metadata": {"next_cursor": cursor}}


@method("users.lookupByEmail", "users:read.email")
def lookup_by_email(request: ApiRequest) -> dict[str, Any]:
    """The active member with an address. Raises SlackError `users_not_found`."""
    email = request.args.required("email").lower()
    for user in request.workspace.users.values():
        if user.email and user.email.lower() == email and not user.deleted:
            return {"user": user.to_json()}
    raise SlackError("users_not_found")
