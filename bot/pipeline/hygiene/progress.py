"""Checks of the way through the stages: evidence, skips, moves back, stays, standstill (S3 to S7)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from bot.pipeline.hygiene.case import Case, Hit, Unknown, Verdict
from bot.pipeline.hygiene.rules import Severity
from bot.pipeline.model import StageVisit
from bot.pipeline.stages import Stage, folded
from bot.pipeline.wording import counted, day, listed

Move = tuple[StageVisit, StageVisit]


def ahead_of_evidence(case: Case) -> Verdict:
    """S3: a document of an earlier stage is missing; says which stage the documents support."""
    stage = case.stages.resolve(case.deal.stage)
    if stage is None:
        return Unknown(f"the stage {case.deal.stage} is not in stages.yaml")
    if not case.knows("artefacts"):
        return Unknown("documents are not recorded, so no stage can be proved")
    present = {folded(each) for each in str(case.custom("artefacts") or "").split(";")}
    for earlier in case.stages.open_stages:
        missing = [each for each in earlier.evidence if folded(each) not in present]
        if earlier.order < stage.order and missing:
            return Hit(f"{stage.name} without {listed(missing)}; the documents support {earlier.name}")
    return None


def stage_skipped(case: Case) -> Verdict:
    """S4: jumped over an open stage, not long ago."""
    open_orders = [stage.order for stage in case.stages.open_stages]
    for before, after in _recent_moves(case):
        between = [order for order in open_orders if before.order < order < after.order]
        if between and _known(case, after):
            names = [stage.name for stage in case.stages.open_stages if stage.order in between]
            return Hit(f"jumped from {before.stage} to {after.stage} on {day(after.entered_on)}, past {listed(names)}")
    return None


def moved_back(case: Case) -> Verdict:
    """S5: moved back and no note of those days says why."""
    for before, after in _recent_moves(case):
        if 0 < after.order < before.order and not case.notes_around(after.entered_on):
            if not case.recorded.notes:
                return Unknown("notes are not recorded, so neither are reasons")
            return Hit(f"moved back from {before.stage} to {after.stage} on {day(after.entered_on)}, no note says why")
    return None


def long_in_stage(case: Case) -> Verdict:
    """S6: longer in the stage than three quarters of closed deals, or than a multiple of the typical stay."""
    days = case.brief.facets.days_in_stage
    typical = case.brief.benchmarks.get("typical_days_in_stage")
    if days is None or typical is None:
        return Unknown("no typical stay in this stage to compare with")
    stay = f"{counted(days, 'day')} in {case.deal.stage}"
    basis = f"({typical.level.split(':')[0]}, n={typical.n})"
    if days > case.limits.long_factor * typical.value:
        return Hit(f"{stay}, {days / typical.value:.1f}x the typical {typical.value:.0f} {basis}", Severity.HIGH)
    if typical.p75 is not None and days > typical.p75:
        return Hit(f"{stay}; three quarters of closed deals left within {typical.p75:.0f} {basis}")
    return None


def stalled(case: Case) -> Verdict:
    """S7: no stage change, no touch and no mail from the buyer for a month."""
    facets, limit = case.brief.facets, case.limits.stalled_days
    if not case.feeds_connected:
        return Unknown("the owner's mail and calendar are not connected")
    if facets.opp_age is None or facets.days_in_stage is None or facets.opp_age < limit:
        return None
    untouched = facets.opp_age if facets.days_untouched is None else facets.days_untouched
    silent = facets.opp_age if facets.days_since_inbound is None else facets.days_since_inbound
    quiet = min(facets.days_in_stage, untouched, silent)
    return (
        Hit(f"no stage change, no touch and no mail from the buyer for {counted(quiet, 'day')}")
        if quiet >= limit
        else None
    )


def _recent_moves(case: Case) -> Iterator[Move]:
    """Moves of the last months, the newest first."""
    since = case.brief.today - timedelta(days=case.limits.look_back_days)
    for before, after in reversed(list(pairwise(case.deal.stage_visits))):
        if after.entered_on >= since:
            yield before, after


def _known(case: Case, visit: StageVisit) -> bool:
    """Whether the stage entered is an open one: closing a deal early skips nothing."""
    stage: Stage | None = case.stages.resolve(visit.stage)
    return stage is not None and stage.is_open
