"""The Web API methods, one file a family; importing this package registers them."""

from bot.slack.local.methods import agents, chat, conversations, files, streams, team, users, views
from bot.slack.local.methods.registry import METHODS, ApiRequest, Method, Violation

__all__ = [
    "METHODS",
    "ApiRequest",
    "Method",
    "Violation",
    "agents",
    "chat",
    "conversations",
    "files",
    "streams",
    "team",
    "users",
    "views",
]
