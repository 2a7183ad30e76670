"""What the report commands show, fetched: plain data for JSON and for the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.cli.desk import Desk
from bot.pipeline.brief import DealBrief, HealthBucket
from bot.pipeline.commitment import (
    Commitment,
    CommitmentRules,
    RepCommitment,
    load_commitment,
    per_rep,
    read_commitment,
)
from bot.pipeline.forecast import Forecast, Total, load_forecast, weighted_forecast
from bot.pipeline.hygiene import load_hygiene
from bot.pipeline.reports import (
    Blocked,
    Bottleneck,
    StageAccuracy,
    StageAge,
    StepConversion,
    WinLoss,
    blocked_deals,
    bottlenecks,
    conversion,
    load_reports,
    stage_accuracy,
    stage_ageing,
    win_loss,
)
from bot.pipeline.shares import ShareFinding, ShareHistory, judge_share, peers_of, personal_alerts
from bot.pipeline.stages import ProbabilityPreset
from bot.pipeline.trends import HealthPoint, Movers, movers


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


@dataclass(frozen=True, slots=True)
class ForecastReport:
    """The forecast and the set of chances it used."""

    whose: str
    preset: ProbabilityPreset
    forecast: Forecast

    def as_json(self) -> dict[str, Any]:
        """The figures without the deals' whole records."""
        return {
            "preset": self.preset.value,
            "months": [
                {
                    "month": month.first,
                    "is_past": month.is_past,
                    "totals": month.totals,
                    "deals": [
                        {
                            "id": each.deal.id,
                            "name": each.deal.name,
                            "stage": each.deal.stage,
                            "amount": each.amount,
                            "currency": each.deal.currency,
                            "probability": each.probability,
                            "weighted": each.weighted,
                        }
                        for each in month.deals
                    ],
                }
                for month in self.forecast.months
            ],
            "totals": self.forecast.totals,
            "by_category": self.forecast.by_category,
            "left_out": [
                {"id": each.deal.id, "name": each.deal.name, "missing": each.missing} for each in self.forecast.left_out
            ],
        }


def fetch_forecast(desk: Desk, preset: ProbabilityPreset | None) -> ForecastReport:
    """Weighted forecast of the desk's open deals."""
    stages = desk.runtime.rules.stages
    chosen = preset or stages.probability_preset
    chances = {stage.name: stages.probability_of(stage, chosen) for stage in stages.open_stages}
    deals = [brief.deal for brief in desk.pipeline.briefs(desk.open_ids, desk.now)]
    source = load_forecast(desk.runtime.settings.playbook_dir).probability
    return ForecastReport(desk.whose, chosen, weighted_forecast(deals, chances, desk.today, source))


@dataclass(frozen=True, slots=True)
class MoversReport:
    """Moves since the snapshot of `compared_with`; None if there is no snapshot to compare with."""

    whose: str
    compared_with: date | None
    moves: Movers | None
    names: Mapping[str, str]


def fetch_movers(desk: Desk, days: int) -> MoversReport:
    """Compare health now with the stored snapshot of `days` ago, else with the oldest one since."""
    rows = [row for row in desk.pipeline.facet_rows(desk.now, desk.deal_ids) if row["status"] == "open"]
    now = {row["id"]: _point(row["id"], desk.today, row["health_bucket"], row["health_net_points"]) for row in rows}
    visible = None if desk.deal_ids is None else set(desk.deal_ids)
    names = {name.id: name.name for name in desk.pipeline.deal_names(None) if visible is None or name.id in visible}
    for back in range(days, 0, -1):
        stored = desk.runtime.memory.health_on(names, desk.today - timedelta(days=back))
        if stored:
            before = {
                each.deal_id: _point(each.deal_id, each.day or desk.today, each.bucket, each.net)
                for each in stored.values()
            }
            day = max(point.day for point in before.values())
            return MoversReport(desk.whose, day, movers(before, now), names)
    return MoversReport(desk.whose, None, None, names)


def _point(deal_id: str, day: date, bucket: str | None, net: int | None) -> HealthPoint:
    return HealthPoint(deal_id, day, HealthBucket(bucket) if bucket else None, net)


@dataclass(frozen=True, slots=True)
class PersonShare:
    """One person's share now, the judgement, and whether a personal alert is due today."""

    name: str
    history: ShareHistory
    finding: ShareFinding
    alert_due: bool


@dataclass(frozen=True, slots=True)
class SharesReport:
    """Everybody with open deals, the highest share first."""

    whose: str
    people: Sequence[PersonShare]


def fetch_shares(desk: Desk) -> SharesReport:
    """Judge everybody whose figures the asker may see; the mean of peers is over everybody's."""
    rules, users = desk.runtime.alert_rules, desk.pipeline.users
    histories = desk.runtime.coach.share_histories(desk.now)
    people = []
    for user_id, history in histories.items():
        user = users.get(user_id)
        if user is None or not (desk.asker is None or desk.asker.may_see_owner(user_id)):
            continue
        finding = judge_share(user, histories, peers_of(user, users, histories, rules.peers), rules)
        if finding:
            due = desk.today in personal_alerts(history, desk.today, rules)
            people.append(PersonShare(user.name, history, finding, due))
    return SharesReport(desk.whose, sorted(people, key=lambda each: -each.history.now))


@dataclass(frozen=True, slots=True)
class CommitmentReport:
    """Every open deal's step and every rep's booking again."""

    whose: str
    rules: CommitmentRules
    deals: Sequence[tuple[DealBrief, Commitment]]
    reps: Sequence[RepCommitment]

    def as_json(self) -> dict[str, Any]:
        """The judgement by deal and rep, without the deals' whole records."""
        return {
            "deals": [
                {"id": brief.deal.id, "name": brief.deal.name, "stage": brief.deal.stage, "commitment": found}
                for brief, found in self.deals
            ],
            "reps": [
                {
                    "rep": row.rep.id,
                    "open_deals": row.open_deals,
                    "eager": row.eager,
                    "held": row.held,
                    "rebooked": row.rebooked,
                    "rebook_rate": row.rebook_rate,
                    "not_yet": row.not_yet,
                    "words_ahead": row.words_ahead,
                    "unknown": row.unknown,
                }
                for row in self.reps
            ],
        }


def fetch_commitment(desk: Desk) -> CommitmentReport:
    """Judge every open deal of the desk by its buyer's acts."""
    rules = load_commitment(desk.runtime.settings.playbook_dir, desk.runtime.rules.stages)
    briefs = desk.pipeline.briefs(desk.open_ids, desk.now)
    found = {brief.deal.id: read_commitment(brief, rules) for brief in briefs}
    deals = [(brief, found[brief.deal.id]) for brief in briefs]
    return CommitmentReport(desk.whose, rules, deals, per_rep(briefs, found, rules))


def weighted(totals: Sequence[Total]) -> list[tuple[str | None, float]]:
    """Weighted value by currency."""
    return [(total.currency, total.weighted) for total in totals]
