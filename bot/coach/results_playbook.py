"""The model of `knowledge/playbook/results.yaml`, with the rules of the reports it draws on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from bot.pipeline.commitment import CommitmentRules, load_commitment
from bot.pipeline.hygiene import HygieneRules, load_hygiene
from bot.pipeline.reports import ReportRules, load_reports
from bot.pipeline.stages import StageModel, load_stages
from bot.playbook import load_playbook


class ResultLimits(BaseModel):
    """How far back results are counted, how many deals a figure needs, and the coverage wanted (DOMAIN 7, 1.5)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: PositiveInt
    least_closed: Annotated[int, Field(ge=5)]
    least_won: Annotated[int, Field(ge=3)]
    coverage: PositiveFloat


@dataclass(frozen=True, slots=True)
class ResultPlaybook:
    """What answers on results are computed with."""

    limits: ResultLimits
    stages: StageModel
    reports: ReportRules
    commitment: CommitmentRules
    hygiene: HygieneRules

    @classmethod
    def load(cls, directory: Path) -> "ResultPlaybook":
        """Read the files in `directory`. Raises PlaybookError naming file, line and field."""
        stages = load_stages(directory)
        return cls(
            limits=load_playbook(directory / "results.yaml", ResultLimits),
            stages=stages,
            reports=load_reports(directory, stages),
            commitment=load_commitment(directory, stages),
            hygiene=load_hygiene(directory),
        )
