"""A mutual action plan as an answer: when both sides do what, and what is already late (F074)."""

from bot.coach.answers.wording import deal_ref
from bot.coach.dates import day_words, plural
from bot.coach.mutual_plan import Planned, Timeline, timeline
from bot.coach.mutual_rules import MutualPlanRules
from bot.coach.reply import CoachReply, Opens, Outcome, Section
from bot.coach.view import DealView
from bot.memory.plans import MutualPlan


def answer_mutual(view: DealView, rules: MutualPlanRules, saved: MutualPlan | None) -> CoachReply:
    """The plan of one deal, counted back from its close date unless one was saved."""
    brief = view.brief
    plan = timeline(view, rules, saved)
    if plan is None:
        headline = f"{brief.deal.name}: no close date, so nothing to count back from"
        lines: tuple[str, ...] = ("Agree a day with the buyer first, and record it.",)
    else:
        headline = f"{brief.deal.name}: {rules.title.lower()} to {day_words(plan.close_date, plan.today)}"
        lines = tuple(plan_line(line, plan) for line in plan.lines)
    text = "\n".join([f"*{headline}*", *(_blocks(plan) if plan else lines)])
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=brief.as_of,
        headline=headline,
        text=text,
        deal=deal_ref(brief.deal),
        sections=(Section(title=rules.title, lines=lines),),
        opens=Opens.MUTUAL_PLAN if plan else None,
    )


def _blocks(plan: Timeline) -> list[str]:
    """The message: what is late in a block of its own."""
    late = [f"• {_words(line, plan)}" for line in plan.late]
    ahead = [f"• {_words(line, plan)}" for line in plan.lines if line not in plan.late]
    title = [f"*Already late: do {'them' if len(late) > 1 else 'it'} side by side, or ask for another day*"]
    return [verdict(plan), *([*title, *late] if late else []), *(["*Ahead*", *ahead] if late and ahead else ahead)]


def plan_line(line: Planned, plan: Timeline) -> str:
    """One step: day, who, what, how long it takes and how we know."""
    late = "already late: " if line.late_by(plan.today) else ""
    return f"{late}{_words(line, plan)}"


def _words(line: Planned, plan: Timeline) -> str:
    step = line.step
    done = "✅ " if step.done else ""
    return f"{done}{day_words(step.due, plan.today)}, {step.owner}: {step.text}{_length(line)}"


def verdict(plan: Timeline) -> str:
    """Whether the steps fit before the close date, and whose figures these are."""
    if plan.saved is not None:
        return f"Saved by {plan.saved.by_name} on {day_words(plan.saved.at.date(), plan.today)}. {_late_words(plan)}"
    source = (
        "Counted back from the close date; d = working days, the playbook's unless quoted; (?) and ( ) are to be asked."
    )
    return f"{source} {_late_words(plan)}"


def _late_words(plan: Timeline) -> str:
    late = len(plan.late)
    return f"{plural(late, 'step')} {'is' if late == 1 else 'are'} already late." if late else "Nothing is late."


def _length(line: Planned) -> str:
    if line.days is None or line.step.done:
        return ""
    if line.said is None:
        return f" ({line.days} d)"
    return f" ({line.days} d: “{line.said}”)"
