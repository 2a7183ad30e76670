"""The vectors on a Chroma server instead of in the index folder: several processes may then share them."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import chromadb
import pytest

from bot.handbook.index import build_index
from bot.handbook.search import Handbook

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(tmp_path / "server")]
    running = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the chroma server did not start")


def test_an_index_on_a_server_is_built_searched_and_rebuilt(server: str, pages: Path, tmp_path: Path) -> None:
    client = chromadb.HttpClient("127.0.0.1", int(server.rpartition(":")[2]))
    client.create_collection("handbook-of-somebody-else", embedding_function=None)
    index = tmp_path / "index"
    first = build_index([pages], index, chroma_url=server)
    handbook = Handbook.open(index)
    assert handbook.degraded is None
    assert handbook.search("who decides in the end if the pilot passed")[0].key == "plays/pilot-book#1.2"
    assert build_index([pages], index, chroma_url=server).reused == first.embedded
    build_index([pages], index, chroma_url=server)
    names = {collection.name for collection in client.list_collections()}
    assert len(names) == 3, "the current index, the one before, and what is not ours"
    assert "handbook-of-somebody-else" in names
    assert not (first.generation / "chroma").exists()
