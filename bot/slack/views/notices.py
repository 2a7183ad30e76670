"""Short messages that are not answers: a reason, an error with a reference, help, "stopped"."""

from bot.memory import ActionItem
from bot.slack.ids import Command
from bot.slack.views.blocks import bullets, context, line, rich_text, words
from bot.slack.views.escape import mrkdwn, plain
from bot.slack.views.message import Message
from bot.slack.views.wording import due

UNRATED = "I no longer know the answer you rated, so the rating was not kept."
STOPPED = "Stopped. Ask again whenever you like."
STOPPED_WORDS = "Stopped. The facts above stand."
THANKS = "Thank you – noted."
TITLE_PROMPTS = "Where shall we start?"


def reason_message(reason: str) -> Message:
    """Say in plain words why there is no answer."""
    return Message(text=mrkdwn(reason), blocks=(rich_text(line(words(reason))),))


def tracked_words(item: ActionItem) -> str:
    """A tracked action in one sentence."""
    return f"{item.owner_name}: {item.text}, by {due(item.due)}."


def tracked_message(item: ActionItem, given_by: str) -> Message:
    """Tell the owner of an action who gave it to them."""
    text = f"{given_by} tracked an action for you on {item.deal_name}: {item.text}, by {due(item.due)}."
    proof = f" Done when {item.done_when}." if item.done_when else ""
    return Message(
        text=mrkdwn(text + proof, 1000),
        blocks=(rich_text(line(words(f"📌 {text}{proof}", limit=1000))), context("It is on my Home tab.")),
    )


def fault_message(reference: str) -> Message:
    """Admit a fault on our side. The reference finds it in the log; nothing else leaks."""
    text = f"Something went wrong on our side (reference {reference}). Nothing was changed. Please try again."
    note = "If it happens again, give this reference to whoever runs the coach."
    return Message(
        text=text,
        blocks=(rich_text(line(words(f"⚠️ {plain(text)}"))), context(note)),
    )


def help_message() -> Message:
    """How to use `/consult`, and what else one can ask."""
    asks = [
        [
            words(f"{Command.CONSULT} Acme", bold=True),
            words(" – a prepared consult for that deal, seen only by you; start it from there"),
        ],
        [words(f"{Command.CONSULT} light Acme", bold=True), words(" – a review of ten minutes, for smaller deals")],
        [
            words(f"{Command.CONSULT} view NAME, team, forecast", bold=True),
            words(f" – a saved view, whose turn it is, the forecast; {Command.CONSULT} alone shows the menu"),
        ],
        [words("How is Acme looking?", bold=True), words(" – health with its reasons, gaps and next steps")],
        [
            words("What is missing on Acme?", bold=True),
            words(" – the MEDDPPICC gaps with evidence or a blank"),
        ],
        [words("How do I test a champion?", bold=True), words(" – what the handbook says")],
    ]
    return Message(
        text=f"Type {Command.CONSULT} and the name of one of your deals, or ask me in a direct message.",
        blocks=(
            rich_text(line(words("Ask me about your own deals, here or in a direct message.")), bullets(asks)),
            context("Put the name of your deal in place of Acme. I answer only about deals you may see."),
        ),
    )
