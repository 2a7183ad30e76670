"""The model of `knowledge/playbook/model.yaml`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.coach.ground.evidence import ProposalRules


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BreakerRules(_Model):
    """When the model is left alone, and for how long."""

    failures: int = Field(ge=1)
    pause_seconds: float = Field(gt=0)


class AllowanceRules(_Model):
    """What one person may use in a day; null = no limit of this kind."""

    tokens: int | None = Field(ge=0)
    cost: float | None = Field(ge=0)


NO_LIMIT = AllowanceRules(tokens=None, cost=None)
"""For an evaluation, which is nobody's day."""


class Price(_Model):
    """Money for a million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class RewordRules(_Model):
    """What may be put into other words, and how long the message may get."""

    lines: frozenset[str]
    words: int = Field(gt=0)
    also: int = Field(ge=0)


class TellRules(_Model):
    """What is told under an answer: at most so many gaps, and so many things more of the model's choice."""

    gaps: int = Field(ge=0)
    chosen: int = Field(ge=0)


class ExtractRules(_Model):
    """How much is read for evidence, and what a piece of evidence must hold."""

    statements: int = Field(gt=0)
    characters: int = Field(gt=0)
    proposals: ProposalRules


class ModelRules(_Model):
    """Limits, prices and the three jobs."""

    default_model: str
    structured_output: Literal["json_schema", "function_calling", "json_mode"]
    temperature: float | None
    max_output_tokens: int = Field(gt=0)
    timeout_seconds: float = Field(gt=0)
    deadline_seconds: float = Field(gt=0)
    retries: int = Field(ge=0, le=5)
    wait_seconds: float = Field(gt=0)
    breaker: BreakerRules
    cache_hours: float = Field(ge=0)
    per_person_and_day: AllowanceRules
    price: Price | None
    reword: RewordRules
    tell: TellRules
    extract: ExtractRules

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """Money for a call; None if no price is configured."""
        if self.price is None:
            return None
        return (tokens_in * self.price.input + tokens_out * self.price.output) / 1_000_000
