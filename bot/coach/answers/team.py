"""A manager's people side by side: open deals, how many are At Risk or Poor and what they are worth (F101)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.coach.answers.portfolio import WORST_FIRST, amounts, by_urgency
from bot.coach.dates import plural
from bot.coach.reply import CoachReply, Outcome, Section
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import User

_SHOWN = 10
_AT_RISK = frozenset(WORST_FIRST[:2])


@dataclass(frozen=True, slots=True)
class _Book:
    """The open deals of one owner."""

    owner: User
    briefs: tuple[DealBrief, ...]

    @property
    def at_risk(self) -> list[DealBrief]:
        return [brief for brief in self.briefs if brief.health.bucket in _AT_RISK and not brief.health.insufficient]

    @property
    def share(self) -> float:
        """Share of the deals that are At Risk or Poor, 0-1; by count, so that deals without an amount weigh too."""
        return len(self.at_risk) / len(self.briefs)


def answer_team(briefs: Sequence[DealBrief], as_of: datetime) -> CoachReply:
    """One line a person, the highest share at risk first, each with the deal to look at."""
    books = sorted(_books(briefs), key=lambda book: (-book.share, -len(book.at_risk), book.owner.name))
    if not books:
        text = "There is no open deal below you."
        return CoachReply(outcome=Outcome.ANSWER_PIPELINE, as_of=as_of, headline=text, text=text)
    rows = tuple(_row(book) for book in books[:_SHOWN])
    risky = sum(len(book.at_risk) for book in books)
    people = "1 person" if len(books) == 1 else f"{len(books)} people"
    unrated = sum(bool(brief.health.insufficient) for brief in briefs)
    headline = f"{people}, {plural(len(briefs), 'open deal')}, {risky} At Risk or Poor"
    headline += f", {unrated} not rated" if unrated else ""
    more = f"And {len(books) - _SHOWN} more people." if len(books) > _SHOWN else ""
    worst = [by_urgency(book.at_risk)[0].deal for book in books[:_SHOWN] if book.at_risk]
    return CoachReply(
        outcome=Outcome.ANSWER_PIPELINE,
        as_of=as_of,
        headline=headline,
        text="\n".join(part for part in (f"*{headline}*", *(f"• {row}" for row in rows), more) if part),
        choices=tuple(worst),
        sections=(Section(title="By owner", lines=rows),),
    )


def _books(briefs: Sequence[DealBrief]) -> list[_Book]:
    owned: dict[str, list[DealBrief]] = defaultdict(list)
    for brief in briefs:
        owned[brief.deal.owner.id].append(brief)
    return [_Book(mine[0].deal.owner, tuple(mine)) for mine in owned.values()]


def _row(book: _Book) -> str:
    unrated = sum(bool(brief.health.insufficient) for brief in book.briefs)
    beside = f", {unrated} not rated" if unrated else ""
    if not book.at_risk:
        return f"{book.owner.name}: none of {plural(len(book.briefs), 'open deal')} at risk{beside}."
    worst = by_urgency(book.at_risk)[0]
    risky = f"{len(book.at_risk)} of {plural(len(book.briefs), 'open deal')} at risk{beside}"
    stake = f"({book.share:.0%}), {amounts(book.at_risk)}"
    return f"{book.owner.name}: {risky} {stake}. First: {worst.deal.name}, {worst.why}."
