"""Who is who at the buyer and who is missing (F056); what else they could do with the money (F057)."""

import re
from collections.abc import Iterator

from bot.coach.answers.wording import DM_WORDS, deal_ref, within
from bot.coach.conversation import ConversationPlaybook, DecisionRole
from bot.coach.dates import day_words, days_ago
from bot.coach.evidence.model import Evidence, Grade, Statement
from bot.coach.people import engaged
from bot.coach.reply import CoachReply, Element, Outcome, Section
from bot.coach.view import DealView
from bot.pipeline.model import Contact

_PROVEN = (Grade.A, Grade.B)
_SPEAKS_AGAINST = frozenset({"limited"})  # "the board has the last word" shows no authority of one's own
_SHOWN_PEOPLE = 6
_SHOWN_MISSING = 3
_DEPTH = (
    ("speaks of the problem", (Element.IDENTIFY_PAIN,)),
    ("owns a figure", (Element.METRICS,)),
    ("acts for us", (Element.CHAMPION,)),
    ("opens the way to a decision", (Element.DECISION_PROCESS, Element.PAPER_PROCESS, Element.DECISION_CRITERIA)),
    ("speaks of the money", (Element.ECONOMIC_BUYER,)),
)
"""What a person has shown in deeds or words: the depth of the relationship, counted, not felt (DOMAIN 7, 10.3)."""


def answer_stakeholders(view: DealView, playbook: ConversationPlaybook) -> CoachReply:
    """Every contact with what they did and showed, then the roles nobody fills; CRM roles are called claims."""
    acted = engaged(view.brief)
    order = [*acted, *(contact for contact in view.brief.deal.contacts if contact not in acted)]
    people = tuple(_person(contact, view) for contact in order)
    missing = tuple(_missing(view, playbook))
    headline = f"{view.brief.deal.name}: who is who"
    must = [f"*{headline}*", *(f"• {row}" for row in people[:_SHOWN_PEOPLE])]
    may = [(len(must), f"• Missing: {row}") for row in missing[:_SHOWN_MISSING]]
    more = len(people) - _SHOWN_PEOPLE
    may = [(len(must), f"• and {more} more"), *may] if more > 0 else may
    return _reply(
        view,
        headline,
        within(DM_WORDS, must if people else [*must, "• Nobody is recorded."], may),
        (
            Section(title="People", lines=people or ("nobody recorded",)),
            Section(title="Missing", lines=missing or ("no role is empty",)),
        ),
    )


def _person(contact: Contact, view: DealView) -> str:
    if contact in view.gone:
        return f"{contact.name}: left, learnt on {day_words(view.gone[contact], view.brief.today)}"
    who = ", ".join(part for part in (contact.title, f"{contact.role} by our CRM" if contact.role else None) if part)
    acts = [act for act in view.ledger.acts_of(contact) if act.at <= view.brief.as_of]
    last = f"last act {days_ago(acts[0].on, view.brief.today)}" if acts else "no act on record"
    shown = list(_shown(contact, view))
    depth = "; ".join(shown) if shown else "nothing shown yet"
    return f"{contact.name}{f' ({who})' if who else ''}: {last}, {depth}"


def _shown(contact: Contact, view: DealView) -> Iterator[str]:
    own = [item for item in view.ledger.items if item.person == contact and item.grade in _PROVEN and not item.negative]
    own = [item for item in own if item.trait not in _SPEAKS_AGAINST]
    for words, elements in _DEPTH:
        if any(item.element in elements for item in own):
            yield words


def _missing(view: DealView, playbook: ConversationPlaybook) -> Iterator[str]:
    """Roles without a person who is there and has acted; the question that would fill each."""
    there = [contact for contact in engaged(view.brief) if contact not in view.gone]
    for role in playbook.roles:
        if not any(_fits(contact, role, view) for contact in there):
            yield f"{role.name}. “{role.ask}”"


def _fits(contact: Contact, role: DecisionRole, view: DealView) -> bool:
    """Money and help must be shown by evidence; for the other roles a claim or a title is enough to stop asking."""
    if role.crm_role == "economic buyer":
        return _has(contact, view, Element.ECONOMIC_BUYER)
    if role.crm_role == "champion":
        return _has(contact, view, Element.CHAMPION)
    claimed = (contact.role or "").casefold() == role.crm_role
    return claimed or bool(re.search(role.titles, contact.title or "", re.IGNORECASE))


def _has(contact: Contact, view: DealView, element: Element) -> bool:
    return any(
        item.person == contact and item.read_by is None  # a model's reading fills no chair
        for item in view.ledger.of(element, grades=_PROVEN)
        if item.trait not in _SPEAKS_AGAINST
    )


def answer_competition(view: DealView, playbook: ConversationPlaybook) -> CoachReply:
    """Named alternatives, our standing, what keeps them where they are, and the three questions that close the loop."""
    named = view.ledger.of(Element.COMPETITION, "named", grades=_PROVEN)
    standing = view.ledger.of(Element.COMPETITION, "standing", grades=_PROVEN)
    lines = [f"Named: {_quoted(item, view)}" for item in _distinct(named)[:2]] or [
        "Named: nothing. Nobody at the buyer has spoken of another option, and that is not the same as none"
    ]
    quoted = {item.quote for item in _distinct(named)[:2]}
    lines += [f"Standing: {_quoted(item, view)}" for item in _distinct(standing)[:1] if item.quote not in quoted]
    lines += [] if standing else ["Standing: not known; they have not said where we lead or trail"]
    lines += list(_barriers(view, playbook, quoted))[:3]
    headline = f"{view.brief.deal.name}: what else they could do"
    questions = [(len(lines) + 1, f"• Ask: “{question}”") for question in playbook.loop]
    text = within(DM_WORDS, [f"*{headline}*", *(f"• {line}." for line in lines)], questions)
    return _reply(
        view,
        headline,
        text,
        (
            Section(title="Competition", lines=tuple(lines)),
            Section(title="Questions", lines=playbook.loop),
        ),
    )


def _barriers(view: DealView, playbook: ConversationPlaybook, quoted: set[str]) -> Iterator[str]:
    for barrier in playbook.barriers:
        said = _said(view, barrier.cue)
        if said:
            source = "said above" if said.quote in quoted else _quoted(said, view)
            yield f"Keeps them ({barrier.name}): {source}; {barrier.move}"


def _said(view: DealView, cue: str) -> Statement | None:
    own = (item for item in view.statements.by_buyer() if not item.hedged and not item.quote.endswith("?"))
    return next((item for item in own if re.search(cue, item.quote, re.IGNORECASE)), None)


def _distinct(items: tuple[Evidence, ...]) -> list[Evidence]:
    return list({item.quote: item for item in reversed(items)}.values())[::-1]


def _quoted(item: Evidence | Statement, view: DealView) -> str:
    who = item.person.first_name if item.person else "noted"
    return f"“{item.quote.rstrip('.')}” ({who}, {day_words(item.on, view.brief.today)})"


def _reply(view: DealView, headline: str, text: str, sections: tuple[Section, ...]) -> CoachReply:
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=view.brief.as_of,
        headline=headline,
        text=text,
        deal=deal_ref(view.brief.deal),
        sections=sections,
    )
