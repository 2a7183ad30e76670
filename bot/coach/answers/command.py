"""The command plan as an answer: goal, strategy, how whole it is, what comes next (F072)."""

from bot.coach.answers.wording import deal_ref, listed
from bot.coach.command_plan import CommandPlan, KeptPlan, PlanAction, command_plan
from bot.coach.consults.rules import ConsultRules
from bot.coach.dates import day_words, plural
from bot.coach.reply import CoachReply, Opens, Outcome, Section
from bot.coach.view import DealView

_SHOWN = 4


def answer_command_plan(view: DealView, kept: KeptPlan, rules: ConsultRules) -> CoachReply:
    """The plan in short; the form behind it shows all of it."""
    plan, brief = command_plan(view, kept, rules), view.brief
    there = sum(is_there for _, is_there in plan.parts)
    headline = f"{brief.deal.name}: command plan, {there} of {len(plan.parts)} parts there"
    lines = tuple(_lines(plan, view))
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=brief.as_of,
        headline=headline,
        text="\n".join([f"*{headline}*", *(f"• {line}" for line in lines)]),
        deal=deal_ref(brief.deal),
        sections=(Section(title="Command plan", lines=lines),),
        opens=Opens.COMMAND_PLAN,
    )


def _lines(plan: CommandPlan, view: DealView) -> list[str]:
    strategy = plan.strategy or "nobody has said it yet; a consult ends with it"
    lines = [f"Goal: {plan.goal}", f"Strategy: {strategy}"]
    lines += [_action(each, view) for each in plan.actions[:_SHOWN]]
    left = len(plan.actions) - _SHOWN
    lines += [f"{plural(left, 'more action')} behind the button"] if left > 0 else []
    lines += [f"Not there: {listed([each[:1].lower() + each[1:] for each in plan.missing])}"] if plan.missing else []
    return lines


def _action(action: PlanAction, view: DealView) -> str:
    day = day_words(action.due, view.brief.today) if action.due else "no day"
    return f"{day}, {action.owner or 'nobody'}: {action.text}"
