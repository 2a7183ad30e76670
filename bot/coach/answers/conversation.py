"""Questions for the next talk: trial closes for the weakest points (F039), a way through an objection (F040)."""

import re

from bot.coach.answers.wording import deal_ref
from bot.coach.conversation import ConversationPlaybook, Objection
from bot.coach.dates import day_words
from bot.coach.evidence.model import Evidence, Grade
from bot.coach.people import approach
from bot.coach.reply import CoachReply, ElementStatus, Outcome, Section
from bot.coach.view import DealView

_CLOSES = 3
_PROOFS = 3
_WRITTEN = (Grade.A, Grade.B)


def answer_trial_close(view: DealView, playbook: ConversationPlaybook) -> CoachReply:
    """Up to three trial closes, for the worst gaps first; each says which gap it tests."""
    gaps = view.qualification.gaps()
    if not gaps:
        gaps = tuple(each for each in view.qualification.results if each.status is not ElementStatus.NOT_APPLICABLE)
    chosen: dict[str, str] = {}
    for gap in gaps:
        close = next(each for each in playbook.trial_closes if gap.element in each.elements)
        chosen.setdefault(close.name, f"“{_filled(close.text, view)}” (tests {gap.element.label.lower()})")
    lines = tuple(list(chosen.values())[:_CLOSES])
    contact = approach("replied", view.brief, frozenset(view.gone))
    headline = f"{view.brief.deal.name}: trial closes"
    whom = f"Ask {contact.name}, one at a time" if contact else "Ask one at a time"
    after = f"{whom}; write down what is confirmed, what is missing and who settles it by when."
    return _reply(view, headline, "Trial closes", lines, [after], numbered=True)


def answer_objection(view: DealView, text: str, playbook: ConversationPlaybook) -> CoachReply:
    """Clarify, name the kind, bring recorded evidence, check that it is settled. Promises nothing."""
    kind = _kind(text, playbook)
    proofs = [item for element in kind.elements for item in view.ledger.of(element, grades=_WRITTEN)]
    shown = list(dict.fromkeys(_quoted(item, view) for item in proofs))[:_PROOFS]
    evidence = shown or ["nothing of theirs is on record for this; ask before you argue"]
    lines = (
        f"Clarify: “{kind.clarify}”",
        f"{kind.label}. Evidence on record: {'; '.join(evidence)}",
        f"Check: “{kind.validate_with}”",
    )
    after = "Trade nothing before you know what stands behind it; what may be conceded is your company's decision."
    return _reply(view, f"{view.brief.deal.name}: an objection", "Objection", lines, [after], numbered=True)


def _kind(text: str, playbook: ConversationPlaybook) -> Objection:
    """The kind the message describes; "objection helper for X" alone names none, so the last kind stands."""
    found = (kind for kind in playbook.objections if re.search(kind.cue, text, re.IGNORECASE))
    return next(found, playbook.objections[-1])


def _quoted(item: Evidence, view: DealView) -> str:
    who = item.person.first_name if item.person else "noted"
    return f"“{item.quote.rstrip('.')}” ({who}, {day_words(item.on, view.brief.today)})"


def _filled(text: str, view: DealView) -> str:
    close, today = view.brief.deal.close_date, view.brief.today
    day = day_words(close, today) if close and close >= today else "a day you name"
    return text.format(account=view.brief.deal.account or "your side", close=day)


def _reply(
    view: DealView, headline: str, title: str, lines: tuple[str, ...], after: list[str], *, numbered: bool = False
) -> CoachReply:
    rows = [f"{place}. {line}" if numbered else f"• {line}" for place, line in enumerate(lines, start=1)]
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=view.brief.as_of,
        headline=headline,
        text="\n".join([f"*{headline}*", *rows, *after]),
        deal=deal_ref(view.brief.deal),
        sections=(Section(title=title, lines=lines),),
    )
