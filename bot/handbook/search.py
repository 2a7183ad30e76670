"""Searching the handbook: keywords over whole sections and meaning over small passages, added up.

Below the relevance floor nothing is returned: advice that does not fit is worse than none.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from bot.handbook.embed import Embedder, default_embedder
from bot.handbook.errors import INDEX_FIX, IndexMismatch, NoIndex
from bot.handbook.lexical import KeywordIndex, Lexicon, Scores, plain_words, words
from bot.handbook.model import Passage, Section
from bot.handbook.store import Generation, Manifest, current
from bot.handbook.vectors import VectorStore, open_client, text_id
from bot.playbook import load_playbook
from bot.resources import shipped

OFFER = 1 / 3
"""Share of the relevance floor from which the nearest page is still worth offering."""

ANCHORED = frozenset({".md", ".markdown", ".html", ".htm"})
"""Kinds of page a link can point into; others are linked as a whole."""


class SearchSettings(BaseModel):
    """`knowledge/playbook/handbook.yaml`: weights, relevance floors and boosts, with how they were measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keyword_share: float = Field(ge=0, le=1)
    lexicon_weight: float = Field(ge=0, le=2)
    floor: float = Field(gt=0, le=1)
    floor_keywords_only: float = Field(gt=0, le=1)
    stage_boost: float = Field(ge=0, le=1)
    element_boost: float = Field(ge=0, le=1)
    role_boost: float = Field(ge=0, le=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who asks and about what: pages tagged with it are preferred, untagged pages are never shut out."""

    stage: str | None = None
    elements: Sequence[str] = ()
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """All sections against one question.

    `relevance` 1 is just at the floor. `cosines` holds the nearest texts by id; empty without a model.
    """

    scores: Scores
    relevance: float
    cosines: dict[str, float]
    query: list[str]


class Snapshot:
    """One generation, opened: immutable, shared by all threads."""

    def __init__(self, generation: Generation, embedder: Embedder, settings: SearchSettings, lexicon: Lexicon) -> None:
        self.name = generation.folder.name
        self.sections = generation.sections()
        self.settings, self.lexicon = settings, lexicon
        self.by_key = {section.key: section for section in self.sections}
        self._keywords = KeywordIndex.load(generation.keywords)
        manifest = generation.manifest()
        self.degraded = _why_degraded(manifest, embedder)
        self._embedder = embedder
        self._vectors = None if self.degraded else _open_vectors(generation, manifest)
        self._holders = self._sections_by_text()

    def _sections_by_text(self) -> dict[str, set[int]]:
        holders: defaultdict[str, set[int]] = defaultdict(set)
        for at, section in enumerate(self.sections):
            for number in range(len(section.spans)):
                holders[text_id(section.passage_text(number))].add(at)
            for question in section.questions:
                holders[text_id(question)].add(at)
        return dict(holders)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the handbook, lower case, as written."""
        return frozenset(word for section in self.sections for word in plain_words(section.searchable))

    def rank(self, query: str) -> Ranking:
        """Score every section from 0 to 1, and the question as a whole by how much it is ours to answer."""
        typed = words(query)
        keywords = self._keyword_scores(query, typed)
        known = self._keywords.coverage(typed, self._trade_words)
        if self._vectors is None:
            return Ranking(keywords, known / self.settings.floor_keywords_only, {}, typed)
        cosines = self._vectors.nearest(self._embedder.embed([query])[0])
        share = self.settings.keyword_share
        nearest = max(cosines.values(), default=0.0)
        scores = share * keywords + (1 - share) * self._dense_scores(cosines, nearest)
        return Ranking(scores, nearest * known / self.settings.floor, cosines, typed)

    @cached_property
    def _trade_words(self) -> frozenset[str]:
        return self.lexicon.known()

    def _keyword_scores(self, query: str, typed: list[str]) -> Scores:
        added = [word for meaning in self.lexicon.meanings(query) for word in words(meaning) if word not in typed]
        return _min_max(
            self._keywords.scores(typed) + np.float32(self.settings.lexicon_weight) * self._keywords.scores(added)
        )

    def _dense_scores(self, cosines: dict[str, float], nearest: float) -> Scores:
        """The best cosine of each section over the best of all. The natural zero of a cosine is the lower end,
        so that sections outside the candidates lose nothing by the list being cut."""
        scores = np.zeros(len(self.sections), dtype=np.float32)
        for text, cosine in cosines.items():
            for at in self._holders.get(text, ()):
                scores[at] = max(scores[at], cosine)
        return scores / np.float32(nearest) if nearest > 0 else scores

    def best_passage(self, section: Section, ranking: Ranking) -> int:
        """Return which passage of `section` stands nearest to the question; by shared words if none was near."""

        def nearness(number: int) -> tuple[float, float]:
            text = section.passage_text(number)
            shared = set(words(text)) & set(ranking.query)
            return ranking.cosines.get(text_id(text), 0.0), sum(self._keywords.rarity(word) for word in shared)

        return max(range(len(section.spans)), key=nearness)


def _why_degraded(manifest: Manifest, embedder: Embedder) -> str | None:
    """Return why vectors cannot be used, or None. Raises IndexMismatch if they are another model's."""
    if not manifest.dimension:
        return f"the index was built without an embedding model ({manifest.degraded}); {INDEX_FIX}"
    if not embedder.dimension:
        return str(getattr(embedder, "reason", "no embedding model"))
    if (manifest.model_sha256, manifest.dimension) != (embedder.sha256, embedder.dimension):
        raise IndexMismatch(
            f"the index was built with {manifest.model_id} ({manifest.model_sha256[:12]}), the coach now runs"
            f" {embedder.model_id} ({embedder.sha256[:12]}); {INDEX_FIX}"
        )
    return None


def _open_vectors(generation: Generation, manifest: Manifest) -> VectorStore:
    try:
        return VectorStore.open(open_client(generation.vectors, manifest.chroma_url), manifest.collection)
    except Exception as error:  # Chroma and its HTTP client raise many kinds; to the asker they are one
        where = manifest.chroma_url or generation.vectors
        raise NoIndex(f"{where}: the vectors of the handbook cannot be read ({error}); {INDEX_FIX}") from error


def _min_max(scores: Scores) -> Scores:
    low, high = float(scores.min(initial=0.0)), float(scores.max(initial=0.0))
    return (scores - np.float32(low)) / np.float32(high - low) if high > low else np.zeros_like(scores)


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
        return next(iter(self._best(snapshot, ranking, 1, Wanted())), None) if ranking.relevance >= OFFER else None

    def _best(self, snapshot: Snapshot, ranking: Ranking, k: int, wanted: Wanted) -> list[Passage]:
        boosted = ranking.scores + np.array([self._boost(section, wanted) for section in snapshot.sections])
        order = [int(at) for at in np.argsort(-boosted, kind="stable") if ranking.scores[at] > 0][: max(k, 0)]
        return [
            self._passage(section, snapshot.best_passage(section, ranking), min(1.0, float(boosted[at])))
            for at, section in ((at, snapshot.sections[at]) for at in order)
        ]

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
