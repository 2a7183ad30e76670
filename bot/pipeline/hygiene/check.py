"""Running the checks S1 to S17 over deals (DOMAIN 5.3). S16 looks at all contacts at once: `duplicates`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.pipeline.brief import DealBrief
from bot.pipeline.commitment import Commitment, CommitmentRules, read_commitment
from bot.pipeline.hygiene.case import Case, Hit, Recorded, Unknown, Verdict
from bot.pipeline.hygiene.dates import close_date_far, close_date_past, close_date_pushed
from bot.pipeline.hygiene.progress import ahead_of_evidence, long_in_stage, moved_back, stage_skipped, stalled
from bot.pipeline.hygiene.promises import commit_not_backed, no_dated_step, probability_off, step_overdue
from bot.pipeline.hygiene.record import amount_off, blocker_standing, ending_unrecorded, minimum_missing
from bot.pipeline.hygiene.rules import HygieneRules, Severity
from bot.pipeline.hygiene.score import RecordScore, score_record
from bot.pipeline.model import Deal, User
from bot.pipeline.stages import StageModel

Check = Callable[[Case], Verdict]

OPEN_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "S1": close_date_past,
        "S2": close_date_far,
        "S3": ahead_of_evidence,
        "S4": stage_skipped,
        "S5": moved_back,
        "S6": long_in_stage,
        "S7": stalled,
        "S8": no_dated_step,
        "S9": step_overdue,
        "S10": commit_not_backed,
        "S11": close_date_pushed,
        "S12": probability_off,
        "S13": amount_off,
        "S14": minimum_missing,
        "S15": blocker_standing,
    }
)
CLOSED_CHECKS: Mapping[str, Check] = MappingProxyType({"S17": ending_unrecorded})

_ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a record: which check, how bad, what, and what mends it."""

    code: str
    severity: Severity
    sentence: str
    fix: str


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A check that could not be made on this deal, and why."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class DealHygiene:
    """One deal's findings, the worst first, what could not be checked, and the score of its record.

    `score` is None for a closed deal.
    """

    deal: Deal
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    score: RecordScore | None


@dataclass(frozen=True, slots=True)
class HygieneJudge:
    """Checks deals of one snapshot by the playbooks."""

    rules: HygieneRules
    commitment: CommitmentRules
    stages: StageModel

    def check(
        self,
        briefs: Sequence[DealBrief],
        users: Mapping[str, User],
        critical_gaps: Mapping[str, Collection[str]] | None = None,
    ) -> list[DealHygiene]:
        """Check deals in the order given. `critical_gaps` maps deal id to its gaps in words.

        What counts as recorded at all is judged over `briefs` together, so pass them in one go.
        """
        recorded = Recorded.of(brief.deal for brief in briefs)
        people = frozenset(name for user in users.values() for name in (user.name, user.first_name))
        gaps = critical_gaps or {}
        return [self._one(brief, recorded, people, gaps.get(brief.deal.id)) for brief in briefs]

    def _one(
        self, brief: DealBrief, recorded: Recorded, people: frozenset[str], gaps: Collection[str] | None
    ) -> DealHygiene:
        commitment: Commitment = read_commitment(brief, self.commitment)
        theirs = {contact.first_name for contact in brief.deal.contacts}
        case = Case(brief, commitment, self.rules, self.stages, recorded, gaps, people | theirs)
        checks = OPEN_CHECKS if brief.deal.is_open else CLOSED_CHECKS
        verdicts = {code: check(case) for code, check in checks.items() if not self.rules.checks[code].off}
        findings = [self._finding(code, each) for code, each in verdicts.items() if isinstance(each, Hit)]
        findings.sort(key=lambda finding: _ORDER.index(finding.severity))
        return DealHygiene(
            deal=brief.deal,
            findings=tuple(findings),
            not_checked=tuple(NotChecked(code, v.reason) for code, v in verdicts.items() if isinstance(v, Unknown)),
            score=score_record(case) if brief.deal.is_open else None,
        )

    def _finding(self, code: str, hit: Hit) -> Finding:
        rules = self.rules.checks[code]
        return Finding(code, hit.severity or rules.severity, hit.sentence, rules.fix)
