"""A mutual action plan: the steps of both sides, counted backwards from the close date (DOMAIN 1, 001#4.5, F074)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.coach.close_plan import LONGEST_LINE, LONGEST_PLAN
from bot.coach.mutual_rules import MutualPlanRules, StepRule
from bot.coach.numerals import quantity
from bot.coach.reply import Element, ElementStatus
from bot.coach.view import DealView
from bot.memory.plans import MutualPlan, PlanStep
from bot.pipeline.model import Contact

OPEN = "( )"
"""Marks an owner nobody knows yet, as in a close plan (DOMAIN 6.4)."""
PROPOSED = "(?)"
"""Marks an owner only a role or title speaks for; whether it is theirs to do they have to say."""
DONE = "done"
_QUOTE = 60  # letters
_WORKING_DAYS = {"day": 1, "week": 5, "month": 21}
_SPAN = re.compile(
    r"(?:\b(?P<rounds>\w+) rounds? of )?\b(?P<number>\w+) (?:business |working )?(?P<unit>day|week|month)s?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One step with its day. `said` is what the buyer wrote about its length, None where the playbook's days stand."""

    step: PlanStep
    phase: str = ""
    days: int | None = None
    said: str | None = None

    def late_by(self, today: date) -> int:
        """Days since the step should have been done; 0 if it is done or ahead."""
        return 0 if self.step.done else max((today - self.step.due).days, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The plan of one deal up to its close date, as built or as saved."""

    lines: tuple[Planned, ...]
    today: date
    close_date: date
    saved: MutualPlan | None = None

    @property
    def late(self) -> tuple[Planned, ...]:
        """The steps that should have been done by now."""
        return tuple(line for line in self.lines if line.late_by(self.today))

    @property
    def version(self) -> int:
        """Which saved version this is made from; 0 for none."""
        return self.saved.version if self.saved else 0


def timeline(view: DealView, rules: MutualPlanRules, saved: MutualPlan | None) -> Timeline | None:
    """The saved plan, else one counted back from the close date; None without either."""
    deal, today = view.brief.deal, view.brief.today
    if saved is not None:
        return as_saved(view, saved)
    if deal.close_date is None:
        return None
    return Timeline(lines=_counted_back(view, rules, deal.close_date), today=today, close_date=deal.close_date)


def as_saved(view: DealView, saved: MutualPlan) -> Timeline:
    """The plan as people saved it."""
    ends = view.brief.deal.close_date or max(step.due for step in saved.steps)
    lines = tuple(Planned(step=step) for step in saved.steps)
    return Timeline(lines=lines, today=view.brief.today, close_date=ends, saved=saved)


def _counted_back(view: DealView, rules: MutualPlanRules, end: date) -> tuple[Planned, ...]:
    lines: list[Planned] = []
    due = _not_on_a_weekend(end)
    follows = 0
    for rule in reversed(rules.steps):
        days, said = _length(rule, view)
        due = due if rule.alongside else _working_days_before(due, follows)
        follows = max(follows, days) if rule.alongside else days
        lines.append(_planned(rule, due, days, said, view))
    lines.reverse()
    return tuple(sorted(lines, key=lambda line: line.step.due))


def _planned(rule: StepRule, due: date, days: int, said: str | None, view: DealView) -> Planned:
    theirs = rule.side == "theirs"
    owner = _contact(rule, view) if theirs else view.brief.deal.owner.name
    step = PlanStep(
        key=rule.key, text=rule.text, owner=owner, due=due, theirs=theirs, done=_settled(rule.settled_by, view)
    )
    return Planned(step=step, phase=rule.phase, days=days, said=said)


def _length(rule: StepRule, view: DealView) -> tuple[int, str | None]:
    """Working days of a step and the words of the buyer that say so; without such words the playbook's days."""
    for item in view.ledger.of(Element.PAPER_PROCESS, "duration"):
        found = _SPAN.search(item.quote)
        about = any(re.search(pattern, item.quote, re.IGNORECASE) for pattern in rule.duration)
        number = quantity(found["number"].casefold()) if found and about else None
        if found and number:
            rounds = quantity((found["rounds"] or "one").casefold()) or 1
            return number * rounds * _WORKING_DAYS[found["unit"].casefold()], _around(item.quote, found.end())
    return rule.days, None


def _around(quote: str, end: int) -> str:
    """The end of a sentence's part that names a length of time."""
    start = max(end - _QUOTE, 0)
    said = quote[start:end]
    return said if not start else f"… {said.partition(' ')[2]}"


def _contact(rule: StepRule, view: DealView) -> str:
    """The contact whose role or title has a word of the step's, else the role, each with its mark."""
    present = [contact for contact in view.brief.deal.contacts if contact not in view.gone]
    found = next((each for word in rule.role for each in present if _is(word, each)), None)
    return f"{found.name} {PROPOSED}" if found else f"{rule.role[0].strip() if rule.role else 'buyer'} {OPEN}"


def _is(word: str, contact: Contact) -> bool:
    return any(re.search(rf"\b{re.escape(word)}", f"{text or ''} ", re.IGNORECASE) for text in _titles(contact))


def _titles(contact: Contact) -> tuple[str | None, str | None]:
    return contact.role, contact.title


def _settled(element: Element | None, view: DealView) -> bool:
    results = view.qualification.results
    return any(each.element is element and each.status is ElementStatus.CONFIRMED for each in results)


def _not_on_a_weekend(day: date) -> date:
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _working_days_before(day: date, days: int) -> date:
    for _ in range(days):
        day = _not_on_a_weekend(day - timedelta(days=1))
    return day


# As text people edit


class UnreadablePlan(ValueError):  # noqa: N818 - what was written, not our fault
    """A line of the plan is not `day | who | what`; the message names the line and the fix."""


def plan_text(lines: Sequence[Planned]) -> str:
    """The steps as lines `YYYY-MM-DD | who | what`, with `| done` where it is."""
    return "\n".join(
        f"{line.step.due} | {line.step.owner} | {line.step.text}{f' | {DONE}' if line.step.done else ''}"
        for line in lines
    )


def read_plan(text: str, buyers: Sequence[str]) -> tuple[PlanStep, ...]:
    """The steps of an edited plan in the order of their days. Raises UnreadablePlan."""
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    if not rows:
        raise UnreadablePlan("Leave at least one line: day | who | what.")
    if sum(map(len, rows)) > LONGEST_PLAN:
        raise UnreadablePlan(f"The plan is longer than {LONGEST_PLAN:,} characters.")
    steps = [_read(number, row, buyers) for number, row in enumerate(rows, start=1)]
    return tuple(sorted(steps, key=lambda step: step.due))


def _read(number: int, row: str, buyers: Sequence[str]) -> PlanStep:
    parts = [part.strip() for part in row.split("|")]
    done = len(parts) == 4 and parts[3].casefold() == DONE
    if len(parts) != 3 and not done:
        raise UnreadablePlan(f"Line {number} needs day | who | what.")
    try:
        due = date.fromisoformat(parts[0])
    except ValueError:
        raise UnreadablePlan(f"Line {number} begins with no day. Write it as 2026-01-31.") from None
    if not parts[1] or not parts[2]:
        raise UnreadablePlan(f"Line {number} says not {'who' if not parts[1] else 'what'}.")
    if len(parts[2]) > LONGEST_LINE:
        raise UnreadablePlan(f"Line {number} is longer than {LONGEST_LINE} characters; make it two.")
    theirs = OPEN in parts[1] or any(set(parts[1].casefold().split()) & set(b.casefold().split()) for b in buyers)
    return PlanStep(key=f"line_{number}", text=parts[2], owner=parts[1], due=due, theirs=theirs, done=done)


def mail_text(plan: Timeline, account: str | None) -> str:
    """The plan in words to paste into a mail; what nobody knows yet is asked for by name."""
    rows = [f"{_when(line, plan)}: {_who(line.step)} {line.step.text}" for line in plan.lines if not line.step.done]
    ends = f"{plan.close_date.day} {plan.close_date:%B %Y}"
    return "\n".join(
        [
            f"Our plan with {account or 'you'} to be done by {ends}:",
            "",
            *rows,
            "",
            "Which of these days does not hold on your side, and who takes the steps without a name?",
        ]
    )


def _when(line: Planned, plan: Timeline) -> str:
    """The day; one that is past cannot be proposed any more."""
    return "[new day]" if line.late_by(plan.today) else f"{line.step.due:%a} {line.step.due.day} {line.step.due:%b}"


def _who(step: PlanStep) -> str:
    """The owner, or in brackets what the sender fills in or asks."""
    if OPEN in step.owner:
        return f"[who: {step.owner.replace(OPEN, '').strip()}]"
    return f"[{step.owner.replace(PROPOSED, '').strip()}?]" if PROPOSED in step.owner else step.owner
