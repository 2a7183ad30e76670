"""The evidence of one deal, asked by element, trait, grade and person."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.coach.evidence.model import Evidence, Grade
from bot.coach.reply import Element
from bot.pipeline.model import Activity, ActivityKind, Contact, Deal, MeetingStatus

RAISES = frozenset({Grade.A, Grade.B, Grade.C})


@dataclass(frozen=True, slots=True)
class Ledger:
    """Evidence of one deal together with the deal it speaks about; `gone` are contacts who left.

    `largest_price` is the highest price somebody named for this deal, None if nobody did.
    """

    deal: Deal
    items: tuple[Evidence, ...]
    gone: frozenset[Contact] = frozenset()
    largest_price: float | None = None

    @property
    def amount_at_stake(self) -> float | None:
        """What an authority has to cover: the CRM's amount, or a higher price that is already talked about."""
        known = [amount for amount in (self.deal.amount, self.largest_price) if amount is not None]
        return max(known, default=None)

    def of(self, element: Element, *traits: str, grades: Iterable[Grade] = RAISES) -> tuple[Evidence, ...]:
        """Positive evidence for `element`, newest first; any trait if none is named."""
        wanted = frozenset(grades)
        return tuple(
            item
            for item in self.items
            if item.element is element
            and not item.negative
            and item.grade in wanted
            and (not traits or item.trait in traits)
        )

    def traits(self, element: Element, grades: Iterable[Grade] = RAISES) -> frozenset[str]:
        """The traits of `element` that have positive evidence of these grades."""
        return frozenset(item.trait for item in self.of(element, grades=grades))

    def against(self, element: Element) -> tuple[Evidence, ...]:
        """Evidence that speaks against `element`, newest first."""
        return tuple(item for item in self.items if item.element is element and item.negative)

    def claimed(self, role: str) -> tuple[Contact, ...]:
        """Contacts whose role the rep typed as `role`: a claim (grade C), never proof."""
        return tuple(contact for contact in self.deal.contacts if (contact.role or "").casefold() == role.casefold())

    def acts_of(self, contact: Contact) -> tuple[Activity, ...]:
        """What `contact` did: mails they wrote and meetings they attended, newest first."""
        acts = [activity for activity in self.deal.activities if _is_act_of(contact, activity)]
        return tuple(sorted(acts, key=lambda activity: activity.at, reverse=True))


def _is_act_of(contact: Contact, activity: Activity) -> bool:
    email = (contact.email or "").casefold()
    if not email or email not in activity.participants:
        return False
    if activity.kind is ActivityKind.EMAIL:
        return activity.direction == "inbound" and not activity.is_auto
    if activity.kind is ActivityKind.MEETING:
        return was_or_will_be_held(activity) and email not in activity.declined
    return activity.kind is ActivityKind.CALL


def was_or_will_be_held(activity: Activity) -> bool:
    """Whether a meeting stands: not cancelled, not missed, not declined by the owner."""
    return activity.status in {None, MeetingStatus.CONFIRMED, MeetingStatus.TENTATIVE}
