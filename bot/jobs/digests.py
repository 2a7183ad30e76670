"""The morning digest: one message a reader a working day, in their own morning, exactly once (F100, F105)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.coach.digest import Digest
from bot.jobs.clock import DigestRules, Slot
from bot.jobs.mailing import Letter, Round
from bot.jobs.remembered import wanted
from bot.memory import Offer
from bot.memory.deliveries import client_token
from bot.pipeline.model import User
from bot.runtime import Runtime
from bot.slack.kept_digests import LIVES, digest_offer, tracked_steps
from bot.slack.views.digest import digest_message

__all__ = ["KIND", "DigestRules", "RepDigests", "build_for"]

KIND = "digest"


@dataclass(frozen=True, slots=True)
class RepDigests:
    """The digest of a reader's own deals."""

    kind: str = KIND

    def slot(self, circle: Round, reader: User, day: date) -> Slot | None:
        """In the reader's morning, unless they want none."""
        wishes = circle.wishes_of(reader)
        if not wishes.digest_on or not circle.rules.may_get(reader):
            return None
        return circle.rules.slot(day, circle.zone_of(reader), wishes.digest_at or circle.rules.send_at, wishes)

    def write(self, circle: Round, readers: Sequence[User]) -> Mapping[str, Letter | None]:
        """Digests with their buttons; none for a reader who wants no word on a quiet day."""
        digests = circle.mornings.digests(wanted(circle, KIND, readers))
        deals = {item.deal.id for digest in digests.values() for item in digest.items}
        tracked = circle.runtime.memory.actions.of_deals(deals)
        return {
            reader.id: self._letter(circle, tracked_steps(digests[reader.id], tracked))
            for reader in readers
            if not digests[reader.id].is_empty or (says_nothing_needs_you(circle, reader) and not circle.leads(reader))
        }

    def _letter(self, circle: Round, digest: Digest) -> Letter:
        key = client_token(KIND, digest.reader.id, circle.today_of(digest.reader)).replace("-", "")
        said = {item.deal.id: item.state for item in digest.items}
        offer: Offer = digest_offer(digest, circle.now, circle.now + LIVES)
        return Letter(message=digest_message(digest, key), said=said, offer=(key, offer) if digest.items else None)


def says_nothing_needs_you(circle: Round, reader: User) -> bool:
    """Whether a reader gets a line on a day that needs nothing of them: as they wish, else as the company does."""
    wish = circle.wishes_of(reader).when_empty
    return circle.rules.send_when_empty if wish is None else wish


def build_for(runtime: Runtime, reader: User, now: datetime) -> Digest:
    """The digest `reader` would get at `now`; nothing is sent or stored."""
    circle = Round(runtime, DigestRules.load(runtime.settings.playbook_dir), now)
    [one] = wanted(circle, KIND, [reader])
    digest = circle.mornings.digests([one])[reader.id]
    return tracked_steps(digest, runtime.memory.actions.of_deals([item.deal.id for item in digest.items]))
