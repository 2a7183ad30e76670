"""The questions behind open menus: a click carries a deal id, so the question waits here.

Kept in this process only, since the bot stores no words of its users. After a restart, or on another
replica, a click still answers: with the deal's assessment instead of the first question.
"""

import secrets
from collections import OrderedDict

ASSESS = "How is this deal looking?"
_KEPT = 1000
_PREFIX = "menu:"


class Menus:
    """The last thousand questions that ended in a menu."""

    def __init__(self) -> None:
        """Start empty."""
        self._questions: OrderedDict[str, str] = OrderedDict()

    def keep(self, question: str) -> str:
        """Remember a question; returns the name of its menu."""
        menu = secrets.token_hex(6)
        self._questions[menu] = question
        while len(self._questions) > _KEPT:
            self._questions.popitem(last=False)
        return menu

    def question(self, block_id: str) -> str:
        """The question behind a clicked row, or the assessment if it is no longer known."""
        parts = block_id.split(":")
        return self._questions.get(parts[1], ASSESS) if is_menu_row(block_id) and len(parts) > 1 else ASSESS


def is_menu_row(block_id: str) -> bool:
    """Whether a block belongs to a menu rather than to a digest or the Home tab."""
    return block_id.startswith(_PREFIX)
