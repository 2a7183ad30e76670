"""Building an index: read, split, embed what is new, and swap the result in whole."""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from bot.handbook.clean import fold
from bot.handbook.embed import Embedder, LexicalOnly, Vectors, default_embedder
from bot.handbook.errors import HandbookError, NothingToIndex
from bot.handbook.lexical import KeywordIndex
from bot.handbook.load import load
from bot.handbook.model import FileProblem, IndexReport, Page, Progress, Section
from bot.handbook.questions import place_questions, texts_to_embed, with_own_questions
from bot.handbook.split import split
from bot.handbook.store import FORMAT, Generation, Manifest, begin, building, current, publish, sweep, unfinished
from bot.handbook.vault import Vault, text_id, unit
from bot.handbook.vectors import BATCH, VectorStore, open_client

logger = logging.getLogger(__name__)

EMBED_BATCH = 16
"""Texts between two calls of the progress callback."""

MAX_GONE = 10_000
"""Keys of deleted sections that are remembered, so that an old answer's citation can be explained."""


def _silent(_step: str, _done: int, _total: int) -> None:
    """No one is watching."""


def build_index(
    paths: Sequence[Path],
    index_dir: Path,
    *,
    embedder: Embedder | None = None,
    chroma_url: str | None = None,
    progress: Progress = _silent,
) -> IndexReport:
    """Index `paths` (files or folders) and put the result into service in place of what was there.

    `embedder` None means the shipped model. Raises NothingToIndex if no page can be read and IndexBusy if
    another process builds; in both cases, and if this process dies, the old index stays in service.
    """
    started = time.monotonic()
    with building(index_dir):
        gathered = gather(paths, progress)
        previous = _previous(index_dir)
        older = [*([previous] if previous else []), *unfinished(index_dir, previous)]
        run = _Run(begin(index_dir), embedder or default_embedder(), chroma_url, progress)
        run.write(gathered, older)
        publish(index_dir, run.generation)
        run.retire(sweep(index_dir, run.generation, previous))
    return run.report(gathered, time.monotonic() - started)


@dataclass
class Gathered:
    """The sections of all pages, and what went wrong on the way."""

    files: int = 0
    sections: list[Section] = field(default_factory=list)
    questions: list[tuple[Page, list[int]]] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)
    duplicates: int = 0

    def take(self, page: Page, known: dict[str, str]) -> None:
        """Add the sections of `page` except those whose words stand in the handbook already."""
        sections, problems = with_own_questions(page, split(page))
        self.problems += problems
        mine: list[int] = []
        for section in sections:
            key = known.setdefault(fold(section.text), section.key)
            if key == section.key:
                mine.append(len(self.sections))
                self.sections.append(section)
            else:
                self.duplicates += 1
                reason = f"{section.key} repeats {key} word for word and is left out"
                self.problems.append(FileProblem(page.path, reason, "keep the text in one place", skipped=False))
        if page.questions.whole and mine:
            self.questions.append((page, mine))


def gather(paths: Sequence[Path], progress: Progress = _silent) -> Gathered:
    """Read and split everything below `paths`. Raises NothingToIndex if no section comes of it."""
    progress("reading", 0, 1)
    pages, problems = load(paths)
    gathered = Gathered(files=len(pages), problems=problems)
    known: dict[str, str] = {}
    for page in pages:
        gathered.take(page, known)
    if not gathered.sections:
        listed = "".join(f"\n  {problem}" for problem in problems)
        raise NothingToIndex(f"no handbook page found in {', '.join(map(str, paths)) or 'no path'}{listed}")
    progress("reading", 1, 1)
    return gathered


def _previous(index_dir: Path) -> Generation | None:
    try:
        return current(index_dir)
    except HandbookError:
        return None


