"""From findings to statuses, severities and coverage (DOMAIN 3.1, 3.2)."""

from dataclasses import dataclass
from datetime import date

from bot.coach.evidence.model import Evidence
from bot.coach.qualify.element_tests import ELEMENT_TESTS, Finding, has_partner
from bot.coach.qualify.ledger import Ledger
from bot.coach.qualify.playbook import ElementRule, MeddppiccPlaybook
from bot.coach.reply import Element, ElementLine, ElementStatus, Severity
from bot.pipeline.brief import DealBrief

_HIGH_WEIGHT = 3
_SEVERITY_ORDER = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


@dataclass(frozen=True, slots=True)
class ElementResult:
    """One element with everything that decides its place in the answer; `question` is the one that opens the gap."""

    element: Element
    status: ElementStatus
    level: int
    required: int
    severity: Severity | None
    weight: int
    why: str
    evidence: tuple[Evidence, ...]
    subject: str | None = None
    met: bool = False
    question: str = ""

    def line(self) -> ElementLine:
        """The element as a part of the reply."""
        sources = tuple(dict.fromkeys(item.source_id for item in self.evidence))
        return ElementLine(
            element=self.element, status=self.status, severity=self.severity, why=self.why, evidence=sources
        )


@dataclass(frozen=True, slots=True)
class Qualification:
    """All elements, gaps first; `coverage` is the share of what the stage demands (0-1), None if it demands nothing."""

    results: tuple[ElementResult, ...]
    coverage: float | None

    def with_status(self, status: ElementStatus) -> tuple[ElementResult, ...]:
        """The elements that have this status, in order of importance."""
        return tuple(result for result in self.results if result.status is status)

    def gaps(self, *severities: Severity) -> tuple[ElementResult, ...]:
        """The gaps of these severities (all if none is named), worst first."""
        wanted = severities or _SEVERITY_ORDER
        return tuple(result for result in self.results if result.severity in wanted)


def qualify(ledger: Ledger, brief: DealBrief, playbook: MeddppiccPlaybook) -> Qualification:
    """Judge all configured elements of one open deal at `brief.today`."""
    results = [
        _judge(element, rule, ledger, brief, playbook)
        for element, rule in playbook.elements.items()
        if element is not Element.PARTNER or playbook.partner
    ]
    ordered = sorted(results, key=_importance)  # stable: the order of the playbook decides ties
    return Qualification(tuple(ordered), _coverage(ordered))


def _judge(
    element: Element, rule: ElementRule, ledger: Ledger, brief: DealBrief, playbook: MeddppiccPlaybook
) -> ElementResult:
    finding = ELEMENT_TESTS[element](ledger)
    status, level = _status(finding, _shelf_life(rule, brief), brief.today)
    required = rule.required.get(brief.deal.stage, 0) if finding.applicable else 0
    late = brief.deal.stage in playbook.late_stages
    weight = _weight(rule, late=late, attached=element is Element.PARTNER and has_partner(ledger))
    return ElementResult(
        element=element,
        status=status,
        level=level,
        required=required,
        severity=_severity(element, required - level, weight, brief, playbook)
        or _due_next(rule, level, finding, brief.deal.stage, playbook),
        weight=weight,
        why=finding.why or rule.unknown,
        evidence=finding.evidence,
        subject=finding.subject,
        met=finding.met,
        question=rule.questions[0],
    )


def _status(finding: Finding, shelf_life_days: int, today: date) -> tuple[ElementStatus, int]:
    """Proof ages: after its shelf life it counts as partial, after twice that as nothing."""
    if not finding.applicable:
        return ElementStatus.NOT_APPLICABLE, 0
    if finding.level < 2 or finding.proven_on is None:
        return (ElementStatus.PARTIAL, 1) if finding.level else (ElementStatus.MISSING, 0)
    age_days = (today - finding.proven_on).days
    if age_days <= shelf_life_days:
        return ElementStatus.CONFIRMED, 2
    return ElementStatus.STALE, 1 if age_days <= 2 * shelf_life_days else 0


def _shelf_life(rule: ElementRule, brief: DealBrief) -> int:
    near = brief.facets.days_until_close is not None and brief.facets.days_until_close <= 30
    return rule.shelf_life_days_near_close or rule.shelf_life_days if near else rule.shelf_life_days


def _weight(rule: ElementRule, *, late: bool, attached: bool) -> int:
    if late and rule.weight_late is not None:
        return rule.weight_late
    return rule.weight_attached if attached and rule.weight_attached is not None else rule.weight


def _severity(
    element: Element, shortfall: int, weight: int, brief: DealBrief, playbook: MeddppiccPlaybook
) -> Severity | None:
    if shortfall <= 0:
        return None
    days = brief.facets.days_until_close
    closing = days is not None and days <= playbook.critical_within_days
    late = brief.deal.stage in playbook.late_stages
    if (closing and element in playbook.critical_elements) or (shortfall >= 2 and late):
        return Severity.CRITICAL
    if shortfall >= 2 or weight >= _HIGH_WEIGHT:
        return Severity.HIGH
    return Severity.MEDIUM


def _due_next(
    rule: ElementRule, level: int, finding: Finding, stage: str, playbook: MeddppiccPlaybook
) -> Severity | None:
    upcoming = playbook.next_stage(stage)
    short = finding.applicable and upcoming is not None and rule.required[upcoming] > level
    return Severity.LOW if short else None


def _importance(result: ElementResult) -> tuple[int, int]:
    rank = _SEVERITY_ORDER.index(result.severity) if result.severity else len(_SEVERITY_ORDER)
    return rank, -result.weight


def _coverage(results: list[ElementResult]) -> float | None:
    demanded = sum(result.weight * result.required for result in results)
    covered = sum(result.weight * min(result.level, result.required) for result in results)
    return covered / demanded if demanded else None
