"""The questions of a consult, worst gap first, and the coaching that opens after the answer (DOMAIN 6.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.coach.consults.rules import ConsultRules
from bot.coach.dates import day_words
from bot.coach.guidance import look_up
from bot.coach.people import approach
from bot.coach.playbook import CoachPlaybook
from bot.coach.qualify.meddppicc import ElementResult
from bot.coach.reply import CitationLine, Element
from bot.coach.view import DealView
from bot.handbook.search import Handbook
from bot.memory.consults import ConsultKind, ConsultQuestion

OWN = "own"
"""What a question of the manager's own making is about."""
_TOPICS = {"did": "What the buyer did", "next_meeting": "The next meeting", OWN: "Your own question"}
_QUOTES = 2
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Coaching:
    """What the manager sees once the seller has answered: what is on record, what to ask for, where it is written."""

    on_record: tuple[str, ...]
    ask_for: str | None
    source: CitationLine | None


def topic(about: str) -> str:
    """What a question is about, in words."""
    return _TOPICS[about] if about in _TOPICS else Element(about).label


def questions_for(view: DealView, playbook: CoachPlaybook, kind: ConsultKind) -> tuple[ConsultQuestion, ...]:
    """The questions of one session: the fixed ones of a light review, or by gap with the worst first."""
    rules = playbook.consult
    if kind is ConsultKind.LIGHT:
        return tuple(ConsultQuestion(each.about, each.text) for each in rules.light_questions)
    return tuple(_by_gap(view, playbook))[: rules.questions.most]


def others_for(about: str, asked: Sequence[ConsultQuestion], playbook: CoachPlaybook) -> list[ConsultQuestion]:
    """Questions that could take the place of one: first those about the same, then about anything else."""
    taken = {question.text for question in asked}
    elements = sorted(playbook.meddppicc.elements, key=lambda element: element.value != about)
    offered = [ConsultQuestion(each.value, text) for each in elements for text in _open_questions(each, playbook)]
    return [question for question in offered if question.text not in taken]


def coaching_for(about: str, view: DealView, playbook: CoachPlaybook, handbook: Handbook | None) -> Coaching:
    """What is on record about one question's subject as of now; a question of one's own has only the buyer's acts."""
    did = [act.text for act in view.record.did[:_QUOTES]] or ["nothing by the buyer is on record"]
    result = next((each for each in view.qualification.results if each.element.value == about), None)
    if result is None:
        step = view.steps[0] if view.steps else None
        ask_for = f"{step.owner} {step.text}; done when {step.done_when}" if step else None
        return Coaching(tuple(f"They did: {act}" for act in did), ask_for, None)
    rule = playbook.meddppicc.elements[result.element]
    found = look_up(rule.query, handbook)
    on_record = (*_on_record(result, view), f"They did: {'; '.join(did)}")
    return Coaching(on_record, _ask_for(result, view, playbook), found[0] if found else None)


def _by_gap(view: DealView, playbook: CoachPlaybook) -> Iterator[ConsultQuestion]:
    """One of each gap before a second of any; then of the other elements until there are enough."""
    gaps = [result.element for result in view.qualification.gaps()]
    asked = 0
    for depth in range(_DEPTH):
        for element in gaps:
            questions = _open_questions(element, playbook)
            if depth < len(questions):
                asked += 1
                yield ConsultQuestion(element.value, questions[depth])
        if asked >= playbook.consult.questions.fewest:
            return
    spare = [element for element in playbook.meddppicc.elements if element not in gaps]
    for element in spare[: max(playbook.consult.questions.fewest - asked, 0)]:
        yield ConsultQuestion(element.value, _open_questions(element, playbook)[0])


def _open_questions(element: Element, playbook: CoachPlaybook) -> list[str]:
    rules: ConsultRules = playbook.consult
    questions = playbook.meddppicc.elements[element].questions
    return [text for text in questions if rules.questions.fault(text) is None] or [questions[0]]


def _on_record(result: ElementResult, view: DealView) -> Iterator[str]:
    yield f"{result.element.label} is {result.status.value.replace('_', ' ')}: {result.why}"
    for item in result.evidence[:_QUOTES]:
        who = f"{item.person.name}, " if item.person else ""
        yield f"“{item.quote}” ({who}{day_words(item.on, view.brief.today)}, grade {item.grade.value})"


def _ask_for(result: ElementResult, view: DealView, playbook: CoachPlaybook) -> str | None:
    """The playbook's action for this gap, with the deal's people in it; None if there is no gap."""
    if result.severity is None:
        return None
    actions = playbook.meddppicc.elements[result.element].actions
    chosen = actions[min(result.level, len(actions) - 1)]
    speaker = next((item.person for item in result.evidence if item.person and item.person not in view.gone), None)
    contact = speaker or approach("replied", view.brief, view.gone)
    name = contact.name if contact else f"a first contact at {view.brief.deal.account or 'the buyer'}"
    slots = {
        "contact": name,
        "account": view.brief.deal.account,
        "rep": view.brief.deal.owner.first_name,
        "subject": result.subject or "whoever releases the money at this amount",
    }
    text, proof = chosen.text.format(**slots), chosen.done_when.format(**slots)
    return f"{view.brief.deal.owner.first_name} {text}; done when {proof}"
