"""One participant's side of a consult: what is going on, what they do next, what has been written down.

Manager and seller see different sides of the same consult. The clock is quiet: a part says until when it runs,
nothing counts down and nobody is notified (DOMAIN 6.1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.coach.consults.follow_up import Outcome
from bot.coach.consults.questions import topic
from bot.coach.consults.room import place_of
from bot.coach.consults.rules import ConsultRules
from bot.coach.consults.states import awaits_overview, next_step
from bot.memory import ActionItem, ActionStatus, Consult, ConsultKind, ConsultPhase, ConsultState
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import (
    Element,
    actions,
    asks_first,
    button,
    context,
    divider,
    header,
    section,
)
from bot.slack.views.escape import mrkdwn, mrkdwn_lines
from bot.slack.views.message import Block, Message, fitted

_FIELD = 700
_ANSWER = 400
_DONE, _HERE, _AHEAD = "●", "◉", "○"
_ROAD = (
    (ConsultState.PREPARED, "Prepared"),
    (ConsultState.IN_SESSION, "Session"),
    (ConsultState.ACTIONS_AGREED, "Actions agreed"),
    (ConsultState.SHARED, "Shared"),
    (ConsultState.FOLLOWED_UP, "Followed up"),
)
PHASE_WORDS = {
    ConsultPhase.SETUP: "Set-up",
    ConsultPhase.OVERVIEW: "Overview",
    ConsultPhase.CONSULT: "Questions",
    ConsultPhase.PLAN: "Action plan",
}
_VERBS = {"done": "Done", "moved": "Moved", "dropped": "Dropped"}
_MARKS = {"done": "✅", "moved": "➡️", "dropped": "🗑️", None: "📌"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelContent:
    """Everything one side shows. `promised` are open actions of the last consult, `facts` the deal in small type.

    `can_note` says whether the wrap-up can be written into the CRM, `extra` are buttons of other rooms.
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
    extra: Sequence[Element] = ()


def panel_message(content: PanelContent) -> Message:
    """One participant's side."""
    consult = content.consult
    light = consult.kind is ConsultKind.LIGHT
    kind = "Light review" if light else "Consult"
    minutes = content.rules.total_minutes(consult.kind)
    who = f"{mrkdwn(consult.manager_name, 60)} and {mrkdwn(consult.seller_name, 60)} · {minutes} min"
    facts = "  ·  ".join([who, *(mrkdwn(fact, 120) for fact in content.facts)])
    head = [header(f"🤝 {kind} · {consult.deal_name}"), context(facts), context(_road(consult)), divider()]
    text = f"{kind} on {consult.deal_name}: {_where(content)}"
    return Message(text=mrkdwn(text, 600), blocks=fitted([*head, *_BODIES[consult.state](content)]))


def anchor_message(consult: Consult, rules: ConsultRules, now: datetime) -> Message:
    """What everybody in the channel reads: who talks, never about which deal."""
    who = f"*{mrkdwn(consult.manager_name, 60)}* and *{mrkdwn(consult.seller_name, 60)}*"
    state = f" _{_clock(consult, rules, now)}_" if consult.phase else ""
    closed = consult.state in {ConsultState.SHARED, ConsultState.FOLLOWED_UP, ConsultState.CLOSED}
    doing = "held a consult here." if closed else "hold a consult in this thread."
    text = f"🤝  {who} {doing}{state}"
    small = "What it is about is shown to the two of them only."
    side = button("My side", ActionId.CONSULT_OPEN.value, str(consult.id), accessible="Show my side of this consult")
    return Message(
        text=f"{consult.manager_name} and {consult.seller_name} {doing}",
        blocks=(section(text, accessory=side), context(small)),
    )


def _road(consult: Consult) -> str:
    """The states as a line of dots, the present one in bold."""
    if consult.state is ConsultState.CLOSED:
        return f"● *Closed*{f': {mrkdwn(consult.ended_because, 120)}' if consult.ended_because else ''}"
    order = list(ConsultState)
    here = order.index(consult.state)
    steps = []
    for state, words in _ROAD:
        place = order.index(state)
        mark = _DONE if place < here else _HERE if place == here else _AHEAD
        steps.append(f"{mark} *{words}*" if place == here else f"{mark} {words}")
    return "   ".join(steps)


