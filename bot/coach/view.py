"""One open deal, judged: evidence, qualification, commitments, conflicts and steps, before it is put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.coach.commitment import SaidVersusDid, said_versus_did
from bot.coach.conflicts import amount_conflicts, date_conflicts, largest_price
from bot.coach.departures import departures
from bot.coach.evidence.model import Evidence
from bot.coach.evidence.rules import extract
from bot.coach.evidence.statements import Statements, read_statements
from bot.coach.guidance import cite
from bot.coach.playbook import CoachPlaybook
from bot.coach.qualify.ledger import Ledger
from bot.coach.qualify.meddppicc import ElementResult, Qualification, qualify
from bot.coach.reply import CitationLine, NextStep, Severity
from bot.coach.steps import StepPlanner
from bot.coach.untrusted import set_aside_instructions
from bot.handbook.search import Handbook
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import Contact


@dataclass(frozen=True, slots=True)
class DealView:
    """Everything known about one open deal, judged, before it is put into words."""

    brief: DealBrief
    statements: Statements
    ledger: Ledger
    record: SaidVersusDid
    qualification: Qualification
    conflicts: tuple[str, ...]
    gone: Mapping[Contact, date]
    fields: Mapping[str, str]
    steps: tuple[NextStep, ...]
    citations: tuple[CitationLine, ...]

    @property
    def critical(self) -> tuple[ElementResult, ...]:
        """The critical gaps."""
        return self.qualification.gaps(Severity.CRITICAL)


def view_deal(
    brief: DealBrief, playbook: CoachPlaybook, handbook: Handbook | None, proposed: Sequence[Evidence] = ()
) -> DealView:
    """Judge one open deal: evidence, qualification, commitments, steps and the guidance for them.

    `proposed` is evidence found by other means than the rules, already held against its sources.
    """
    brief, left_out = set_aside_instructions(brief, playbook.cues)
    statements = read_statements(brief.deal, playbook.cues, left_out)
    gone = departures(brief.deal, playbook.cues)
    priced = largest_price(brief, statements, playbook.cues)
    found = sorted([*extract(statements, playbook.cues), *proposed], key=lambda item: item.on, reverse=True)
    ledger = Ledger(brief.deal, tuple(found), frozenset(gone), priced)
    qualification = qualify(ledger, brief, playbook.meddppicc)
    dates = date_conflicts(brief, statements)
    conflicts = (*amount_conflicts(brief, statements, playbook.cues), *dates)
    planner = StepPlanner(brief, qualification, playbook.actions, playbook.meddppicc, frozenset(gone), bool(dates))
    steps, citations = cite(planner.plan(), handbook, brief.deal.stage)
    return DealView(
        brief=brief,
        statements=statements,
        ledger=ledger,
        record=said_versus_did(brief, statements, playbook.cues, ledger),
        qualification=qualification,
        conflicts=conflicts,
        gone=gone,
        fields=playbook.fields.of(brief.deal.custom),
        steps=steps,
        citations=citations,
    )
