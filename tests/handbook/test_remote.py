"""OpenAI-compatible embeddings, against a real HTTP server that speaks the protocol."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.handbook import remote
from bot.handbook.embed import default_embedder
from bot.handbook.errors import EmbeddingFailed, IndexMismatch
from bot.handbook.index import build_index
from bot.handbook.remote import OpenAICompatible, configured_embedder
from bot.handbook.search import Handbook


class EmbeddingServer:
    """`POST /v1/embeddings` with the shipped model behind it; `answer` makes it misbehave."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.answer = "vectors"
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self.url = ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._loop.run_forever()

    async def _start(self) -> None:
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/v1/embeddings", self._embed)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        self._ready.set()

    async def _embed(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.requests.append(body)
        self.keys.append(request.headers.get("Authorization"))
        if self.answer == "refuse":
            return web.json_response({"error": {"message": "wrong key", "type": "invalid_request_error"}}, status=401)
        rows = default_embedder().embed(body["input"]).tolist()
        if self.answer == "short":
            rows = rows[:-1]
        data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
        return web.json_response({"object": "list", "data": data, "model": body["model"], "usage": {}})

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingServer]:
    monkeypatch.setattr(remote, "MAX_RETRIES", 0)
    running = EmbeddingServer()
    yield running
    running.stop()


def test_an_index_is_built_and_searched_over_the_wire(server: EmbeddingServer, pages: Path, tmp_path: Path) -> None:
    model = configured_embedder("text-embedding-local", server.url, "sk-test")
    report = build_index([pages], tmp_path, embedder=model)
    assert report.model_id == "openai:text-embedding-local"
    assert report.embedded > report.passages
    handbook = Handbook.open(tmp_path, embedder=model)
    assert handbook.degraded is None
    assert handbook.search("who decides in the end if the pilot passed")[0].key == "plays/pilot-book#1.2"
    assert {body["model"] for body in server.requests} == {"text-embedding-local"}
    assert all(isinstance(text, str) for body in server.requests for text in body["input"]), "text, not tokens"
    assert set(server.keys) == {"Bearer sk-test"}


def test_an_index_of_another_model_is_refused(server: EmbeddingServer, pages: Path, tmp_path: Path) -> None:
    build_index([pages], tmp_path, embedder=OpenAICompatible("one", server.url, "k"))
    with pytest.raises(IndexMismatch, match="coach handbook index"):
        Handbook.open(tmp_path, embedder=OpenAICompatible("two", server.url, "k"))
    with pytest.raises(IndexMismatch, match="coach handbook index"):
        Handbook.open(tmp_path)


@pytest.mark.parametrize("answer", ["refuse", "short"])
def test_a_service_that_fails_stops_indexing_and_leaves_the_old_index(
    server: EmbeddingServer, pages: Path, tmp_path: Path, answer: str
) -> None:
    build_index([pages], tmp_path)
    server.answer = answer
    with pytest.raises(EmbeddingFailed, match="COACH_EMBEDDING_MODEL"):
        build_index([pages], tmp_path, embedder=OpenAICompatible("one", server.url, "k"))
    assert Handbook.open(tmp_path).search("who decides if the pilot passed")


def test_a_service_that_dies_later_means_keywords(server: EmbeddingServer, pages: Path, tmp_path: Path) -> None:
    model = OpenAICompatible("one", server.url, "k")
    build_index([pages], tmp_path, embedder=model)
    handbook = Handbook.open(tmp_path, embedder=model)
    server.answer = "refuse"
    assert handbook.search("who is the judge of the pilot")[0].key == "plays/pilot-book#1.2"
    reopened = Handbook.open(tmp_path, embedder=OpenAICompatible("one", server.url, "k"))
    assert "COACH_EMBEDDING_MODEL" in (reopened.degraded or "")
    assert reopened.search("who is the judge of the pilot")[0].key == "plays/pilot-book#1.2"


def test_without_a_model_name_nothing_leaves_the_machine() -> None:
    assert configured_embedder(None, "http://127.0.0.1:1/v1", "k") is default_embedder()
