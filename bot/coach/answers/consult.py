"""The private preparation pack for an opportunity consult (DOMAIN 6.1): agenda, what to inspect, questions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.coach.answers.deal import answer_deal
from bot.coach.answers.lines import telling_signals
from bot.coach.answers.wording import CONSULT_WORDS, deal_line, listed, step_lines, word_count
from bot.coach.close_plan import lint_plan
from bot.coach.consults.questions import questions_for
from bot.coach.dates import day_words, working_days_after
from bot.coach.playbook import CoachPlaybook
from bot.coach.qualify.meddppicc import ElementResult
from bot.coach.reply import CoachReply, Element, Section, Severity
from bot.coach.understand import Kind, Question
from bot.coach.untrusted import NEXT_STEP
from bot.coach.vagueness import is_vague
from bot.coach.view import DealView
from bot.memory.action_items import ActionItem
from bot.memory.consults import ConsultKind, ConsultPhase

QUESTIONS = 6
_PLAN_FINDINGS = 3
_SHOWN_STEPS = 2
_SHOWN_PROMISES = 3
_LIGHT_ELEMENTS = frozenset({Element.IDENTIFY_PAIN, Element.ECONOMIC_BUYER, Element.CHAMPION, Element.PAPER_PROCESS})
_OUTCOMES = "It ends in one of three: carry on with the written step, fix one thing with a day, or decide."


def answer_consult(
    view: DealView,
    playbook: CoachPlaybook,
    kind: ConsultKind = ConsultKind.FULL,
    promised: Sequence[ActionItem] = (),
) -> CoachReply:
    """Turn a judged deal into the manager's pack: visible to the asker only, questions worst gap first.

    `promised` are the actions of the last consult that are still open.
    """
    base = answer_deal(view, Question(Kind.ASSESS, ""))
    light = kind is ConsultKind.LIGHT
    headline = f"{'Light review' if light else 'Consult'}: {base.headline}"
    pack = _Pack(
        view=view,
        headline=headline,
        agenda=_agenda(view, playbook, kind),
        promised=_promised(promised, view),
        inspect=_inspect_light(view) if light else _inspect(view),
        questions=tuple(question.text for question in questions_for(view, playbook, kind)[:QUESTIONS]),
        closing=_OUTCOMES if light else _follow_up(view, playbook),
    )
    while word_count(pack.text()) > CONSULT_WORDS and len(pack.inspect) > 1:
        pack = replace(pack, inspect=pack.inspect[:-1])
    return base.model_copy(update={"headline": headline, "text": pack.text(), "sections": pack.sections()})


@dataclass(frozen=True, slots=True)
class _Pack:
    """The parts of a pack in their order."""

    view: DealView
    headline: str
    agenda: tuple[str, ...]
    promised: tuple[str, ...]
    inspect: tuple[str, ...]
    questions: tuple[str, ...]
    closing: str

    def text(self) -> str:
        today = self.view.brief.today
        last = ["*Open from the last consult:*", *(f"• {line}" for line in self.promised)] if self.promised else []
        lines = [
            f"*{self.headline}* (only you see this) · {deal_line(self.view.brief)}",
            f"*Agenda:* {'; '.join(self.agenda)}.",
            *last,
            "*Inspect:*",
            *(f"• {line}" for line in self.inspect),
            "*Questions:*",
            *(f"{place}. {line}" for place, line in enumerate(self.questions, start=1)),
            step_lines(self.view.steps[:_SHOWN_STEPS], today),
            self.closing,
        ]
        return "\n".join(line for line in lines if line)

    def sections(self) -> tuple[Section, ...]:
        last = [Section(title="Open from the last consult", lines=self.promised)] if self.promised else []
        return (
            Section(title="Agenda", lines=self.agenda),
            *last,
            Section(title="Inspect", lines=self.inspect),
            Section(title="Questions", lines=self.questions),
        )


def _agenda(view: DealView, playbook: CoachPlaybook, kind: ConsultKind) -> tuple[str, ...]:
    said = {
        ConsultPhase.SETUP: "set-up: purpose, process, payoff",
        ConsultPhase.OVERVIEW: f"{view.brief.deal.owner.first_name}'s overview, uninterrupted",
        ConsultPhase.CONSULT: "consult: open questions, worst gap first",
        ConsultPhase.PLAN: "action plan: who, what, by when, proof",
    }
    if kind is ConsultKind.LIGHT:
        asked = "for the questions below, in this order"
        said |= {ConsultPhase.CONSULT: asked, ConsultPhase.PLAN: "for one outcome and one step"}
    return tuple(f"{minutes} min {said[phase]}" for phase, minutes in playbook.consult.minutes[kind].items())


def _follow_up(view: DealView, playbook: CoachPlaybook) -> str:
    today = view.brief.today
    day = day_words(working_days_after(today + timedelta(days=playbook.consult.follow_up_days), 0), today)
    return f"Follow-up on {day}: each action done, moved or dropped, with what the buyer did."


def _promised(items: Sequence[ActionItem], view: DealView) -> tuple[str, ...]:
    today = view.brief.today
    late = {True: "overdue since", False: "by"}
    lines = [
        f"{item.owner_name}: {item.text}, {late[item.due < today]} {day_words(item.due, today)}"
        + (f", moved {item.moves}×" if item.moves else "")
        for item in items[:_SHOWN_PROMISES]
    ]
    left_out = len(items) - len(lines)
    return (*lines, *([f"{left_out} more"] if left_out else []))


def _inspect_light(view: DealView) -> tuple[str, ...]:
    """What four elements and the buyer's last acts say; enough for a smaller deal."""
    did = [act.text for act in view.record.did[:2]]
    results = [result for result in view.qualification.results if result.element in _LIGHT_ELEMENTS]
    gaps = [_gap(result) for result in results if result.severity is not None]
    return (f"They did: {'; '.join(did) or 'nothing on record'}", *_next_step_finding(view), *gaps)


