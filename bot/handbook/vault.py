"""The vectors of one generation on disk, a row a text: written while the model runs, read without loading them whole.

A row is found by the hash of its text, so the same words are embedded once however often they stand in the handbook.
Rows are taken over from older generations, also from one whose builder was killed: a long run goes on where it ended.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from bot.handbook.embed import Vectors

logger = logging.getLogger(__name__)

_ROWS, _IDS, _MODEL = "vectors.npy", "vectors.ids", "vectors.model"


def text_id(text: str) -> str:
    """Return the id a text's vector is stored under."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Vault:
    """Vectors by text id, memory-mapped. A row of zeros is one the model has not come to yet."""

    def __init__(self, ids: Sequence[str], rows: Vectors) -> None:
        self.ids = ids
        self.rows = rows
        self._at = {one: at for at, one in enumerate(ids)}

    @classmethod
    def create(cls, folder: Path, ids: Sequence[str], dimension: int, sha256: str) -> "Vault":
        """Return an empty vault for `ids` in `folder`."""
        (folder / _MODEL).write_text(sha256, encoding="utf-8")
        (folder / _IDS).write_text("\n".join(ids), encoding="utf-8")
        shape = (max(len(ids), 1), dimension)
        rows = np.lib.format.open_memmap(folder / _ROWS, mode="w+", dtype=np.float32, shape=shape)
        return cls(ids, rows)

    @classmethod
    def open(cls, folder: Path) -> "Vault":
        """Open what `create` left. Raises OSError or ValueError if it is missing or damaged."""
        ids = (folder / _IDS).read_text(encoding="utf-8").split("\n")
        rows = np.load(folder / _ROWS, mmap_mode="r")
        if rows.ndim != 2 or rows.shape[0] != len(ids):
            raise ValueError(f"{folder / _ROWS}: {rows.shape} does not fit {len(ids)} texts")
        return cls(ids, rows)

    @classmethod
    def of_model(cls, folder: Path, sha256: str) -> "Vault | None":
        """Open the vault in `folder` if it is readable and of that model; an old one that is not costs time only."""
        try:
            if (folder / _MODEL).read_text(encoding="utf-8") != sha256:
                return None
            return cls.open(folder)
        except (OSError, ValueError) as error:
            logger.info("%s: vectors are not taken over (%s)", folder, error)
            return None

    def __getitem__(self, one: str) -> Vectors:
        return np.asarray(self.rows[self._at[one]])

    def at(self, ids: Sequence[str]) -> list[int]:
        """Return the rows of `ids`; all must be there."""
        return [self._at[one] for one in ids]

    def missing(self) -> list[int]:
        """Return the rows no model has filled yet."""
        return [int(at) for at in np.flatnonzero(~self.rows[: len(self.ids)].any(axis=1))]

    def take_over(self, older: "Vault") -> int:
        """Fill empty rows from `older` and return how many could be."""
        if older.rows.shape[1] != self.rows.shape[1]:
            return 0
        taken = 0
        for at in self.missing():
            found = older._at.get(self.ids[at])
            if found is not None and older.rows[found].any():
                self.rows[at] = older.rows[found]
                taken += 1
        return taken

    def batches(self, ids: Sequence[str], size: int) -> Iterator[tuple[list[str], Vectors]]:
        """Yield `ids` with their rows, `size` at a time."""
        for start in range(0, len(ids), size):
            part = list(ids[start : start + size])
            yield part, np.asarray(self.rows[self.at(part)])


def unit(rows: Vectors) -> Vectors:
    """Return `rows` at length one; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), dtype=np.float32)
