"""The final week as a checklist: each line with one owner, its days and whether it is proven (DOMAIN 7, 9.5)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.coach.evidence.model import Statement
from bot.coach.people import approach
from bot.coach.rubrics.playbook import CloseWeek, WeekLine
from bot.coach.view import DealView


class LineState(StrEnum):
    """Where one line stands today."""

    DONE = "done"
    LATE = "late"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line with real people and days; `proof` is the sentence that shows it is done."""

    owner: str
    text: str
    done_when: str
    starts: date
    ends: date
    state: LineState
    proof: Statement | None = None


def close_week(view: DealView, rules: CloseWeek) -> tuple[PlannedLine, ...]:
    """The checklist of one open deal; empty without a close date, which every line counts from."""
    close = view.brief.deal.close_date
    return tuple(_line(view, line, close) for line in rules.lines) if close else ()


def _line(view: DealView, line: WeekLine, close: date) -> PlannedLine:
    contact = approach("replied", view.brief, frozenset(view.gone))
    slots = {
        "rep": view.brief.deal.owner.first_name,
        "contact": contact.first_name if contact else "the buyer",
        "account": view.brief.deal.account or "the buyer",
    }
    starts, ends = close + timedelta(days=line.start), close + timedelta(days=line.end)
    proof = _proof(view, line)
    return PlannedLine(
        owner=line.owner.format(**slots),
        text=line.text.format(**slots),
        done_when=line.done_when.format(**slots),
        starts=starts,
        ends=ends,
        state=LineState.DONE if proof else _state(starts, ends, view.brief.today),
        proof=proof,
    )


def _state(starts: date, ends: date, today: date) -> LineState:
    if today > ends:
        return LineState.LATE
    return LineState.NOW if today >= starts else LineState.LATER


def _proof(view: DealView, line: WeekLine) -> Statement | None:
    patterns = [re.compile(pattern, re.I) for pattern in line.seen]
    certain = (item for item in view.statements.items if not item.hedged and not item.quote.endswith("?"))
    return next((item for item in certain if any(pattern.search(item.quote) for pattern in patterns)), None)
