"""Questions a handbook is not the place for: prices, company rules, records, products, tools, the rest of the world.

The list is the team's (`knowledge/playbook/routes.yaml`). A route never forbids a page: it raises what a page must
show before it is returned, so a handbook that does hold the leave policy still answers with it.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.handbook.embed import Embedder, Vectors

MAX_QUESTION = 2_000
"""Characters of a question the patterns are tried on."""

NAME = r"(?-i:[A-ZÀ-Þ][\w-]+)"
"""What `<Name>` in a pattern stands for."""


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("<Name>", NAME), re.IGNORECASE)


def _is_pattern(pattern: str) -> str:
    try:
        _compiled(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


class Route(BaseModel):
    """One kind of question and where its answer lives; `answer` is said to the asker as it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    answer: str
    patterns: tuple[Annotated[str, AfterValidator(_is_pattern)], ...] = ()
    examples: tuple[str, ...] = Field(min_length=1)


class Routes(BaseModel):
    """`knowledge/playbook/routes.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    routes: tuple[Route, ...] = ()


class Router:
    """Judges how much a question belongs elsewhere. Safe for several threads."""

    def __init__(self, routes: Routes, embedder: Embedder) -> None:
        self._embedder = embedder
        self._patterns = [(_compiled(pattern), route) for route in routes.routes for pattern in route.patterns]
        self._examples = [(example, route) for route in routes.routes for example in route.examples]

    def matched(self, question: str) -> Route | None:
        """Return the first route one of whose patterns `question` meets."""
        asked = question[:MAX_QUESTION]
        return next((route for pattern, route in self._patterns if pattern.search(asked)), None)

    def nearest(self, asked: Vectors) -> tuple[Route | None, float]:
        """Return the route whose example stands nearest to the vector of a question, and that cosine."""
        if not self._examples:
            return None, 0.0
        cosines = self._vectors @ asked
        best = int(np.argmax(cosines))
        return self._examples[best][1], float(cosines[best])

    @cached_property
    def _vectors(self) -> Vectors:
        examples: Sequence[str] = [example for example, _ in self._examples]
        return self._embedder.embed(examples)
