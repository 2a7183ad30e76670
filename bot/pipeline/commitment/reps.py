"""Per rep: re-book rate, and eager prospects (DOMAIN 4.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.pipeline.brief import DealBrief
from bot.pipeline.commitment.acts import was_held
from bot.pipeline.commitment.ladder import Commitment
from bot.pipeline.commitment.rules import CommitmentRules
from bot.pipeline.model import Activity, User


@dataclass(slots=True)
class RepCommitment:
    """One rep's buyers. `held` are meetings held in the period that could already have a successor.

    `rebook_rate` is 0-1 and None without such a meeting; a next meeting soon after stands in for one that
    was booked on the way out, because no calendar says when an invitation was sent. `unknown` counts open
    deals whose owner's sources are not connected.
    """

    rep: User
    open_deals: int = 0
    unknown: int = 0
    eager: int = 0
    not_yet: int = 0
    words_ahead: int = 0
    held: int = 0
    rebooked: int = 0
    counted_meetings: set[str] = field(default_factory=set, repr=False)

    @property
    def rebook_rate(self) -> float | None:
        """Held meetings that were followed by a next one, 0-1."""
        return self.rebooked / self.held if self.held else None


def per_rep(
    briefs: Sequence[DealBrief], commitments: Mapping[str, Commitment], rules: CommitmentRules
) -> list[RepCommitment]:
    """One row a rep with open deals among `briefs`, by name; `commitments` by deal id."""
    rows: dict[str, RepCommitment] = {}
    for brief in briefs:
        row = rows.setdefault(brief.deal.owner.id, RepCommitment(brief.deal.owner))
        _count_deal(row, commitments[brief.deal.id])
        _count_meetings(row, brief, rules)
    return sorted(rows.values(), key=lambda row: row.rep.name)


def _count_deal(row: RepCommitment, commitment: Commitment) -> None:
    row.open_deals += 1
    row.unknown += commitment.unknown is not None
    row.eager += commitment.is_eager is True
    row.not_yet += commitment.not_yet_an_opportunity is True
    row.words_ahead += commitment.words_ahead_of_deeds is True


def _count_meetings(row: RepCommitment, brief: DealBrief, rules: CommitmentRules) -> None:
    """A meeting credited to several deals of the rep is counted once, with the first of them."""
    meetings = sorted((each for each in brief.deal.activities if each.counted and was_held(each)), key=_start)
    since = brief.today - timedelta(days=rules.rebooking.days)
    for place, meeting in enumerate(meetings):
        following = next((each.on for each in meetings[place + 1 :] if each.on > meeting.on), None)
        if meeting.at > brief.as_of or meeting.on <= since or meeting.id in row.counted_meetings:
            continue
        outcome = was_rebooked(meeting.on, following, brief.today, rules)
        if outcome is not None:
            row.counted_meetings.add(meeting.id)
            row.held += 1
            row.rebooked += outcome


def _start(meeting: Activity) -> date:
    return meeting.on


def was_rebooked(held_on: date, following: date | None, today: date, rules: CommitmentRules) -> bool | None:
    """Whether a meeting led to the next one (DOMAIN 2.3, re-book); None while it is too fresh to say.

    `following` is the day of the next meeting: when it was booked is not recorded.
    """
    if following is not None:
        return (following - held_on).days <= rules.rebooking.next_within_days
    return None if _working_days(held_on, today) <= rules.rebooking.booked_within_working_days else False


def _working_days(start: date, end: date) -> int:
    return sum((start + timedelta(days=offset)).weekday() < 5 for offset in range(1, (end - start).days + 1))
