"""Reading a close plan: lines `date | owner | action`, and what is wrong with them (DOMAIN 6.4)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.coach.dates import day_words, plural
from bot.pipeline.model import ClosePlan

STALE_AFTER_DAYS = 14
REFRESH_AFTER_DAYS = 7
LONGEST_LINE = 140
LONGEST_PLAN = 5_000  # characters, the cap of the command plan
_GAP_MARK = re.compile(r"\(\s*\??\s*\)|\*\*\s*\*\*|\bTBD\b", re.IGNORECASE)
_SEVERAL = re.compile(r"(;|\b(?:and|then)\b).*(;|\b(?:and|then)\b)", re.IGNORECASE)
_PAPER = re.compile(r"\b(legal|procurement|redlines?|purchase order|vendor (?:form|record)|signature)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """One lint finding: its code (P1-P12) and a sentence that says what and where."""

    code: str
    sentence: str


def lint_plan(
    plan: ClosePlan | None, today: date, close_date: date | None, buyers: Sequence[str] = ()
) -> list[PlanFinding]:
    """Findings on a close plan: the plan as a whole first, then line by line. No plan, no findings.

    `buyers` are the names of the people at the buyer; without them nobody can say whose line is theirs.
    """
    if plan is None:
        return []
    by_line = (finding for line in plan.lines for finding in _line(line, today, close_date))
    return [*_refresh(plan, today), *_whole(plan, buyers), *by_line]


def _refresh(plan: ClosePlan, today: date) -> Iterator[PlanFinding]:
    if plan.refreshed_on is None:
        yield PlanFinding("P1", "The close plan carries no refresh date")
        return
    age = (today - plan.refreshed_on).days
    if age > REFRESH_AFTER_DAYS:
        stale = ", stale" if age >= STALE_AFTER_DAYS else ""
        refreshed = day_words(plan.refreshed_on, today)
        yield PlanFinding("P2", f"The close plan is {plural(age, 'day')} old ({refreshed}){stale}")


def _whole(plan: ClosePlan, buyers: Sequence[str]) -> Iterator[PlanFinding]:
    theirs = {part.casefold() for name in buyers for part in name.split()}
    owners = {word.casefold() for line in plan.lines for word in _owner(line).split()}
    if plan.lines and theirs and not owners & theirs:
        yield PlanFinding("P10", "No line of the plan is owned by somebody at the buyer")
    paper = [match.group(1).casefold() for line in plan.lines if (match := _PAPER.search(line))]
    for step in sorted({step for step in paper if paper.count(step) > 1}):
        yield PlanFinding("P9", f"Two lines of the plan speak of the same paper step ({step})")
    if sum(len(line) for line in plan.lines) > LONGEST_PLAN:
        yield PlanFinding("P12", f"The plan is longer than {LONGEST_PLAN:,} characters")


def _line(line: str, today: date, close_date: date | None) -> Iterator[PlanFinding]:
    when, _, rest = (part.strip() for part in line.partition("|"))
    yield from _date(_iso(when), when, line, rest, today, close_date)
    if not re.search(r"\w", _owner(line)):
        yield PlanFinding("P6", f"Plan line without an owner: “{line}”")
    if len(line) > LONGEST_LINE or _SEVERAL.search(rest):
        yield PlanFinding("P7", f"Plan line with more than one action, split it: “{line[:LONGEST_LINE]}”")
    if _GAP_MARK.search(line):
        yield PlanFinding("P8", f"Marked as open: “{line}”")


def _date(
    on: date | None, when: str, line: str, rest: str, today: date, close_date: date | None
) -> Iterator[PlanFinding]:
    if on is None:
        code = "P4" if re.search(r"[a-z]", when, re.IGNORECASE) else "P3"
        yield PlanFinding(code, f"Plan line without a day: “{line}”")
    elif on < today:
        yield PlanFinding("P5", f"Plan line overdue since {day_words(on, today)}: “{rest}”")
    elif close_date and on > close_date:
        yield PlanFinding("P11", f"Plan line after the close date: “{line}”")


def parts_of(line: str) -> tuple[date | None, str, str]:
    """Day, owner and action of a plan line; None and empty text for what is not there."""
    when, _, rest = line.partition("|")
    return _iso(when.strip()), _owner(line), rest.partition("|")[2].strip() or rest.strip()


def _owner(line: str) -> str:
    parts = line.split("|")
    return _GAP_MARK.sub("", parts[1]).strip() if len(parts) > 1 else ""


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
