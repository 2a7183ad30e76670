"""Every control of the app as data: what it is called, what its value or form holds, and a state to press it in."""

import json
import sqlite3
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from consult_acts import agree, share, walk
from sample_house import DEAL, DEAL_ID, DEAL_NAME, NOW, REP, House
from samples import DIGEST
from test_home import track
from test_notes import NOTES

from bot.memory import ConsultPhase
from bot.slack.delivery import deliver
from bot.slack.ids import ActionId, CallbackId
from bot.slack.kept_digests import digest_offer
from bot.slack.local import User, elements
from bot.slack.views.blocks import actions, button
from bot.slack.views.message import Message

LATER = (NOW + timedelta(days=5)).date().isoformat()
STEP = {
    "text": "asks Gareth for 30 minutes with whoever signs",
    "counterpart": "Gareth Winslow",
    "done_when": "the invitation is accepted",
    "due": LATER,
}


@dataclass(frozen=True)
class Control:
    """A button with its value, or a form (`entries`) with what it carries.

    `manager`: the sales manager's to press, else the rep's. `own`: about nothing but the person who presses.
    `inside`: the form a button is in. `stage`: how far the consult has come. Words in braces name things of a `State`.
    """

    name: ActionId | CallbackId
    value: str = "1"
    carried: dict[str, Any] = field(default_factory=dict)
    entries: dict[str, Any] | None = None
    manager: bool = False
    own: bool = False
    inside: CallbackId | None = None
    stage: str = "plan"
    numbered: bool = False

    @property
    def id(self) -> str:
        kind = "form" if self.is_form else "button"
        return f"{kind} {self.name.value}"

    @property
    def is_form(self) -> bool:
        return isinstance(self.name, CallbackId)

    @property
    def names(self) -> str:
        """All it names."""
        return f"{self.value} {self.carried}"

    @property
    def action_id(self) -> str:
        return self.name.numbered(1) if self.numbered and isinstance(self.name, ActionId) else self.name.value


@dataclass
class State:
    """The things the controls name."""

    card: str
    shared: str
    digest: str
    notes: str
    deal: str = DEAL_ID
    item: str = "1"
    consult: str = "1"

    def filled(self, text: str) -> str:
        """The text with every name in braces put in; a number that is all of a JSON string becomes a number."""
        for name, value in vars(self).items():
            text = text.replace(f'"{{{name}}}"', value if value.isdigit() and len(value) < 9 else f'"{value}"')
            text = text.replace(f"{{{name}}}", value)
        return text

    def gone(self) -> "State":
        """Names of things that never were."""
        return State(*["0" * 24] * 4, deal="SL-9999", item="999", consult="999")


