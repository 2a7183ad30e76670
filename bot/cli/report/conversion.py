"""Conversion per step, and the bottleneck."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cli.desk import UNKNOWN, Desk, amounts, percent, print_notes, print_table, print_title
from bot.pipeline.reports import Bottleneck, StepConversion, bottlenecks, conversion, load_reports
from bot.pipeline.wording import counted

_MONTHS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class ConversionReport:
    """Steps in order, and the same steps by how much they lose against before."""

    whose: str
    steps: Sequence[StepConversion]
    bottlenecks: Sequence[Bottleneck]


def fetch_conversion(desk: Desk) -> ConversionReport:
    """Conversion and bottleneck of the desk's deals."""
    stages = desk.runtime.rules.stages
    rules = load_reports(desk.runtime.settings.playbook_dir, stages)
    return ConversionReport(
        whose=desk.whose,
        steps=conversion(desk.pipeline, desk.now, stages, rules.conversion, desk.deal_ids),
        bottlenecks=bottlenecks(desk.pipeline, desk.now, stages, rules.conversion, rules.bottleneck, desk.deal_ids),
    )


def print_conversion(found: ConversionReport) -> None:
    """Steps with their totals and last months, then the bottleneck."""
    if not found.steps:
        print_notes(["no deal has a stage history yet"])
        return
    print_title("Conversion per step", f"entered a later stage ÷ entered this stage, {found.whose}")
    columns = (
        "stage",
        "towards",
        "#entered",
        "#advanced",
        "#lost",
        "#waiting",
        "#rate",
        "#value entered",
        "#advanced ",
    )
    print_table(columns, [_step_row(step) for step in found.steps])
    firsts = sorted({month.first for step in found.steps for month in step.months})[-_MONTHS_SHOWN:]
    print_title("By entry month", "rate (advanced of entered); + = still waiting, so the rate may rise")
    by_month = [(step.stage, *(_month_cell(step, first) for first in firsts)) for step in found.steps]
    print_table(("stage", *(f"#{first:%b %Y}" for first in firsts)), by_month)
    print_notes(_undocumented(found.steps))
    _print_bottleneck(found.bottlenecks)


def _step_row(step: StepConversion) -> tuple[object, ...]:
    flow = step.total
    entered = amounts((currency, value[0]) for currency, value in flow.value.items())
    advanced = amounts((currency, value[1]) for currency, value in flow.value.items())
    counts = (flow.entered, flow.advanced, flow.lost, flow.waiting)
    return step.stage, step.towards, *counts, percent(flow.rate), entered, advanced


def _month_cell(step: StepConversion, first: object) -> str:
    flow = next((month.flow for month in step.months if month.first == first), None)
    if flow is None:
        return UNKNOWN
    return f"{percent(flow.rate)} ({flow.advanced}/{flow.entered}){'+' if flow.waiting else ''}"


def _undocumented(steps: Sequence[StepConversion]) -> list[str]:
    if any(step.total.undocumented is None for step in steps):
        return ["reasons for stage changes are not recorded: no notes in the data"]
    bare = sum(step.total.undocumented or 0 for step in steps)
    total = sum(step.total.advanced for step in steps)
    return [f"incomplete: {bare:,} of {counted(total, 'advance')} without a note near the change"]


def _print_bottleneck(rows: Sequence[Bottleneck]) -> None:
    worst = rows[0] if rows else None
    if worst is None or not worst.lost_deals or worst.lost_deals <= 0:
        print_title("Bottleneck: none", "no step converts less than before")
    else:
        about = f"about {round(worst.lost_deals)} fewer advances than before"
        print_title(f"Bottleneck: {worst.stage}", f"{about}. Look at {worst.hint}" if worst.hint else about)
    columns = ("stage", "#before", "#deals", "#lately", "#deals ", "#advances missing")
    print_table(columns, [_bottleneck_row(each) for each in rows])
    if any(not each.measured for each in rows):
        print_notes(["* configured, not measured: the ratio of the stages' chances of winning"])


def _bottleneck_row(each: Bottleneck) -> tuple[object, ...]:
    before = percent(each.baseline) + ("" if each.measured else "*")
    missing = UNKNOWN if each.lost_deals is None else f"{each.lost_deals:+.1f}"
    return each.stage, before, each.baseline_deals, percent(each.actual), each.actual_deals, missing
