"""How deals move and how well they are kept: conversion and bottleneck, booking again, hygiene (F062, F079, F086)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.coach.answers.results import results_reply
from bot.coach.connections import knows_activity
from bot.coach.dates import plural
from bot.coach.reply import CoachReply
from bot.coach.results_playbook import ResultPlaybook
from bot.pipeline.brief import DealBrief
from bot.pipeline.commitment import per_rep, read_commitment
from bot.pipeline.hygiene import HygieneJudge, Severity, mean_score
from bot.pipeline.model import User
from bot.pipeline.reports import Bottleneck, StepConversion, bottlenecks, conversion
from bot.pipeline.service import Pipeline

_SHOWN = 8
_WORST = 5
_LOWEST = 3


def answer_funnel(
    pipeline: Pipeline, playbook: ResultPlaybook, deal_ids: Sequence[str], whose: str, as_of: datetime
) -> CoachReply:
    """The share that went on from each stage, and the step that loses most against before."""
    steps = funnel_steps(pipeline, playbook, deal_ids, as_of)
    found = bottlenecks(
        pipeline, as_of, playbook.stages, playbook.reports.conversion, playbook.reports.bottleneck, deal_ids
    )
    headline = f"Conversion, {whose}, entered in the last {playbook.reports.conversion.months} months"
    rows = [_step(step) for step in steps] or ["No stage history is recorded, so how deals moved on is unknown"]
    return results_reply(headline, [*rows, *_bottleneck(found)] if steps else rows, as_of)


def funnel_steps(
    pipeline: Pipeline, playbook: ResultPlaybook, deal_ids: Sequence[str], as_of: datetime
) -> list[StepConversion]:
    """The steps of the ladder in order, over these deals."""
    return conversion(pipeline, as_of, playbook.stages, playbook.reports.conversion, deal_ids)


def _step(step: StepConversion) -> str:
    flow = step.total
    if not flow.settled:
        return f"{step.stage} to {step.towards}: {plural(flow.entered, 'deal')} entered, none has left yet"
    waiting = f", {flow.waiting} still there" if flow.waiting else ""
    return f"{step.stage} to {step.towards}: {flow.advanced / flow.settled:.0%} of {flow.settled} that left{waiting}"


def _bottleneck(found: Sequence[Bottleneck]) -> list[str]:
    worst = next((each for each in found if each.lost_deals is not None and each.lost_deals > 0), None)
    if worst is None or worst.actual is None:
        judged = any(each.lost_deals is not None for each in found)
        return ["No step converts less than before" if judged else "Bottleneck: too few deals left their stage lately"]
    before = f"{worst.baseline:.0%} before" if worst.measured else f"{worst.baseline:.0%} by the configured chances"
    hint = f" Look at {worst.hint}" if worst.hint else ""
    return [f"Bottleneck: {worst.stage}, {worst.actual:.0%} of {worst.actual_deals} lately, {before}.{hint}"]


def answer_rebooking(briefs: Sequence[DealBrief], playbook: ResultPlaybook, whose: str, as_of: datetime) -> CoachReply:
    """Per rep: meetings followed by a next one, and buyers with an accepted meeting ahead (DOMAIN 4.1)."""
    rules = playbook.commitment
    rows = per_rep(briefs, {brief.deal.id: read_commitment(brief, rules) for brief in briefs}, rules)
    lines = []
    for row in rows[:_SHOWN]:
        rate = "no meeting to judge by" if row.rebook_rate is None else f"{row.rebook_rate:.0%} of {row.held} meetings"
        if row.unknown == row.open_deals:
            lines.append(f"{row.rep.name}: unknown, mail or calendar of {_all_of(row.open_deals)} is not connected")
            continue
        unknown = f", {row.unknown} unknown" if row.unknown else ""
        not_yet = f", {row.not_yet} not yet an opportunity by deeds" if row.not_yet else ""
        lines.append(
            f"{row.rep.name}: booked again after {rate}; {row.eager} of {plural(row.open_deals, 'deal')} with an "
            f"accepted meeting ahead{not_yet}{unknown}"
        )
    more = [f"and {len(rows) - _SHOWN} more people"] if len(rows) > _SHOWN else []
    return results_reply(f"Booking again, {whose}", [*lines, *more] or ["No open deal"], as_of)


def _all_of(deals: int) -> str:
    return "the one open deal" if deals == 1 else f"all {deals} open deals"


def answer_hygiene(
    briefs: Sequence[DealBrief], users: Mapping[str, User], playbook: ResultPlaybook, whose: str, as_of: datetime
) -> CoachReply:
    """The score of the open records, and what is wrong most often, worst first (DOMAIN 5.3, 12.1)."""
    judge = HygieneJudge(playbook.hygiene, playbook.commitment, playbook.stages)
    checked = judge.check(list(briefs), users)
    score = mean_score(each.score for each in checked)
    if score is None:
        return results_reply(f"CRM hygiene, {whose}: no open deal to score", [], as_of)
    counts = Counter((item.severity, item.code) for each in checked for item in each.findings)
    order = list(Severity)
    worst = sorted(counts.items(), key=lambda each: (order.index(each[0][0]), -each[1]))
    titles = playbook.hygiene.checks
    rows = [
        f"{titles[code].title}: {plural(count, 'deal')} ({severity.value})"
        for (severity, code), count in worst[:_WORST]
    ]
    stale = sum(bool(each.score and each.score.is_stale) for each in checked)
    unseen = "" if all(knows_activity(brief) for brief in briefs) else "; mails and meetings are not all known"
    days = playbook.hygiene.limits.stale_days
    rows += [f"{plural(stale, 'record')} without a change for {days} days{unseen}"] if stale else []
    scored = sorted((each.score.value, each.deal.name) for each in checked if each.score)
    rows += [f"Lowest: {', '.join(f'{name} {value:.0f}%' for value, name in scored[:_LOWEST])}"]
    return results_reply(f"CRM hygiene, {whose}: {score:.0f}% of {plural(len(checked), 'record')}", rows, as_of)
