"""Vectors in Chroma: embedded in the generation's folder, or on a `chroma run` server.

A vector is stored under the hash of its text, so the same words are embedded once however often they
stand in the handbook, and a rebuild can take over what did not change. Embeddings are always passed in.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import numpy as np

from bot.handbook.embed import Vectors

BATCH = 500

SEARCH_BREADTH = 200
"""Candidates HNSW weighs; at least as many as are asked for, or it returns fewer."""


def text_id(text: str) -> str:
    """Return the id a text's vector is stored under."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


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

    def add(self, vectors: Mapping[str, Vectors]) -> None:
        """Store vectors by text id."""
        ids = list(vectors)
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            self._collection.add(ids=part, embeddings=np.stack([vectors[one] for one in part]))

    def get(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Return the stored vectors among `ids`."""
        found: dict[str, Vectors] = {}
        for start in range(0, len(ids), BATCH):
            rows = self._collection.get(ids=list(ids[start : start + BATCH]), include=["embeddings"])
            found |= zip(rows["ids"], (np.asarray(row, dtype=np.float32) for row in rows["embeddings"]), strict=True)
        return found

    def nearest(self, vector: Vectors, count: int = SEARCH_BREADTH) -> dict[str, float]:
        """Return the cosine of the `count` nearest texts by text id."""
        rows = self._collection.query(query_embeddings=[vector], n_results=count, include=["distances"])
        return {one: 1.0 - distance for one, distance in zip(rows["ids"][0], rows["distances"][0], strict=True)}
