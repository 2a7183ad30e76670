"""The playground's server: who may connect, what each person is shown, what becomes of what they do."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.slack.local import LocalSlack
from bot.slack.local.playground import Playground
from bot.slack.local.playground_stage import Stage


class Office:
    """A page without an app: Tess and Nadia share a channel."""

    def __init__(self, playground: Playground, session: aiohttp.ClientSession) -> None:
        self.playground, self.slack, self.session = playground, playground.slack, session
        self.tess, self.nadia = (self.slack.workspace.users[user_id] for user_id in playground.stage.roles)

    @asynccontextmanager
    async def tab(self, user_id: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        url = f"{self.playground.url}socket?as={user_id}"
        async with self.session.ws_connect(url) as tab:
            yield tab


async def receive(tab: aiohttp.ClientWebSocketResponse, kind: str) -> dict:
    """The next message of a kind."""
    while (message := json.loads((await tab.receive(timeout=5)).data))["type"] != kind:
        pass
    return message


async def do(tab: aiohttp.ClientWebSocketResponse, act: dict) -> dict:
    """Perform an act and return how it went."""
    await tab.send_json({"id": "1", **act})
    return await receive(tab, "done")


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    (tmp_path / "index.html").write_text("<p>the page</p>")
    async with LocalSlack(connect_seconds=0.05) as slack, aiohttp.ClientSession() as session:
        tess, nadia = slack.add_user("tess", real_name="Tess Calloway"), slack.add_user("nadia")
        slack.add_channel("deals", tess, nadia)

        async def sing(person) -> str:
            return f"{person.name} hears a song"

        stage = Stage("Fernhall", {tess.id: "Rep", nadia.id: "Manager"}, tricks={"Sing": sing})
        async with Playground(slack, stage, tmp_path) as playground:
            yield Office(playground, session)


@pytest.mark.parametrize("path", ["", "index.html"])
async def test_the_page_may_load_nothing_but_itself(office, path):
    async with office.session.get(office.playground.url + path) as answer:
        assert await answer.text() == "<p>the page</p>"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_pages_from_elsewhere_are_refused(office, headers):
    for path in ("", "socket"):
        async with office.session.get(office.playground.url + path, headers=headers) as answer:
            assert answer.status == 403


async def test_one_can_be_nobody_but_those_on_stage(office):
    async with office.session.get(office.playground.url + "socket?as=U999") as answer:
        assert answer.status == 404


async def test_what_only_one_person_sees_is_sent_to_nobody_else(office):
    workspace = office.slack.workspace
    deals = next(channel for channel in workspace.channels.values() if channel.name == "deals")
    message = office.slack.write(office.tess, deals, "for Nadia alone")
    message.ephemeral_for = office.nadia.id
    async with office.tab(office.tess.id) as tess, office.tab(office.nadia.id) as nadia:
        assert "for Nadia alone" not in json.dumps(await receive(tess, "screen"))
        assert "for Nadia alone" in json.dumps(await receive(nadia, "screen"))


async def test_what_is_typed_reaches_the_app_as_slack_would_send_it(office):
    deals = next(channel for channel in office.slack.workspace.channels.values() if channel.name == "deals")
    async with office.tab(office.nadia.id) as tab:
        await do(tab, {"act": "say", "channel": deals.id, "text": "<!channel> R&D, @Tess Calloway?"})
    (written,) = office.slack.messages(deals)
    assert written.text == f"&lt;!channel&gt; R&amp;D, <@{office.tess.id}>?"


async def test_a_change_is_shown_without_asking(office):
    async with office.tab(office.tess.id) as tab:
        before = await receive(tab, "screen")
        office.slack.write(office.tess, office.slack.workspace.im_with(office.tess), "hello")
        office.slack.web_api.changed()
        after = await receive(tab, "screen")
    assert "hello" not in json.dumps(before)
    assert "hello" in json.dumps(after)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"act": "fly"}, "no such act"),
        ({"act": "say", "channel": "D0000000009", "text": "x"}, "D0000000009"),
        ({"act": "click", "channel": "C1", "ts": "1.2", "action_id": "a"}, "that message is gone"),
        ({"act": "open", "tab": "home"}, "no socket"),
        ({"act": "trick", "name": "Dance"}, "Dance"),
    ],
)
async def test_what_cannot_be_done_is_said(office, act, words):
    async with office.tab(office.tess.id) as tab:
        done = await do(tab, act)
    assert not done["ok"]
    assert words in done["error"]


async def test_a_trick_says_what_happened(office):
    async with office.tab(office.tess.id) as tab:
        assert (await do(tab, {"act": "trick", "name": "Sing"}))["note"] == "tess hears a song"
