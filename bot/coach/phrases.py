"""The model of `knowledge/playbook/phrases.yaml`: languages other than English, and the little that is understood."""

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from bot.coach.evidence.cues import Pattern

_ENOUGH = 2  # words of a language that tell it


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Phrase(_Strict):
    """One question in another language and the English one it stands for."""

    cue: Pattern
    means: str


class Language(_Strict):
    """How one language is told, and what is said in it."""

    name: str
    words: frozenset[str] = Field(min_length=_ENOUGH)
    says: str
    note: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message in another language: the English question it stands for, None if none is known."""

    language: Language
    means: str | None


class PhraseBook(_Strict):
    """`phrases.yaml`."""

    english: frozenset[str]
    languages: tuple[Language, ...]

    def spoken(self, text: str) -> Spoken | None:
        """The language of `text` with what it asks; None for English and for what cannot be told."""
        words = set(re.findall(r"[^\W\d_]+", text.casefold()))
        if words & self.english:
            return None
        ranked = sorted(self.languages, key=lambda each: len(words & each.words), reverse=True)
        if not ranked or len(words & ranked[0].words) < _ENOUGH:
            return None
        fitting = (phrase for phrase in ranked[0].phrases if re.search(phrase.cue, text, re.IGNORECASE))
        return Spoken(ranked[0], next((phrase.means for phrase in fitting), None))
