"""A person presses Stop: the work for that thread ends and the session waits again."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.delivery import deliver
from bot.slack.views.notices import STOPPED, reason_message
from bot.slack.visits import Visit
from bot.slack.working import Work, set_idle


def register(app: AsyncApp) -> None:
    """Listen to the Stop button."""
    app.event("agent_session_stopped")(handle_stop)


async def handle_stop(event: dict[str, Any], work: Work, visit: Visit) -> None:
    """End what is under way, the model's call included. Words under an answer say themselves that they ended."""
    channel, thread = event.get("channel") or event.get("channel_id"), event.get("thread_ts")
    if not channel or not thread:
        return
    stopped = work.stop(channel, thread)
    await set_idle(visit.client, channel, thread)
    if stopped.answers:
        await deliver(visit.client, channel, reason_message(STOPPED), thread_ts=thread)
