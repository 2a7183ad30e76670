"""How deals end and why, what the chances of stages were worth, and what blocks open deals."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cli.desk import UNKNOWN, Desk, amounts, percent, print_notes, print_table, print_title
from bot.pipeline.forecast import load_forecast
from bot.pipeline.hygiene import load_hygiene
from bot.pipeline.reports import Blocked, StageAccuracy, WinLoss, blocked_deals, load_reports, stage_accuracy, win_loss
from bot.pipeline.wording import listed

_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class WinLossReport:
    """Endings, chances against what happened, and blockers; `blocked` None = no such field."""

    whose: str
    endings: WinLoss
    accuracy: Sequence[StageAccuracy]
    blocked: Sequence[Blocked] | None


def fetch_winloss(desk: Desk) -> WinLossReport:
    """Win and loss of the desk's deals."""
    playbook, stages = desk.runtime.settings.playbook_dir, desk.runtime.rules.stages
    hygiene = load_hygiene(playbook)
    deals = [brief.deal for brief in desk.pipeline.briefs(desk.open_ids, desk.now)]
    accuracy = load_forecast(playbook).accuracy
    return WinLossReport(
        whose=desk.whose,
        endings=win_loss(desk.pipeline, desk.now, stages, load_reports(playbook, stages).win_loss, desk.deal_ids),
        accuracy=stage_accuracy(desk.pipeline, desk.now, stages, accuracy, desk.deal_ids),
        blocked=blocked_deals(deals, hygiene.fields.get("blocker", ()), hygiene.blockers),
    )


def print_winloss(found: WinLossReport) -> None:
    """Endings by stage and reason, reasons over all, chances, blockers."""
    ends = found.endings
    if not ends.endings:
        print_notes([f"no deal closed in the last {ends.days} days"])
        return
    low, high = ends.interval or (0.0, 1.0)
    rate = f"{percent(ends.win_rate)} (95 % interval {low:.0%} to {high:.0%})"
    print_title(
        f"Won {ends.won}, lost {ends.lost}: win rate {rate}", f"closed in the last {ends.days} days, {found.whose}"
    )
    losses = [each for each in ends.endings if not each.won]
    print_table(
        ("lost from", "reason", "#deals", "#value"),
        [(each.stage, each.reason or "no reason recorded", each.deals, amounts(each.value.items())) for each in losses],
    )
    print_title("Loss reasons")
    print_table(("reason", "#deals", "#share"), [(name, n, percent(n / ends.lost)) for name, n in ends.reasons()])
    print_title("What the stage chances were worth", "wins of the closed deals that entered a stage")
    print_table(
        ("stage", "#configured", "#closed deals", "#won", "#95 % interval", ""),
        [
            (
                each.stage,
                percent(each.configured),
                each.deals,
                percent(each.measured),
                UNKNOWN if each.interval is None else f"{each.interval[0]:.0%} to {each.interval[1]:.0%}",
                "outside: worth a change" if each.is_off else "",
            )
            for each in found.accuracy
        ],
    )
    _print_blocked(found)


def _print_blocked(found: WinLossReport) -> None:
    if found.blocked is None:
        print_notes(["blockers are not recorded: your data has no blocker field"])
        return
    print_title("Blockers of open deals")
    print_table(
        ("blocker", "#deals", "#value", "deals"),
        [
            (each.blocker, len(each.deals), amounts(each.value.items()), listed(each.deals[:_NAMES_SHOWN]))
            for each in found.blocked
        ],
    )
