"""Whether the handbook has anything on a question at all. Calibrated; never a page for the sake of a page."""

from math import sqrt

from pydantic import BaseModel, ConfigDict, Field

from bot.handbook.embed import MiniLM
from bot.handbook.lexical import Scores
from bot.handbook.routing import Route


class SearchSettings(BaseModel):
    """`knowledge/playbook/handbook.yaml`: weights, relevance floors and boosts, with how they were measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keyword_share: float = Field(ge=0, le=1)
    section_share: float = Field(ge=0, le=1)
    lexicon_weight: float = Field(ge=0, le=2)
    floor: float = Field(gt=0, le=2)
    floor_keywords_only: float = Field(gt=0, le=1)
    model_floors: dict[str, float] = {}
    elsewhere_weight: float = Field(ge=0, le=2)
    route_penalty: float = Field(ge=0, le=2)
    stage_boost: float = Field(ge=0, le=1)
    element_boost: float = Field(ge=0, le=1)
    role_boost: float = Field(ge=0, le=1)

    def floor_of(self, model_id: str) -> float | None:
        """Return the floor measured for a model; None for a model nobody has measured."""
        return self.floor if model_id == MiniLM.model_id else self.model_floors.get(model_id)


def relevance(
    model_id: str,
    passages: Scores,
    wholes: Scores,
    known: float,
    elsewhere: float,
    route: Route | None,
    settings: SearchSettings,
) -> float:
    """Return how much a question is the handbook's to answer; 1 is just enough.

    Counts for it: the cosines of the nearest passage and section, and `known`, the share of its words (rare ones
    count more) that the handbook uses. Counts against it: `elsewhere`, how near it stands to a question that is
    answered elsewhere, and a `route` whose pattern it meets. A model without a floor of its own has cosines of
    another size, so there the words alone decide.
    """
    floor = settings.floor_of(model_id)
    if floor is None:
        return keyword_relevance(known, route, settings)
    near = float(passages.max(initial=0.0)) + float(wholes.max(initial=0.0))
    against = settings.elsewhere_weight * max(elsewhere, 0.0) + (settings.route_penalty if route else 0.0)
    return (near * sqrt(known) - against) / floor


def keyword_relevance(known: float, route: Route | None, settings: SearchSettings) -> float:
    """The same without vectors."""
    return (known - (settings.route_penalty if route else 0.0)) / settings.floor_keywords_only
