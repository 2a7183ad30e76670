"""Searching the handbook: what a question finds, word for word, with its citation key.

Below the relevance floor nothing is returned: advice that does not fit is worse than none.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np

from bot.handbook.embed import Embedder, default_embedder
from bot.handbook.errors import IndexMismatch, NoIndex
from bot.handbook.lexical import Lexicon
from bot.handbook.model import Passage, Section
from bot.handbook.ranking import Ranking, Snapshot
from bot.handbook.relevance import SearchSettings
from bot.handbook.routing import Route, Router, Routes
from bot.handbook.store import current
from bot.handbook.tagged import NOTHING_SPECIAL, Wanted
from bot.playbook import load_playbook
from bot.resources import shipped

OFFER = 0.6
"""Share of the relevance floor from which the nearest page is still worth offering."""

ANCHORED = frozenset({".md", ".markdown", ".html", ".htm"})
"""Kinds of page a link can point into; others are linked as a whole."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a question found. `passages` is empty below the relevance floor.

    Then `near` is the nearest passage as an offer to look at (None for a question about something else altogether)
    and `route` tells where the answer lives, if that is known. `relevance` 1 is just at the floor.
    """

    passages: tuple[Passage, ...]
    relevance: float
    near: Passage | None = None
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class SearchRules:
    """The playbook files of this room."""

    settings: SearchSettings
    lexicon: Lexicon
    routes: Routes

    @classmethod
    def load(cls, folder: Path) -> "SearchRules":
        """Read them from a playbook folder; one without `routes.yaml` sends nothing elsewhere. Raises PlaybookError."""
        routes = folder / "routes.yaml"
        return cls(
            load_playbook(folder / "handbook.yaml", SearchSettings),
            load_playbook(folder / "lexicon.yaml", Lexicon),
            load_playbook(routes, Routes) if routes.is_file() else Routes(),
        )


class Handbook:
    """The handbook as its readers use it. One instance serves all threads and follows a re-index by itself."""

    def __init__(self, index_dir: Path, embedder: Embedder, base_url: str | None, rules: SearchRules) -> None:
        self._index_dir, self._embedder, self._base_url, self._rules = index_dir, embedder, base_url, rules
        self._router = Router(rules.routes, embedder)
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
        rules = SearchRules.load(playbook_dir or shipped("knowledge") / "playbook")
        return cls(Path(index_dir), embedder or default_embedder(), base_url, rules)

    def _open(self) -> Snapshot:
        rules = self._rules
        return Snapshot(current(self._index_dir), self._embedder, rules.settings, rules.lexicon, self._router)

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
        *,
        strict: bool = False,
    ) -> list[Passage]:
        """Return up to `k` passages, best first, one a section; empty if the handbook has nothing on `query`.

        `stage`, `elements` and `role` lift pages whose front matter names them; `strict` leaves out pages that
        name others instead.
        """
        return list(self.find(query, k, Wanted(stage, elements, role, strict)).passages)

    def find(self, query: str, k: int = 5, wanted: Wanted = NOTHING_SPECIAL) -> Finding:
        """Return what `search` returns, and where nothing was found, what to say instead."""
        snapshot = self._current()
        ranking = snapshot.rank(query, snapshot.tags.allowed(wanted))
        best = tuple(self._best(snapshot, ranking, k if ranking.relevance >= 1 else 1, wanted))
        if ranking.relevance >= 1:
            return Finding(best, ranking.relevance)
        near = best[0] if best and ranking.relevance >= OFFER else None
        return Finding((), ranking.relevance, near, ranking.route)

    def nearest(self, query: str) -> Passage | None:
        """Return the nearest passage even below the floor: an offer to look at, never an answer.

        None for a question about something else altogether.
        """
        finding = self.find(query, k=1)
        return finding.passages[0] if finding.passages else finding.near

    def _best(self, snapshot: Snapshot, ranking: Ranking, k: int, wanted: Wanted) -> list[Passage]:
        boosted = ranking.scores + snapshot.tags.boosts(wanted, snapshot.settings)
        order = [int(at) for at in np.argsort(-boosted, kind="stable")[: max(k, 0)] if ranking.scores[at] > 0]
        return [
            self._passage(section, snapshot.best_passage(section, ranking), min(1.0, float(boosted[at])))
            for at, section in ((at, snapshot.sections[at]) for at in order)
        ]

    def section(self, key: str) -> Section | None:
        """Return the section a citation key (or the id of one of its passages) names, or None."""
        by_key = self._current().by_key
        return by_key.get(key) or by_key.get(key.rpartition(":")[0])

    def gone(self, key: str) -> str | None:
        """Return the title of a section that an earlier index held under `key` and this one does not, else None."""
        titles = self._current().gone
        return titles.get(key) or titles.get(key.rpartition(":")[0])

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
