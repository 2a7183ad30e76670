"""Reading a close plan: lines `date | owner | action`, and what is wrong with them (DOMAIN 6.4)."""

import re
from dataclasses import dataclass
from datetime import date

from bot.coach.dates import day_words, plural
from bot.pipeline.model import ClosePlan

STALE_AFTER_DAYS = 14
REFRESH_AFTER_DAYS = 7
_GAP_MARK = re.compile(r"\(\s*\??\s*\)|\*\*\s*\*\*|\bTBD\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """One lint finding: its code (P1-P12) and a sentence that says what and where."""

    code: str
    sentence: str


def lint_plan(plan: ClosePlan | None, today: date, close_date: date | None) -> list[PlanFinding]:
    """Findings on a close plan, refresh first, then line by line. No plan, no findings."""
    if plan is None:
        return []
    findings = _refresh(plan, today)
    for line in plan.lines:
        findings += _line(line, today, close_date)
    return findings


def _refresh(plan: ClosePlan, today: date) -> list[PlanFinding]:
    if plan.refreshed_on is None:
        return [PlanFinding("P1", "The close plan carries no refresh date")]
    age = (today - plan.refreshed_on).days
    if age <= REFRESH_AFTER_DAYS:
        return []
    stale = ", stale" if age >= STALE_AFTER_DAYS else ""
    return [
        PlanFinding("P2", f"The close plan is {plural(age, 'day')} old ({day_words(plan.refreshed_on, today)}){stale}")
    ]


def _line(line: str, today: date, close_date: date | None) -> list[PlanFinding]:
    when, _, rest = (part.strip() for part in line.partition("|"))
    on = _iso(when)
    findings = []
    if on is None:
        code = "P4" if re.search(r"[a-z]", when, re.IGNORECASE) else "P3"
        findings.append(PlanFinding(code, f"Plan line without a day: “{line}”"))
    elif on < today:
        findings.append(PlanFinding("P5", f"Plan line overdue since {day_words(on, today)}: “{rest}”"))
    elif close_date and on > close_date:
        findings.append(PlanFinding("P11", f"Plan line after the close date: “{line}”"))
    if _GAP_MARK.search(line):
        findings.append(PlanFinding("P8", f"Marked as open: “{line}”"))
    return findings


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
