"""The words of the check, from `knowledge/playbook/grounding.yaml`, compiled."""

import re
import unicodedata
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from bot.coach.evidence.cues import Pattern
from bot.coach.ground.model import Reason

TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


class Lexicon(BaseModel):
    """Which words need support and which carry none.

    `plain` words assert nothing by themselves. `negators` turn a statement round; `negative` words do so
    and need support as well. `qualifiers` limit a statement, `with_figure` only beside a number or date:
    where the fact has one, the claim keeps it. Words of one line of `same` stand for each other.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    plain: tuple[str, ...]
    negators: tuple[str, ...]
    negative: tuple[str, ...]
    qualifiers: tuple[str, ...]
    with_figure: tuple[str, ...]
    same: tuple[str, ...]
    units: tuple[str, ...]
    blocked: dict[Reason, tuple[Pattern, ...]]

    def folded(self, word: str) -> str:
        """One word as the check compares it: lower case, no plural, one of several equal words."""
        bare = fold(word)
        return self._canonical.get(bare, bare)

    def unit(self, word: str) -> str | None:
        """The unit a word after a number stands for; None if it is none."""
        name = self.folded(word)
        return name if name in self._units else None

    @cached_property
    def _canonical(self) -> dict[str, str]:
        groups = [[fold(word) for word in line.split()] for line in self.same]
        return {word: group[0] for group in groups for word in group}

    @cached_property
    def _units(self) -> frozenset[str]:
        return self._set(self.units)

    @cached_property
    def plain_words(self) -> frozenset[str]:
        """Words that assert nothing."""
        return self._set(self.plain)

    @cached_property
    def turning(self) -> frozenset[str]:
        """Words that turn a statement round and carry no other meaning."""
        return self._set(self.negators)

    @cached_property
    def negative_words(self) -> frozenset[str]:
        """Words that turn a statement round and need support themselves."""
        return self._set(self.negative)

    @cached_property
    def limits(self) -> frozenset[str]:
        """Words a claim may not drop."""
        return self._set(self.qualifiers)

    @cached_property
    def figure_limits(self) -> frozenset[str]:
        """Words a claim may not drop beside a figure."""
        return self._set(self.with_figure)

    @cached_property
    def forbidden(self) -> tuple[tuple[Reason, re.Pattern[str]], ...]:
        """What no claim may hold, whatever it cites."""
        return tuple(
            (reason, re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE))
            for reason, patterns in self.blocked.items()
        )

    def _set(self, words: tuple[str, ...]) -> frozenset[str]:
        return frozenset(self.folded(word) for line in words for word in line.split())


def fold(word: str) -> str:
    """Lower case without possessive, accent variants composed, plural taken off."""
    bare = re.sub(r"['’]s$", "", word.casefold())
    if len(bare) > 4 and bare.endswith("ies"):
        return bare[:-3] + "y"
    return bare[:-1] if len(bare) > 3 and bare.endswith("s") and bare[-2] not in "suia" else bare


def tidy(text: str) -> str:
    """Text in one normal form: composed characters, no invisible ones, single spaces, plain dashes."""
    shown = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return " ".join(shown.translate(_DASHES).split())
