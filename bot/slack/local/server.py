"""The local Slack as one object: start it, point an app at it, act, and look at what the app did."""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from bot.slack.local.agents import AgentSession
from bot.slack.local.delivery import ACK_SECONDS, Delivery
from bot.slack.local.driver import Driver
from bot.slack.local.errors import SlackError
from bot.slack.local.faults import Fault
from bot.slack.local.http_events import HttpEvents
from bot.slack.local.messages import Message
from bot.slack.local.methods import Violation
from bot.slack.local.modals import View
from bot.slack.local.socket_mode import CONNECT_SECONDS, SocketMode
from bot.slack.local.web_api import Call, WebApi
from bot.slack.local.workspace import Channel, Clock, User, Workspace

T = TypeVar("T")

CALLS_IN_TIMEOUT_REPORT = 8


class LocalSlack(Driver):
    """A Slack that runs in this process, on a port of its own (0 picks a free one).

    Speaks Socket Mode until `use_http` gives it a request URL. `scopes`, `bot_events` and
    `commands` narrow what the app may do and is told, as its manifest would; None narrows nothing. `clock` gives Unix
    seconds and drives timestamps, triggers, response URLs and request signatures. `ack_seconds` is how
    long the app has to acknowledge, `connect_seconds` how long to wait for its first socket.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        clock: Clock = time.time,
        scopes: set[str] | None = None,
        bot_events: set[str] | None = None,
        commands: set[str] | None = None,
        workspace: Workspace | None = None,
        ack_seconds: float = ACK_SECONDS,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        self._host, self._port = host, port
        self._happened = asyncio.Condition()
        self.revision = 0
        """Counts what has happened; see `changed_since`."""
        workspace = workspace or Workspace(clock=clock)
        self.sockets = SocketMode(workspace.app_id, ack_seconds=ack_seconds, connect_seconds=connect_seconds)
        self._ack_seconds = ack_seconds
        web_api = WebApi(workspace, scopes=scopes, new_socket_url=self._new_socket_url, changed=self._wake_waiters)
        super().__init__(web_api, self.sockets, bot_events=bot_events, commands=commands)
        self.http: HttpEvents | None = None
        self._pending: set[asyncio.Task[None]] = set()

    @classmethod
    def for_manifest(cls, manifest: dict[str, Any], **options: Any) -> Self:
        """A Slack in which the app was installed from `manifest`: its scopes, events and commands hold."""
        scopes = set(manifest["oauth_config"]["scopes"]["bot"])
        events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
        commands = {declared["command"] for declared in manifest["features"].get("slash_commands", [])}
        return cls(scopes=scopes, bot_events=events, commands=commands, **options)

    async def __aenter__(self) -> Self:
        """Listen."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self.web_api.handle)
        app.router.add_post("/response_url/{key}", self.web_api.handle_response_url)
        app.router.add_get("/link", self.sockets.handle)
        app.router.add_post("/upload/v1/{file}", self._receive_upload)
        app.router.add_get("/files-pri/{file}", self._send_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.web_api.base_url = f"http://{self._host}:{self._port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        if self.http is not None:
            await self.http.close()
        await self.sockets.close()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """For `SLACK_API_URL`, or `base_url` of slack_sdk's clients."""
        return f"{self.web_api.base_url}/api/"

    def _new_socket_url(self) -> str:
        ticket = self.sockets.new_ticket()
        return f"ws://{self._host}:{self._port}/link?ticket={ticket}&app_id={self.workspace.app_id}"

    def use_http(self, request_url: str) -> HttpEvents:
        """From now on deliver by signed requests to this URL; its options are on what is returned."""
        self.http = HttpEvents(
            request_url, self.workspace.signing_secret, self.workspace.clock, ack_seconds=self._ack_seconds
        )
        self.transport = self.http
        return self.http

    # People and places

    def add_user(self, name: str, **details: Any) -> User:
        """A new member: see `Workspace.add_user`."""
        return self.workspace.add_user(name, **details)

    def add_channel(self, name: str, *members: User, **details: Any) -> Channel:
        """A new channel: see `Workspace.add_channel`."""
        return self.workspace.add_channel(name, *members, **details)

    # What the app did

    @property
    def calls(self) -> list[Call]:
        """Every Web API call and every use of a response URL, oldest first."""
        return self.web_api.calls

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    @property
    def violations(self) -> list[Violation]:
        """Every limit of Block Kit the app broke; empty is what a test wants."""
        return self.web_api.violations

    def messages(self, channel: Channel | User, *, thread_ts: str | None = None) -> list[Message]:
        """What everybody in a channel (or a person's direct messages) sees, oldest first."""
        place = self.workspace.im_with(channel) if isinstance(channel, User) else channel
        if thread_ts is not None:
            return self.workspace.messages.thread(place.id, thread_ts)
        return list(self.workspace.messages.visible_in(place.id))

    def ephemerals(self, user: User) -> list[Message]:
        """What only this person sees, oldest first."""
        return self.workspace.messages.ephemeral_for(user.id)

    def home(self, user: User) -> View | None:
        """The published Home tab of a person."""
        return self.workspace.modals.homes.get(user.id)

    def modal(self, user: User) -> View | None:
        """The modal in front of a person."""
        return self.workspace.modals.top(user.id)

    def prompts(self, user: User, *, thread_ts: str | None = None) -> list[dict[str, Any]]:
        """The suggested prompts in a person's direct messages; without a thread, those pinned."""
        return self.workspace.agents.prompts.get((self.workspace.im_with(user).id, thread_ts), [])

    def session(self, channel: Channel, thread_ts: str) -> AgentSession | None:
        """The agent session of a thread."""
        return self.workspace.agents.sessions.get((channel.id, thread_ts))

    # Trouble

    def inject(self, method: str, **trouble: Any) -> Fault:
        """Make calls of `method` ("*" for any) fail; `trouble` are the fields of `Fault`."""
        fault = Fault(method, **trouble)
        self.web_api.faults.waiting.append(fault)
        return fault

    # Waiting

    async def wait_for(self, condition: Callable[[Self], T | None], *, seconds: float = 5.0) -> T:
        """The first truthy value of `condition(self)`, looked at after everything the app does.

        Raises TimeoutError with the app's last calls, its violations and what it did not acknowledge.
        """
        try:
            async with self._happened:
                return await asyncio.wait_for(self._hold(condition), seconds)
        except TimeoutError as error:
            raise TimeoutError(self._report(seconds)) from error

    async def _hold(self, condition: Callable[[Self], T | None]) -> T:
        while not (value := condition(self)):
            await self._happened.wait()
        return value

    async def reply_to(self, delivery: Delivery, *, seconds: float = 5.0) -> Message:
        """The app's first finished message after what a person wrote, where that person looks for it.

        In direct messages without a thread that is anywhere in them; else in the thread of the message.
        """
        written = delivery.message
        if written is None:
            raise LookupError("nothing was written, so nothing is replied to")
        return await self.wait_for(lambda _: self._first_reply(written), seconds=seconds)

    def _first_reply(self, written: Message) -> Message | None:
        shown = [
            *self.workspace.messages.visible_in(written.channel),
            *self.workspace.messages.ephemeral_for(written.user),
        ]
        root = written.thread_ts or written.ts
        for message in shown:
            is_near = message.thread_ts == root or (written.thread_ts is None and message.thread_ts is None)
            is_done = message.from_bot and not message.is_streaming
            if is_done and is_near and message.channel == written.channel and message.ts > written.ts:
                return message
        return None

    async def changed_since(self, revision: int) -> None:
        """Wait until more has happened than when `revision` was read."""
        async with self._happened:
            await self._happened.wait_for(lambda: self.revision != revision)

    def _wake_waiters(self) -> None:
        self.revision += 1
        task = asyncio.get_running_loop().create_task(self._notify())
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def _notify(self) -> None:
        async with self._happened:
            self._happened.notify_all()

    def _report(self, seconds: float) -> str:
        last = [f"{call.method} -> {call.error or 'ok'}" for call in self.calls[-CALLS_IN_TIMEOUT_REPORT:]]
        broken = [f"{violation.method}: {violation.message}" for violation in self.violations]
        unheard = [delivery.payload.get("type") for delivery in self.deliveries if not delivery.acked]
        return f"not seen within {seconds:g} s; last calls {last}; violations {broken}; not acknowledged {unheard}"

    # Files

    async def _receive_upload(self, request: web.Request) -> web.Response:
        file = self.workspace.files.find(request.match_info["file"])
        file.content = await request.read()
        return web.Response(text=f"OK - {len(file.content)}")

    async def _send_file(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.workspace.bot_token}":
            return web.Response(status=401)
        try:
            file = self.workspace.files.find(request.match_info["file"])
        except SlackError:
            return web.Response(status=404)
        return web.Response(body=file.content or b"")
