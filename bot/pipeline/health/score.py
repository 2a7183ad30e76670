"""One deal through the rule table, with every reason in words (DOMAIN 2.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.pipeline.brief import Benchmark, Cap, Facets, Health, HealthBucket, Lift, Signal
from bot.pipeline.health.inputs import Inputs, inputs_of
from bot.pipeline.health.rules import CapRule, HealthRules, Line, OverrideRule, SignalRule, WhatIf
from bot.pipeline.health.words import say, words_of
from bot.pipeline.model import DealType

_BEST_FIRST = tuple(HealthBucket)
_NO_HEALTH = Health(bucket=None, net=None, score=None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules decide, before it is put into words."""

    bucket: HealthBucket
    net: int
    by_points: HealthBucket
    lines: Mapping[str, Line]
    caps: tuple[CapRule, ...]
    overrides: tuple[OverrideRule, ...]


def assess_health(
    rules: HealthRules,
    facets: Facets,
    *,
    deal_type: DealType,
    is_open: bool,
    today: date,
    benchmarks: Mapping[str, Benchmark],
) -> Health:
    """Return bucket, points, caps and reasons of one deal; a closed deal has no bucket.

    `benchmarks` supplies the words behind `age_ratio` and the typical number of people engaged; without
    them the signals that need them score nothing.
    """
    if not is_open:
        return _NO_HEALTH
    inputs = inputs_of(facets, today, benchmarks.get("typical_contacts_won"))
    words = words_of(inputs, benchmarks)
    if (lacking := insufficient_reason(rules, inputs, words)) is not None:
        return Health(bucket=HealthBucket.AVERAGE, net=None, score=None, insufficient=lacking)
    verdict = judge(rules, deal_type, inputs)
    return Health(
        bucket=verdict.bucket,
        net=verdict.net,
        score=rules.score.of(verdict.net),
        signals=_signals(verdict, words),
        caps=_caps(verdict, words),
        what_would_change=_lifts(rules, deal_type, inputs, verdict.bucket),
    )


def insufficient_reason(rules: HealthRules, inputs: Inputs, words: Mapping[str, Any]) -> str | None:
    """Return why too little is known to score the deal; None if enough is."""
    return next((say(rule.says, words) for rule in rules.insufficient if rule.when.holds(inputs)), None)


def judge(rules: HealthRules, deal_type: DealType, inputs: Inputs) -> Verdict:
    """Score an open deal of which enough is known."""
    lines = _scoring_lines(rules.signals(deal_type), inputs)
    net = sum(line.points for line in lines.values())
    caps = tuple(cap for cap in rules.caps if _concerns(cap, deal_type) and _caps_now(cap, lines, inputs))
    overrides = tuple(rule for rule in rules.overrides if _concerns(rule, deal_type) and rule.when.holds(inputs))
    by_points = rules.bucket_of(net)
    bucket = worst(by_points, *(cap.best for cap in caps))
    return Verdict(overrides[0].bucket if overrides else bucket, net, by_points, lines, caps, overrides)


def worst(*buckets: HealthBucket) -> HealthBucket:
    """Return the least healthy of some buckets."""
    return max(buckets, key=_BEST_FIRST.index)


def _scoring_lines(signals: tuple[SignalRule, ...], inputs: Inputs) -> dict[str, Line]:
    """Return the line that scored, by signal code; a line of 0 points scores nothing but ends its signal."""
    scoring: dict[str, Line] = {}
    for signal in signals:
        for line in signal.lines:
            if line.when.holds(inputs) and not scoring.keys() & set(line.unless):
                if line.points:
                    scoring[signal.code] = line
                break
    return scoring


def _concerns(rule: CapRule | OverrideRule, deal_type: DealType) -> bool:
    return rule.only is None or rule.only is deal_type


def _caps_now(cap: CapRule, lines: Mapping[str, Line], inputs: Inputs) -> bool:
    return cap.when.holds(inputs) and (not cap.fired or bool(lines.keys() & set(cap.fired)))


def _signals(verdict: Verdict, words: Mapping[str, Any]) -> tuple[Signal, ...]:
    return tuple(Signal(code, line.points, say(line.says, words)) for code, line in verdict.lines.items())


def _caps(verdict: Verdict, words: Mapping[str, Any]) -> tuple[Cap, ...]:
    return tuple(
        Cap(code, best, say(says, words), binds=worst(verdict.by_points, best) is not verdict.by_points)
        for code, best, says in [
            *((cap.code, cap.best, cap.says) for cap in verdict.caps),
            *((rule.code, rule.bucket, rule.says) for rule in verdict.overrides),
        ]
    )


def _lifts(rules: HealthRules, deal_type: DealType, inputs: Inputs, bucket: HealthBucket) -> tuple[Lift, ...]:
    """Score the deal again after each single change and keep those that raise its bucket."""
    lifts = []
    for change in rules.what_if:
        if change.when.holds(inputs):
            after = judge(rules, deal_type, _changed(inputs, change)).bucket
            if _BEST_FIRST.index(after) < _BEST_FIRST.index(bucket):
                lifts.append(Lift(change.says, after))
    return tuple(lifts)


def _changed(inputs: Inputs, change: WhatIf) -> Inputs:
    grown = {name: _number(inputs[name]) + step for name, step in change.add.items()}
    return inputs | change.set | grown


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) else 0
