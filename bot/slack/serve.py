"""Connects the app to Slack: Socket Mode with an app token, else signed HTTP; stops gracefully."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.listener.async_listener_completion_handler import AsyncListenerCompletionHandler
from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.settings import Settings
from bot.slack.app import CoachApp, SlackMisconfigured

log = structlog.get_logger(__name__)

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/healthz"
_ALL_INTERFACES = "0.0.0.0"  # noqa: S104 - Slack calls from outside; every request is verified
_LAST_ANSWERS_SECONDS = 10.0


async def serve(app: AsyncApp, settings: Settings, stop: asyncio.Event | None = None) -> None:
    """Run until `stop` is set or the process is told to end (SIGINT, SIGTERM).

    Raises SlackMisconfigured as `connected` does, SlackApiError if Slack refuses a token.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, RuntimeError):  # no signals on Windows or in a thread
            loop.add_signal_handler(name, stop.set)
    async with connected(app, settings):
        await stop.wait()
        log.info("slack.stopping")


@contextlib.asynccontextmanager
async def connected(app: AsyncApp, settings: Settings) -> AsyncIterator[int | None]:
    """Keep the app connected while the block runs, then close what is being said and let answers under way finish.

    Yields the HTTP port, or None in Socket Mode. Raises SlackMisconfigured if there is neither an app
    token nor a signing secret with a port.
    """
    in_flight = _InFlight(app)
    async with _kept_connections(app):
        await app.client.auth_test()
        async with _connection(app, settings) as port:
            yield port
        if isinstance(app, CoachApp):
            await app.work.close()
        await in_flight.drained()


@contextlib.asynccontextmanager
async def _kept_connections(app: AsyncApp) -> AsyncIterator[None]:
    """Let all calls share one pool of connections: without it the client opens a new one for each call."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=app.client.timeout)) as session:
        app.client.session = session
        try:
            yield
        finally:
            app.client.session = None


def _connection(app: AsyncApp, settings: Settings) -> contextlib.AbstractAsyncContextManager[int | None]:
    if settings.slack_app_token is not None:
        return _socket_mode(app, settings.slack_app_token.get_secret_value())
    if settings.slack_signing_secret is not None and settings.slack_port is not None:
        return _signed_http(app, settings.slack_port)
    raise SlackMisconfigured(_missing(settings))


def _missing(settings: Settings) -> str:
    if settings.slack_signing_secret is None and settings.slack_port is None:
        return (
            "no way to hear from Slack: set SLACK_APP_TOKEN (xapp-…, Basic Information > App-Level Tokens, "
            "scope connections:write) for Socket Mode, or SLACK_SIGNING_SECRET and SLACK_PORT for HTTP"
        )
    if settings.slack_signing_secret is None:
        return "SLACK_PORT is set but SLACK_SIGNING_SECRET is not; copy it from Basic Information"
    return "SLACK_SIGNING_SECRET is set but SLACK_PORT is not; set the port to listen on, for example 3000"


@contextlib.asynccontextmanager
async def _socket_mode(app: AsyncApp, app_token: str) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app, app_token)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        log.info("slack.connected", mode="socket")
        yield None
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@contextlib.asynccontextmanager
async def _signed_http(app: AsyncApp, port: int) -> AsyncIterator[int]:
    web_app = app.web_app(path=EVENTS_PATH, port=port)
    web_app.router.add_get(HEALTH_PATH, _healthy)
    runner = web.AppRunner(web_app)
    await runner.setup()
    try:
        await web.TCPSite(runner, _ALL_INTERFACES, port).start()
        bound: int = runner.addresses[0][1]
        log.info("slack.connected", mode="http", port=bound, path=EVENTS_PATH)
        yield bound
    finally:
        await runner.cleanup()


async def _healthy(_: web.Request) -> web.Response:
    return web.Response(text="ok")


class _InFlight:
    """Counts the listeners that run, at the two places Bolt offers for it."""

    def __init__(self, app: AsyncApp) -> None:
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        app.listener_runner.listener_start_handler = _Started(self)
        app.listener_runner.listener_completion_handler = _Completed(self)

    def change(self, by: int) -> None:
        self._running += by
        if self._running:
            self._idle.clear()
        else:
            self._idle.set()

    async def drained(self) -> None:
        try:
            await asyncio.wait_for(self._idle.wait(), _LAST_ANSWERS_SECONDS)
        except TimeoutError:
            log.warning("slack.answers_abandoned", count=self._running)


class _Started(AsyncListenerStartHandler):
    def __init__(self, in_flight: _InFlight) -> None:
        self._in_flight = in_flight

    async def handle(
        self,
        request: AsyncBoltRequest,  # noqa: ARG002 - Bolt's signature
        response: BoltResponse | None,  # noqa: ARG002
    ) -> None:
        self._in_flight.change(+1)


class _Completed(AsyncListenerCompletionHandler):
    def __init__(self, in_flight: _InFlight) -> None:
        self._in_flight = in_flight

    async def handle(
        self,
        request: AsyncBoltRequest,  # noqa: ARG002 - Bolt's signature
        response: BoltResponse | None,  # noqa: ARG002
    ) -> None:
        self._in_flight.change(-1)
