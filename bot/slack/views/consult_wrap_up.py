"""What a consult ends in, as both get it: strategy, agreements, actions, what is still open, the follow-up."""

from bot.coach.consults.wrap_up import WrapUp, action_line
from bot.memory import ConsultKind
from bot.slack.views import wording
from bot.slack.views.blocks import Element, actions, bullets, context, divider, header, line, rich_text, words
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
        body.append(rich_text(line(words("Strategy", bold=True)), line(words(wrap.strategy, limit=700))))
    if wrap.agreed:
        body.append(_pairs("Agreed", wrap.agreed))
    body.append(rich_text(line(words("Actions", bold=True)), bullets(todo)))
    if wrap.open_gaps:
        body.append(_pairs("Still open: the agenda of the next contact with the buyer", wrap.open_gaps))
    follow_up = f"Follow-up on {wording.day(wrap.follow_up_on)}: each action done, moved or dropped."
    foot = [*([divider(), actions(buttons)] if buttons else []), context(follow_up)]
    text = f"Wrap-up of the consult on {consult.deal_name}: {len(wrap.actions)} actions. {follow_up}"
    return Message(text=mrkdwn(text, 600), blocks=fitted(body, foot))


def _pairs(title: str, pairs: tuple[tuple[str, str], ...]) -> Block:
    items = [[words(f"{about}: ", bold=True), words(wording.sentence(said), limit=500)] for about, said in pairs]
    return rich_text(line(words(title, bold=True)), bullets(items))
