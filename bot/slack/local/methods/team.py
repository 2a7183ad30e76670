"""`api.test`, `auth.test`, `apps.connections.open`, `team.info`, `bots.info`."""

from typing import Any

from bot.slack.local.errors import SlackError
from bot.slack.local.methods.registry import ApiRequest, method


@method("api.test", caller="anyone")
def api_test(request: ApiRequest) -> dict[str, Any]:
    """Echo the arguments; `error` asks for a failure."""
    if error := request.args.text("error"):
        raise SlackError(error, args=request.args.values)
    return {"args": request.args.values}


@method("auth.test")
def auth_test(request: ApiRequest) -> dict[str, Any]:
    """Who the token is."""
    workspace = request.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.domain,
        "team_id": workspace.team_id,
        "user": workspace.bot_user.name,
        "user_id": workspace.bot_user.id,
        "bot_id": workspace.bot_id,
        "app_id": workspace.app_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", "connections:write", caller="app")
def open_connection(request: ApiRequest) -> dict[str, Any]:
    """A websocket address that works once."""
    return {"url": request.new_socket_url()}


@method("team.info", "team:read")
def team_info(request: ApiRequest) -> dict[str, Any]:
    """The workspace."""
    workspace = request.workspace
    return {"team": {"id": workspace.team_id, "name": workspace.domain, "domain": workspace.domain}}


@method("bots.info", "users:read")
def bot_info(request: ApiRequest) -> dict[str, Any]:
    """The app's own bot; there is no other."""
    workspace = request.workspace
    if request.args.text("bot") != workspace.bot_id:
        raise SlackError("bot_not_found")
    bot = workspace.bot_user
    return {
        "bot": {
            "id": workspace.bot_id,
            "app_id": workspace.app_id,
            "user_id": bot.id,
            "name": bot.name,
            "deleted": False,
        }
    }
