"""The local Slack in a browser: serves a page, and a websocket on which each open tab acts as one person.

Only this machine may look: it listens on the loopback address, answers no other host name and takes no
websocket that a page from elsewhere opens. What the tab sends is what a person could do (`playground_acts`);
what it gets is what that person's client would show (`playground_screen`).
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

from bot.slack.local.errors import Gone, ImpossibleForAPerson, NoAppConnected, NotSubscribed, SlackError
from bot.slack.local.playground_acts import perform
from bot.slack.local.playground_screen import screen
from bot.slack.local.playground_stage import Stage
from bot.slack.local.server import LocalSlack
from bot.slack.local.workspace import User

LARGEST_MESSAGE = 24 * 1024 * 1024
"""Bytes; a dropped file travels in one message, a third larger than it is."""
BREATH_SECONDS = 0.03
"""Changes that come together are shown together."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load: itself. Text from deals could do nothing even if it became markup."""

logger = logging.getLogger(__name__)

GONE = "That changed in the meantime; choose again from what is shown now."


class Playground:
    """The page over `slack`, from the files in the folder `page`; port 0 picks a free one."""

    def __init__(self, slack: LocalSlack, stage: Stage, page: Path, *, port: int = 0) -> None:
        self.slack, self.stage, self._page, self._port = slack, stage, page, port
        self._runner: web.AppRunner | None = None
        self._tabs: set[web.WebSocketResponse] = set()

    async def __aenter__(self) -> Self:
        """Listen. Raises OSError if the port is taken."""
        app = web.Application(middlewares=[self._only_from_here])
        app.router.add_get("/", self._index)
        app.router.add_get("/socket", self._socket)
        app.router.add_static("/", self._page)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every tab's connection and stop listening."""
        for tab in list(self._tabs):
            await tab.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where to look."""
        return f"http://127.0.0.1:{self._port}/"

    @web.middleware
    async def _only_from_here(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Refuse names that others may point at this machine, and pages that others serve; name the policy."""
        hosts = {f"127.0.0.1:{self._port}", f"localhost:{self._port}"}
        origin = request.headers.get("Origin")
        if request.host not in hosts or (origin is not None and origin.removeprefix("http://") not in hosts):
            return web.Response(status=403, text="only from this machine")
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update({"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"})
        return answer

    async def _index(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(self._page / "index.html", headers={"Cache-Control": "no-store"})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        """One tab: acts as the person named by `as`, the first one by default."""
        user_id = request.query.get("as") or next(iter(self.stage.roles))
        if user_id not in self.stage.roles:
            return web.Response(status=404, text="nobody of that id")
        tab = web.WebSocketResponse(heartbeat=20, max_msg_size=LARGEST_MESSAGE)
        await tab.prepare(request)
        self._tabs.add(tab)
        showing = asyncio.create_task(self._show(tab, self.slack.workspace.users[user_id]))
        try:
            await self._listen(tab, self.slack.workspace.users[user_id])
        finally:
            showing.cancel()
            self._tabs.discard(tab)
        return tab

    async def _show(self, tab: web.WebSocketResponse, person: User) -> None:
        """Send the person's screen now and after every change."""
        while not tab.closed:
            revision = self.slack.revision
            await tab.send_json({"type": "screen", **screen(self.slack, self.stage, person)})
            await self.slack.changed_since(revision)
            await asyncio.sleep(BREATH_SECONDS)

    async def _listen(self, tab: web.WebSocketResponse, person: User) -> None:
        """Do what the tab asks, several things at once, as people do."""
        tasks: set[asyncio.Task[None]] = set()
        async for frame in tab:
            if frame.type is WSMsgType.TEXT:
                task = asyncio.create_task(self._do(tab, person, json.loads(frame.data)))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

    async def _do(self, tab: web.WebSocketResponse, person: User, act: dict[str, Any]) -> None:
        """Perform one act and tell the tab how it went."""
        try:
            outcome = await self._outcome(person, act)
        except Gone:
            outcome = {"ok": False, "error": GONE}
        except (ImpossibleForAPerson, NotSubscribed, NoAppConnected, SlackError, KeyError, ValueError) as error:
            outcome = {"ok": False, "error": str(error)}
        except Exception:
            logger.exception("an act in the playground failed")
            outcome = {"ok": False, "error": "Something went wrong; the terminal says what."}
        self.slack.web_api.changed()
        if not tab.closed:
            await tab.send_json({"type": "done", "id": act.get("id"), **outcome})

    async def _outcome(self, person: User, act: dict[str, Any]) -> dict[str, Any]:
        if act.get("act") == "trick":
            return {"ok": True, "note": await self.stage.tricks[act["name"]](person)}
        return await perform(self.slack, person, act)
