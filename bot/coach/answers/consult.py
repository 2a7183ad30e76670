"""The private preparation pack for an opportunity consult (DOMAIN 6.1): agenda, what to inspect, questions."""

from datetime import timedelta

from bot.coach.answers.deal import DealView, answer_deal
from bot.coach.answers.wording import CONSULT_WORDS, deal_line, listed, within
from bot.coach.close_plan import lint_plan
from bot.coach.dates import working_days_after
from bot.coach.playbook import CoachPlaybook
from bot.coach.reply import CoachReply, Section
from bot.coach.understand import Kind, Question
from bot.coach.vagueness import is_vague

MIN_QUESTIONS = 6
FOLLOW_UP = timedelta(days=7)


def answer_consult(view: DealView, playbook: CoachPlaybook) -> CoachReply:
    """Turn a judged deal into the manager's pack: visible to the asker only, questions worst gap first."""
    base = answer_deal(view, Question(Kind.ASSESS, ""))
    inspect, questions = _inspect(view), _questions(view, playbook)
    agenda = _agenda(view)
    follow_up = working_days_after(view.brief.today + FOLLOW_UP, 0)
    headline = f"Consult: {base.headline}"
    must = [
        f"*{headline}* (only you see this) · {deal_line(view.brief)}",
        f"*Agenda:* {'; '.join(agenda)}.",
        "*Inspect:*\n" + "\n".join(f"• {line}" for line in inspect),
        "*Questions:*\n" + "\n".join(f"{place}. {line}" for place, line in enumerate(questions, start=1)),
        *(f"*Next:* {s.owner} {s.text}, by {s.due.isoformat()}; done when {s.done_when}." for s in view.steps[:2]),
        f"Follow-up on {follow_up.isoformat()}: each action done, moved or dropped, with what the buyer did.",
    ]
    return base.model_copy(
        update={
            "headline": headline,
            "text": within(CONSULT_WORDS, must, []),
            "sections": (
                Section(title="Agenda", lines=agenda),
                Section(title="Inspect", lines=inspect),
                Section(title="Questions", lines=questions),
            ),
        }
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
    brief, record = view.brief, view.record
    health = view.brief.health
    reasons = sorted(health.signals, key=lambda signal: signal.points)
    lines = [*("; ".join(signal.reason for signal in reasons[:3]) for _ in [0] if reasons)]
    lines += [f"Conflict: {conflict}" for conflict in view.conflicts[:2]]
    lines += [f"{r.element.label}: {r.status.value}, {r.why}" for r in view.qualification.gaps()[:4]]
    lines += [f"They wrote: “{item.quote}” ({item.text})" for item in (*record.soft, *record.heard)[:2]]
    lines += [f"We assert: “{item.quote}” ({item.text})" for item in record.seller_certainty[:1]]
    lines += [finding.sentence for finding in lint_plan(brief.deal.close_plan, brief.today, brief.deal.close_date)]
    if brief.deal.next_step is None:
        lines.append("No next step is recorded in the CRM")
    elif is_vague(brief.deal.next_step):
        lines.append(f"CRM next step “{brief.deal.next_step}” is vague: no owner, act or date")
    plan = [f"{key.replace('_', ' ')}: {text}" for key, text in brief.deal.command_plan.items() if text]
    if plan:
        lines.append(f"Command plan says {listed(plan)}")
    return tuple(lines)


def _questions(view: DealView, playbook: CoachPlaybook) -> tuple[str, ...]:
    """Open, two-sided questions from the gaps in order, one of each before a second of any."""
    ranked = [playbook.meddppicc.elements[result.element].questions for result in view.qualification.gaps()]
    rounds = [questions[depth] for depth in range(3) for questions in ranked if depth < len(questions)]
    spare = [questions for rule in playbook.meddppicc.elements.values() for questions in rule.questions[:1]]
    chosen = list(dict.fromkeys([*rounds, *spare]))
    return tuple(chosen[:MIN_QUESTIONS])
