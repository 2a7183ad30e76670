"""One opened generation: every section scored against a question, by keywords and by meaning.

Keywords are weighed over whole sections and over headings; meaning over small passages, over the questions a section
was written for, and over the section as a whole (`fusion`).
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bot.handbook.embed import Embedder, Vectors
from bot.handbook.errors import INDEX_FIX, EmbeddingFailed, IndexMismatch, NoIndex
from bot.handbook.fusion import Parts, fused, min_max
from bot.handbook.lexical import KeywordIndex, Lexicon, Scores, plain_words, words
from bot.handbook.model import Section
from bot.handbook.relevance import SearchSettings, Signs, keyword_relevance, relevance
from bot.handbook.routing import Route, Router
from bot.handbook.store import Generation, Manifest
from bot.handbook.tagged import TagIndex
from bot.handbook.vault import Vault, text_id
from bot.handbook.vectors import SEARCH_BREADTH, VectorStore, open_client

logger = logging.getLogger(__name__)

MAX_EXACT = 5_000
"""Passages of a filtered search that are compared one by one; beyond, the nearest of all are filtered."""


SURE = 0.5
"""Cosine to an example from which a refused question may be told that its answer lives there."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """All sections against one question.

    `relevance` 1 is just at the floor; it may be below 0. `cosines` holds the nearest texts by id; empty without
    a model. `route` is where the question seems to belong if not to the handbook.
    """

    scores: Scores
    relevance: float
    cosines: dict[str, float]
    query: list[str]
    route: Route | None


class Snapshot:
    """One generation, opened: immutable, shared by all threads."""

    def __init__(
        self, generation: Generation, embedder: Embedder, settings: SearchSettings, lexicon: Lexicon, router: Router
    ) -> None:
        self.name = generation.folder.name
        manifest = generation.manifest()
        self.sections = generation.sections()
        self.gone = generation.gone()
        self.settings, self.lexicon, self._router = settings, lexicon, router
        self.by_key = {section.key: section for section in self.sections}
        self.tags = TagIndex(self.sections)
        self._keywords = KeywordIndex.load(generation.keywords)
        self._headings = KeywordIndex.build(section.heading for section in self.sections)
        self._bare = np.array([not section.questions for section in self.sections], dtype=np.bool_)
        self.degraded = _why_degraded(manifest, embedder)
        self._embedder = embedder
        self._meanings = None if self.degraded else _Meanings(generation, manifest, self.sections)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the handbook, lower case, as written."""
        return frozenset(word for section in self.sections for word in plain_words(section.searchable))

    def rank(self, query: str, allowed: Scores | None = None) -> Ranking:
        """Score every section from 0 to 1, and the question as a whole by how much it is ours to answer.

        `allowed` is 1 for the sections that may be found and 0 for the rest; None allows all.
        """
        typed = words(query)
        keywords = self._keyword_scores(self._keywords, query, typed, allowed)
        known = self._keywords.coverage(typed, self._trade_words)
        signs = Signs(known, bool(self.lexicon.meanings(query)), self._router.matched(query))
        asked = self._embedded(query)
        if asked is None or self._meanings is None:
            return Ranking(keywords, keyword_relevance(signs, self.settings), {}, typed, signs.route)
        cosines = self._meanings.nearest(asked, allowed)
        own, wholes = self._meanings.by_question(cosines), self._meanings.by_section(asked, allowed)
        passages = np.maximum(self._meanings.by_passage(cosines), own)
        kind, elsewhere = self._router.nearest(asked)
        nearest = int(np.argmax(passages + wholes))
        signs = replace(signs, elsewhere=elsewhere, with_questions=self.sections[nearest].doc in self._with_questions)
        found = relevance(self._embedder.model_id, passages, wholes, signs, self.settings)
        route = signs.route or (kind if elsewhere >= SURE else None)
        headings = self._keyword_scores(self._headings, query, typed, allowed)
        parts = Parts(keywords, headings, passages, wholes, own)
        return Ranking(fused(parts, self._bare, self.settings), found, cosines, typed, route)

    @cached_property
    def _with_questions(self) -> frozenset[str]:
        """The pages that bring questions of their own."""
        return frozenset(section.doc for section in self.sections if section.questions)

    def _embedded(self, query: str) -> Vectors | None:
        """The vector of the question; None, and keywords answer, while an embedding service does not."""
        if self._meanings is None:
            return None
        try:
            return np.asarray(self._embedder.embed([query])[0])
        except EmbeddingFailed as error:
            logger.warning("this question is searched by keywords only: %s", error)
            return None

    @cached_property
    def _trade_words(self) -> frozenset[str]:
        return self.lexicon.known()

    def _keyword_scores(self, index: KeywordIndex, query: str, typed: list[str], allowed: Scores | None) -> Scores:
        added = [word for meaning in self.lexicon.meanings(query) for word in words(meaning) if word not in typed]
        scores = index.scores(typed) + np.float32(self.settings.lexicon_weight) * index.scores(added)
        return min_max(scores if allowed is None else scores * allowed)

    def best_passage(self, section: Section, ranking: Ranking) -> int:
        """Return which passage of `section` stands nearest to the question; by shared words if none was near."""

        def nearness(number: int) -> tuple[float, float]:
            text = section.passage_text(number)
            shared = set(words(text)) & set(ranking.query)
            return ranking.cosines.get(text_id(text), 0.0), sum(self._keywords.rarity(word) for word in shared)

        return max(range(len(section.spans)), key=nearness)


