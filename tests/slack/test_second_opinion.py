"""What the app sends, judged by others than us: Slack's own types, documented limits, and somebody else's Slack.

`emulate` is an independent Web API in Node. It knows neither streams nor agent sessions; what it knows, it keeps,
so a message is read back from it as a person would see it.
"""

import asyncio
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from official_blocks import objections
from sample_house import DEAL, DEAL_NAME, MANAGER, NOW, REP, Clock
from slack_sdk.web.async_client import AsyncWebClient

from bot.jobs.digests import build_for
from bot.memory import Memory
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.delivery import deliver
from bot.slack.local.delivery import Delivery
from bot.slack.local.http_events import HttpEvents
from bot.slack.serve import EVENTS_PATH, connected
from bot.slack.services import Services
from bot.slack.views.digest import digest_message
from tests.servers.tools import emulate_command

SECRET, BOT_TOKEN, REP_TOKEN = "second-opinion", "xoxb-second-opinion", "xoxp-second-opinion"
COMPANY = "fernhall.example"
POSTING = ("chat.postMessage", "chat.postEphemeral", "chat.update", "response_url")
VIEWING = ("views.open", "views.update", "views.push", "views.publish")


async def test_official_types_and_limits_find_nothing_in_what_is_sent(house, sample_runtime):
    card = await house.card()
    for button in ("explain", "evidence", "contest"):
        await house.press(card, button)
        await house.modal()
        await house.slack.close_view(house.rep, clear=True)
    deals = house.slack.add_channel("deals", house.manager)
    await house.slack.slash(house.manager, deals, "/consult", DEAL)
    await house.slack.wait_for(lambda slack: slack.ephemerals(house.manager), seconds=30)
    await deliver(house.client, house.manager.id, digest_message(_digest(sample_runtime, MANAGER)))
    await house.slack.open_home(house.manager)
    await house.slack.wait_for(lambda slack: slack.home(house.manager), seconds=30)

    assert {"chat.postMessage", "response_url", "views.open", "views.publish"} <= {c.method for c in house.slack.calls}
    assert [problem for call in house.slack.calls for problem in _objections(call)] == []


def test_the_judge_objects():
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x"}, "size": "big"}
    blocks = [section, {"type": "actions", "elements": [button, button]}, {"type": "hologram"}]
    found = " | ".join(objections(blocks))
    for words in ("3001 characters", "actions", "hologram", "'a' is used 2 times"):
        assert words in found


def _objections(call: Any) -> list[str]:
    if call.method in POSTING and call.args.get("blocks"):
        return objections(_plain(call.args["blocks"]))
    return objections(_plain(call.args["view"])["blocks"], in_view=True) if call.method in VIEWING else []


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _digest(runtime: Any, name: str) -> Any:
    return build_for(runtime, runtime.coach.asker_for_email(f"{name}@{COMPANY}").user, NOW)


@pytest.fixture(scope="session")
def emulate_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The emulator, running; ends with a trailing slash as Slack's own address does."""
    folder = tmp_path_factory.mktemp("emulate")
    seed = folder / "seed.json"  # JSON is YAML
    seed.write_text(json.dumps({"slack": _seed()}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*emulate_command(), "start", "--service", "slack", "--port", str(port), "--seed", str(seed)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=environment) as running,
    ):
        try:
            yield _ready(f"http://127.0.0.1:{port}/api/", folder / "log")
        finally:
            running.terminate()


def _seed() -> dict[str, Any]:
    people = [{"name": name, "real_name": name, "email": f"{name}@{COMPANY}"} for name in (REP, MANAGER)]
    scopes = ["chat:write", "channels:read", "channels:history", "im:write", "im:history", "users:read",
              "users:read.email", "views:write"]  # fmt: skip
    app = {"client_id": "1.2", "client_secret": "s", "app_id": "A1", "name": "Coach", "bot_name": "coach"}
    return {
        "signing_secret": SECRET,
        "users": people,
        "channels": [{"name": "deals"}],
        "oauth_apps": [{**app, "redirect_uris": ["http://localhost/x"], "scopes": scopes}],
        "tokens": [
            {"token": BOT_TOKEN, "user": "coach", "scopes": scopes},
            {"token": REP_TOKEN, "user": REP, "scopes": scopes},
        ],
    }


