"""Next steps: at most three, each with owner, counterpart, verb, date and done-when (DOMAIN 2.6, 6.4).

Candidates come from health signals, from qualification gaps and from conflicts. The worst thing goes
first. A Poor deal gets one step only: re-qualify it or close it out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.coach.connections import knows_activity
from bot.coach.dates import working_days_after
from bot.coach.people import approach
from bot.coach.qualify.meddppicc import ElementResult, Qualification
from bot.coach.qualify.playbook import MeddppiccPlaybook
from bot.coach.reply import NextStep, Severity
from bot.pipeline.brief import DealBrief, HealthBucket
from bot.pipeline.model import Contact

MAX_STEPS = 3
_OLD = 2  # times the typical cycle (DOMAIN 2.5, N6)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Action(_Model):
    """One default action of `actions.yaml`; `days` are working days from today."""

    text: str
    done_when: str
    days: int = Field(ge=0, le=30)
    query: str
    approach: str = Field(default="replied", pattern="^(replied|senior|quiet)$")


class SignalAction(Action):
    """The action for any of these health codes."""

    codes: tuple[str, ...] = Field(min_length=1)


class ActionPlaybook(_Model):
    """Actions by health signal, more urgent ones first, and those of special situations."""

    signals: tuple[SignalAction, ...]
    conflict: Action
    new_deal: Action
    won: Action
    lost: Action

    @model_validator(mode="after")
    def always_an_action(self) -> Self:
        """Refuse a file without the two actions that every other falls back to."""
        for code in ("P1", "N2"):
            if not any(code in action.codes for action in self.signals):
                raise ValueError(f"no action is configured for {code}, which is needed when nothing else fits")
        return self


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A next step together with the words to look up in the handbook for it."""

    step: NextStep
    query: str


@dataclass(frozen=True, slots=True)
class StepPlanner:
    """Plans the steps of one open deal."""

    brief: DealBrief
    qualification: Qualification
    actions: ActionPlaybook
    playbook: MeddppiccPlaybook
    gone: Collection[Contact] = ()
    has_conflict: bool = False

    def plan(self) -> list[PlannedStep]:
        """The steps, the most pressing first."""
        if self._is_too_new_to_judge:
            return [from_action(self.actions.new_deal, self.brief, self.gone)]
        by_signal = for_signals(self.brief, self.actions, self.gone)
        if self.brief.health.bucket is HealthBucket.POOR:
            return by_signal[:1]
        critical = self._for_gaps(Severity.CRITICAL)
        conflict = [from_action(self.actions.conflict, self.brief, self.gone)] if self.has_conflict else []
        others = self._for_gaps(Severity.HIGH, Severity.MEDIUM)
        later = self._for_gaps(Severity.LOW)
        ranked = [
            *by_signal[:1],
            *critical[:1],
            *conflict,
            *critical[1:2],
            *others[:1],
            *by_signal[1:2],
            *others[1:],
            *later,
        ]
        return _distinct(ranked)[:MAX_STEPS] or [self._last_resort()]

    def _last_resort(self) -> PlannedStep:
        """For a deal nothing is known to be wrong with: re-qualify an old one, else get a meeting booked."""
        ratio = self.brief.facets.age_ratio
        code = "P1" if ratio is not None and ratio >= _OLD else "N2"
        return from_action(next(a for a in self.actions.signals if code in a.codes), self.brief, self.gone)

    @property
    def _is_too_new_to_judge(self) -> bool:
        return bool(self.brief.health.insufficient) and knows_activity(self.brief)

    def _for_gaps(self, *severities: Severity) -> list[PlannedStep]:
        return [self._for_gap(result) for result in self.qualification.gaps(*severities)]

    def _for_gap(self, result: ElementResult) -> PlannedStep:
        rule = self.playbook.elements[result.element]
        action = (rule.met if result.met else None) or rule.actions[min(result.level, len(rule.actions) - 1)]
        contact = self._whom_to_ask(result)
        query = f"{result.element.label}: {action.text.format(**_slots(contact, self.brief, result.subject))}"
        return _filled(action.text, action.done_when, action.days, query, contact, self.brief, result.subject)

    def _whom_to_ask(self, result: ElementResult) -> Contact | None:
        """The person the element turns on if they are in contact, else who spoke to it, else who acted last."""
        there = [contact for contact in self.brief.deal.contacts if contact not in self.gone]
        meant = [contact for contact in there if result.met and contact.name == result.subject]
        speakers = [item.person for item in result.evidence if item.person and item.person not in self.gone]
        return next(iter([*meant, *speakers]), None) or approach("replied", self.brief, self.gone)


def for_signals(brief: DealBrief, actions: ActionPlaybook, gone: Collection[Contact] = ()) -> list[PlannedStep]:
    """Actions for what pulls health down: worst points first, then the order of the playbook.

    The first of them, if there is one, is the first step of the whole plan.
    """
    points = {signal.code: signal.points for signal in brief.health.signals if signal.points < 0}
    for cap in brief.health.caps:
        points.setdefault(cap.code, _weight_of_cap(cap.best, binds=cap.binds))
    fired = [action for action in actions.signals if points.keys() & set(action.codes)]
    fired.sort(key=lambda action: min(points[code] for code in action.codes if code in points))
    return [from_action(action, brief, gone) for action in fired]


def _weight_of_cap(best: HealthBucket, *, binds: bool) -> int:
    """A cap that decides the bucket weighs as much as the worst signal; any other explains nothing."""
    if best is HealthBucket.POOR:
        return -10
    return -4 if binds else 0


def from_action(action: Action, brief: DealBrief, gone: Collection[Contact] = ()) -> PlannedStep:
    """Fill an action of the playbook with this deal's people and dates; `gone` are not approached."""
    contact = approach(action.approach, brief, gone)
    return _filled(action.text, action.done_when, action.days, action.query, contact, brief)


def _filled(
    text: str,
    done_when: str,
    days: int,
    query: str,
    contact: Contact | None,
    brief: DealBrief,
    subject: str | None = None,
) -> PlannedStep:
    slots = _slots(contact, brief, subject)
    step = NextStep(
        owner=brief.deal.owner.first_name,
        counterpart=contact.name if contact else None,
        text=text.format(**slots),
        due=working_days_after(brief.today, days),
        done_when=done_when.format(**(slots | {"contact": contact.first_name if contact else "that person"})),
    )
    return PlannedStep(step, query)


def _slots(contact: Contact | None, brief: DealBrief, subject: str | None) -> dict[str, str]:
    nobody = f"a first contact at {brief.deal.account}" if brief.deal.account else "a first contact"
    name = contact.name if contact else nobody
    return {
        "contact": name,
        "account": brief.deal.account,
        "rep": brief.deal.owner.first_name,
        "subject": subject or "whoever releases the money at this amount",
    }


def _distinct(planned: list[PlannedStep]) -> list[PlannedStep]:
    return list({item.step.text: item for item in planned}.values())