def _inspect(view: DealView) -> tuple[str, ...]:
    """What deserves a look, the most telling first."""
    brief, record = view.brief, view.record
    reasons = "; ".join(signal.reason for signal in telling_signals(brief)[:2])
    did = [act.text for act in record.did[:2]]
    lines = [f"Health: {reasons}"] if reasons else []
    lines += [f"They did: {'; '.join(did) or 'nothing on record'}"]
    lines += [f"Conflict: {conflict}" for conflict in view.conflicts[:2]]
    lines += _next_step_finding(view)
    buyers = [contact.name for contact in brief.deal.contacts]
    findings = lint_plan(brief.deal.close_plan, brief.today, brief.deal.close_date, buyers)
    lines += [finding.sentence for finding in findings[:_PLAN_FINDINGS]]
    lines += [f"They wrote: “{item.quote}” ({item.text})" for item in (*record.soft, *record.heard)[:2]]
    lines += [_gap(result) for result in view.qualification.gaps()[:3]]
    lines += [f"We assert: “{item.quote}” ({item.text})" for item in record.seller_certainty[:1]]
    plan = [f"{key.replace('_', ' ')}: {text}" for key, text in brief.deal.command_plan.items() if text]
    return tuple(lines + ([f"Command plan says {listed(plan)}"] if plan else []))


def _gap(result: ElementResult) -> str:
    critical = "critical, " if result.severity is Severity.CRITICAL else ""
    return f"{result.element.label}: {critical}{result.status.value}, {result.why}"


def _next_step_finding(view: DealView) -> list[str]:
    step = view.brief.deal.next_step
    if NEXT_STEP in view.statements.suspicious:
        return ["The CRM's next step is text aimed at bots: treated as data, not followed"]
    if step is None:
        return ["No next step is recorded in the CRM"]
    return [f"CRM next step “{step}” is vague: no owner, act or date"] if is_vague(step) else []