def _where(content: PanelContent) -> str:
    consult = content.consult
    if consult.phase is not None:
        return f"{PHASE_WORDS[consult.phase].lower()}"
    return consult.state.value


def _clock(consult: Consult, rules: ConsultRules, now: datetime) -> str:
    """The part of the session and until when it runs; that its time is over, once it is."""
    if consult.phase is None or consult.phase_since is None:
        return ""
    minutes = rules.minutes[consult.kind][consult.phase]
    ends = consult.phase_since + timedelta(minutes=minutes)
    words = PHASE_WORDS[consult.phase]
    if now >= ends:
        return f"{words}: its {minutes} minutes are over; go on when you are ready."
    return f"{words}, {minutes} min, until <!date^{int(ends.timestamp())}^{{time}}|{ends:%H:%M %Z}>"


# Requested and prepared


def _requested(content: PanelContent) -> list[Block]:
    consult = content.consult
    if content.leads:
        asks = f"*{mrkdwn(consult.seller_name, 60)}* asks you for a consult on this deal."
        prepare = _press("Prepare", ActionId.CONSULT_PREPARE, consult, style="primary")
        return [section(asks), actions([prepare, _call_off(consult)])]
    asked = f"You asked *{mrkdwn(consult.manager_name, 60)}* for a consult. You hear from me when it is prepared."
    return [section(asked), actions([_call_off(consult)])]


def _prepared(content: PanelContent) -> list[Block]:
    consult = content.consult
    needs = awaits_overview(consult, content.rules)
    seller = mrkdwn(consult.seller_name.split()[0], 40)
    if not content.leads:
        return [*_invitation(content, needs=needs), *_overview(content)]
    waits = f"{seller} is asked to write the overview. You read it here as soon as it is sent." if needs else ""
    ready = waits or f"{seller} is ready. Begin when you sit together."
    pack = button("See the pack", ActionId.CHOOSE_CONSULT.value, consult.deal_id)
    row = actions([_next(content, "Begin the session"), pack, _call_off(consult)])
    return [section(ready), *_overview(content), row]


def _invitation(content: PanelContent, *, needs: bool) -> list[Block]:
    consult = content.consult
    manager = mrkdwn(consult.manager_name, 60)
    if ConsultPhase.OVERVIEW not in content.rules.phases(consult.kind):
        said = f"*{manager}* wants to look at this deal with you for a few minutes. There is nothing to prepare."
        return [section(said), actions([_call_off(consult)])]
    said = (
        f"*{manager}* invites you to a consult on this deal. Yours is the first word: write the overview. "
        "It is filled in with what is on record; correct it and mark the gaps openly."
        if needs
        else f"Your overview is with {manager}. You can still change it."
    )
    write = _press("Write the overview" if needs else "Change it", ActionId.CONSULT_OVERVIEW, consult)
    return [section(said), actions([write | ({"style": "primary"} if needs else {}), _call_off(consult)])]


# In session


def _in_session(content: PanelContent) -> list[Block]:
    consult = content.consult
    clock = section(f"⏱  *{_clock(consult, content.rules, content.now)}*")
    return [clock, *_PHASES[consult.phase or ConsultPhase.PLAN](content)]


def _setup(content: PanelContent) -> list[Block]:
    seller = mrkdwn(content.consult.seller_name.split()[0], 40)
    lines = "\n".join([
        "• *Purpose:* raise the odds of winning this one deal; nobody is graded.",
        f"• *Process:* {seller} speaks first, then questions, worst gap first, then the plan.",
        "• *Payoff:* a strategy in two sentences, and actions with a day and a proof.",
    ])  # fmt: skip
    row = [_next(content, "Next: overview")] if content.leads else [_overview_button(content)]
    return [section(lines), *_promises(content), actions(row)]


