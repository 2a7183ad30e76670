"""What a person does in the playground's page, done through the driver as real payloads."""

import base64
import html
from collections.abc import Awaitable, Callable
from typing import Any

from bot.slack.local.delivery import Delivery
from bot.slack.local.errors import ImpossibleForAPerson
from bot.slack.local.messages import Message
from bot.slack.local.modals import View
from bot.slack.local.server import LocalSlack
from bot.slack.local.workspace import Channel, ChannelKind, User

Act = dict[str, Any]
SILENT = "The app did not respond in time."


async def perform(slack: LocalSlack, person: User, act: Act) -> dict[str, Any]:
    """Do one act; returns `ok`, and where there is something to say `error`, `errors` or `options`.

    Raises ImpossibleForAPerson for what Slack's client would not let a person do, and for an act that
    does not exist.
    """
    doer = _ACTS.get(str(act.get("act")))
    if doer is None:
        raise ImpossibleForAPerson(f"there is no such act: {act.get('act')}")
    return _told(await doer(slack, person, act))


def _told(delivery: Delivery | None) -> dict[str, Any]:
    if delivery is None:
        return {"ok": True}
    if not delivery.acked:
        return {"ok": False, "error": SILENT}
    if delivery.message is not None and delivery.kind == "events_api":
        return {"ok": True, "ts": delivery.message.ts}
    if delivery.errors:
        return {"ok": True, "errors": delivery.errors}
    if isinstance(delivery.body, dict) and ("options" in delivery.body or "option_groups" in delivery.body):
        return {"ok": True, **delivery.body}
    return {"ok": True}


async def _say(slack: LocalSlack, person: User, act: Act) -> Delivery | None:
    channel, text = slack.workspace.channels[act["channel"]], as_slack_sends(slack, act["text"])
    bot = slack.workspace.bot_user.id
    if channel.kind is ChannelKind.IM:
        return await slack.dm(person, text, thread_ts=act.get("thread_ts"))
    if f"<@{bot}>" in text:
        return await slack.mention(person, channel, text, thread_ts=act.get("thread_ts"))
    return await slack.say(person, channel, text, thread_ts=act.get("thread_ts"))


def as_slack_sends(slack: LocalSlack, typed: str) -> str:
    """What a person typed, as it reaches an app: `&<>` escaped, names after @ as mentions."""
    text = html.escape(typed, quote=False)
    people = sorted(slack.workspace.users.values(), key=lambda user: -len(user.real_name))
    for user in people:
        text = text.replace(f"@{user.real_name}", f"<@{user.id}>")
    return text


async def _command(slack: LocalSlack, person: User, act: Act) -> Delivery | None:
    name, _, text = str(act["text"]).strip().partition(" ")
    return await slack.slash(person, slack.workspace.channels[act["channel"]], name, text.strip())


async def _file(slack: LocalSlack, person: User, act: Act) -> Delivery | None:
    channel: Channel = slack.workspace.channels[act["channel"]]
    content = base64.b64decode(act["content"], validate=True)
    text = as_slack_sends(slack, act.get("text") or "")
    return await slack.drop_file(person, channel, str(act["name"]), content, text=text, thread_ts=act.get("thread_ts"))


async def _click(slack: LocalSlack, person: User, act: Act) -> Delivery | None:
    target = _target(slack, person, act)
    return await slack.click(person, target, act["action_id"], act.get("value"), entries=act.get("entries"))


async def _suggest(slack: LocalSlack, person: User, act: Act) -> Delivery | None:
    return await slack.suggest(person, _target(slack, person, act), act["action_id"], act.get("typed", ""))


def _target(slack: LocalSlack, person: User, act: Act) -> Message | View:
    """The message or view the act names. Raises ImpossibleForAPerson if it is no longer there."""
    workspace = slack.workspace
    if "view" in act:
        return workspace.modals.find(view_id=act["view"], external_id=None)
    shown = [*workspace.messages.visible_in(act["channel"]), *workspace.messages.ephemeral_for(person.id)]
    for message in shown:
        if (message.channel, message.ts) == (act["channel"], act["ts"]):
            return message
    raise ImpossibleForAPerson("that message is gone")


async def _submit(slack: LocalSlack, person: User, act: Act) -> Delivery | None:
    view = slack.workspace.modals.find(view_id=act["view"], external_id=None)
    return await slack.submit_view(person, view, act.get("entries"))


async def _close(slack: LocalSlack, person: User, act: Act) -> Delivery | None:
    return await slack.close_view(person, clear=bool(act.get("clear")))


async def _open(slack: LocalSlack, person: User, act: Act) -> Delivery | None:
    return await slack.open_home(person, act.get("tab", "home"))


async def _stop(slack: LocalSlack, person: User, act: Act) -> Delivery | None:
    return await slack.stop_session(person, slack.workspace.channels[act["channel"]], act["thread_ts"])


_ACTS: dict[str, Callable[[LocalSlack, User, Act], Awaitable[Delivery | None]]] = {
    "say": _say,
    "command": _command,
    "file": _file,
    "click": _click,
    "suggest": _suggest,
    "submit": _submit,
    "close": _close,
    "open": _open,
    "stop": _stop,
}
