"""One participant's side of a consult: what is going on, what they do next, what has been written down.

Manager and seller see different sides of the same consult. The clock is quiet: a part says until when it runs,
nothing counts down and nobody is notified (DOMAIN 6.1).
"""

from datetime import datetime, timedelta

from bot.coach.consults.questions import topic
from bot.coach.consults.rules import ConsultRules
from bot.coach.consults.states import awaits_overview
from bot.memory import Consult, ConsultKind, ConsultPhase, ConsultState
from bot.slack.ids import ActionId
from bot.slack.views.blocks import actions, button, context, divider, header, section
from bot.slack.views.consult_after import actions_agreed, closed, followed_up, shared
from bot.slack.views.consult_guests import with_guests
from bot.slack.views.consult_parts import (
    PanelContent,
    agreed,
    call_off,
    items,
    next_button,
    overview,
    overview_button,
    press,
    promises,
)
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message, fitted

_ANSWER = 220  # ten answers with what was agreed still fit a screen or two
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
    body = with_guests(_BODIES[consult.state](content), content)
    row = _last_row(body) if consult.is_running else len(body)
    return Message(text=mrkdwn(text, 600), blocks=fitted([*head, *body[:row]], body[row:]))


def thread_opener() -> Message:
    """The first words in the thread of a consult: Slack shows ephemeral messages only in a thread that has begun."""
    text = "Each of the two sees their own side here; nobody else does."
    return Message(text=text, blocks=(context(text),))


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


def part_words(consult: Consult, rules: ConsultRules, now: datetime) -> str:
    """Where a consult is, for somebody who reads along."""
    return _clock(consult, rules, now).rstrip(".") or consult.state.value


def _last_row(body: list[Block]) -> int:
    """Where the row of buttons begins that leads on; it stays, however much was written above it."""
    return max((place for place, block in enumerate(body) if block["type"] == "actions"), default=len(body))


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
        prepare = press("Prepare", ActionId.CONSULT_PREPARE, consult, style="primary")
        return [section(asks), actions([prepare, call_off(consult)])]
    asked = f"You asked *{mrkdwn(consult.manager_name, 60)}* for a consult. You hear from me when it is prepared."
    return [section(asked), actions([call_off(consult)])]


def _prepared(content: PanelContent) -> list[Block]:
    consult = content.consult
    needs = awaits_overview(consult, content.rules)
    seller = mrkdwn(consult.seller_name.split()[0], 40)
    if not content.leads:
        return [*_invitation(content, needs=needs), *overview(content)]
    waits = f"{seller} is asked to write the overview. You read it here as soon as it is sent." if needs else ""
    ready = waits or f"{seller} is ready. Begin when you sit together."
    pack = button("See the pack", ActionId.CHOOSE_CONSULT.value, consult.deal_id)
    plan = button("Command plan", ActionId.COMMAND_PLAN.value, consult.deal_id)
    row = actions([next_button(content, "Begin the session"), pack, plan, call_off(consult)])
    return [section(ready), *overview(content), row]


def _invitation(content: PanelContent, *, needs: bool) -> list[Block]:
    consult = content.consult
    manager = mrkdwn(consult.manager_name, 60)
    if ConsultPhase.OVERVIEW not in content.rules.phases(consult.kind):
        said = f"*{manager}* wants to look at this deal with you for a few minutes. There is nothing to prepare."
        return [section(said), actions([call_off(consult)])]
    said = (
        f"*{manager}* invites you to a consult on this deal. Yours is the first word: write the overview. "
        "It is filled in with what is on record; correct it and mark the gaps openly."
        if needs
        else f"Your overview is with {manager}. You can still change it."
    )
    write = press("Write the overview" if needs else "Change it", ActionId.CONSULT_OVERVIEW, consult)
    return [section(said), actions([write | ({"style": "primary"} if needs else {}), call_off(consult)])]


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
    row = [next_button(content, "Next: overview")] if content.leads else [overview_button(content)]
    return [section(lines), *promises(content), actions(row)]


def _overview_part(content: PanelContent) -> list[Block]:
    consult = content.consult
    seller = mrkdwn(consult.seller_name.split()[0], 40)
    needs = awaits_overview(consult, content.rules)
    said = f"{seller} speaks, uninterrupted. I stay silent too." if content.leads else "The floor is yours."
    locked = [context(f"🔒  The questions open once {seller}'s own reading is written down.")] if needs else []
    row = [overview_button(content)]
    if content.leads and not needs:
        row.insert(0, next_button(content, "Next: questions"))
    return [section(said), *overview(content), *locked, actions(row)]


def _questions(content: PanelContent) -> list[Block]:
    consult = content.consult
    manager = mrkdwn(consult.manager_name.split()[0], 40)
    said = f"{manager} asks. Answer with what the buyer did, not with what you hope."
    if content.leads:
        said = "Ask, wait, write down what you hear. What is on record opens after each answer."
    first_open = next((number for number, each in enumerate(consult.questions) if not each.answer), None)
    rows = [_question(consult, number, pressing=number == first_open) for number in range(len(consult.questions))]
    swap = [press("Swap a question…", ActionId.CONSULT_SWAP, consult)] if content.leads else []
    row = [next_button(content, "Next: action plan"), *swap] if content.leads else []
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
    opens = button(
        label, ActionId.CONSULT_QUESTION.numbered(number), f"{consult.id}:{number}", accessible=spoken,
        style="primary" if pressing else None,
    )  # fmt: skip
    return section("\n".join(lines), accessory=opens)


def _plan(content: PanelContent) -> list[Block]:
    consult = content.consult
    add = press("Add an action", ActionId.CONSULT_ACTION, consult)
    row = [add | ({} if content.actions else {"style": "primary"})]
    if content.actions:
        row.append(press("Agree the plan…", ActionId.CONSULT_AGREE, consult, style="primary"))
    so_far = [agreed(consult)] if any(each.agreed for each in consult.questions) else []
    ask = "Who does what by when, and what proves it? Vague ones come back with two ways to say them."
    return [section(ask), *so_far, *items(content.actions), actions(row)]


_BODIES = {
    ConsultState.REQUESTED: _requested,
    ConsultState.PREPARED: _prepared,
    ConsultState.IN_SESSION: _in_session,
    ConsultState.ACTIONS_AGREED: actions_agreed,
    ConsultState.SHARED: shared,
    ConsultState.FOLLOWED_UP: followed_up,
    ConsultState.CLOSED: closed,
}
_PHASES = {
    ConsultPhase.SETUP: _setup,
    ConsultPhase.OVERVIEW: _overview_part,
    ConsultPhase.CONSULT: _questions,
    ConsultPhase.PLAN: _plan,
}
