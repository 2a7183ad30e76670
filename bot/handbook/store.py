"""Where an index lives on disk, and how a new one takes over.

    index_dir/
      current            names the generation in service; replaced atomically
      building.lock      held by the one process that builds
      g-<id>/            manifest.json  sections.json  gone.json  bm25/  vectors.*  sections.npy  chroma/

A generation is written once, in a folder of its own, and never changed after it is named in `current`.
So readers never see half an index, and a builder that is killed leaves nothing but a folder to sweep up.
The generation before the current one is kept for readers that still have it open.
"""

import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.handbook.errors import INDEX_FIX, IndexBusy, IndexMismatch, NoIndex
from bot.handbook.model import Section

FORMAT = 2
"""Raised when an older index cannot be read any more."""

_POINTER = "current"
_PREFIX = "g-"
_SECTIONS = TypeAdapter(list[Section])
_TITLES = TypeAdapter(dict[str, str])


class Manifest(BaseModel):
    """What a generation was built with. `dimension` 0 means without vectors."""

    format: int
    model_id: str
    model_sha256: str
    dimension: int
    collection: str
    chroma_url: str | None = None
    degraded: str | None = None


class Generation:
    """One index on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def keywords(self) -> Path:
        """Folder of the BM25 index."""
        return self.folder / "bm25"

    @property
    def vectors(self) -> Path:
        """Folder of the embedded Chroma store."""
        return self.folder / "chroma"

    @property
    def section_vectors(self) -> Path:
        """File of the vectors of whole sections, in their order."""
        return self.folder / "sections.npy"

    def write(self, manifest: Manifest, sections: Iterable[Section], gone: Mapping[str, str]) -> None:
        """Write everything but the search indexes."""
        _write(self.folder / "gone.json", json.dumps(gone, ensure_ascii=False).encode())
        _write(self.folder / "sections.json", _SECTIONS.dump_json(list(sections)))
        _write(self.folder / "manifest.json", manifest.model_dump_json(indent=2).encode())

    def manifest(self) -> Manifest:
        """Read the manifest. Raises NoIndex if damaged, IndexMismatch if of another format."""
        try:
            values = json.loads((self.folder / "manifest.json").read_bytes())
            found = values.get("format")
            if found == FORMAT:
                return Manifest.model_validate(values)
        except (OSError, ValueError, AttributeError) as error:
            raise _damaged(self.folder) from error
        raise IndexMismatch(f"{self.folder}: index format {found}, this program reads {FORMAT}; {INDEX_FIX}")

    def sections(self) -> list[Section]:
        """Read the sections. Raises NoIndex if damaged."""
        try:
            return _SECTIONS.validate_json((self.folder / "sections.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise _damaged(self.folder) from error

    def gone(self) -> dict[str, str]:
        """Read title by key of sections that an earlier index had. Raises NoIndex if damaged."""
        try:
            return _TITLES.validate_json((self.folder / "gone.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise _damaged(self.folder) from error


def _damaged(folder: Path) -> NoIndex:
    return NoIndex(f"{folder}: the handbook index is damaged or incomplete; {INDEX_FIX}")


def current(index_dir: Path) -> Generation:
    """Return the generation in service. Raises NoIndex if there is none."""
    try:
        name = (index_dir / _POINTER).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise NoIndex(f"{index_dir}: no handbook index; {INDEX_FIX}") from error
    folder = index_dir / name
    if not name.startswith(_PREFIX) or Path(name).name != name or not folder.is_dir():
        raise _damaged(index_dir)
    return Generation(folder)


def serving(index_dir: Path) -> Path | None:
    """Return the pointer file of `index_dir`, or None while nothing has been indexed there."""
    pointer = index_dir / _POINTER
    return pointer if pointer.is_file() else None


def begin(index_dir: Path) -> Generation:
    """Return an empty folder for a new generation; call only under `building`."""
    folder = index_dir / f"{_PREFIX}{uuid.uuid4().hex[:12]}"
    folder.mkdir(parents=True)
    return Generation(folder)


def publish(index_dir: Path, generation: Generation) -> None:
    """Put `generation` into service: readers see the old index or the new one, nothing between."""
    _write(index_dir / _POINTER, generation.folder.name.encode())


@contextmanager
def building(index_dir: Path) -> Iterator[None]:
    """Hold the right to build in `index_dir`. Raises IndexBusy at once if another process has it.

    The lock falls with the process that holds it, however that ends.
    """
    index_dir.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(index_dir / "building.lock", timeout=0):
            yield
    except Timeout as error:
        raise IndexBusy(f"{index_dir}: another process is indexing the handbook; wait until it is done") from error


def unfinished(index_dir: Path, *keep: Generation | None) -> list[Generation]:
    """Return generations other than `keep`: builders that were killed left them, and what they embedded is good."""
    kept = {one.folder.name for one in keep if one}
    return [Generation(folder) for folder in index_dir.glob(f"{_PREFIX}*") if folder.name not in kept]


def sweep(index_dir: Path, *keep: Generation | None) -> list[str]:
    """Remove generations that are neither in `keep` nor current, and return their names."""
    kept = {one.folder.name for one in keep if one}
    old = [folder for folder in index_dir.glob(f"{_PREFIX}*") if folder.is_dir() and folder.name not in kept]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return [folder.name for folder in old]


def _write(path: Path, data: bytes) -> None:
    """Replace `path` whole: a reader, or a crash, finds the old content or the new."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
