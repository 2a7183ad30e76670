"""What a draft may say: recorded meetings, the reader's own words, recorded plans. Nothing else exists for it.

A reader is only quoted to themselves: what a colleague of theirs told us is theirs to pass on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.coach.close_plan import parts_of
from bot.coach.dates import day_words
from bot.coach.drafts.playbook import DraftPlaybook
from bot.coach.evidence.model import Evidence, Grade
from bot.coach.people import engaged
from bot.coach.qualify.meddppicc import ElementResult
from bot.coach.reply import Element
from bot.coach.view import DealView
from bot.pipeline.model import Activity, ActivityKind, Contact, MeetingStatus

_QUOTES = 3
_OPEN_POINTS = 3
_ENTITLED = 4  # most people greeted by name
_STANDS = {None, MeetingStatus.CONFIRMED, MeetingStatus.TENTATIVE}


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """The record of one judged deal, asked the way drafts ask."""

    view: DealView
    words: DraftPlaybook

    @property
    def rep(self) -> str:
        """The name under the draft."""
        return self.view.brief.deal.owner.name

    def last_meeting(self) -> Activity | None:
        """The newest meeting that was held with somebody outside."""
        held = [each for each in self._meetings() if each.at <= self.view.brief.as_of and each.counted]
        return max(held, key=lambda each: each.at, default=None)

    def next_meeting(self) -> Activity | None:
        """The first meeting that is booked ahead."""
        ahead = [each for each in self._meetings() if each.at > self.view.brief.as_of and each.counted]
        return min(ahead, key=lambda each: each.at, default=None)

    def last_mail(self) -> Activity | None:
        """The newest mail somebody at the buyer wrote."""
        mails = [
            each
            for each in self.view.brief.deal.activities
            if each.kind is ActivityKind.EMAIL
            and each.direction == "inbound"
            and not each.is_auto
            and each.at <= self.view.brief.as_of
        ]
        return max(mails, key=lambda each: each.at, default=None)

    def main_reader(self, people: Sequence[Contact]) -> Contact | None:
        """The one of `people` who acted last; a mail that quotes goes to one person."""
        return next((contact for contact in engaged(self.view.brief) if contact in people), next(iter(people), None))

    def people_of(self, activity: Activity | None) -> list[Contact]:
        """The buyer's contacts of an activity who are still there; the last to act if there is none."""
        if activity is not None:
            present = [
                contact
                for contact in self.view.brief.deal.contacts
                if contact.email and contact.email.casefold() in activity.participants
            ]
            if present:
                return [contact for contact in present if contact not in self.view.gone][:_ENTITLED]
        return [contact for contact in engaged(self.view.brief) if contact not in self.view.gone][:1]

    def own_words(self, reader: Contact | None) -> list[Evidence]:
        """What the reader wrote that proves something, newest first, each sentence once."""
        found: dict[str, Evidence] = {}
        for item in self.view.ledger.items:
            own = item.grade is Grade.A and not item.negative and item.read_by is None
            if own and item.person and item.person == reader:
                found.setdefault(item.quote, item)
        return list(found.values())[:_QUOTES]

    def written(self, element: Element, *traits: str) -> Evidence | None:
        """The newest sentence of the buyer's own that a rule found for an element; None if there is none."""
        own = self.view.ledger.of(element, *traits, grades=(Grade.A,))
        return next((item for item in own if item.read_by is None), None)

    def open_points(self) -> list[str]:
        """What is still open, in words a buyer can read; the worst first."""
        gaps: Sequence[ElementResult] = self.view.qualification.gaps()
        return [self.words.open_points[gap.element] for gap in gaps if gap.element is not Element.CHAMPION][
            :_OPEN_POINTS
        ]

    def plan_lines(self) -> list[str]:
        """What people at the buyer do next by the recorded close plan; our own lines stay in the house."""
        plan = self.view.brief.deal.close_plan
        theirs = {part.casefold() for contact in self.view.brief.deal.contacts for part in contact.name.split()}
        found = []
        for on, owner, action in (parts_of(line) for line in (plan.lines if plan else ())):
            is_theirs = bool({word.casefold() for word in owner.split()} & theirs)
            if on is not None and on >= self.view.brief.today and is_theirs and action:
                found.append(f"{day_words(on, self.view.brief.today)}: {owner}, {action}")
        return found

    def day(self, activity: Activity) -> str:
        """The day of an activity in words."""
        return day_words(activity.on, self.view.brief.today)

    def _meetings(self) -> list[Activity]:
        meetings = (each for each in self.view.brief.deal.activities if each.kind is ActivityKind.MEETING)
        return [each for each in meetings if each.status in _STANDS]


def greeting(readers: Sequence[Contact]) -> str:
    """The opening line of a mail."""
    names = ", ".join(reader.first_name for reader in readers)
    return f"Hello {names}," if names else f"Hello {blank('name')},"


def blank(what: str) -> str:
    """A placeholder for something nobody recorded."""
    return f"[{what}: not recorded]"


def yours(what: str) -> str:
    """A placeholder for something only the person who sends the draft can say."""
    return f"[fill in: {what}]"