class _Meanings:
    """The vectors of one generation and the sections they belong to."""

    def __init__(self, generation: Generation, manifest: Manifest, sections: list[Section]) -> None:
        self._count = len(sections)
        self._store = _open_vectors(generation, manifest)
        self._vault, self._sections = _open_files(generation, self._count)
        self._holders = _holders((at, text) for at, one in enumerate(sections) for text in one.passages)
        self._askers = _holders((at, text) for at, one in enumerate(sections) for text in one.questions)
        owned = [(one, at) for texts in (self._holders, self._askers) for one, mine in texts.items() for at in mine]
        self._rows = np.array(self._vault.at([one for one, _ in owned]), dtype=np.intp)
        self._owners = np.array([at for _, at in owned], dtype=np.intp)

    def nearest(self, asked: Vectors, allowed: Scores | None) -> dict[str, float]:
        """Return cosines of the nearest texts; of the nearest in the allowed sections, if those are few."""
        mine = None if allowed is None else self._rows[allowed[self._owners] > 0]
        if mine is None or len(mine) > MAX_EXACT:
            return self._store.nearest(asked)
        cosines = self._vault.rows[mine] @ asked
        best = np.argsort(-cosines)[:SEARCH_BREADTH]
        return {self._vault.ids[mine[at]]: float(cosines[at]) for at in best}

    def by_passage(self, cosines: dict[str, float]) -> Scores:
        """Return the best cosine of each section's passages; 0 where none of them is near."""
        return self._best(self._holders, cosines)

    def by_question(self, cosines: dict[str, float]) -> Scores:
        """Return the best cosine of each section's own questions; 0 where none of them is near."""
        return self._best(self._askers, cosines)

    def _best(self, holders: dict[str, set[int]], cosines: dict[str, float]) -> Scores:
        scores = np.zeros(self._count, dtype=np.float32)
        for text, cosine in cosines.items():
            for at in holders.get(text, ()):
                scores[at] = max(scores[at], cosine)
        return scores

    def by_section(self, asked: Vectors, allowed: Scores | None) -> Scores:
        """Return the cosine of each section as a whole, never below 0."""
        cosines = np.maximum(self._sections @ asked, 0).astype(np.float32)
        return cosines if allowed is None else np.asarray(cosines * allowed)


def _holders(texts: Iterable[tuple[int, str]]) -> dict[str, set[int]]:
    """Return which sections hold a text, by its id."""
    holders: defaultdict[str, set[int]] = defaultdict(set)
    for at, text in texts:
        holders[text_id(text)].add(at)
    return dict(holders)


def _why_degraded(manifest: Manifest, embedder: Embedder) -> str | None:
    """Return why vectors cannot be used, or None. Raises IndexMismatch if they are another model's."""
    if not manifest.dimension:
        return f"the index was built without an embedding model ({manifest.degraded}); {INDEX_FIX}"
    try:
        if not embedder.dimension:
            return str(getattr(embedder, "reason", "no embedding model"))
    except EmbeddingFailed as error:
        return str(error)
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


def _open_files(generation: Generation, count: int) -> tuple[Vault, Vectors]:
    try:
        rows = np.load(generation.section_vectors)
        if rows.shape[0] != count:
            raise ValueError(f"{rows.shape[0]} vectors for {count} sections")
        return Vault.open(generation.folder), rows
    except (OSError, ValueError) as error:
        raise NoIndex(f"{generation.folder}: damaged or incomplete ({error}); {INDEX_FIX}") from error
