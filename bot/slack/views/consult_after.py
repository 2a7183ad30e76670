"""A consult after its session: the wrap-up to send, the actions to follow up, what became of them."""

from collections.abc import Sequence

from bot.coach.consults.follow_up import Outcome
from bot.memory import ActionStatus, Consult, ConsultState
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import actions, button, context, section
from bot.slack.views.consult_parts import PanelContent, call_off, item_line, items, press, strategy
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block

_VERBS = {"done": "Done", "moved": "Moved", "dropped": "Dropped"}
_MARKS = {"done": "✅", "moved": "➡️", "dropped": "🗑️", None: "📌"}


def actions_agreed(content: PanelContent) -> list[Block]:
    """The session is over; the wrap-up waits to be sent."""
    consult = content.consult
    row = [press("Send the wrap-up…", ActionId.CONSULT_WRAP_UP, consult, style="primary"), call_off(consult)]
    small = context(f"It goes to {mrkdwn(consult.manager_name, 60)} and {mrkdwn(consult.seller_name, 60)}.")
    return [*strategy(consult), *items(content.actions), actions(row), small]


def shared(content: PanelContent) -> list[Block]:
    """The actions, each with buttons to say what became of it."""
    consult = content.consult
    due = consult.follow_up_on
    is_due = due is not None and due <= content.now.date()
    lead = "*A week later: what became of each action, and what shows it?*" if is_due else "*Actions*"
    day = [context(f"Follow-up on {wording.day(due)}. You can say earlier what became of an action.")]
    rows = [block for number, each in enumerate(content.outcomes) for block in _outcome(consult, number, each)]
    return [*strategy(consult), section(lead), *rows, *([] if is_due or due is None else day)]


def followed_up(content: PanelContent) -> list[Block]:
    """What became of each action, and the way to the end."""
    consult = content.consult
    rows = [block for number, each in enumerate(content.outcomes) for block in _outcome(consult, number, each)]
    close = press("Close the consult", ActionId.CONSULT_CLOSE, consult, style="primary")
    pack = button("Prepare the next one", ActionId.CHOOSE_CONSULT.value, consult.deal_id)
    row = [close, pack] if content.leads else [pack]
    twice = [each.item for each in content.outcomes if each.item.moves > 1]
    note = [context("An action that moved twice says something about the deal, or about the action.")] if twice else []
    return [section(f"*{_tally(content.outcomes)}*"), *rows, *note, actions(row)]


def closed(content: PanelContent) -> list[Block]:
    """What it came to; no buttons."""
    return [*strategy(content.consult), *(_outcome_line(each) for each in content.outcomes)]


def _tally(outcomes: Sequence[Outcome]) -> str:
    counts = [(verb, sum(each.what == verb for each in outcomes)) for verb in _VERBS]
    return "What became of it: " + ", ".join(f"{count} {verb}" for verb, count in counts if count)


def _outcome(consult: Consult, number: int, outcome: Outcome) -> list[Block]:
    """An action with what became of it; while it is open, with buttons to say so."""
    item = outcome.item
    if consult.state is not ConsultState.SHARED or item.status is not ActionStatus.OPEN or outcome.what is not None:
        return [_outcome_line(outcome)]
    row = [
        button(
            label, ActionId.CONSULT_RESULT.numbered(number * len(_VERBS) + place),
            f"{consult.id}:{item.id}:{item.version}:{verb}", accessible=f"{label}: {item.text}",
        )
        for place, (verb, label) in enumerate(_VERBS.items())
    ]  # fmt: skip
    return [_outcome_line(outcome), actions(row)]


def _outcome_line(outcome: Outcome) -> Block:
    item = outcome.item
    what = (
        f"  _{outcome.what}{f' to {wording.due(item.due)}' if outcome.what == 'moved' else ''}_" if outcome.what else ""
    )
    note = f"\n💬  {mrkdwn(outcome.note, 300)}" if outcome.note else ""
    return section(f"{_MARKS[outcome.what]}  {item_line(item)}{what}{note}")
