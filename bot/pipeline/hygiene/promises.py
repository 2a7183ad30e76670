"""Checks of what the seller promises: next step, commit, probability (S8 to S10, S12)."""

import re
from datetime import timedelta

from bot.pipeline.hygiene.case import Case, Hit, Unknown, Verdict
from bot.pipeline.hygiene.written import latest_date, names_a_day
from bot.pipeline.wording import counted, listed

_CHANCE = re.compile(r"\b(probabilit(y|ies)|chances?|odds|likel(y|ihood)|confiden(t|ce))\b|\d ?%", re.IGNORECASE)
_LONGEST_STEP = 60


def no_dated_step(case: Case) -> Verdict:
    """S8. A step that names nobody is the deal owner's; a step without a day is a wish."""
    step = (case.deal.next_step or "").strip()
    if not step:
        return Hit("no next step")
    if names_a_day(step):
        return None
    who = "" if _names_somebody(step, case.people) else " and nobody"
    return Hit(f"the next step “{_short(step)}” names no day{who}")


def step_overdue(case: Case) -> Verdict:
    """S9: every day the step names is over."""
    step = case.deal.next_step or ""
    due = latest_date(step, case.brief.today)
    if due is None or due >= case.brief.today:
        return None
    return Hit(f"the next step “{_short(step)}” was due {counted((case.brief.today - due).days, 'day')} ago")


def commit_not_backed(case: Case) -> Verdict:
    """S10: in Commit, though the buyer did too little, a critical gap is open or the close date has passed."""
    if case.deal.forecast_category not in case.rules.commit_categories:
        return None
    reasons = [*_date_reason(case), *_buyer_reason(case)]
    if case.critical_gaps:
        reasons.append(f"critical gap: {listed(list(case.critical_gaps))}")
    if reasons:
        return Hit(f"in {case.deal.forecast_category}, but {listed(reasons)}")
    if case.commitment.unknown:
        return Unknown(f"what the buyer did is not known: {case.commitment.unknown}")
    return None


def _date_reason(case: Case) -> list[str]:
    days = case.brief.facets.days_until_close
    return ["the close date has passed"] if days is not None and days < 0 else []


def _buyer_reason(case: Case) -> list[str]:
    """Where mails carry no text, only the steps that can be seen are asked for."""
    step = case.commitment.step
    if step is None or step >= min(case.limits.commit_step, case.commitment.highest_visible):
        return []
    return [f"the buyer is at step {step.label} (least {case.limits.commit_step.label})"]


def probability_off(case: Case) -> Verdict:
    """S12: the typed chance is far from the stage's and no recent note speaks of it."""
    stage, typed = case.stages.resolve(case.deal.stage), case.deal.probability
    if stage is None or typed is None:
        return None
    usual = 100 * case.stages.probability_of(stage)
    since = case.brief.today - timedelta(days=case.limits.look_back_days)
    explained = any(note.on >= since and _CHANCE.search(note.text) for note in case.deal.notes)
    if explained or abs(typed - usual) <= case.limits.probability_points:
        return None
    return Hit(f"probability {typed:.0f}% against {usual:.0f}% for {stage.name}, without a note")


def _names_somebody(step: str, people: frozenset[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", step) for name in people)


def _short(step: str) -> str:
    return step if len(step) <= _LONGEST_STEP else step[: _LONGEST_STEP - 1].rstrip() + "…"
