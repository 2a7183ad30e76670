"""Nearest passages by Chroma: embedded in the generation's folder, or on a `chroma run` server.

Embeddings are always passed in, under the hash of their text (see `vault`).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from bot.handbook.embed import Vectors

BATCH = 500

SEARCH_BREADTH = 200
"""Candidates HNSW weighs; at least as many as are asked for, or it returns fewer."""


def open_client(folder: Path, url: str | None) -> Any:
    """Return a Chroma client for `url`, or for the embedded store in `folder`."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    if url is None:
        return chromadb.PersistentClient(str(folder), settings=settings)
    parts = urlparse(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 8000)
    return chromadb.HttpClient(parts.hostname or url, port, ssl=secure, settings=settings)


class VectorStore:
    """The vectors of one generation. Safe for searching from several threads."""

    def __init__(self, collection: Any) -> None:
        self._collection = collection

    @classmethod
    def create(cls, client: Any, name: str) -> "VectorStore":
        """Return a new, empty store."""
        space = {"hnsw": {"space": "cosine", "ef_search": SEARCH_BREADTH}}
        return cls(client.create_collection(name, embedding_function=None, configuration=space))

    @classmethod
    def open(cls, client: Any, name: str) -> "VectorStore":
        """Return the store `name`; Chroma's own error if it is gone."""
        return cls(client.get_collection(name, embedding_function=None))

    def add(self, batches: Iterable[tuple[Sequence[str], Vectors]]) -> None:
        """Store vectors by text id, a batch at a time."""
        for ids, vectors in batches:
            self._collection.add(ids=list(ids), embeddings=vectors)

    def nearest(self, vector: Vectors, count: int = SEARCH_BREADTH) -> dict[str, float]:
        """Return the cosine of the `count` nearest texts by text id."""
        rows = self._collection.query(query_embeddings=[vector], n_results=count, include=["distances"])
        return {one: 1.0 - distance for one, distance in zip(rows["ids"][0], rows["distances"][0], strict=True)}
