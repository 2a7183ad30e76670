"""Next steps: at most three, each with owner, counterpart, verb, date and done-when (DOMAIN 2.6, 6.4).

Candidates come from health signals and from qualification gaps. The worst thing goes first, and the
same person is not asked two things that are really one.
"""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from bot.coach.dates import working_days_after
from bot.coach.qualify.meddppicc import ElementResult, Qualification
from bot.coach.qualify.playbook import MeddppiccPlaybook
from bot.coach.reply import NextStep, Severity
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import Activity, ActivityKind, Contact

MAX_STEPS = 3
_SENIOR = (
    "chief", "ceo", "cfo", "coo", "cto", "cio", "president", "owner", "founder", "vp", "vice president",
    "managing director", "director", "executive", "head", "controller", "lead", "manager",
)  # fmt: skip
"""Title words from most to least senior. Used to choose whom to ask, never as proof of authority."""


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
    """Actions by health signal, most urgent first, and those of special situations."""

    signals: tuple[SignalAction, ...]
    new_deal: Action
    won: Action
    lost: Action


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A next step together with the words to look up in the handbook for it."""

    step: NextStep
    query: str


def plan_steps(
    brief: DealBrief, qualification: Qualification, actions: ActionPlaybook, playbook: MeddppiccPlaybook
) -> list[PlannedStep]:
    """The steps for an open deal, the most pressing first."""
    if brief.health.insufficient:
        return [from_action(actions.new_deal, brief)]
    critical = [_gap_step(result, brief, playbook) for result in qualification.gaps(Severity.CRITICAL)]
    by_signal = _signal_steps(brief, actions)
    others = [_gap_step(result, brief, playbook) for result in qualification.gaps(Severity.HIGH, Severity.MEDIUM)]
    later = [_gap_step(result, brief, playbook) for result in qualification.gaps(Severity.LOW)]
    ranked = [*by_signal[:1], *critical[:2], *others[:1], *by_signal[1:2], *others[1:], *later]
    return _distinct(ranked)[:MAX_STEPS]


def from_action(action: Action, brief: DealBrief) -> PlannedStep:
    """Fill an action of the playbook with this deal's people and dates."""
    contact = _approach(action.approach, brief)
    return _filled(action.text, action.done_when, action.days, action.query, contact, brief)


def _signal_steps(brief: DealBrief, actions: ActionPlaybook) -> list[PlannedStep]:
    fired = {signal.code for signal in brief.health.signals if signal.points < 0}
    fired |= {cap.code for cap in brief.health.caps}
    return [from_action(action, brief) for action in actions.signals if fired & set(action.codes)]


def _gap_step(result: ElementResult, brief: DealBrief, playbook: MeddppiccPlaybook) -> PlannedStep:
    rule = playbook.elements[result.element]
    action = rule.actions[0]
    person = next((item.person for item in result.evidence if item.person), None)
    contact = person if person and brief.deal.contacts else _approach("replied", brief)
    return _filled(action.text, action.done_when, action.days, rule.query, contact, brief)


def _filled(text: str, done_when: str, days: int, query: str, contact: Contact | None, brief: DealBrief) -> PlannedStep:
    name = contact.first_name if contact else f"the first contact at {brief.deal.account}"
    slots = {"contact": name, "account": brief.deal.account, "rep": brief.deal.owner.first_name}
    step = NextStep(
        owner=brief.deal.owner.first_name,
        counterpart=contact.name if contact else None,
        text=text.format(**slots),
        due=working_days_after(brief.today, days),
        done_when=done_when.format(**slots),
    )
    return PlannedStep(step, query)


def _distinct(planned: list[PlannedStep]) -> list[PlannedStep]:
    seen: set[str] = set()
    kept = []
    for item in planned:
        if item.step.text not in seen:
            seen.add(item.step.text)
            kept.append(item)
    return kept


def _approach(how: str, brief: DealBrief) -> Contact | None:
    """The person to approach: who answered last, the most senior one engaged, or another than the last."""
    engaged = _engaged(brief)
    if not engaged:
        return next(iter(brief.deal.contacts), None)
    if how == "senior":
        return min(engaged, key=_seniority)
    if how == "quiet" and len(engaged) > 1:
        return engaged[1]
    return engaged[0]


def _engaged(brief: DealBrief) -> list[Contact]:
    """Contacts the owner had contact with, most recent act of theirs first; partners last."""
    latest: dict[str, Activity] = {}
    for activity in sorted(brief.deal.activities, key=lambda item: item.at):
        if activity.at <= brief.as_of and activity.kind is not ActivityKind.TASK and not activity.is_auto:
            for email in activity.participants:
                if activity.direction != "outbound" or email not in latest:
                    latest[email] = activity
    found = [contact for contact in brief.deal.contacts if (contact.email or "").casefold() in latest]
    found.sort(key=lambda contact: latest[(contact.email or "").casefold()].at, reverse=True)
    return sorted(found, key=lambda contact: (contact.role or "").casefold() == "partner")


def _seniority(contact: Contact) -> int:
    title = (contact.title or "").casefold()
    return next((rank for rank, word in enumerate(_SENIOR) if word in title), len(_SENIOR))
