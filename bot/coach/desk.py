"""What stands behind the buttons of a card: one deal, judged now, for the person who pressed.

Access is decided again at every press; a deal out of reach and a deal that is gone raise the same error.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.coach.access import Asker, visible_deals
from bot.coach.contest import Correction, Reverdict, recompute
from bot.coach.evidence.model import Evidence
from bot.coach.evidence.rules import extract
from bot.coach.evidence.statements import Statements, read_statements
from bot.coach.names import resolve
from bot.coach.service import Coach
from bot.coach.view import DealView
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import DealName, Note, User
from bot.pipeline.service import Pipeline, UnknownDeal

_FIRST_LINE = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """What pasted text says about a deal: sentences with the evidence in them, and sources aimed at bots."""

    deal_name: str
    items: tuple[Evidence, ...]
    suspicious: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """The questions behind buttons. All methods block; each raises UnknownDeal for a deal out of reach."""

    coach: Coach

    def view(self, asker: Asker, deal_id: str, now: datetime) -> DealView:
        """One open or closed deal judged at `now`."""
        return self.coach.view(self._brief(asker, deal_id, now))

    def brief(self, asker: Asker, deal_id: str, now: datetime) -> DealBrief:
        """One deal's record and numbers at `now`, unjudged, which is much quicker than a view."""
        return self._brief(asker, deal_id, now)

    def is_open(self, asker: Asker, deal_id: str, now: datetime) -> bool:
        """Whether the deal can still be won."""
        return self._brief(asker, deal_id, now).deal.is_open

    def cut_offs(self) -> str:
        """From how many points each bucket begins, in words."""
        floors = self.coach.open_pipeline().cut_offs.items()
        return ", ".join(
            f"{bucket.value} from {floor:+d}" if floor is not None else f"{bucket.value} below"
            for bucket, floor in floors
        )

    def recompute(self, asker: Asker, deal_id: str, correction: Correction, now: datetime) -> Reverdict:
        """The verdict with a correction beside the verdict as recorded. Raises ImpossibleCorrection."""
        return recompute(self._brief(asker, deal_id, now), correction, self.coach.open_pipeline())

    def read(self, asker: Asker, deal_id: str, text: str, now: datetime) -> Proposal:
        """The evidence in pasted text, as if it were a note of today by the asker."""
        brief = self._brief(asker, deal_id, now)
        note = Note("pasted", brief.today, asker.user.name, text)
        alone = replace(brief.deal, notes=(note,), activities=())
        statements: Statements = read_statements(alone, self.coach.playbook.cues)
        found = {item.quote: item for item in reversed(extract(statements, self.coach.playbook.cues))}
        return Proposal(brief.deal.name, tuple(reversed(found.values())), bool(statements.suspicious))

    def dispute(self, asker: Asker, deal_id: str, reading_id: int, now: datetime) -> DealView:
        """Take out a sentence a model took for evidence, and judge the deal without it."""
        brief = self._brief(asker, deal_id, now)
        if self.coach.recall is not None:
            self.coach.recall.dispute(deal_id, reading_id, asker.user.id, now)
        return self.coach.view(brief)

    def deal_meant(self, asker: Asker, text: str, focus: str | None) -> DealName | None:
        """The deal that notes are about: the one their first line names, else the one in focus; None if unclear."""
        deals = visible_deals(asker, self.coach.open_pipeline())
        named = resolve(text.strip().split("\n", 1)[0][:_FIRST_LINE], deals).deals
        if len(named) == 1:
            return named[0]
        return next((deal for deal in deals if deal.id == focus), None)

    def may_own(self, asker: Asker, deal_id: str, now: datetime) -> list[User]:
        """Who may be given an action on the deal: its owner first, the asker, then everybody in the asker's scope."""
        owner = self._brief(asker, deal_id, now).deal.owner
        return assignable(owner, asker, self.coach.open_pipeline())

    def _brief(self, asker: Asker, deal_id: str, now: datetime) -> DealBrief:
        pipeline = self.coach.open_pipeline()
        if not any(deal.id == deal_id for deal in visible_deals(asker, pipeline)):
            raise UnknownDeal(deal_id)
        return self.coach.briefs([deal_id], now)[0]


def assignable(owner: User, asker: Asker, pipeline: Pipeline) -> list[User]:
    """The owner, the asker, then active people whose deals the asker may see, by name."""
    others = sorted((user for user in pipeline.users.values() if user.active), key=lambda user: user.name)
    scope: Sequence[User] = [user for user in others if asker.may_see_owner(user.id)]
    return list({user.id: user for user in (owner, asker.user, *scope)}.values())
