"""Guests of a consult: whom to invite and what they will see, their own side, and what the two see of them (F070)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.coach.consults.guests import OPEN_TO_GUESTS
from bot.memory import ActionItem, Consult, GuestNote, Invitation
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views import wording
from bot.slack.views.blocks import (
    actions,
    bullets,
    button,
    context,
    divider,
    header,
    line,
    rich_text,
    section,
    words,
)
from bot.slack.views.consult_parts import PanelContent, items, press, written_overview
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message, fitted
from bot.slack.views.modal import View, form, person_input, reading, text_input

ASK_LIMIT = 300
NOTE_LIMIT = 1000
SEES = (
    "this one deal, when they ask me about it by name",
    "the overview, the questions with their answers, the actions",
)
SEES_NOT = (
    "any other deal",
    "the preparation pack, and what is on record behind each question",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestContent:
    """Everything a guest's side shows; `facts` are the deal in small type, `labels` the overview's fields."""

    consult: Consult
    invitation: Invitation
    asked_by: str
    part: str
    facts: Sequence[str] = ()
    actions: Sequence[ActionItem] = ()
    notes: Sequence[GuestNote] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


# What manager and seller see


def with_guests(body: list[Block], content: PanelContent) -> list[Block]:
    """A side with what guests noted above its last row, who they are below it, and the way to invite somebody."""
    if content.consult.state not in OPEN_TO_GUESTS:
        return [*guest_notes(content.notes), *body]
    place = max((number for number, block in enumerate(body) if block["type"] == "actions"), default=len(body))
    label = f"Guests ({len(content.guests)})…" if content.guests else "Invite…"
    invite = press(label, ActionId.CONSULT_INVITE, content.consult)
    row = list(body[place]["elements"]) if place < len(body) else []
    ends = 1 if row and row[-1]["action_id"] == ActionId.CONSULT_CALL_OFF.value else 0
    row.insert(len(row) - ends, invite)
    names = ", ".join(mrkdwn(each.user_name, 60) for each in content.guests)
    who = [context(f"👥  Reading along: {names}")] if names else []
    return [*body[:place], *guest_notes(content.notes), actions(row), *body[place + 1 :], *who]


def guest_notes(notes: Sequence[GuestNote]) -> list[Block]:
    """What guests wrote down, the last ones."""
    lines = [f"📝  *{mrkdwn(each.by_name, 60)}:* {mrkdwn(each.text, 400)}" for each in notes[-5:]]
    return [section("\n".join(lines))] if lines else []


def invite_form(consult: Consult, guests: Sequence[Invitation], carried: dict[str, Any]) -> View:
    """Who is invited, each with the way to take it back; and whom to invite next."""
    about = section(f"To the consult on *{mrkdwn(consult.deal_name, 150)}*, for as long as it runs.")
    invited = [
        section(
            f"*{mrkdwn(each.user_name, 60)}*  ·  until {wording.day(each.until.date())}\n{mrkdwn(each.ask, 200)}",
            accessory=button(
                "Take back", ActionId.CONSULT_UNINVITE.numbered(number), f"{consult.id}:{each.user_id}",
                accessible=f"Take the invitation of {each.user_name} back",
            ),
        )
        for number, each in enumerate(guests)
    ]  # fmt: skip
    blocks = [
        about,
        *([*invited, divider()] if invited else []),
        person_input("person", "Who", hint="An engineer, a success manager, whoever knows the account."),
        text_input(
            "ask", "What you ask of them", longest=ASK_LIMIT, multiline=True,
            hint="One question they can answer, for example what the connector needs on the buyer's side.",
        ),
    ]  # fmt: skip
    return form("Invite a colleague", blocks, callback=CallbackId.CONSULT_INVITE, submit="Next", carried=carried)


def invited_form(name: str, ask: str, until: datetime, carried: dict[str, Any]) -> View:
    """What the person will see, before it is so."""
    first = name.split()[0]
    blocks = [
        section(f"*{mrkdwn(name, 60)}* is asked: {mrkdwn(ask, ASK_LIMIT)}"),
        rich_text(line(words(f"{first} will see", bold=True)), bullets([[words(each)] for each in SEES])),
        rich_text(line(words("and will not see", bold=True)), bullets([[words(each)] for each in SEES_NOT])),
        context(f"Until the wrap-up is sent or one of you takes it back; until {wording.day(until.date())} at most."),
    ]
    return form(
        "What they will see", blocks, callback=CallbackId.CONSULT_INVITED, submit=f"Invite {first}", carried=carried
    )


# What the guest sees


def guest_message(content: GuestContent) -> Message:
    """A guest's side: what they are asked, what is said so far, and a place for their own words."""
    consult, invitation = content.consult, content.invitation
    who = f"{mrkdwn(consult.manager_name, 60)} and {mrkdwn(consult.seller_name, 60)}"
    facts = "  ·  ".join([who, *(mrkdwn(fact, 120) for fact in content.facts)])
    body = [
        header(f"🤝 Consult · {consult.deal_name}"),
        context(facts),
        section(f"*{mrkdwn(content.asked_by, 60)} asks you:* {mrkdwn(invitation.ask, ASK_LIMIT)}"),
        context(f"You read along: {content.part}."),
        divider(),
        *written_overview(consult, content.labels),
        *_answers(consult),
        *items(content.actions),
        *guest_notes(content.notes),
    ]
    add = press("Add a note…", ActionId.CONSULT_NOTE, consult, style="primary")
    ends = f"You see this deal until the consult ends, {wording.day(invitation.until.date())} at the latest."
    foot = [actions([add]), context(f"{ends} Ask me about it by name, or paste here what the buyer wrote.")]
    text = f"{content.asked_by} asks you to a consult on {consult.deal_name}: {invitation.ask}"
    return Message(text=mrkdwn(text, 600), blocks=fitted(body, foot))


def farewell_message(consult: Consult) -> Message:
    """What stands in place of a guest's side afterwards; it names no deal."""
    text = (
        f"Your part in the consult of {consult.manager_name} and {consult.seller_name} is over, and with it your "
        "view of their deal. What you noted stays with them. Thank you."
    )
    return Message(text=mrkdwn(text, 400), blocks=(section(mrkdwn(text, 400)),))


def note_form(carried: dict[str, Any]) -> View:
    """A place for what a guest knows."""
    says = text_input(
        "note", "What the two should know", longest=NOTE_LIMIT, multiline=True,
        hint="What you saw or were told, by whom and when.",
    )  # fmt: skip
    return form("Add a note", [says], callback=CallbackId.CONSULT_NOTE, submit="Send", carried=carried)


def over_view(reason: str) -> View:
    """In place of a form that has no purpose any more."""
    return reading("Too late", [section(mrkdwn(reason, 300))])


def _answers(consult: Consult) -> list[Block]:
    """The questions that were answered, with what was agreed; never what is on record behind them."""
    told = [each for each in consult.questions if each.answer]
    lines = [
        f"*{mrkdwn(each.text, 300)}*\n💬  {mrkdwn(each.answer or '', 220)}"
        + (f"\n🤝  {mrkdwn(each.agreed, 220)}" if each.agreed else "")
        for each in told
    ]
    return [section(each) for each in lines]
