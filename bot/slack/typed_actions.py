"""An action as it was typed into a form, on a card or at a consult."""

from collections.abc import Sequence
from typing import Any

from bot.coach.actions import ActionDraft
from bot.pipeline.model import User
from bot.slack.forms import entered_date


def entered_action(entered: dict[str, Any], people: Sequence[User]) -> tuple[ActionDraft, User]:
    """The draft and who shall own it; the first of `people` where nobody was picked."""
    owner = next((person for person in people if person.id == entered.get("owner")), people[0])
    draft = ActionDraft(
        text=entered.get("text") or "",
        owner=owner.name,
        due=entered_date(entered.get("due")),
        done_when=entered.get("done_when"),
        counterpart=entered.get("counterpart"),
    )
    return draft, owner
