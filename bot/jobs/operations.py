"""A note to sales operations about people and channels that cannot be reached any more: each is named once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from bot.jobs.clock import Slot
from bot.jobs.mailing import Letter, Round
from bot.memory import Unreachable
from bot.pipeline.model import Role, User
from bot.slack.delivery import PERSON
from bot.slack.views.notices import reason_message

KIND = "operations note"
_SHOWN = 20
_REASONS = {
    "account_inactive_recipient": "account deactivated",
    "channel_not_found": "closed to me or deleted",
    "is_archived": "archived",
    "not_in_channel": "I am not a member",
    "user_disabled": "account deactivated",
    "user_not_found": "no such account",
}
"""What Slack's words for it mean; another one is shown as it is."""


@dataclass(frozen=True, slots=True)
class OperationsNotes:
    """What nobody has been told yet."""

    found: Sequence[Unreachable]
    kind: str = KIND

    @classmethod
    def of(cls, circle: Round) -> "OperationsNotes":
        """Those out of reach of whom nobody has been told."""
        return cls(circle.runtime.memory.mailings.unreported())

    def slot(self, circle: Round, reader: User, day: date) -> Slot | None:
        """In the morning, if there is something to report."""
        if not self.found or reader.role is not Role.SALES_OPERATIONS or not reader.active or not reader.slack_user_id:
            return None
        if day != circle.today_of(reader):
            return None
        return circle.rules.slot(day, circle.zone_of(reader), circle.rules.send_at, circle.wishes_of(reader))

    def write(self, circle: Round, readers: Sequence[User]) -> Mapping[str, Letter | None]:
        """The same note for everybody."""
        names = [_words(circle, each) for each in self.found[:_SHOWN]]
        more = f" And {len(self.found) - _SHOWN} more." if len(self.found) > _SHOWN else ""
        again = "I try again in a month, or once the account changes."
        text = f"My messages no longer reach: {'; '.join(names)}.{more} {again}"
        letter = Letter(message=reason_message(text), told=partial(circle.runtime.memory.mailings.reported, self.found))
        return dict.fromkeys((reader.id for reader in readers), letter)


def _words(circle: Round, each: Unreachable) -> str:
    user = circle.users.get(each.reader_id)
    name = user.name if user else each.reader_id
    reason = _REASONS.get(each.reason, each.reason.replace("_", " "))
    if each.address.startswith(PERSON):
        return f"{name} ({reason})"
    return f"{name}'s channel {each.address} ({reason})"
