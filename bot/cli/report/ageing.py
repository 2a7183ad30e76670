"""How long deals stay in a stage, and which stay too long."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cli.desk import Desk, print_notes, print_table, print_title
from bot.pipeline.reports import StageAge, load_reports, stage_ageing
from bot.pipeline.wording import listed


@dataclass(frozen=True, slots=True)
class AgeingReport:
    """Stages in order, and over how many days closed deals were measured."""

    whose: str
    days: int
    stages: Sequence[StageAge]


def fetch_ageing(desk: Desk) -> AgeingReport:
    """Stage ageing of the desk's deals."""
    stages = desk.runtime.rules.stages
    rules = load_reports(desk.runtime.settings.playbook_dir, stages).ageing
    return AgeingReport(desk.whose, rules.days, stage_ageing(desk.pipeline, desk.now, stages, rules, desk.deal_ids))


def print_ageing(found: AgeingReport) -> None:
    """Stages, then the open deals above P75."""
    about = f"stays of deals closed in the last {found.days} days, and {found.whose} open now"
    print_title("Stage ageing", about)
    columns = ("stage", "#stays", "#median days", "#P75", "#open now", "#their median", "#above P75")
    print_table(
        columns,
        [
            (age.stage, age.stays, age.median_days, age.p75_days, age.open_deals, age.open_median_days, len(age.above))
            for age in found.stages
        ],
    )
    above = [
        (age.stage, deal.name, deal.owner, deal.days, f"+{deal.over:.0f}") for age in found.stages for deal in age.above
    ]
    if above:
        print_title("Open deals above the 75th percentile of their stage")
        print_table(("stage", "deal", "owner", "#days", "#over"), above)
    few = [age.stage for age in found.stages if age.p75_days is None]
    print_notes([f"too few finished stays to say: {listed(few)}"] if few else [])
