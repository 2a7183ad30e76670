"""Whether the handbook has anything on a question at all. Calibrated; never a page for the sake of a page."""

from dataclasses import dataclass
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
    heading_share: float = Field(ge=0, le=1)
    own_question_bonus: float = Field(ge=0, le=1)
    own_question_from: float = Field(ge=0, lt=1)
    lexicon_weight: float = Field(ge=0, le=2)
    floor: float = Field(gt=0, le=2)
    floor_with_questions: float = Field(gt=0, le=2)
    floor_keywords_only: float = Field(gt=0, le=1)
    model_floors: dict[str, float] = {}
    trade_bonus: float = Field(ge=0, le=1)
    elsewhere_weight: float = Field(ge=0, le=2)
    route_penalty: float = Field(ge=0, le=2)
    stage_boost: float = Field(ge=0, le=1)
    element_boost: float = Field(ge=0, le=1)
    role_boost: float = Field(ge=0, le=1)

    def floor_of(self, model_id: str, *, with_questions: bool = False) -> float | None:
        """Return the floor measured for a model; None for a model nobody has measured.

        `with_questions`: the nearest page brings questions of its own, which stand nearer to any question at all.
        """
        if model_id == MiniLM.model_id:
            return self.floor_with_questions if with_questions else self.floor
        return self.model_floors.get(model_id)


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against a question being the handbook's to answer.

    `known` is the share of its words (rare ones count more) that the handbook uses, `trade` whether it holds a term
    of the lexicon, `elsewhere` the cosine to the nearest question that is answered elsewhere, `route` the route
    whose pattern it meets, `with_questions` whether the nearest page brings questions of its own.
    """

    known: float
    trade: bool
    route: Route | None
    elsewhere: float = 0.0
    with_questions: bool = False


def relevance(model_id: str, passages: Scores, wholes: Scores, signs: Signs, settings: SearchSettings) -> float:
    """Return how much a question is the handbook's to answer; 1 is just enough.

    `passages` and `wholes` are the cosines of passages and of whole sections. A model without a floor of its own
    has cosines of another size, so there the words alone decide.
    """
    floor = settings.floor_of(model_id, with_questions=signs.with_questions)
    if floor is None:
        return keyword_relevance(signs, settings)
    near = float(passages.max(initial=0.0)) + float(wholes.max(initial=0.0))
    bonus = settings.trade_bonus * signs.trade
    against = settings.elsewhere_weight * max(signs.elsewhere, 0.0) + settings.route_penalty * bool(signs.route)
    return (near * sqrt(signs.known) + bonus - against) / floor


def keyword_relevance(signs: Signs, settings: SearchSettings) -> float:
    """The same without vectors."""
    return (signs.known - settings.route_penalty * bool(signs.route)) / settings.floor_keywords_only
