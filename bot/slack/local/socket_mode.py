"""Socket Mode: websockets the app opens, envelopes it acknowledges by id."""

import asyncio
import json
import logging
import secrets
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from bot.slack.local.delivery import ACK_SECONDS, Delivery, in_time
from bot.slack.local.errors import NoAppConnected

MAX_SOCKETS = 10
CONNECT_SECONDS = 5.0
SECONDS_UNTIL_REFRESH = 18_060

logger = logging.getLogger(__name__)


class SocketMode:
    """The server side of Socket Mode.

    Each payload goes to one of the open sockets, in turn. An address from `apps.connections.open`
    opens one socket only.
    """

    def __init__(
        self, app_id: str, *, ack_seconds: float = ACK_SECONDS, connect_seconds: float = CONNECT_SECONDS
    ) -> None:
        self._app_id = app_id
        self._ack_seconds = ack_seconds
        self._connect_seconds = connect_seconds
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._turn = 0
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._connected = asyncio.Event()
        self.acknowledged_by: list[int] = []
        """Which socket acknowledged, in order, for tests with several sockets."""

    def new_ticket(self) -> str:
        """The secret part of a websocket address."""
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        return ticket

    @property
    def open_sockets(self) -> int:
        """How many sockets the app holds open."""
        return len(self._sockets)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The websocket endpoint: say hello, then read acknowledgements until the app leaves."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404, text="unknown or used ticket")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._sockets) >= MAX_SOCKETS:
            await self._ask_to_leave(socket, "too_many_websockets")
            await socket.close()
            return socket
        self._sockets.append(socket)
        await socket.send_json(self._hello())
        self._connected.set()
        try:
            await self._read(socket)
        finally:
            self._forget(socket)
        return socket

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._sockets),
            "debug_info": {"host": "local", "approximate_connection_time": SECONDS_UNTIL_REFRESH},
            "connection_info": {"app_id": self._app_id},
        }

    async def _read(self, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                self._acknowledge(socket, json.loads(frame.data))

    def _acknowledge(self, socket: web.WebSocketResponse, answer: dict[str, Any]) -> None:
        waiting = self._waiting.get(answer.get("envelope_id", ""))
        if waiting is None or waiting.done():
            logger.warning("the app acknowledged an unknown or late envelope: %s", answer.get("envelope_id"))
            return
        self.acknowledged_by.append(id(socket))
        waiting.set_result(answer)

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._sockets:
            self._sockets.remove(socket)
        if not self._sockets:
            self._connected.clear()

    async def deliver(self, delivery: Delivery, *, retry_reason: str | None = None) -> None:
        """Send one envelope and wait for its acknowledgement. Raises NoAppConnected."""
        socket = await self._next_socket()
        envelope_id = str(uuid.uuid4())
        envelope = {
            "envelope_id": envelope_id,
            "payload": delivery.payload,
            "type": delivery.kind,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": delivery.attempt, "retry_reason": retry_reason or ""}
        self._waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await socket.send_json(envelope)
            await in_time(self._note_answer(delivery, envelope_id), self._ack_seconds)
        finally:
            del self._waiting[envelope_id]

    async def _note_answer(self, delivery: Delivery, envelope_id: str) -> None:
        answer = await self._waiting[envelope_id]
        delivery.acked, delivery.body = True, answer.get("payload") or None

    async def _next_socket(self) -> web.WebSocketResponse:
        try:
            await asyncio.wait_for(self._connected.wait(), self._connect_seconds)
        except TimeoutError as error:
            raise NoAppConnected(f"no socket was opened within {self._connect_seconds:g} seconds") from error
        self._turn += 1
        return self._sockets[self._turn % len(self._sockets)]

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every socket to leave, as Slack does when it moves connections; they get nothing more."""
        for socket in list(self._sockets):
            self._forget(socket)
            await self._ask_to_leave(socket, reason)

    async def _ask_to_leave(self, socket: web.WebSocketResponse, reason: str) -> None:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})

    async def close(self) -> None:
        """End all sockets without a word."""
        for socket in list(self._sockets):
            await socket.close()
