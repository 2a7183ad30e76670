"""What a consult ends in: strategy, agreements, actions, what is still open, and the day of the follow-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.coach.consults.questions import topic
from bot.coach.dates import day_words
from bot.coach.view import DealView
from bot.memory.action_items import ActionItem
from bot.memory.consults import Consult, ConsultKind

_OPEN_GAPS = 4
LONGEST_NOTE = 4_000  # characters of a CRM note


@dataclass(frozen=True, slots=True)
class WrapUp:
    """The result of one consult. `agreed` and `open_gaps` are (topic, words) pairs; `held_on` is its day."""

    consult: Consult
    held_on: date
    strategy: str
    agreed: tuple[tuple[str, str], ...]
    actions: tuple[ActionItem, ...]
    open_gaps: tuple[tuple[str, str], ...]
    follow_up_on: date | None


def wrap_up(consult: Consult, view: DealView, actions: Sequence[ActionItem]) -> WrapUp:
    """Gather what was agreed; gaps nobody spoke about are the agenda of the next contact with the buyer."""
    agreed = tuple((topic(each.about), each.agreed) for each in consult.questions if each.agreed)
    spoken_of = {each.about for each in consult.questions if each.agreed}
    gaps = [result for result in view.qualification.gaps() if result.element.value not in spoken_of]
    return WrapUp(
        consult=consult,
        held_on=view.brief.today,
        strategy=consult.recap or "",
        agreed=agreed,
        actions=tuple(actions),
        open_gaps=tuple((result.element.label, result.why) for result in gaps[:_OPEN_GAPS]),
        follow_up_on=consult.follow_up_on,
    )


def note_text(wrap: WrapUp) -> str:
    """The wrap-up as a plain note, as it goes into a CRM."""
    consult, today = wrap.consult, wrap.held_on
    kind = "Light review" if consult.kind is ConsultKind.LIGHT else "Opportunity consult"
    lines = [f"{kind} on {today.isoformat()}: {consult.manager_name} and {consult.seller_name}"]
    lines += ["", f"Strategy: {wrap.strategy}"] if wrap.strategy else []
    lines += ["", "Agreed:", *(f"- {about}: {words}" for about, words in wrap.agreed)] if wrap.agreed else []
    lines += ["", "Actions:", *(f"- {action_line(item, today)}" for item in wrap.actions)]
    lines += ["", "Still open:", *(f"- {about}: {why}" for about, why in wrap.open_gaps)] if wrap.open_gaps else []
    lines += ["", f"Follow-up on {wrap.follow_up_on.isoformat()}."] if wrap.follow_up_on else []
    text = "\n".join(lines)
    return text if len(text) <= LONGEST_NOTE else f"{text[: LONGEST_NOTE - 14].rstrip()} … (shortened)"


def action_line(item: ActionItem, today: date) -> str:
    """One action in one line: who, what, with whom, by when, and what shows that it is done."""
    proof = f"; done when {item.done_when}" if item.done_when else ""
    return f"{item.owner_name}: {item.text}, by {day_words(item.due, today)}{proof}"
