"""What ours is measured against, over the same sections: three usual set-ups and the best fusion of them."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.handbook.embed import Embedder, Vectors
from bot.handbook.lexical import KeywordIndex, words
from bot.handbook.model import Section

Search = Callable[[str], list[str]]
Scores = NDArray[np.float32]

NAIVE_CHARACTERS = 1_000
RRF_K = 60
"""The constant of the paper (Cormack, Clarke and Buettcher, SIGIR 2009)."""


class Baselines:
    """The usual set-ups over `sections`, with the embedding model ours uses."""

    NAMES = (
        "BM25, whole sections",
        "dense, 1000-character chunks",
        "RRF of BM25 and small passages",
        "min-max fusion of the same",
    )

    def __init__(self, sections: Sequence[Section], embedder: Embedder) -> None:
        self._keys = [section.key for section in sections]
        self._embedder = embedder
        self._keywords = KeywordIndex.build(_plain(section) for section in sections)
        passages = [[section.passage_text(at) for at in range(len(section.spans))] for section in sections]
        self._passages = self._embedded(passages)
        self._chunks = self._embedded([_chunks(section) for section in sections])

    def systems(self) -> dict[str, Search]:
        """Return each system by the name it has in the table."""
        scorers: tuple[Callable[[str], Scores], ...] = (
            self._bm25,
            lambda question: self._dense(question, *self._chunks),
            self._rrf,
            self._fusion,
        )
        return {name: self._search(score) for name, score in zip(self.NAMES, scorers, strict=True)}

    def _search(self, score: Callable[[str], Scores]) -> Search:
        return lambda question: self._top(score(question))

    def _embedded(self, texts: Sequence[Sequence[str]]) -> tuple[Vectors, NDArray[np.intp]]:
        owners = np.array([at for at, mine in enumerate(texts) for _ in mine], dtype=np.intp)
        return self._embedder.embed([text for mine in texts for text in mine]), owners

    def _bm25(self, question: str) -> Scores:
        return self._keywords.scores(words(question))

    def _dense(self, question: str, vectors: Vectors, owners: NDArray[np.intp]) -> Scores:
        best = np.full(len(self._keys), -1, dtype=np.float32)
        np.maximum.at(best, owners, vectors @ self._embedder.embed([question])[0])
        return best

    def _rrf(self, question: str) -> Scores:
        ranks = [np.argsort(np.argsort(-scores, kind="stable")) for scores in self._both(question)]
        return np.asarray(sum(1 / (RRF_K + rank + 1) for rank in ranks), dtype=np.float32)

    def _fusion(self, question: str) -> Scores:
        return np.asarray(sum(0.5 * _min_max(scores) for scores in self._both(question)))

    def _both(self, question: str) -> tuple[Scores, Scores]:
        return self._bm25(question), self._dense(question, *self._passages)

    def _top(self, scores: Scores) -> list[str]:
        return [self._keys[at] for at in np.argsort(-scores, kind="stable")[:10]]


def _plain(section: Section) -> str:
    """Title and text, without what our pages add for the search."""
    return f"{section.breadcrumb}\n{section.title}\n{section.text}"


def _chunks(section: Section) -> list[str]:
    text = section.text
    pieces = [text[start : start + NAIVE_CHARACTERS] for start in range(0, len(text), NAIVE_CHARACTERS)]
    return [f"{section.title}\n{piece}" for piece in pieces]


def _min_max(scores: Scores) -> Scores:
    low, high = scores.min(), scores.max()
    return np.asarray((scores - low) / (high - low)) if high > low else np.zeros_like(scores)
