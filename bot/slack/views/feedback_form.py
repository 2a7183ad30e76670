"""Why an answer was not helpful: the thumb counts at once, the reason is asked for afterwards."""

from bot.slack.ids import CallbackId
from bot.slack.views.blocks import section
from bot.slack.views.modal import View, choice_input, form, text_input

REASONS = {
    "wrong fact": "A fact is wrong",
    "missed": "It missed what I asked",
    "vague": "The advice is too general",
    "unclear": "I don't understand it",
    "too long": "It is too long",
    "other": "Something else",
}


def feedback_form(reply_id: int) -> View:
    """Ask for the reason, and for the right answer if the person knows it."""
    reasons = [(label, value) for value, label in REASONS.items()]
    blocks = [
        section("Your thumb is noted. What was wrong? Whoever runs the coach reads this."),
        choice_input("reason", "What was it?", reasons, radio=True),
        text_input("words", "What should it have said?", longest=500, multiline=True, optional=True),
    ]
    carried = {"reply": reply_id}
    return form("Not helpful", blocks, callback=CallbackId.FEEDBACK_REASON, submit="Send", carried=carried)
