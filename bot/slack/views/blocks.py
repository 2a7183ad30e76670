"""Small builders of Block Kit dicts that keep Slack's length limits and escape what they are given.

Limits: https://docs.slack.dev/reference/block-kit/blocks. Prose goes into rich_text, where Slack
interprets nothing; mrkdwn is used only where a block offers nothing else.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, urlparse

from bot.memory import FeedbackValue
from bot.slack.ids import ActionId, feedback_value
from bot.slack.views.escape import mrkdwn, plain
from bot.slack.views.message import Block

HEADER_LIMIT = 150
BUTTON_LIMIT = 75
SECTION_LIMIT = 3000
CONTEXT_LIMIT = 2000
FIELD_LIMIT = 2000
VALUE_LIMIT = 2000

Element = dict[str, Any]

_URL_SAFE = ":/?#=&%@+,;~.-_"


def header(text: str) -> Block:
    """A heading, at most 150 characters."""
    return {
        "type": "header",
        "text": {"type": "plain_text", "text": plain(text, HEADER_LIMIT) or "–", "emoji": True},
    }


def section(markup: str, accessory: Element | None = None) -> Block:
    """A paragraph of mrkdwn whose parts were escaped by the caller, with an optional button beside it."""
    text = {"type": "mrkdwn", "text": markup[:SECTION_LIMIT] or "–", "verbatim": True}
    return {"type": "section", "text": text} | ({"accessory": accessory} if accessory else {})


def columns(markups: Sequence[str]) -> Block:
    """Two columns of mrkdwn, at most ten cells of 2000 characters; each was escaped by the caller."""
    fields = [{"type": "mrkdwn", "text": markup[:FIELD_LIMIT] or "–", "verbatim": True} for markup in markups[:10]]
    return {"type": "section", "fields": fields}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    """A table of plain words. Slack takes one a message: https://docs.slack.dev/reference/block-kit/blocks/table-block"""
    cells = [[{"type": "raw_text", "text": plain(cell, 200) or "–"} for cell in row] for row in (head, *rows)]
    return {"type": "table", "rows": cells, "column_settings": [{"is_wrapped": True} for _ in head]}


def context(*markups: str) -> Block:
    """A line in small grey type; each markup was escaped by the caller."""
    elements = [{"type": "mrkdwn", "text": markup[:CONTEXT_LIMIT], "verbatim": True} for markup in markups if markup]
    return {"type": "context", "elements": elements[:10]}


def divider() -> Block:
    """A thin line."""
    return {"type": "divider"}


def button(
    label: str, action_id: str, value: str, *, accessible: str | None = None, style: str | None = None
) -> Element:
    """A button whose value is an id. `accessible` is what a screen reader says instead of the label."""
    element: Element = {
        "type": "button",
        "text": {"type": "plain_text", "text": plain(label, BUTTON_LIMIT), "emoji": True},
        "action_id": action_id,
        "value": value[:VALUE_LIMIT],
    }
    if accessible:
        element["accessibility_label"] = plain(accessible, BUTTON_LIMIT)
    return element | ({"style": style} if style else {})


def asks_first(element: Element, title: str, text: str, yes: str) -> Element:
    """The button with a question before it works; texts of at most 100 and 300 characters."""
    question = {
        "title": {"type": "plain_text", "text": plain(title, 100)},
        "text": {"type": "plain_text", "text": plain(text, 300)},
        "confirm": {"type": "plain_text", "text": plain(yes, 30)},
        "deny": {"type": "plain_text", "text": "Not now"},
    }
    return element | {"confirm": question}


def overflow(action_id: str, options: Sequence[tuple[str, str]]) -> Element:
    """A menu behind three dots: up to five (label, value) pairs, values of at most 150 characters."""
    return {"type": "overflow", "action_id": action_id, "options": [option(*each) for each in options[:5]]}


def option(label: str, value: str, description: str = "") -> Element:
    """One choice of a menu, select or group of check boxes."""
    shown: Element = {"text": {"type": "plain_text", "text": plain(label, BUTTON_LIMIT) or "–"}, "value": value[:150]}
    if description:
        shown["description"] = {"type": "plain_text", "text": plain(description, BUTTON_LIMIT)}
    return shown


def actions(elements: Sequence[Element]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def feedback(reply_id: int) -> Block:
    """Thumbs up and down under the recorded reply `reply_id`."""

    def thumb(label: str, value: FeedbackValue) -> Element:
        return {"text": {"type": "plain_text", "text": label}, "value": feedback_value(value, reply_id)}

    buttons = {
        "type": "feedback_buttons",
        "action_id": ActionId.FEEDBACK.value,
        "positive_button": thumb("Helpful", FeedbackValue.HELPFUL),
        "negative_button": thumb("Not helpful", FeedbackValue.NOT_HELPFUL),
    }
    return {"type": "context_actions", "elements": [buttons]}


def rich_text(*parts: Element) -> Block:
    """Prose and lists made of `line`, `bullets` and `numbered`.

    A line that follows a line is set on the same row: give it a block of its own.
    """
    return {"type": "rich_text", "elements": list(parts)}


def words(text: str, *, bold: bool = False, italic: bool = False, limit: int = 600) -> Element:
    """A run of harmless text. A space at either end is kept, since runs stand side by side."""
    inner = plain(text, limit)
    lead = " " if text[:1] == " " and inner else ""
    tail = " " if text[-1:] == " " and inner else ""
    style = {name: True for name, on in (("bold", bold), ("italic", italic)) if on}
    element: Element = {"type": "text", "text": f"{lead}{inner}{tail}" or " "}
    return element | ({"style": style} if style else {})


def line(*elements: Element) -> Element:
    """One paragraph of rich text."""
    return {"type": "rich_text_section", "elements": list(elements)}


def verbatim(text: str, limit: int = 2900) -> Block:
    """Text in a box of its own, exactly as it is, easy to copy."""
    return rich_text({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text[:limit] or "–"}]})


def bullets(items: Iterable[Sequence[Element]]) -> Element:
    """A bulleted list; an item is a sequence of runs."""
    return _list("bullet", items)


def numbered(items: Iterable[Sequence[Element]]) -> Element:
    """A numbered list; an item is a sequence of runs."""
    return _list("ordered", items)


def _list(style: str, items: Iterable[Sequence[Element]]) -> Element:
    return {"type": "rich_text_list", "style": style, "elements": [line(*item) for item in items]}


def link_markup(url: str | None, label: str, hosts: frozenset[str]) -> str:
    """The label as a mrkdwn link if the host of `url` is on the allow-list, else as plain words."""
    text = mrkdwn(label, 120)
    parsed = urlparse(url or "")
    if url is None or parsed.scheme not in {"https", "http"} or parsed.hostname not in hosts:
        return text
    return f"<{quote(url, safe=_URL_SAFE).replace('&', '&amp;')}|{text}>"
