"""Keyword search over whole sections: BM25, with the words of a sales team."""

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from bot.handbook.errors import INDEX_FIX, NoIndex

Scores = NDArray[np.float32]

MAX_WORD = 40
"""Longer "words" are keys, hashes or attacks; nobody searches for them."""

MAX_QUERY_WORDS = 200

MIN_COLLECTION = 80
"""Sections below which rarity cannot be counted: in a handbook of one page every word it uses would be common."""

_NO_WORD = "\0"
"""Stands for a section without words, which the engine cannot index; no question contains it."""

_WORD = re.compile(r"[^\W_]+(?:['’&][^\W_]+)*")
_STOP = frozenset(
    "a about am an and any are as at be been being but by can can't could did didn't do does doesn't doing "
    "don't for from had has have having he her him his how i i'm i've if in into is isn't it it's its just "
    "let's me my no not of on or our out over own she should so some such than that the their them then there "
    "these they this those to too up us was we were what what's when where which while who whom why will with "
    "won't would you your".split()
)


class Slang(BaseModel):
    """One line of the lexicon: what people type, and the words the handbook uses for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: tuple[str, ...] = Field(min_length=1)
    means: str = Field(min_length=1)


class Lexicon(BaseModel):
    """`knowledge/playbook/lexicon.yaml`. A term written in capitals (`MAP`) is only met in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    terms: tuple[Slang, ...]

    def meanings(self, query: str) -> list[str]:
        """Return the meanings of the terms that stand in `query` as whole words, each once."""
        typed = " ".join(_WORD.findall(query))
        lowered = typed.lower()
        found = (slang.means for slang in self.terms if any(_says(typed, lowered, term) for term in slang.says))
        return list(dict.fromkeys(found))

    def known(self) -> frozenset[str]:
        """Return the words of the lexicon itself: they belong to this trade even if no page uses them."""
        return frozenset(word for slang in self.terms for term in slang.says for word in words(term))


def _says(typed: str, lowered: str, term: str) -> bool:
    where = typed if term.isupper() else lowered
    return f" {term} " in f" {where} "


def words(text: str) -> list[str]:
    """Return the words of `text` as BM25 counts them: lower case, singular, without stop words."""
    return [_singular(word) for word in plain_words(text) if word not in _STOP and len(word) <= MAX_WORD]


def plain_words(text: str) -> list[str]:
    """Return the words of `text` in lower case, as written."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower().replace("’", "'"))


def _singular(word: str) -> str:
    """Fold plurals; a full stemmer found no more on the development questions."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word.removesuffix("'s").removesuffix("s")
    return word


class KeywordIndex:
    """BM25 over the sections of one index. Safe for reading from several threads."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._vocabulary: dict[str, int] = engine.vocab_dict
        self._starts = engine.scores["indptr"]
        self._count: int = engine.scores["num_docs"]

    @classmethod
    def build(cls, texts: Iterable[str]) -> "KeywordIndex":
        """Index `texts`; positions in every answer follow their order."""
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)
        engine = bm25s.BM25(method="lucene")
        engine.index([words(text) or [_NO_WORD] for text in texts], show_progress=False)
        return cls(engine)

    @classmethod
    def load(cls, folder: Path) -> "KeywordIndex":
        """Read what `save` wrote. Raises NoIndex if it is damaged."""
        import bm25s

        try:
            return cls(bm25s.BM25.load(str(folder)))
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise NoIndex(f"{folder}: the keyword index is damaged or incomplete; {INDEX_FIX}") from error

    def save(self, folder: Path) -> None:
        """Write the index to `folder`."""
        self._engine.save(str(folder), show_progress=False)

    def scores(self, query: Sequence[str]) -> Scores:
        """Return the BM25 score of every section for the words of `query`; 0 where none of them occurs."""
        known = [self._vocabulary[word] for word in query[:MAX_QUERY_WORDS] if word in self._vocabulary]
        if not known:
            return np.zeros(self._count, dtype=np.float32)
        return np.asarray(self._engine.get_scores_from_ids(known), dtype=np.float32)

    def coverage(self, query: Sequence[str], known: frozenset[str] = frozenset()) -> float:
        """Return how much of the query, weighted by the rarity of its words, the handbook knows: 0 to 1.

        Words in `known` count as known although no section uses them. A query without words counts 0.
        """
        wanted = dict.fromkeys(query[:MAX_QUERY_WORDS])
        total = sum(self.rarity(word) for word in wanted)
        met = sum(self.rarity(word) for word in wanted if word in known or self._frequency(word))
        return met / total if total else 0.0

    def rarity(self, word: str) -> float:
        """Return the inverse document frequency of `word`; highest for words the handbook never uses."""
        found = self._frequency(word)
        return float(np.log(1 + (max(self._count, MIN_COLLECTION) - found + 0.5) / (found + 0.5)))

    def _frequency(self, word: str) -> int:
        at = self._vocabulary.get(word)
        return 0 if at is None else int(self._starts[at + 1] - self._starts[at])
