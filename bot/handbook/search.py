"""Searching the handbook: what a question finds, word for word, with its citation key.

Below the relevance floor nothing is returned: advice that does not fit is worse than none.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np

from bot.handbook.embed import Embedder, default_embedder
from bot.handbook.errors import IndexMismatch, NoIndex
from bot.handbook.lexical import Lexicon, Scores
from bot.handbook.model import Passage, Section
from bot.handbook.ranking import Ranking, SearchSettings, Snapshot
from bot.handbook.store import current
from bot.playbook import load_playbook
from bot.resources import shipped

OFFER = 1 / 3
"""Share of the relevance floor from which the nearest page is still worth offering."""

ANCHORED = frozenset({".md", ".markdown", ".html", ".htm"})
"""Kinds of page a link can point into; others are linked as a whole."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who asks and about what: pages tagged with it are preferred, untagged pages are never shut out."""

    stage: str | None = None
    elements: Sequence[str] = ()
    role: str | None = None


NOTHING_SPECIAL = Wanted()


class Handbook:
    """The handbook as its readers use it. One instance serves all threads and follows a re-index by itself."""

    def __init__(
        self, index_dir: Path, embedder: Embedder, base_url: str | None, settings: SearchSettings, lexicon: Lexicon
    ) -> None:
        self._index_dir, self._embedder, self._base_url = index_dir, embedder, base_url
        self._settings, self._lexicon = settings, lexicon
        self._lock = threading.Lock()
        self._snapshot = self._open()

    @classmethod
    def open(
        cls,
        index_dir: Path,
        embedder: Embedder | None = None,
        base_url: str | None = None,
        playbook_dir: Path | None = None,
    ) -> "Handbook":
        """Open the index in service.

        `embedder` None means the shipped model; `base_url` is where the pages can be read on the web. Raises NoIndex,
        IndexMismatch (both name the fix) or PlaybookError.
        """
        folder = playbook_dir or shipped("knowledge") / "playbook"
        settings = load_playbook(folder / "handbook.yaml", SearchSettings)
        lexicon = load_playbook(folder / "lexicon.yaml", Lexicon)
        return cls(Path(index_dir), embedder or default_embedder(), base_url, settings, lexicon)

    def _open(self) -> Snapshot:
        return Snapshot(current(self._index_dir), self._embedder, self._settings, self._lexicon)

    def _current(self) -> Snapshot:
        """Return the snapshot in service; after a re-index the next question opens the new one.

        A new index that cannot be opened leaves the open one answering until it is mended.
        """
        snapshot = self._snapshot
        try:
            if current(self._index_dir).folder.name == snapshot.name:
                return snapshot
            with self._lock:
                if current(self._index_dir).folder.name != self._snapshot.name:
                    self._snapshot = self._open()
                return self._snapshot
        except (NoIndex, IndexMismatch):
            return snapshot

    @property
    def degraded(self) -> str | None:
        """Why search is by keywords only, or None."""
        return self._current().degraded

    @property
    def size(self) -> int:
        """How many sections can be found."""
        return len(self._current().by_key)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the handbook in lower case: words that are no names of deals."""
        return self._current().vocabulary

    def search(
        self,
        query: str,
        k: int = 5,
        stage: str | None = None,
        elements: Sequence[str] = (),
        role: str | None = None,
    ) -> list[Passage]:
        """Return up to `k` passages, best first, one a section; empty if the handbook has nothing on `query`.

        `stage`, `elements` and `role` lift pages whose front matter names them.
        """
        snapshot = self._current()
        ranking = snapshot.rank(query)
        return self._best(snapshot, ranking, k, Wanted(stage, elements, role)) if ranking.relevance >= 1 else []

    def nearest(self, query: str) -> Passage | None:
        """Return the nearest passage even below the floor: an offer to look at, never an answer.

        None for a question about something else altogether.
        """
        snapshot = self._current()
        ranking = snapshot.rank(query)
        return (
            next(iter(self._best(snapshot, ranking, 1, NOTHING_SPECIAL)), None) if ranking.relevance >= OFFER else None
        )

    def _best(self, snapshot: Snapshot, ranking: Ranking, k: int, wanted: Wanted) -> list[Passage]:
        boosted = ranking.scores + self._boosts(snapshot.sections, wanted)
        order = [int(at) for at in np.argsort(-boosted, kind="stable") if ranking.scores[at] > 0][: max(k, 0)]
        return [
            self._passage(section, snapshot.best_passage(section, ranking), min(1.0, float(boosted[at])))
            for at, section in ((at, snapshot.sections[at]) for at in order)
        ]

    def _boosts(self, sections: Sequence[Section], wanted: Wanted) -> Scores:
        if wanted == NOTHING_SPECIAL:
            return np.zeros(len(sections), dtype=np.float32)
        return np.array([self._boost(section, wanted) for section in sections], dtype=np.float32)

    def _boost(self, section: Section, wanted: Wanted) -> float:
        tags, weights = section.tags, self._settings
        return (
            weights.stage_boost * _names(tags.stage, (wanted.stage,))
            + weights.element_boost * _names(tags.element, wanted.elements)
            + weights.role_boost * _names(tags.role, (wanted.role,))
        )

    def section(self, key: str) -> Section | None:
        """Return the section a citation key (or the id of one of its passages) names, or None."""
        by_key = self._current().by_key
        return by_key.get(key) or by_key.get(key.rpartition(":")[0])

    def neighbours(self, passage: Passage) -> list[Passage]:
        """Return the passages right before and after `passage` in its section, where there are any."""
        section = self.section(passage.key)
        if section is None:
            return []
        around = (passage.number - 1, passage.number + 1)
        return [self._passage(section, number, 0.0) for number in around if 0 <= number < len(section.spans)]

    def _passage(self, section: Section, number: int, score: float) -> Passage:
        return Passage(
            id=f"{section.key}:{number}",
            key=section.key,
            doc=section.doc,
            section=section.section,
            title=section.title,
            text=section.passage_text(number),
            score=round(score, 4),
            number=number,
            url=self._url(section),
            stage=section.tags.stage,
            element=section.tags.element,
        )

    def _url(self, section: Section) -> str | None:
        if not self._base_url:
            return None
        page = f"{self._base_url.rstrip('/')}/{quote(section.path)}"
        anchored = section.section and Path(section.path).suffix.lower() in ANCHORED
        return f"{page}#{quote(section.section)}" if anchored else page


def _names(tags: Sequence[str], asked: Iterable[str | None]) -> bool:
    return any(one is not None and one.lower() in tags for one in asked)
