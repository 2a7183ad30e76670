"""The plans of a deal as forms: the command plan with its reviews, the mutual action plan to edit and to copy."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.coach.answers.mutual import verdict
from bot.coach.command_plan import CommandPlan, PlanAction
from bot.coach.mutual_plan import Planned, Timeline, mail_text, plan_text
from bot.coach.reply import Opens
from bot.memory import PlanReview
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views import wording
from bot.slack.views.blocks import Element, actions, button, context, divider, section, verbatim
from bot.slack.views.escape import mrkdwn, mrkdwn_lines
from bot.slack.views.message import Block
from bot.slack.views.modal import TEXT_LIMIT, View, form, reading, text_input

REVIEW_LIMIT = 500
_SHOWN_ACTIONS = 12
_SHOWN_REVIEWS = 5
_SHOWN_FINDINGS = 5
_LABELS = {Opens.MUTUAL_PLAN: "Edit and share…", Opens.COMMAND_PLAN: "Whole plan…"}
_ACTIONS = {Opens.MUTUAL_PLAN: ActionId.MUTUAL_PLAN, Opens.COMMAND_PLAN: ActionId.COMMAND_PLAN}


def open_button(opens: Opens, deal_id: str) -> Element:
    """The way from an answer to its form; what may be seen is decided at the press."""
    return button(_LABELS[opens], _ACTIONS[opens].value, deal_id, style="primary")


def command_plan_view(deal_name: str, deal_id: str, plan: CommandPlan, today: date, *, may_review: bool) -> View:
    """The whole command plan; managers can leave a dated note."""
    there = sum(is_there for _, is_there in plan.parts)
    whole = f"{'●' * there}{'○' * (len(plan.parts) - there)}  {there} of {len(plan.parts)} parts there"
    size = f"{plan.length:,} of {plan.cap:,} characters" + (" ⚠️ too long to read" if plan.length > plan.cap else "")
    buttons = [button("Mutual action plan…", ActionId.MUTUAL_PLAN.value, deal_id)]
    if may_review:
        buttons.insert(0, button("Add a review…", ActionId.PLAN_REVIEW.value, deal_id, style="primary"))
    return reading(
        "Command plan",
        [
            section(f"*{mrkdwn(deal_name, 150)}*\n🎯  {mrkdwn(plan.goal, 300)}"),
            context(f"{whole}  ·  {size}"),
            *_reviews(plan.reviews),
            section(f"*Strategy*\n{_strategy(plan)}"),
            *_fields(plan),
            divider(),
            *_actions(plan.actions, today),
            *_findings(plan),
            actions(buttons),
        ],
    )


def review_form(deal_name: str, carried: dict[str, Any]) -> View:
    """What a manager thinks of the plan today."""
    note = text_input(
        "note", "What you found", longest=REVIEW_LIMIT, multiline=True,
        hint="What holds, what is missing, what you expect by when. It is kept with your name and today's date.",
    )  # fmt: skip
    blocks = [section(f"Your review of the plan for *{mrkdwn(deal_name, 150)}*"), note]
    return form("Review the plan", blocks, callback=CallbackId.PLAN_REVIEW, submit="Keep", carried=carried)


def mutual_form(deal_name: str, plan: Timeline, carried: dict[str, Any], problem: str | None = None) -> View:
    """The plan as lines to edit; `problem` is what could not be read of the last attempt."""
    return form(
        "Mutual action plan",
        [
            section(f"*{mrkdwn(deal_name, 150)}*\n{mrkdwn(verdict(plan), 400)}"),
            *([section(f"✋  {mrkdwn(problem, 300)}")] if problem else []),
            text_input(
                "plan", "One line a step: day | who | what", value=plan_text(plan.lines), longest=TEXT_LIMIT,
                multiline=True, hint="( ) is an owner nobody knows yet, (?) one to be confirmed. End with | done.",
            ),
        ],
        callback=CallbackId.MUTUAL_PLAN, submit="Save", carried=carried,
    )  # fmt: skip


def saved_plan_view(deal_name: str, account: str | None, plan: Timeline) -> View:
    """The plan as it was saved, and the text to paste into a mail."""
    rows = [f"{_mark(line, plan.today)}  *{wording.due(line.step.due)}*  "
            f"{mrkdwn(line.step.owner, 80)}: {mrkdwn(line.step.text, 150)}" for line in plan.lines]  # fmt: skip
    late = f"⏰ already late: {len(plan.late)}" if plan.late else "Nothing is late."
    return reading(
        "Saved",
        [
            section(f"*{mrkdwn(deal_name, 150)}*  ·  {late}"),
            *(section("\n".join(rows[start : start + 10])) for start in range(0, len(rows), 10)),
            divider(),
            section("*To paste into a mail*\nNothing is sent. Read it once more before you do."),
            verbatim(mail_text(plan, account)),
        ],
    )


def _mark(line: Planned, today: date) -> str:
    return "✅" if line.step.done else "⏰" if line.late_by(today) else "⬜"


def _strategy(plan: CommandPlan) -> str:
    if plan.strategy is None:
        return "_Nobody has said it yet. A consult ends with it, in the seller's words._"
    by = f"\n_{mrkdwn(plan.strategy_by, 60)}, {wording.day(plan.strategy_on)}_" if plan.strategy_by else ""
    return f"{mrkdwn_lines(plan.strategy, 700)}{by}"


def _fields(plan: CommandPlan) -> list[Block]:
    """What is written down, then the blanks in one line."""
    filled = [section(f"*{mrkdwn(label, 60)}*\n{mrkdwn_lines(text, 600)}") for label, text in plan.fields if text]
    blanks = ", ".join(mrkdwn(label.lower(), 60) for label, text in plan.fields if not text)
    return [*filled, *([context(f"○  Not written down: {blanks}")] if blanks else [])]


def _actions(found: Sequence[PlanAction], today: date) -> list[Block]:
    if not found:
        return [section("*Actions, newest first*\n_None yet._")]
    lines = [_action(each, today) for each in found[:_SHOWN_ACTIONS]]
    more = [context(f"{len(found) - _SHOWN_ACTIONS} more.")] if len(found) > _SHOWN_ACTIONS else []
    return [section("*Actions, newest first*"), *(section(each) for each in lines), *more]


def _action(action: PlanAction, today: date) -> str:
    late = "⏰ " if action.due and action.due < today else ""
    day = f"{late}*{wording.day(action.due)}*" if action.due else "_no day_"
    owner = mrkdwn(action.owner, 60) if action.owner else "_nobody_"
    proof = f"done when {mrkdwn(action.proof, 200)}" if action.proof else "no proof named"
    source = "" if action.item else "  ·  from the CRM"
    return f"📌  {day}  {owner}: {mrkdwn(action.text, 260)}\n_{proof}{source}_"


def _findings(plan: CommandPlan) -> list[Block]:
    lines = [f"• {mrkdwn(each.sentence, 250)}" for each in plan.findings[:_SHOWN_FINDINGS]]
    return [context("\n".join(["*To mend in the close plan*", *lines]))] if lines else []


def _reviews(reviews: Sequence[PlanReview]) -> list[Block]:
    """What managers noted, the newest first, each with its day."""
    lines = [
        f"🖊  *{mrkdwn(each.by_name, 60)}, {wording.day(each.at.date())}:* {mrkdwn_lines(each.text, REVIEW_LIMIT)}"
        for each in reviews[:_SHOWN_REVIEWS]
    ]
    return [section("\n".join(lines))] if lines else []
