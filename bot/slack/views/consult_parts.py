"""The pieces both sides of a consult are made of, and what one side shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.coach.consults.follow_up import Outcome
from bot.coach.consults.questions import topic
from bot.coach.consults.rules import ConsultRules
from bot.coach.consults.seats import place_of
from bot.coach.consults.states import next_step
from bot.memory import ActionItem, Consult, GuestNote, Invitation
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import Element, asks_first, button, context, section
from bot.slack.views.escape import mrkdwn, mrkdwn_lines
from bot.slack.views.message import Block

_FIELD = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelContent:
    """Everything one side shows. `promised` are open actions of the last consult, `facts` the deal in small type,
    `labels` the names of the overview's fields, `guests` who is invited now and `notes` what they wrote down.
    """

    consult: Consult
    leads: bool
    rules: ConsultRules
    now: datetime
    facts: Sequence[str] = ()
    actions: Sequence[ActionItem] = ()
    outcomes: Sequence[Outcome] = ()
    promised: Sequence[ActionItem] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    guests: Sequence[Invitation] = ()
    notes: Sequence[GuestNote] = ()


def strategy(consult: Consult) -> list[Block]:
    """The strategy in the seller's words; nothing before it is written."""
    said = mrkdwn_lines(consult.recap or "", _FIELD)
    return [section(f"*Strategy*\n{said}")] if said else []


def agreed(consult: Consult) -> Block:
    """What was agreed on, question by question."""
    lines = [
        f"• *{mrkdwn(topic(each.about), 60)}:* {mrkdwn(each.agreed, 300)}" for each in consult.questions if each.agreed
    ]
    return section("\n".join(["*Agreed so far*", *lines]))


def overview(content: PanelContent) -> list[Block]:
    """The seller's overview, field by field; nothing before it is written."""
    return written_overview(content.consult, content.labels)


def written_overview(consult: Consult, labels: Mapping[str, str]) -> list[Block]:
    """The same for a reader who is none of the two; `labels` are the names of the fields."""
    if not consult.overview:
        return []
    filled = [(key, text) for key, text in consult.overview.items() if text]
    parts = [f"*{mrkdwn(labels.get(key, key), 60)}*\n{mrkdwn_lines(text, _FIELD)}" for key, text in filled]
    by = [context(f"Written by {mrkdwn(consult.overview_by, 60)}")] if consult.overview_by else []
    return [*(section(part) for part in parts), *by]


def promises(content: PanelContent) -> list[Block]:
    """What is still open from the last consult."""
    if not content.promised:
        return []
    lines = [f"• {item_line(item)}" for item in content.promised[:5]]
    return [section("\n".join(["*Still open from the last consult*", *lines]))]


def items(tracked: Sequence[ActionItem]) -> list[Block]:
    """The actions so far."""
    return [section(f"📌  {item_line(item)}") for item in tracked]


def item_line(item: ActionItem) -> str:
    """An action in one line of mrkdwn."""
    proof = f"; done when {mrkdwn(item.done_when, 200)}" if item.done_when else ""
    return f"*{mrkdwn(item.owner_name, 60)}:* {mrkdwn(item.text, 260)}, by *{wording.due(item.due)}*{proof}"


def overview_button(content: PanelContent) -> Element:
    """Opens the sheet; the manager writes down what the seller says."""
    consult = content.consult
    seller = consult.seller_name.split()[0]
    if content.leads:
        label = "Change what is written" if consult.overview else f"Write down what {seller} says"
    else:
        label = "Change the overview" if consult.overview else "Write the overview"
    style = "primary" if not consult.overview and not content.leads else None
    return press(label, ActionId.CONSULT_OVERVIEW, consult, style=style)


def next_button(content: PanelContent, label: str) -> Element:
    """Leads to the next part, and knows in which one it was shown."""
    consult = content.consult
    assert next_step(consult, content.rules) is not None  # shown only where there is a next part
    return button(label, ActionId.CONSULT_NEXT.value, f"{consult.id}:{place_of(consult)}", style="primary")


def press(label: str, action: ActionId, consult: Consult, *, style: str | None = None) -> Element:
    """A button that carries the consult's id."""
    return button(label, action.value, str(consult.id), style=style)


def call_off(consult: Consult) -> Element:
    """Ends the consult; Slack asks first whether that is meant."""
    plain = press("Call it off", ActionId.CONSULT_CALL_OFF, consult)
    return asks_first(
        plain, "Call the consult off?", "Actions tracked so far stay with their owners. Nobody can reopen it.",
        "Call it off",
    )  # fmt: skip
