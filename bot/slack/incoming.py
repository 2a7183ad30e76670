"""Reading what people typed: Slack's own markup becomes the words they meant."""

import html
import re

MAX_QUESTION = 2000
_LINK = re.compile(r"<(?:https?|mailto|tel)[^|>]*\|([^>]*)>|<((?:https?|mailto|tel):[^>]*)>")
_CHANNEL = re.compile(r"<#[A-Z0-9]+\|?([^>]*)>")
_SPECIAL = re.compile(r"<!(?:subteam\^[A-Z0-9]+\|?|date[^|>]*\|)?([^>]*)>")


def question(text: str | None, bot_user_id: str | None = None) -> str:
    """The question in plain words, without the mention of the bot; "help" if nothing is left."""
    words = text or ""
    if bot_user_id:
        words = re.sub(rf"<@{re.escape(bot_user_id)}(\|[^>]*)?>", " ", words, flags=re.IGNORECASE)
    words = _LINK.sub(lambda match: match.group(1) or match.group(2), words)
    words = _CHANNEL.sub(r"\1", words)
    words = _SPECIAL.sub(r"\1", words)
    return " ".join(html.unescape(words).split())[:MAX_QUESTION] or "help"


def mentions(text: str | None, bot_user_id: str | None) -> bool:
    """Whether the text names the bot."""
    return bool(bot_user_id) and f"<@{bot_user_id}".lower() in (text or "").lower()
