"""One opened generation: every section scored against a question, by keywords and by meaning.

Keywords are weighed over whole sections, meaning over small passages, and the two are added up.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from bot.handbook.embed import Embedder
from bot.handbook.errors import INDEX_FIX, IndexMismatch, NoIndex
from bot.handbook.lexical import KeywordIndex, Lexicon, Scores, plain_words, words
from bot.handbook.model import Section
from bot.handbook.store import Generation, Manifest
from bot.handbook.vectors import VectorStore, open_client, text_id


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
