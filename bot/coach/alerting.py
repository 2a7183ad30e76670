"""Which share alerts are worth telling whom, and in which words (DOMAIN 2.7; F102, F103). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.pipeline.model import User
from bot.pipeline.shares import (
    Alert,
    AlertRules,
    AlertState,
    ShareFinding,
    ShareHistory,
    judge_share,
    next_alert,
    peers_of,
)

_JUST_UNDER = 0.999
"""A rise that must not fire counts as a hair under its trigger: it neither fires nor re-arms."""


class Metric(StrEnum):
    """What is watched of a person's pipeline, each with an alert of its own."""

    PERSONAL = "personal"
    PEER = "peer"
    IMPROVED = "improved"
    """A fall as large as the personal trigger; good news."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One person's share, judged today."""

    user: User
    history: ShareHistory
    finding: ShareFinding

    def step(self, metric: Metric, state: AlertState, today: date, rules: AlertRules) -> tuple[AlertState, bool] | None:
        """The alert's next state and whether it fires; None where the metric cannot be told."""
        measured = self._measured(metric, rules)
        if measured is None:
            return None
        change, trigger, may_fire = measured
        counted = change if may_fire else min(change, trigger * _JUST_UNDER)
        return next_alert(state, counted, trigger, today, rules.repeat)

    def _measured(self, metric: Metric, rules: AlertRules) -> tuple[float, float, bool] | None:
        """Change and trigger in points, and whether every other condition holds."""
        found = self.finding
        if metric is Metric.PEER:
            return (
                None
                if found.peer_change is None
                else (found.peer_change, rules.peers.points, Alert.PEER in found.alerts)
            )
        if found.own_change is None or found.trigger is None:
            return None
        if metric is Metric.IMPROVED:
            return -found.own_change, found.trigger, found.improved
        return found.own_change, found.trigger, Alert.PERSONAL in found.alerts

    def words(self, metric: Metric) -> str:
        """The alert in a sentence that goes on after "Your" or a name."""
        now, what = self.history.now, "deals" if self.history.by_count else "value"
        share = f"{now:.0f}% of open {what} is At Risk or Poor"
        if metric is Metric.PEER:
            peers = f"the peers' average of {self.finding.peer_mean:.0f}%"
            return f"{share}, {self.finding.peer_change:+.0f} points against {peers}"
        mean = f"the average of {len(self.history.weekly)} weeks, {self.finding.own_mean:.0f}%"
        return f"{share}, {self.finding.own_change:+.0f} points against {mean}"


def judged(histories: Mapping[str, ShareHistory], users: Mapping[str, User], rules: AlertRules) -> list[Verdict]:
    """Everybody's verdict; those without any history, or who left, are left out."""
    verdicts = []
    for user_id, history in histories.items():
        user = users.get(user_id)
        if user is None or not user.active:
            continue
        finding = judge_share(user, histories, peers_of(user, users, histories, rules.peers), rules)
        verdicts += [Verdict(user, history, finding)] if finding else []
    return verdicts
