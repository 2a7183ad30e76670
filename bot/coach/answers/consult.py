"""The private preparation pack for an opportunity consult (DOMAIN 6.1): agenda, what to inspect, questions."""

from datetime import timedelta

from bot.coach.answers.deal import answer_deal
from bot.coach.answers.lines import telling_signals
from bot.coach.answers.wording import CONSULT_WORDS, deal_line, listed, step_lines, word_count
from bot.coach.close_plan import lint_plan
from bot.coach.dates import day_words, working_days_after
from bot.coach.playbook import CoachPlaybook
from bot.coach.qualify.meddppicc import ElementResult
from bot.coach.reply import CoachReply, Section, Severity
from bot.coach.understand import Kind, Question
from bot.coach.untrusted import NEXT_STEP
from bot.coach.vagueness import is_vague
from bot.coach.view import DealView

QUESTIONS = 6
FOLLOW_UP = timedelta(days=7)
_PLAN_FINDINGS = 3
_SHOWN_STEPS = 2


def answer_consult(view: DealView, playbook: CoachPlaybook) -> CoachReply:
    """Turn a judged deal into the manager's pack: visible to the asker only, questions worst gap first."""
    base = answer_deal(view, Question(Kind.ASSESS, ""))
    agenda, inspect, questions = _agenda(view), _inspect(view), _questions(view, playbook)
    headline = f"Consult: {base.headline}"
    while word_count(text := _text(view, headline, agenda, inspect, questions)) > CONSULT_WORDS and len(inspect) > 1:
        inspect = inspect[:-1]
    return base.model_copy(
        update={
            "headline": headline,
            "text": text,
            "sections": (
                Section(title="Agenda", lines=agenda),
                Section(title="Inspect", lines=inspect),
                Section(title="Questions", lines=questions),
            ),
        }
    )


def _text(
    view: DealView, headline: str, agenda: tuple[str, ...], inspect: tuple[str, ...], questions: tuple[str, ...]
) -> str:
    today = view.brief.today
    follow_up = day_words(working_days_after(today + FOLLOW_UP, 0), today)
    return "\n".join(
        [
            f"*{headline}* (only you see this) · {deal_line(view.brief)}",
            f"*Agenda:* {'; '.join(agenda)}.",
            "*Inspect:*",
            *(f"• {line}" for line in inspect),
            "*Questions:*",
            *(f"{place}. {line}" for place, line in enumerate(questions, start=1)),
            step_lines(view.steps[:_SHOWN_STEPS], today),
            f"Follow-up on {follow_up}: each action done, moved or dropped, with what the buyer did.",
        ]
    )


def _agenda(view: DealView) -> tuple[str, ...]:
    seller = view.brief.deal.owner.first_name
    return (
        "5 min set-up: purpose, process, payoff",
        f"10 min {seller}'s overview, uninterrupted",
        "30 min consult: open questions, worst gap first",
        "5 min action plan: who, what, by when, proof",
    )


def _inspect(view: DealView) -> tuple[str, ...]:
    """What deserves a look, the most telling first."""
    brief, record = view.brief, view.record
    reasons = "; ".join(signal.reason for signal in telling_signals(brief)[:2])
    lines = [f"Health: {reasons}"] if reasons else []
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


def _questions(view: DealView, playbook: CoachPlaybook) -> tuple[str, ...]:
    """Open, two-sided questions from the gaps in order, one of each before a second of any."""
    ranked = [playbook.meddppicc.elements[result.element].questions for result in view.qualification.gaps()]
    rounds = [questions[depth] for depth in range(3) for questions in ranked if depth < len(questions)]
    spare = [rule.questions[0] for rule in playbook.meddppicc.elements.values()]
    return tuple(dict.fromkeys([*rounds, *spare]))[:QUESTIONS]
