"""What a consult ends in, as both get it: strategy, agreements, actions, what is still open, the follow-up."""

from collections.abc import Sequence

from bot.coach.consults.wrap_up import WrapUp, action_line
from bot.memory import Consult, ConsultKind
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import (
    Element,
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
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message, fitted


def wrap_up_message(wrap: WrapUp, buttons: list[Element] | None = None) -> Message:
    """The wrap-up as a message; `buttons` are what can be done with it."""
    consult = wrap.consult
    kind = "Light review" if consult.kind is ConsultKind.LIGHT else "Consult"
    who = f"{consult.manager_name} and {consult.seller_name}, {wording.day(wrap.held_on)}"
    todo = [[words(action_line(item, wrap.held_on), limit=500)] for item in wrap.actions]
    body: list[Block] = [header(f"📋 {kind} · {consult.deal_name}"), context(mrkdwn(who, 200))]
    if wrap.strategy:
        body += [rich_text(line(words("Strategy", bold=True))), rich_text(line(words(wrap.strategy, limit=700)))]
    if wrap.agreed:
        body.append(_pairs("Agreed", wrap.agreed))
    body.append(rich_text(line(words("Actions", bold=True)), bullets(todo)))
    if wrap.open_gaps:
        body.append(_pairs("Still open: the agenda of the next contact with the buyer", wrap.open_gaps))
    follow_up = f"Follow-up on {wording.day(wrap.follow_up_on)}: each action done, moved or dropped."
    foot = [*([divider(), actions(buttons)] if buttons else []), context(follow_up)]
    text = f"Wrap-up of the consult on {consult.deal_name}: {len(wrap.actions)} actions. {follow_up}"
    return Message(text=mrkdwn(text, 600), blocks=fitted(body, foot))


def share_button(consult: Consult) -> Element:
    """Asks who would read it before anything is shared."""
    label = "Share in the thread…"
    return button(label, ActionId.CONSULT_SHARE.value, str(consult.id), accessible="Share the wrap-up in the channel")


def shared_wrap_up(wrap: WrapUp, shared_by: str) -> Message:
    """The wrap-up as a whole channel reads it; `shared_by` is a Slack user id."""
    message = wrap_up_message(wrap)
    return Message(text=message.text, blocks=(*message.blocks, context(f"Shared by <@{shared_by}>")))


def follow_up_message(consults: Sequence[Consult], own_id: str) -> Message:
    """The day of the follow-up: which consults, with whom, and the way to each. Deals are named at the press."""
    rows = []
    for consult in consults:
        other = consult.seller_name if own_id == consult.manager_id else consult.manager_name
        held = wording.day(consult.shared_at.date() if consult.shared_at else None)
        go_on = button(
            "Go through it", ActionId.CONSULT_OPEN.numbered(consult.id), str(consult.id),
            accessible=f"Go through the actions of the consult with {other}", style="primary",
        )  # fmt: skip
        rows.append(section(f"🤝  Your consult of {held} with *{mrkdwn(other, 60)}*", accessory=go_on))
    ask = "What became of each action: done, moved or dropped, and what shows it?"
    noun = "consult" if len(rows) == 1 else "consults"
    text = f"Follow-up on {len(rows)} {noun} today. {ask}"
    return Message(text=text, blocks=fitted([header("Follow-up of your consults"), section(ask), *rows]))


def _pairs(title: str, pairs: tuple[tuple[str, str], ...]) -> Block:
    items = [[words(f"{about}: ", bold=True), words(wording.sentence(said), limit=500)] for about, said in pairs]
    return rich_text(line(words(title, bold=True)), bullets(items))
