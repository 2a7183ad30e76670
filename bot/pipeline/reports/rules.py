"""`reports.yaml` as typed data: windows, samples and hints of the reports (DOMAIN 5.2)."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationInfo, field_validator

from bot.pipeline.stages import StageModel
from bot.playbook import load_playbook


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConversionRules(_Strict):
    """How many entry months are shown, and how near a note must be to explain an advance."""

    months: PositiveInt
    note_within_days: PositiveInt


class BottleneckRules(_Strict):
    """Which months are compared, how many deals that takes, and where to look by stage."""

    recent_months: PositiveInt
    baseline_months: PositiveInt
    least_deals: Annotated[int, Field(ge=5)]
    hints: dict[str, str]

    @field_validator("hints")
    @classmethod
    def name_open_stages(cls, hints: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        """Refuse a hint for a stage that does not exist: nobody would ever read it."""
        known = [stage.name for stage in info.context.open_stages] if isinstance(info.context, StageModel) else hints
        for name in hints:
            if name not in known:
                raise ValueError(f"no open stage {name!r} in stages.yaml; use {', '.join(known)}")
        return hints


class AgeingRules(_Strict):
    """Which closed deals are measured, and from how many stays on a stage has a 75th percentile."""

    days: PositiveInt
    least_visits: Annotated[int, Field(ge=4)]


class WinLossRules(_Strict):
    """How far back closed deals are counted."""

    days: PositiveInt


class ReportRules(_Strict):
    """`reports.yaml`."""

    conversion: ConversionRules
    bottleneck: BottleneckRules
    ageing: AgeingRules
    win_loss: WinLossRules


def load_reports(playbook_dir: Path, stages: StageModel) -> ReportRules:
    """Read `reports.yaml`. Raises PlaybookError with file, line, field and fix."""
    return load_playbook(playbook_dir / "reports.yaml", ReportRules, context=stages)
