"""The real embedding model, which reads a text once a run: rooms and workers look up what another had it read."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from filelock import FileLock

from bot.handbook.embed import Vectors, default_embedder


class Remembering:
    """An `Embedder` that gives what `default_embedder` gives.

    Batches are kept in `folder`, for other processes too; single texts (questions) only in this one. Nothing
    outlives the run the folder belongs to, so no change of the model's code goes unseen.
    """

    def __init__(self, folder: Path) -> None:
        """Start with nothing known."""
        self._folder = folder
        self._known: dict[str, Vectors] = {}
        self._model = default_embedder()
        self.model_id, self.sha256, self.dimension = self._model.model_id, self._model.sha256, self._model.dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a row, in the order of `texts`."""
        if new := [text for text in dict.fromkeys(texts) if text not in self._known]:
            vectors = self._model.embed(new) if len(new) == 1 else self._batch(new)
            self._known.update(zip(new, vectors, strict=True))
        return np.stack([self._known[text] for text in texts])

    def _batch(self, texts: list[str]) -> Vectors:
        self._folder.mkdir(exist_ok=True)
        kept = self._folder / f"{hashlib.sha256(repr(texts).encode()).hexdigest()}.npy"
        with FileLock(f"{kept}.lock"):
            if not kept.exists():
                np.save(kept, self._model.embed(texts))
            vectors: Vectors = np.load(kept)
        return vectors
