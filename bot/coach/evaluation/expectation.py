"""What a good answer to one scenario looks like, as far as a program can check it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.coach.reply import Element, ElementStatus, Outcome
from bot.pipeline.brief import HealthBucket


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


def _nothing_for_null(value: object) -> object:
    return () if value is None else value


Pattern = Annotated[str, AfterValidator(_compiles)]
Elements = Annotated[tuple[Element, ...], BeforeValidator(_nothing_for_null)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TextCheck(_Part):
    """A pattern looked for in the text, and what it means if the check fails."""

    pattern: Pattern = Field(alias="re")
    why: str
    hard: bool = True


class StepCheck(_Part):
    """What a next step must carry: one of the owners, a date in the window, one of the topics."""

    min_count: int = 1
    owner_any_of: tuple[str, ...]
    due_between: tuple[date, date]
    topic_any_of: tuple[Pattern, ...]


class Expectation(_Part):
    """The checks of one scenario. A key that is absent is not checked.

    `health_bucket` and `next_step` may be null on purpose; `model_fields_set` tells null from absent.
    """

    must_match: tuple[TextCheck, ...] = ()
    must_not_match: tuple[TextCheck, ...] = ()
    outcome: Outcome | None = None
    health_bucket: HealthBucket | None = None
    meddppicc: Mapping[Element, tuple[ElementStatus, ...]] = Field(default_factory=dict)
    must_not_confirm: Elements = ()
    critical_gaps: Elements = ()
    next_step: StepCheck | None = None
    cite_any_of: tuple[str, ...] = ()
    open_questions_min: int = 0


class Labels(_Part):
    """What a report needs to know about a scenario and its answer, and the bot must never see."""

    id: str
    title: str = ""
    tags: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def id_as_text(cls, values: object) -> object:
        """Accept a number as an id."""
        if isinstance(values, dict) and isinstance(values.get("id"), int):
            return {**values, "id": str(values["id"])}
        return values
