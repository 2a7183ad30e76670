"""What the rubrics read of a judged deal: statuses, sentences of the buyer, and how they are quoted."""

from dataclasses import dataclass
from datetime import timedelta

from bot.coach.connections import knows_activity, missing_sources
from bot.coach.dates import day_words
from bot.coach.evidence.model import Evidence, Grade, Statement
from bot.coach.qualify.meddppicc import ElementResult
from bot.coach.reply import Element, ElementStatus
from bot.coach.rubrics.playbook import RubricCues
from bot.coach.view import DealView

RECENT = timedelta(days=90)
"""How long a sentence tells something about intent; older ones are history."""
_QUOTE = 110  # letters
_PROVEN = (Grade.A, Grade.B)
_LEVELS = {ElementStatus.CONFIRMED: 2, ElementStatus.PARTIAL: 1, ElementStatus.STALE: 1}


@dataclass(frozen=True, slots=True)
class Record:
    """A judged deal, asked the way rubrics ask."""

    view: DealView
    cues: RubricCues

    def result(self, element: Element) -> ElementResult | None:
        """The element as judged; None where it is switched off."""
        return next((each for each in self.view.qualification.results if each.element is element), None)

    def level(self, element: Element) -> int:
        """2 confirmed, 1 partial or stale, 0 anything else."""
        found = self.result(element)
        return _LEVELS.get(found.status, 0) if found else 0

    def why(self, element: Element) -> str:
        """The reason behind the element's status."""
        found = self.result(element)
        return found.why if found else "not judged here"

    def trait(self, element: Element, *traits: str) -> Evidence | None:
        """The newest proven evidence for these traits of `element`; what only a model took for it scores no point."""
        proven = self.view.ledger.of(element, *traits, grades=_PROVEN)
        return next((item for item in proven if item.read_by is None), None)

    def said(self, *groups: str, any_author: bool = False) -> Statement | None:
        """The newest recent sentence that holds a cue of every group; the buyer's own unless said otherwise."""
        today = self.view.brief.today
        for item in self.view.statements.items:
            theirs = item.by_buyer and not item.from_partner
            certain = not item.hedged or item.quote.endswith("?")
            if (theirs or any_author) and certain and today - item.on <= RECENT and self._holds(item, groups):
                return item
        return None

    def _holds(self, item: Statement, groups: tuple[str, ...]) -> bool:
        return all(self.cues.found(group, item.quote) for group in groups)

    def quoted(self, item: Statement | Evidence) -> str:
        """A sentence in quotation marks with who and when."""
        text = item.quote if len(item.quote) <= _QUOTE else item.quote[:_QUOTE].rsplit(" ", 1)[0] + " …"
        who = item.person.first_name if item.person else "noted"
        return f"“{text.rstrip('.')}” ({who}, {day_words(item.on, self.view.brief.today)})"

    @property
    def knows_activity(self) -> bool:
        """Whether the owner's mail and calendar are known at all."""
        return knows_activity(self.view.brief)

    @property
    def silence(self) -> str:
        """Why activity is unknown."""
        return f"unknown, not zero: {missing_sources(self.view.brief)}"