A, V = ActionId, CallbackId
BUTTONS = (
    Control(A.CHOOSE_DEAL, "{deal}"),
    Control(A.CHOOSE_CONSULT, "{deal}", manager=True),
    Control(A.FEEDBACK, "helpful:1", own=True),
    Control(A.ACCEPT_STEP, "{card}:0"),
    Control(A.USE_REWRITE, "1", carried={"card": "{card}", "step": 0}, entries=STEP, inside=V.TRACK_ACTION),
    Control(A.EXPLAIN, "{card}"),
    Control(A.EVIDENCE, "{card}"),
    Control(A.CONTEST, "{card}"),
    Control(A.DISPUTE_READING, "{card}:1", carried={}, inside=V.CONTEST, numbered=True),
    Control(A.SHARE, "{shared}"),
    Control(A.ACTION_MENU, "done:{item}:1"),
    Control(A.ACTION_RESULT, "drop:{item}:1"),
    Control(A.ACTION_REWORD, "{item}:1:0"),
    Control(A.HOME_GO, "0::::", own=True),
    Control(A.PREFERENCES, "preferences", own=True),
    Control(A.TEAM_MEMBER, "u-tess", manager=True),
    Control(A.DIGEST_ACCEPT, "{digest}:0"),
    Control(A.DIGEST_SNOOZE, "{digest}:0"),
    Control(A.KEEP_EVIDENCE, "{notes}"),
    Control(A.CHOOSE_EVIDENCE, "{notes}"),
    Control(A.DISCARD_EVIDENCE, "{notes}"),
    Control(A.CONSULT_START, "full:{deal}", manager=True),
    Control(A.CONSULT_OPEN, "{consult}", manager=True),
    Control(A.CONSULT_PREPARE, "{consult}", manager=True),
    Control(A.CONSULT_NEXT, "{consult}:in session/plan", manager=True),
    Control(A.CONSULT_CALL_OFF, "{consult}", manager=True),
    Control(A.CONSULT_OVERVIEW, "{consult}"),
    Control(A.CONSULT_QUESTION, "{consult}:0", manager=True),
    Control(A.CONSULT_SWAP, "{consult}", manager=True),
    Control(A.CONSULT_ACTION, "{consult}", manager=True),
    Control(
        A.CONSULT_REWRITE, "1", carried={"consult": "{consult}"}, entries=STEP, inside=V.CONSULT_ACTION, manager=True
    ),
    Control(A.CONSULT_AGREE, "{consult}", manager=True),
    Control(A.CONSULT_INVITE, "{consult}", manager=True),
    Control(A.CONSULT_UNINVITE, "{consult}:u-jonas", manager=True),
    Control(A.CONSULT_NOTE, "{consult}", manager=True),
    Control(A.CONSULT_WRAP_UP, "{consult}", manager=True, stage="agreed"),
    Control(A.CONSULT_SHARE, "{consult}", manager=True, stage="shared"),
    Control(A.CONSULT_RESULT, "{consult}:{item}:1:done", stage="shared"),
    Control(A.CONSULT_CLOSE, "{consult}", manager=True, stage="shared"),
    Control(A.COMMAND_PLAN, "{deal}"),
    Control(A.PLAN_REVIEW, "{deal}", manager=True),
    Control(A.MUTUAL_PLAN, "{deal}"),
    Control(A.CONSULT_LIST, "team", own=True),
    Control(A.OPEN_VIEW, "words-ahead-of-deeds:0", own=True),
    Control(A.WRITE_CARD, "{card}"),
    Control(A.WRITE_STEP, "{card}:0"),
    Control(A.WRITE_PROPOSAL, "{card}"),
    Control(A.WRITE_EDIT, "{card}", carried={"proposal": "{card}"}, inside=V.WRITE_CONFIRM),
    Control(A.WRITE_UNDO, "1"),
)
FORMS = (
    Control(V.TRACK_ACTION, carried={"card": "{card}", "step": 0}, entries=STEP),
    Control(
        V.CLOSE_ACTION, carried={"item": "{item}", "version": 1, "status": "done"}, entries={"note": "Gareth sent it"}
    ),
    Control(V.MOVE_ACTION, carried={"item": "{item}", "version": 1}, entries={"due": LATER}),
    Control(V.CONTEST, carried={"card": "{card}"}, entries={"fact": "context", "context": "they are on holiday"}),
    Control(V.SHARE, carried={"card": "{shared}"}, entries={}),
    Control(V.WRITE_FORM, carried={"proposal": "{card}", "target": "next_step"}, entries={"text": "Call Dana"}),
    Control(V.WRITE_CONFIRM, carried={"preview": "{card}"}, entries={}),
    Control(V.FEEDBACK_REASON, carried={"reply": 1}, entries={"reason": "wrong fact"}, own=True),
    Control(V.PREFERENCES, entries={"at": "07:45"}, own=True),
    Control(V.SNOOZE, carried={"digest": "{digest}", "item": 0}, entries={"span": "7", "day": LATER}),
    Control(V.CHOOSE_EVIDENCE, carried={"key": "{notes}"}, entries={}),
    Control(
        V.CONSULT_START, carried={"deal": "{deal}", "kind": "full", "channel": ""}, entries={"where": "direct"},
        manager=True,
    ),
    Control(V.CONSULT_OVERVIEW, carried={"consult": "{consult}"}, entries={"challenges": "who signs is unknown"}),
    Control(
        V.CONSULT_ANSWER, carried={"consult": "{consult}", "place": 0, "text": "?", "first": False},
        entries={"answer": "Gareth says so"}, manager=True,
    ),
    Control(
        V.CONSULT_SWAP, carried={"consult": "{consult}"},
        entries={"own": "What would they lose by waiting until May?", "place": "1"}, manager=True,
    ),
    Control(V.CONSULT_ACTION, carried={"consult": "{consult}", "token": "abc"}, entries=STEP, manager=True),
    Control(
        V.CONSULT_AGREE, carried={"consult": "{consult}"},
        entries={"recap": "Reach the signer", "follow_up": LATER}, manager=True,
    ),
    Control(V.CONSULT_INVITE, carried={"consult": "{consult}"}, entries={"person": "U08FERN05JW", "ask": "Sizing"},
            manager=True),
    Control(V.CONSULT_INVITED, carried={"consult": "{consult}", "person": "U08FERN05JW", "ask": "Sizing"}, entries={},
            manager=True),
    Control(V.CONSULT_NOTE, carried={"consult": "{consult}", "token": "abc"}, entries={"note": "They run SAP"},
            manager=True),
    Control(V.PLAN_REVIEW, carried={"deal": "{deal}", "token": "abc"}, entries={"note": "Who signs?"}, manager=True),
    Control(V.MUTUAL_PLAN, carried={"deal": "{deal}", "version": 0}, entries={"plan": "2026-11-20 | Tess | sends it"}),
    Control(V.CONSULT_WRAP_UP, carried={"consult": "{consult}"}, entries={}, manager=True, stage="agreed"),
    Control(V.CONSULT_SHARE, carried={"consult": "{consult}"}, entries={}, manager=True, stage="shared"),
    Control(V.CONSULT_RESULT, carried={"consult": "{consult}", "item": "{item}", "version": 1, "verb": "done"},
            entries={"note": "Gareth sent it"}, stage="shared"),
)  # fmt: skip
CONTROLS = (*BUTTONS, *FORMS)
NEVER_SENT = {A.DISPUTED_FACT, A.WRITE_TARGET}
"""Inputs of a form that are read with it; choosing a field to write is pressed wrongly in `test_write_back`."""