def _ready(url: str, log: Path) -> str:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        try:
            urllib.request.urlopen(urllib.request.Request(f"{url}auth.test", method="POST"), timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return url
    pytest.fail(f"the emulator did not start: {log.read_text()[-500:]}")


@dataclass
class Abroad:
    """The app at somebody else's Slack. `whispered` is what came back on response URLs."""

    runtime: Any
    client: AsyncWebClient
    as_rep: AsyncWebClient
    events: HttpEvents
    response_url: str
    whispered: list[dict[str, Any]]

    async def person(self, name: str) -> str:
        members = (await self.client.users_list())["members"]
        return next(member["id"] for member in members if member["name"] == name)

    async def direct(self, name: str) -> str:
        return (await self.client.conversations_open(users=await self.person(name)))["channel"]["id"]


@pytest_asyncio.fixture
async def abroad(emulate_url: str, sample_runtime: Any, tmp_path: Path) -> AsyncIterator[Abroad]:
    """The app, connected to the emulator; events reach it as signed requests."""
    whispered: list[dict[str, Any]] = []
    async with _door(emulate_url, whispered) as door:
        settings = Settings(
            _env_file=None, SLACK_API_URL=f"{door}api/", SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_SIGNING_SECRET=SECRET,
            SLACK_PORT=0,
        )  # fmt: skip
        with Memory.open(f"sqlite:///{tmp_path}/memory.db") as memory:
            app = build_app(settings, Services(sample_runtime.coach, memory), Clock())
            async with connected(app, settings) as port:
                events = HttpEvents(f"http://127.0.0.1:{port}{EVENTS_PATH}", SECRET, time.time)
                as_rep = AsyncWebClient(REP_TOKEN, base_url=f"{door}api/")
                yield Abroad(sample_runtime, app.client, as_rep, events, f"{door}whisper", whispered)
                await events.close()


@asynccontextmanager
async def _door(emulate_url: str, whispered: list[dict[str, Any]]) -> AsyncIterator[str]:
    """What the emulator lacks: reading methods by GET, as Slack's own client calls them, and response URLs."""
    async with aiohttp.ClientSession() as session:

        async def pass_on(request: web.Request) -> web.Response:
            url = f"{emulate_url}{request.match_info['method']}"
            kind = request.content_type if request.can_read_body else "application/x-www-form-urlencoded"
            body = await request.read() or urlencode(request.query).encode()
            headers = {"Authorization": request.headers.get("Authorization", ""), "Content-Type": kind}
            async with session.post(url, data=body, headers=headers) as answer:
                return web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)

        async def keep(request: web.Request) -> web.Response:
            whispered.append(await request.json())
            return web.Response(text="ok")

        app = web.Application()
        app.router.add_route("*", "/api/{method}", pass_on)
        app.router.add_post("/whisper", keep)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        await runner.cleanup()


async def _until(found: Any, seconds: float = 30.0) -> Any:

    ends = asyncio.get_running_loop().time() + seconds
    while not (value := await found()):
        assert asyncio.get_running_loop().time() < ends, "it did not happen"
        await asyncio.sleep(0.1)
    return value


@pytest.mark.slow
async def test_a_direct_message_is_answered_at_somebody_elses_slack(abroad):
    channel, rep = await abroad.direct(REP), await abroad.person(REP)
    text = f"How is {DEAL}?"
    asked = await abroad.as_rep.chat_postMessage(channel=channel, text=text)
    event = {
        "type": "message", "channel_type": "im", "user": rep, "text": text, "ts": asked["ts"],
        "channel": channel, "event_ts": asked["ts"],
    }  # fmt: skip
    envelope = {"type": "event_callback", "event_id": "Ev1", "team_id": "T000000001", "event": event}
    sent = Delivery("events_api", envelope)
    await abroad.events.deliver(sent)

    async def answered() -> Any:
        thread = await abroad.client.conversations_replies(channel=channel, ts=asked["ts"])
        return thread["messages"][1:]

    (answer,) = await _until(answered)
    assert sent.acked
    assert DEAL_NAME in json.dumps(answer["blocks"])
    assert objections(answer["blocks"]) == []


@pytest.mark.slow
async def test_a_consult_is_taken_by_somebody_elses_slack(abroad):
    manager = await abroad.person(MANAGER)
    channel = await abroad.direct(MANAGER)
    command = {
        "command": "/consult", "text": DEAL, "user_id": manager, "channel_id": channel, "team_id": "T000000001",
        "trigger_id": "1.2", "response_url": abroad.response_url,
    }  # fmt: skip
    sent = Delivery("slash_commands", command)
    await abroad.events.deliver(sent)

    async def whispered() -> Any:
        return abroad.whispered

    (pack,) = await _until(whispered)
    assert sent.acked
    taken = await abroad.client.chat_postMessage(channel=channel, text=pack["text"], blocks=pack["blocks"])
    assert DEAL_NAME in json.dumps(taken["message"]["blocks"])


@pytest.mark.slow
async def test_a_digest_and_a_home_tab_are_taken_by_somebody_elses_slack(abroad):
    manager = await abroad.person(MANAGER)
    sent = await deliver(abroad.client, manager, digest_message(_digest(abroad.runtime, MANAGER)))
    history = await abroad.client.conversations_history(channel=sent.channel)
    digest = next(message for message in history["messages"] if message["ts"] == sent.ts)
    assert objections(digest["blocks"]) == []

    event = {"type": "app_home_opened", "tab": "home", "user": manager, "channel": sent.channel, "event_ts": "1.2"}
    envelope = {"type": "event_callback", "event_id": "Ev2", "team_id": "T000000001", "event": event}
    opened = Delivery("events_api", envelope)
    await abroad.events.deliver(opened)
    assert opened.acked