def _overview_part(content: PanelContent) -> list[Block]:
    consult = content.consult
    seller = mrkdwn(consult.seller_name.split()[0], 40)
    needs = awaits_overview(consult, content.rules)
    said = f"{seller} speaks, uninterrupted. I stay silent too." if content.leads else "The floor is yours."
    locked = [context(f"🔒  The questions open once {seller}'s own reading is written down.")] if needs else []
    row = [_overview_button(content)]
    if content.leads and not needs:
        row.insert(0, _next(content, "Next: questions"))
    return [section(said), *_overview(content), *locked, actions(row)]


def _questions(content: PanelContent) -> list[Block]:
    consult = content.consult
    manager = mrkdwn(consult.manager_name.split()[0], 40)
    said = f"{manager} asks. Answer with what the buyer did, not with what you hope."
    if content.leads:
        said = "Ask, wait, write down what you hear. What is on record opens after each answer."
    first_open = next((number for number, each in enumerate(consult.questions) if not each.answer), None)
    rows = [_question(consult, number, pressing=number == first_open) for number in range(len(consult.questions))]
    swap = [_press("Swap a question…", ActionId.CONSULT_SWAP, consult)] if content.leads else []
    row = [_next(content, "Next: action plan"), *swap] if content.leads else []
    return [section(said), *rows, *([actions(row)] if row else [])]


def _question(consult: Consult, number: int, *, pressing: bool) -> Block:
    question = consult.questions[number]
    lines = [f"*{number + 1}. {mrkdwn(topic(question.about), 60)}*  {mrkdwn(question.text, 300)}"]
    if question.answer:
        lines.append(f"💬  {mrkdwn(question.answer, _ANSWER)}")
    if question.agreed:
        lines.append(f"🤝  {mrkdwn(question.agreed, _ANSWER)}")
    label = "Open" if question.answer else "Answer"
    spoken = f"{label} question {number + 1}"
    press = button(
        label, ActionId.CONSULT_QUESTION.numbered(number), f"{consult.id}:{number}", accessible=spoken,
        style="primary" if pressing else None,
    )  # fmt: skip
    return section("\n".join(lines), accessory=press)


def _plan(content: PanelContent) -> list[Block]:
    consult = content.consult
    add = _press("Add an action", ActionId.CONSULT_ACTION, consult)
    row = [add | ({} if content.actions else {"style": "primary"})]
    if content.actions:
        row.append(_press("Agree the plan…", ActionId.CONSULT_AGREE, consult, style="primary"))
    agreed = [_agreed(consult)] if any(each.agreed for each in consult.questions) else []
    ask = "Who does what by when, and what proves it? Vague ones come back with two ways to say them."
    return [section(ask), *agreed, *_items(content.actions), actions(row)]


# After the session


def _actions_agreed(content: PanelContent) -> list[Block]:
    consult = content.consult
    row = [_press("Send the wrap-up…", ActionId.CONSULT_WRAP_UP, consult, style="primary"), _call_off(consult)]
    small = context(f"It goes to {mrkdwn(consult.manager_name, 60)} and {mrkdwn(consult.seller_name, 60)}.")
    return [*_strategy(consult), *_items(content.actions), actions(row), small]


def _shared(content: PanelContent) -> list[Block]:
    consult = content.consult
    due = consult.follow_up_on
    is_due = due is not None and due <= content.now.date()
    lead = "*A week later: what became of each action, and what shows it?*" if is_due else "*Actions*"
    day = [context(f"Follow-up on {wording.day(due)}. You can say earlier what became of an action.")]
    rows = [block for number, each in enumerate(content.outcomes) for block in _outcome(consult, number, each)]
    extra = [actions(list(content.extra))] if content.extra else []
    return [*_strategy(consult), section(lead), *rows, *([] if is_due or due is None else day), *extra]