class _Run:
    """One generation in the making."""

    def __init__(self, generation: Generation, embedder: Embedder, chroma_url: str | None, progress: Progress) -> None:
        self.generation, self.embedder, self.chroma_url, self.progress = generation, embedder, chroma_url, progress
        self.embedded = self.reused = 0

    @property
    def degraded(self) -> str | None:
        if self.embedder.dimension:
            return None
        return self.embedder.reason if isinstance(self.embedder, LexicalOnly) else "built without a model"

    def write(self, gathered: Gathered, older: Sequence[Generation]) -> None:
        """Write every file of the generation; vectors that `older` ones hold are taken over."""
        vault = self._vault(gathered, older) if self.embedder.dimension else None
        place_questions(gathered.sections, gathered.questions, vault)
        if vault:
            self._write_vectors(gathered.sections, vault)
        KeywordIndex.build(section.searchable for section in gathered.sections).save(self.generation.keywords)
        self.generation.write(self._manifest(), gathered.sections, gone(gathered.sections, older))

    def _vault(self, gathered: Gathered, older: Sequence[Generation]) -> Vault:
        texts = {text_id(text): text for text in texts_to_embed(gathered.sections, gathered.questions)}
        vault = Vault.create(self.generation.folder, list(texts), self.embedder.dimension, self.embedder.sha256)
        for generation in older:
            if before := Vault.of_model(generation.folder, self.embedder.sha256):
                self.reused += vault.take_over(before)
        missing = vault.missing()
        self.embedded = len(missing)
        for start in range(0, len(missing), EMBED_BATCH):
            self.progress("embedding", start, len(missing))
            part = missing[start : start + EMBED_BATCH]
            vault.rows[part] = self.embedder.embed([texts[vault.ids[at]] for at in part])
        self.progress("embedding", len(missing), len(missing))
        return vault

    def _write_vectors(self, sections: Sequence[Section], vault: Vault) -> None:
        """Store passages and questions for the nearest-neighbour search, and one vector a section."""
        texts = (text for section in sections for text in (*section.passages, *section.questions))
        ids = list(dict.fromkeys(text_id(text) for text in texts))
        client = open_client(self.generation.vectors, self.chroma_url)
        VectorStore.create(client, _collection(self.generation.folder.name)).add(self._stored(vault, ids))
        client.close()
        np.save(self.generation.section_vectors, section_vectors(sections, vault))

    def _stored(self, vault: Vault, ids: Sequence[str]) -> Iterator[tuple[list[str], Vectors]]:
        done = 0
        for part, rows in vault.batches(ids, BATCH):
            self.progress("storing", done, len(ids))
            yield part, rows
            done += len(part)
        self.progress("storing", len(ids), len(ids))

    def _manifest(self) -> Manifest:
        return Manifest(
            format=FORMAT,
            model_id=self.embedder.model_id,
            model_sha256=self.embedder.sha256,
            dimension=self.embedder.dimension,
            collection=_collection(self.generation.folder.name),
            chroma_url=self.chroma_url,
            degraded=self.degraded,
        )

    def retire(self, generations: Sequence[str]) -> None:
        """Drop the collections of `generations` from a Chroma server; others may use the same server."""
        if self.chroma_url is None or not generations:
            return
        client = open_client(self.generation.vectors, self.chroma_url)
        for collection in client.list_collections():
            if collection.name in {_collection(name) for name in generations}:
                client.delete_collection(collection.name)

    def report(self, gathered: Gathered, seconds: float) -> IndexReport:
        return IndexReport(
            files=gathered.files,
            sections=len(gathered.sections),
            passages=sum(len(section.spans) for section in gathered.sections),
            embedded=self.embedded,
            reused=self.reused,
            duplicates=gathered.duplicates,
            problems=tuple(gathered.problems),
            seconds=seconds,
            generation=self.generation.folder,
            model_id=self.embedder.model_id,
            degraded=self.degraded,
        )


def _collection(generation: str) -> str:
    return f"handbook-{generation}"


def section_vectors(sections: Sequence[Section], vault: Vault) -> Vectors:
    """Return one unit vector a section: halfway between what its heading says and what its passages say together."""
    rows = np.empty((len(sections), vault.rows.shape[1]), dtype=np.float32)
    for at, section in enumerate(sections):
        passages = vault.rows[vault.at([text_id(text) for text in section.passages])]
        rows[at] = vault[text_id(section.heading)] + unit(passages.mean(axis=0))
    return unit(rows)


def gone(sections: Iterable[Section], older: Sequence[Generation]) -> dict[str, str]:
    """Return title by key of sections that were citable once and are no more, the latest first, at most MAX_GONE."""
    titles: dict[str, str] = {}
    for generation in older:
        with suppress(HandbookError):
            titles = {section.key: section.title for section in generation.sections()} | titles
            titles |= {key: title for key, title in generation.gone().items() if key not in titles}
    for section in sections:
        titles.pop(section.key, None)
    return dict(islice(titles.items(), MAX_GONE))