async def prepared(house: House, stage: str = "plan") -> State:
    """A card, a card in a channel, a digest, pasted notes, an action and a consult, all of the one deal."""
    channel = house.slack.add_channel("deal-desk", house.rep, house.manager)
    card = await house.card(f"How is {DEAL}?")
    shared = await house.slack.reply_to(await house.slack.mention(house.rep, channel, f"How is {DEAL}?"), seconds=30)
    notes = await house.card(NOTES)
    track(house, "asks Gareth for a slot", NOW.date() + timedelta(days=1))
    item = DIGEST.items[0]
    deal = item.deal.model_copy(update={"id": DEAL_ID, "name": DEAL_NAME})
    digest = replace(DIGEST, reader=house.asker(REP).user, items=(replace(item, deal=deal),))
    house.memory.offers.keep_under({"a-digest": digest_offer(digest, NOW, NOW + timedelta(days=7))})
    walk(house, ConsultPhase.PLAN, *{"plan": (), "agreed": (agree,), "shared": (agree, share)}[stage])
    return State(
        _value(card, "explain"), _value(shared, "explain"), "a-digest", _value(notes, ActionId.KEEP_EVIDENCE.value)
    )


def _value(message, action_id: str) -> str:
    elements = [element for block in message.blocks for element in block.get("elements", [])]
    return str(next(each["value"] for each in elements if each.get("action_id") == action_id))


def button_blocks(control: Control, value: str) -> list[dict[str, Any]]:
    """The control as the only button of a message or form."""
    return [actions([button("Press", control.action_id, value)])]


def form_content(control: Control, state: State, buttons: list[dict[str, Any]]) -> dict[str, Any]:
    """A modal with the control's entries filled in."""
    callback = control.name if control.is_form else control.inside
    assert callback is not None
    return {
        "type": "modal",
        "callback_id": callback.value,
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "private_metadata": state.filled(json.dumps(control.carried)),
        "blocks": [*[_input(name, value) for name, value in (control.entries or {}).items()], *buttons],
    }


def _input(name: str, value: str) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": f"{name}:0",
        "optional": True,
        "label": {"type": "plain_text", "text": name},
        "element": {"type": "plain_text_input", "action_id": name, "initial_value": value},
    }


