"""What the Home tab shows one person, and the prompts they are offered: from their own open deals, the worst first."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.coach.answers.portfolio import by_urgency
from bot.coach.reply import DealRef
from bot.pipeline.brief import DealBrief, HealthBucket

_DEALS_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A prompt offered to a person: what the button says and the message it sends."""

    title: str
    message: str


@dataclass(frozen=True, slots=True)
class HomeDeal:
    """One line of the Home tab."""

    ref: DealRef
    bucket: HealthBucket | None
    line: str
    owner_id: str | None = None


@dataclass(frozen=True, slots=True)
class HomeSummary:
    """The Home tab's content: deals by urgency, the state of the sources, a note when there is nothing."""

    deals: tuple[HomeDeal, ...]
    sources: tuple[str, ...]
    note: str | None


def home_of(briefs: Sequence[DealBrief]) -> HomeSummary:
    """The Home tab over these open deals."""
    owners = {brief.deal.id: brief.deal.owner.id for brief in briefs}
    deals = tuple(HomeDeal(line.deal, line.bucket, line.why, owners[line.deal.id]) for line in by_urgency(briefs))
    silent = dict.fromkeys(source.detail for brief in briefs for source in brief.sources if not source.connected)
    return HomeSummary(deals, tuple(silent), None if deals else "You have no open deal.")


def suggestions_of(briefs: Sequence[DealBrief]) -> list[Suggestion]:
    """A prompt for each of the worst of these open deals, and one for all of them."""
    offers = [
        Suggestion(f"{line.deal.account}: {line.why.split(';')[0]}", f"How is {line.deal.name} doing?")
        for line in by_urgency(briefs)[:_DEALS_SUGGESTED]
    ]
    return [*offers, Suggestion("My pipeline", "How is my pipeline?")]