def _followed_up(content: PanelContent) -> list[Block]:
    consult = content.consult
    rows = [block for number, each in enumerate(content.outcomes) for block in _outcome(consult, number, each)]
    close = _press("Close the consult", ActionId.CONSULT_CLOSE, consult, style="primary")
    pack = button("Prepare the next one", ActionId.CHOOSE_CONSULT.value, consult.deal_id)
    row = [close, pack] if content.leads else [pack]
    twice = [each.item for each in content.outcomes if each.item.moves > 1]
    note = [context("An action that moved twice says something about the deal, or about the action.")] if twice else []
    return [section(f"*{_tally(content.outcomes)}*"), *rows, *note, actions(row)]


def _closed(content: PanelContent) -> list[Block]:
    return [*_strategy(content.consult), *(_outcome_line(each) for each in content.outcomes)]


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
    return section(f"{_MARKS[outcome.what]}  {_item_words(item)}{what}{note}")


# Pieces


def _strategy(consult: Consult) -> list[Block]:
    said = mrkdwn_lines(consult.recap or "", _FIELD)
    return [section(f"*Strategy*\n{said}")] if said else []


def _agreed(consult: Consult) -> Block:
    lines = [
        f"• *{mrkdwn(topic(each.about), 60)}:* {mrkdwn(each.agreed, 300)}" for each in consult.questions if each.agreed
    ]
    return section("\n".join(["*Agreed so far*", *lines]))


def _overview(content: PanelContent) -> list[Block]:
    consult = content.consult
    if not consult.overview:
        return []
    filled = [(key, text) for key, text in consult.overview.items() if text]
    parts = [f"*{mrkdwn(content.labels.get(key, key), 60)}*\n{mrkdwn_lines(text, _FIELD)}" for key, text in filled]
    by = [context(f"Written by {mrkdwn(consult.overview_by, 60)}")] if consult.overview_by else []
    return [*(section(part) for part in parts), *by]


def _promises(content: PanelContent) -> list[Block]:
    if not content.promised:
        return []
    lines = [f"• {_item_words(item)}" for item in content.promised[:5]]
    return [section("\n".join(["*Still open from the last consult*", *lines]))]


def _items(items: Sequence[ActionItem]) -> list[Block]:
    return [section(f"📌  {_item_words(item)}") for item in items]


def _item_words(item: ActionItem) -> str:
    proof = f"; done when {mrkdwn(item.done_when, 200)}" if item.done_when else ""
    return f"*{mrkdwn(item.owner_name, 60)}* {mrkdwn(item.text, 260)}, by *{wording.due(item.due)}*{proof}"


def _overview_button(content: PanelContent) -> Element:
    consult = content.consult
    seller = consult.seller_name.split()[0]
    if content.leads:
        label = "Change what is written" if consult.overview else f"Write down what {seller} says"
    else:
        label = "Change the overview" if consult.overview else "Write the overview"
    style = "primary" if not consult.overview and not content.leads else None
    return _press(label, ActionId.CONSULT_OVERVIEW, consult, style=style)


def _next(content: PanelContent, label: str) -> Element:
    consult = content.consult
    assert next_step(consult, content.rules) is not None  # shown only where there is a next part
    return button(label, ActionId.CONSULT_NEXT.value, f"{consult.id}:{place_of(consult)}", style="primary")


def _press(label: str, action: ActionId, consult: Consult, *, style: str | None = None) -> Element:
    return button(label, action.value, str(consult.id), style=style)


def _call_off(consult: Consult) -> Element:
    plain = _press("Call it off", ActionId.CONSULT_CALL_OFF, consult)
    return asks_first(
        plain, "Call the consult off?", "Actions tracked so far stay with their owners. Nobody can reopen it.",
        "Call it off",
    )  # fmt: skip


_BODIES = {
    ConsultState.REQUESTED: _requested,
    ConsultState.PREPARED: _prepared,
    ConsultState.IN_SESSION: _in_session,
    ConsultState.ACTIONS_AGREED: _actions_agreed,
    ConsultState.SHARED: _shared,
    ConsultState.FOLLOWED_UP: _followed_up,
    ConsultState.CLOSED: _closed,
}
_PHASES = {
    ConsultPhase.SETUP: _setup,
    ConsultPhase.OVERVIEW: _overview_part,
    ConsultPhase.CONSULT: _questions,
    ConsultPhase.PLAN: _plan,
}