EFFECTS = (
    "action_items", "action_changes", "contests", "told_statements", "channel_shares", "preferences", "snoozes",
    "feedback", "consults", "consult_changes", "consult_guests", "consult_notes", "plan_reviews", "mutual_plans",
    "crm_writes",
)  # fmt: skip
"""Tables in which something a person did leaves a row; what was merely read or shown leaves none."""


def effects(house: House) -> dict[str, list[Any]]:
    """What these tables hold, without the instant of the last change."""
    with sqlite3.connect(house.folder / "memory.db") as database:
        return {table: database.execute(f"select * from {table} order by 1").fetchall() for table in EFFECTS}


@dataclass
class Screens:
    """A person's screens at one moment: messages, forms, the Home tab."""

    house: House
    person: User

    def __post_init__(self) -> None:
        self.calls = len(self.house.slack.calls)
        self.messages = {each.ts for each in self._messages()}
        self.views = {view.hash for view in self._views()}

    def news(self) -> list[Any]:
        """What came or changed since."""
        messages = [(each.text, each.blocks) for each in self._messages() if each.ts not in self.messages]
        views = [
            view.content for view in self._views() if view.hash not in self.views and "⏳" not in str(view.content)
        ]
        calls = self.house.slack.calls[self.calls :]
        changes = [call.args for call in calls if call.method in {"chat.update", "response_url"} and call.error is None]
        return [*messages, *(each for each in views if "⏳" not in str(each)), *changes]

    def _messages(self) -> list[Any]:
        slack = self.house.slack
        channels = [each for each in slack.workspace.channels.values() if self.person.id in each.members]
        return [*(each for channel in channels for each in slack.messages(channel)), *slack.ephemerals(self.person)]

    def _views(self) -> list[Any]:
        slack = self.house.slack
        home = slack.home(self.person)
        forms = slack.workspace.modals.stacks.get(self.person.id, [])
        return [*forms, *([home] if home else [])]


@dataclass
class Seen:
    """What one press brought to the person's screens."""

    new: list[Any]
    answer: Any

    @property
    def words(self) -> str:
        return f"{self.new} {self.answer or ''}"


async def pressed(house: House, control: Control, state: State, person: User, value: str | None = None) -> Seen:
    """Put the control before a person, press it, and wait for what they are shown: never nothing."""
    send = await ready(house, control, state, person, value)
    before = Screens(house, person)
    delivery = await send()
    assert delivery.acked, control.id
    return await answered(before, control, [delivery], may_close=control.own)


async def answered(before: Screens, control: Control, deliveries: list[Any], *, may_close: bool) -> Seen:
    """Wait for the answer to a press; a form that closes is one only where `may_close`."""
    if bodies := [each.body for each in deliveries if getattr(each, "body", None)]:
        return Seen([], bodies[0])

    def found(_: Any) -> list[Any]:
        closed = may_close and control.is_form and len(before.house.slack.workspace.modals.stacks[before.person.id]) < 2
        return before.news() or (["closed"] if closed else [])

    try:
        return Seen(await before.house.slack.wait_for(found, seconds=8), None)
    except TimeoutError as error:
        raise AssertionError(f"{control.id}: not a word") from error


async def ready(house: House, control: Control, state: State, person: User, value: str | None = None) -> Any:
    """Put the control before a person; returns what presses it."""
    shown = state.filled(control.value) if value is None else value
    buttons = [] if control.is_form else button_blocks(control, shown)
    if control.is_form or control.inside:
        modals, content = house.slack.workspace.modals, form_content(control, state, buttons)
        modals.open(person.id, content)
        view = modals.push(person.id, content | {"blocks": elements.named(content["blocks"], "matrix")})
        if control.is_form:
            return lambda: house.slack.submit_view(person, view)
        return lambda: house.slack.click(person, view, control.action_id)
    sent = await deliver(house.client, person.id, Message("forged", tuple(buttons)))
    message = next(each for each in house.slack.messages(person) if each.ts == sent.ts)
    return lambda: house.slack.click(person, message, control.action_id)
