"""A second opinion on Gmail and Calendar basics: `emulate`, a Google made by others, in place of our own.

It has no getProfile, no batches and no sync tokens: a door before it answers the first from the newest message,
messages are asked one by one, and calendars are read whole, as with any calendar that gets no token.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("googleapiclient", reason="the extra `google` is not installed")

import requests
from aiohttp import ClientSession, web
from google.oauth2.credentials import Credentials

from bot.pipeline.sources.google.calendar import Calendar
from bot.pipeline.sources.google.gmail import Mail
from tests.pipeline.sources.google_bench import ANA, BUYER, GoogleBench
from tests.servers.running import running
from tests.servers.tools import emulate_command, lacking

pytestmark = pytest.mark.slow

TOKEN = "ana-token"
SEED = {
    "tokens": {TOKEN: {"login": ANA, "scopes": []}},
    "google": {
        "users": [{"email": ANA, "name": "Ana"}],
        "messages": [
            {"id": "m1", "user_email": ANA, "from": BUYER, "to": ANA, "subject": "Terms", "body_text": "Yes",
             "label_ids": ["INBOX"], "date": "2026-03-01T10:00:00.000Z"},
            {"id": "m2", "user_email": ANA, "from": ANA, "to": BUYER, "subject": "Re: Terms", "body_text": "Thanks",
             "label_ids": ["SENT"], "date": "2026-03-01T11:00:00.000Z"},
        ],
        "calendars": [{"id": "primary", "user_email": ANA, "summary": "Ana", "primary": True, "time_zone": "UTC"}],
        "calendar_events": [],
    },
}  # fmt: skip


@dataclass
class Emulated:
    url: str

    def ask(self, method: str, path: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = requests.request(method, f"{self.url}{path}", headers=headers, json=body or None, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None


class OneToken:
    def credentials(self, address: str, scope: str) -> Credentials:
        return Credentials(TOKEN)


@pytest.fixture
def emulated(tmp_path: Path, unused_port: int) -> Iterator[Emulated]:
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(SEED))
    command = [*emulate_command(), "start", "-p", str(unused_port), "-s", "google", "--seed", str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        found = Emulated(f"http://127.0.0.1:{unused_port}")
        _until_it_answers(found, process)
        yield found
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def unused_port() -> int:
    with running(web.Application()) as url:
        return int(url.rpartition(":")[2])


def _until_it_answers(emulated: Emulated, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(100):
        if process.poll() is not None:
            lacking(f"emulate does not run on this machine (exit {process.returncode})")
        try:
            emulated.ask("GET", "/gmail/v1/users/me/messages")
            return
        except requests.RequestException:
            time.sleep(0.2)
    pytest.fail("emulate does not answer")


def door_before(emulated: Emulated) -> web.Application:
    """Pass everything on; answer getProfile from the newest message."""

    async def passed_on(request: web.Request) -> web.Response:
        headers = {"Authorization": request.headers["Authorization"]}
        async with ClientSession(emulated.url, headers=headers) as session:
            if request.path.endswith("/profile"):
                async with session.get("/gmail/v1/users/me/messages?maxResults=1") as listed:
                    [newest] = (await listed.json())["messages"]
                async with session.get(f"/gmail/v1/users/me/messages/{newest['id']}") as got:
                    return web.json_response({"emailAddress": ANA, "historyId": (await got.json())["historyId"]})
            async with session.get(request.path_qs) as answer:
                return web.json_response(await answer.json(), status=answer.status)

    app = web.Application()
    app.router.add_get("/{path:.+}", passed_on)
    return app


def test_mail_and_meetings_are_read_and_followed(emulated: Emulated, google: GoogleBench) -> None:
    with running(door_before(emulated)) as url:

        def read() -> list[tuple[Any, ...]]:
            terms = google.terms(accounts=OneToken(), api_url=url)
            source = google.source()
            source._terms, source._wanted = terms, [each for each in google.people() if each.email == ANA]
            source._feeds = (Mail(terms, batch_size=1), Calendar(terms))
            run = google.installation.read(source)
            assert run.problems == []
            return google.staged("kind, direction, subject, participants, start_at")

        mails = [
            ("email", "inbound", "Terms", BUYER, "2026-03-01T10:00:00.000000Z"),
            ("email", "outbound", "Re: Terms", BUYER, "2026-03-01T11:00:00.000000Z"),
        ]
        assert read() == mails
        event = emulated.ask(
            "POST", "/calendar/v3/calendars/primary/events", summary="Kick-off",
            start={"dateTime": "2026-03-03T10:00:00Z"}, end={"dateTime": "2026-03-03T11:00:00Z"},
            attendees=[{"email": BUYER, "responseStatus": "accepted"}],
        )  # fmt: skip
        emulated.ask("POST", "/gmail/v1/users/me/messages/m1/trash")
        meeting = ("meeting", None, "Kick-off", BUYER, "2026-03-03T10:00:00.000000Z")
        assert read() == [mails[1], meeting]
        emulated.ask("POST", "/gmail/v1/users/me/messages/m1/untrash")
        emulated.ask("DELETE", f"/calendar/v3/calendars/primary/events/{event['id']}")
        assert read() == mails
