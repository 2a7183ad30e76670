"""The buyer-commitment ladder of one deal: step now, step a window ago, trend and fit to the stage (DOMAIN 4.1).

Judged by acts alone, beside health and never mixed with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.pipeline.brief import DealBrief
from bot.pipeline.commitment.acts import Act, buyer_acts, partner_addresses
from bot.pipeline.commitment.rhythm import initiative_share, response_days
from bot.pipeline.commitment.rules import CommitmentRules, Step
from bot.pipeline.model import ActivityKind


class Trend(StrEnum):
    """The step now against the one a window ago."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What the buyer of one open deal has done. All None, with the reason in `unknown`, if nobody can tell.

    `evidence` are the acts of the step now, newest first; `before` is the step one window earlier, from what
    had happened by then (when an invitation was accepted is not recorded). `highest_visible` is the highest
    step the data could show: 3 where the buyer's mails carry no text. `initiative_share` is 0-1 and
    `response_days` a median, both of this window; `response_days_before` of the one before.
    """

    unknown: str | None = None
    step: Step | None = None
    evidence: tuple[Act, ...] = ()
    before: Step | None = None
    trend: Trend | None = None
    fell_sharply: bool | None = None
    minimum: Step | None = None
    highest_visible: Step = Step.PROCESS
    words_ahead_of_deeds: bool | None = None
    not_yet_an_opportunity: bool | None = None
    is_eager: bool | None = None
    initiative_share: float | None = None
    response_days: float | None = None
    response_days_before: float | None = None


def read_commitment(brief: DealBrief, rules: CommitmentRules) -> Commitment:
    """Judge one deal by its buyer's acts."""
    if not brief.deal.is_open:
        return Commitment(unknown="the deal is closed")
    if brief.facets.touches_last_14 is None:
        return Commitment(unknown="the owner's mail and calendar are not connected")
    acts = buyer_acts(brief.deal, brief.as_of, rules)
    return _judged(brief, acts, rules)


def _judged(brief: DealBrief, acts: Sequence[Act], rules: CommitmentRules) -> Commitment:
    window = timedelta(days=rules.window_days)
    now = [act for act in acts if act.ahead or act.on > brief.today - window]
    then = [act for act in acts if not act.ahead and brief.today - 2 * window < act.on <= brief.today - window]
    step, before = _highest(now), _highest(then)
    minimum = rules.minimum_by_stage.get(brief.deal.stage)
    visible = _highest_visible(brief, rules)
    earlier = brief.today - window
    return Commitment(
        step=step,
        evidence=tuple(sorted((act for act in now if act.step is step), key=lambda act: act.on, reverse=True)),
        before=before,
        trend=_trend(_momentum(now) - _momentum(then)),
        fell_sharply=before - step >= rules.fall_alert_steps,
        minimum=minimum,
        highest_visible=visible,
        words_ahead_of_deeds=None if minimum is None else step < min(minimum, visible),
        not_yet_an_opportunity=all(act.step is not Step.CALENDAR for act in acts),
        is_eager=any(act.ahead for act in acts),
        initiative_share=initiative_share(brief.deal, brief.as_of, brief.today, rules),
        response_days=response_days(brief.deal, brief.as_of, brief.today, rules),
        response_days_before=response_days(brief.deal, brief.as_of, earlier, rules),
    )


def _highest(acts: Sequence[Act]) -> Step:
    return max((act.step for act in acts), default=Step.SILENT)


def _momentum(acts: Sequence[Act]) -> int:
    """The step, where a newcomer in another role than the first contact's counts double."""
    return _highest(acts) + any(act.widens_role for act in acts)


def _trend(change: int) -> Trend:
    if change == 0:
        return Trend.STEADY
    return Trend.RISING if change > 0 else Trend.FALLING


def _highest_visible(brief: DealBrief, rules: CommitmentRules) -> Step:
    """Steps above widening are read from the text of mails; without any text they cannot be seen."""
    since = brief.today - timedelta(days=rules.window_days)
    addresses, domains = partner_addresses(brief.deal)
    mails = [
        activity
        for activity in brief.deal.activities
        if activity.kind is ActivityKind.EMAIL
        and activity.direction == "inbound"
        and not activity.is_auto
        and activity.on > since
        and not all(email in addresses or email.rpartition("@")[2] in domains for email in activity.participants)
    ]
    return Step.WIDENING if mails and not any(mail.body for mail in mails) else Step.PROCESS
