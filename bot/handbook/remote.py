"""Sentences to vectors by an OpenAI-compatible service: OpenAI itself, a gateway, or a model server of your own.

Used only where COACH_EMBEDDING_MODEL names a model: without it no text of the handbook leaves this machine.
"""

import hashlib
import logging
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from bot.handbook.embed import MAX_CHARACTERS, Embedder, Vectors, default_embedder
from bot.handbook.errors import EmbeddingFailed

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20.0
MAX_RETRIES = 2
BATCH = 128
"""Texts in one request; services commonly refuse more than a few hundred."""

_PROBE = "How long is a vector?"
_FIX = "check OPENAI_BASE_URL, OPENAI_API_KEY and COACH_EMBEDDING_MODEL, or unset the last to use the local model"


class OpenAICompatible:
    """Embeds through `POST {base_url}/embeddings`. Texts go as text, not as tokens, which other servers refuse.

    The weights behind a service cannot be hashed; the model's name and its dimension stand in for them.
    """

    def __init__(self, model: str, base_url: str | None = None, api_key: str | None = None) -> None:
        from langchain_openai import OpenAIEmbeddings
        from pydantic import SecretStr

        self.model_id = f"openai:{model}"
        options: dict[str, Any] = {
            "model": model,
            "base_url": base_url,
            "api_key": SecretStr(api_key or "unset"),
            "check_embedding_ctx_length": False,
            "chunk_size": BATCH,
            "max_retries": MAX_RETRIES,
            "timeout": TIMEOUT_SECONDS,
        }
        self._client = OpenAIEmbeddings(**options)

    @cached_property
    def dimension(self) -> int:
        """Length of a vector, asked once. Raises EmbeddingFailed if the service does not answer."""
        return int(self.embed([_PROBE]).shape[1])

    @property
    def sha256(self) -> str:
        """Identity of the model for the index."""
        return hashlib.sha256(f"{self.model_id}:{self.dimension}".encode()).hexdigest()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a row. Raises EmbeddingFailed, with the fix, whatever the service did wrong."""
        from openai import OpenAIError

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        try:
            rows = self._client.embed_documents([text[:MAX_CHARACTERS] or " " for text in texts])
            return _unit(np.array(rows, dtype=np.float32), len(texts))
        except (OpenAIError, ValueError, TypeError, KeyError) as error:
            reason = str(error).split("\n", 1)[0][:200]
            raise EmbeddingFailed(f"{self.model_id}: {type(error).__name__}: {reason}; {_FIX}") from error


def _unit(rows: Vectors, expected: int) -> Vectors:
    """Return `rows` at length one. Raises ValueError for an answer that is not one vector a text."""
    if rows.ndim != 2 or rows.shape[0] != expected or not np.isfinite(rows).all():
        raise ValueError(f"{expected} texts sent, an array of shape {rows.shape} came back")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not lengths.all():
        raise ValueError("a vector of length zero came back")
    return np.asarray(rows / lengths, dtype=np.float32)


def configured_embedder(model: str | None, base_url: str | None = None, api_key: str | None = None) -> Embedder:
    """Return the embedder the settings ask for; without a model name, the shipped local one."""
    return OpenAICompatible(model, base_url, api_key) if model else default_embedder()
