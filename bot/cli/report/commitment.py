"""What buyers did, deal by deal and rep by rep."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.cli.desk import UNKNOWN, Desk, percent, plain, print_notes, print_table, print_title
from bot.pipeline.brief import DealBrief
from bot.pipeline.commitment import (
    Commitment,
    CommitmentRules,
    RepCommitment,
    load_commitment,
    per_rep,
    read_commitment,
)
from bot.pipeline.wording import counted


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


def print_commitment(found: CommitmentReport) -> None:
    """Deals by how far their words are ahead, then reps."""
    judged = [pair for pair in found.deals if pair[1].unknown is None]
    ahead = sum(each.words_ahead_of_deeds is True for _, each in judged)
    headline = f"Buyer commitment: {ahead} of {counted(len(judged), 'open deal')} with words ahead of deeds"
    if not judged:
        headline = f"Buyer commitment: unknown for {counted(len(found.deals), 'open deal')}"
    print_title(headline, f"what buyers did in the last {found.rules.window_days} days, {found.whose}")
    ranked = sorted(judged, key=lambda pair: (_shortfall(pair[1]), -(pair[0].deal.amount or 0)))
    print_table(
        ("deal", "stage", "step", "#asked", "trend", "#theirs", "last act of that step"),
        [
            (
                brief.deal.name,
                brief.deal.stage,
                each.step.label if each.step is not None else UNKNOWN,
                plain(None if each.minimum is None else int(each.minimum)),
                _trend(each),
                percent(each.initiative_share),
                each.evidence[0].text if each.evidence else "",
            )
            for brief, each in ranked
        ],
    )
    unknown = Counter(each.unknown for _, each in found.deals if each.unknown)
    print_notes([f"unknown for {counted(count, 'deal')}: {why}" for why, count in unknown.items()])
    print_table(
        ("rep", "#open", "#eager", "#re-booked", "#of meetings", "#words ahead", "#not yet", "#unknown"),
        [
            (
                row.rep.name,
                row.open_deals,
                UNKNOWN if row.unknown == row.open_deals else row.eager,
                percent(row.rebook_rate),
                row.held,
                row.words_ahead,
                row.not_yet,
                row.unknown,
            )
            for row in found.reps
        ],
    )
    days = found.rules.rebooking.next_within_days
    print_notes(
        [
            "theirs: contacts the buyer started; eager: the buyer accepted a meeting ahead; not yet: never met us",
            f"re-booked: a next meeting within {days} days stands in, invitations carry no sending date",
        ]
    )


def _shortfall(found: Commitment) -> tuple[int, int]:
    """Unknown ones last; among the others the largest gap to what the stage asks first."""
    if found.step is None:
        return 1, 0
    return 0, int(found.step) - int(found.minimum or 0)


def _trend(found: Commitment) -> str:
    if found.trend is None:
        return UNKNOWN
    return f"{found.trend.value}, was {int(found.before or 0)}" + (" !" if found.fell_sharply else "")
