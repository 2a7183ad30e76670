"""Words said under a card, as markdown: what streamed messages are made of, a line at a time."""

from bot.coach.hearing import Sentence
from bot.slack.views.escape import markdown

HEAD = "**What is behind it**\n"
STOPPED = "\n_Stopped._"
CUT_SHORT = "\n_The rest did not fit; ask for one part of it._"
STATUS_READING = "is reading the notes…"
STATUS_TELLING = "is checking each sentence…"
_LIMIT = 900


def told_line(sentence: Sentence) -> str:
    """One sentence as a line of a list. It ends with the line break: Slack drops one at the start of a piece."""
    return f"- **{markdown(sentence.label, 80)}:** {markdown(sentence.words, _LIMIT)}\n"
