"""Which sections carry which tag, looked up by tag: boosts and filters touch those sections only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.handbook.lexical import Scores
from bot.handbook.model import Section
from bot.handbook.relevance import SearchSettings


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who asks and about what. `strict` leaves out pages tagged for something else; untagged pages always stay."""

    stage: str | None = None
    elements: Sequence[str] = ()
    role: str | None = None
    strict: bool = False

    @property
    def tags(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The tag fields asked for, with their values in lower case."""
        asked = (
            ("stage", (self.stage,) if self.stage else ()),
            ("element", tuple(self.elements)),
            ("role", (self.role,) if self.role else ()),
        )
        return tuple((field, tuple(value.lower() for value in values)) for field, values in asked if values)


NOTHING_SPECIAL = Wanted()


class TagIndex:
    """Positions of sections by tag."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._count = len(sections)
        positions: defaultdict[tuple[str, str | None], list[int]] = defaultdict(list)
        for at, section in enumerate(sections):
            for field in ("stage", "element", "role"):
                for value in getattr(section.tags, field) or (None,):
                    positions[field, value].append(at)
        self._positions = {tag: np.array(found, dtype=np.intp) for tag, found in positions.items()}

    def boosts(self, wanted: Wanted, settings: SearchSettings) -> Scores:
        """Return what each section's score gains from its tags."""
        weights = {"stage": settings.stage_boost, "element": settings.element_boost, "role": settings.role_boost}
        gains = np.zeros(self._count, dtype=np.float32)
        for field, values in wanted.tags:
            gains[self._having(field, values)] += np.float32(weights[field])
        return gains

    def allowed(self, wanted: Wanted) -> Scores | None:
        """Return 1 for sections a strict search may find and 0 for the others; None if all may be found."""
        if not (wanted.strict and wanted.tags):
            return None
        mask = np.ones(self._count, dtype=np.float32)
        for field, values in wanted.tags:
            fits = np.zeros(self._count, dtype=np.float32)
            fits[self._having(field, (*values, None))] = 1
            mask *= fits
        return mask

    def _having(self, field: str, values: Iterable[str | None]) -> NDArray[np.intp]:
        """Positions with any of `values`, each once; None stands for sections without such a tag."""
        found = [self._positions[field, value] for value in values if (field, value) in self._positions]
        return np.unique(np.concatenate(found)) if found else np.array([], dtype=np.intp)
