"""`assistant.threads.*` and `agents.sessions.*`: the agent experience."""

from typing import Any

from bot.slack.local.agents import AgentSession
from bot.slack.local.errors import SlackError
from bot.slack.local.methods.registry import ApiRequest, method

SESSION_STATUSES = ("active", "processing", "suspended", "closed")
MAX_SESSION_TITLE = 200
MAX_LOADING_MESSAGES = 10
MAX_PROMPTS = 4


def _thread(request: ApiRequest) -> tuple[str, str]:
    """The channel and the root of the thread the arguments name; the thread must exist."""
    channel = request.workspace.joined_channel(request.args.required("channel_id"))
    return channel.id, request.workspace.messages.thread_root(channel.id, request.args.required("thread_ts"))


@method("assistant.threads.setStatus", "assistant:write", "chat:write")
def set_status(request: ApiRequest) -> dict[str, Any]:
    """The line that says what the agent is doing; an empty status takes it away."""
    thread = _thread(request)
    if "status" not in request.args.values:
        request.args.required("status")
    loading = request.args.values.get("loading_messages") or []
    if len(loading) > MAX_LOADING_MESSAGES:
        raise SlackError("invalid_arguments")
    status = request.args.text("status")
    if status is None:
        request.workspace.agents.clear_status(*thread)
    else:
        request.workspace.agents.statuses[thread] = status
    return {}


@method("assistant.threads.setTitle", "assistant:write")
def set_title(request: ApiRequest) -> dict[str, Any]:
    """The name of a thread in the list of conversations."""
    request.workspace.agents.titles[_thread(request)] = request.args.required("title")
    return {}


@method("assistant.threads.setSuggestedPrompts", "assistant:write")
def set_prompts(request: ApiRequest) -> dict[str, Any]:
    """Prompts to tap: pinned to the Messages tab, or to one thread when it is given."""
    channel = request.workspace.joined_channel(request.args.required("channel_id"))
    prompts = request.args.objects("prompts", malformed="invalid_arguments") or []
    complete = all(prompt.get("title") and prompt.get("message") for prompt in prompts)
    if not 1 <= len(prompts) <= MAX_PROMPTS or not complete:
        raise SlackError("invalid_arguments")
    request.workspace.agents.prompts[channel.id, request.args.text("thread_ts")] = prompts
    return {}


@method("agents.sessions.setStatus", "chat:write")
def set_session_status(request: ApiRequest) -> dict[str, Any]:
    """Create the session of a thread or move it on; the title counts only at creation."""
    thread = _thread(request)
    status, title = request.args.required("status"), request.args.text("title")
    if len(title or "") > MAX_SESSION_TITLE:
        raise SlackError("invalid_arguments")
    session = move_session(request, thread, status)
    session.title = session.title or title
    return {"status": session.status, "agent_status": session.status, "title": session.title or ""}


def move_session(request: ApiRequest, thread: tuple[str, str], status: str) -> AgentSession:
    """The session of the thread in its new status. Raises SlackError `invalid_status`."""
    if status not in SESSION_STATUSES:
        raise SlackError("invalid_status")
    sessions = request.workspace.agents.sessions
    session = sessions.setdefault(thread, AgentSession(*thread, status))
    session.status = status
    return session


@method("agents.sessions.rename", "chat:write")
def rename_session(request: ApiRequest) -> dict[str, Any]:
    """Change the title of a session that exists."""
    session = request.workspace.agents.sessions.get(_thread(request))
    title = request.args.required("title")
    if session is None:
        raise SlackError("session_not_found")
    if len(title) > MAX_SESSION_TITLE:
        raise SlackError("invalid_arguments")
    session.title = title
    return {"title": title}
