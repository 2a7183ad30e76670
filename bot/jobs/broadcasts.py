"""A saved view sent round once a week, such as "clean your room": to owners, or to those who lead them (F013)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.coach.access import asker_for
from bot.jobs.clock import Broadcast, Slot
from bot.jobs.mailing import Letter, Round
from bot.jobs.team_digests import Forum, seen_by_all
from bot.pipeline.commitment import load_commitment
from bot.pipeline.model import User
from bot.pipeline.views import View, ViewDesk, load_views
from bot.slack.views.broadcast import broadcast_message


@dataclass(frozen=True, slots=True)
class ViewBroadcast:
    """One view. In the channel a leader chose, only deals that every reader of it may see."""

    rules: Broadcast
    forums: Mapping[str, Forum] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Its name in the ledger."""
        return f"view {self.rules.view} to {self.rules.to}"

    def slot(self, circle: Round, reader: User, day: date) -> Slot | None:
        """On the day the company chose, for those it is meant for."""
        leads = circle.leads(reader)
        meant = leads if self.rules.to == "leads" else circle.rules.may_get(reader)
        if not reader.active or not meant:
            return None
        zone, wishes = circle.zone_of(reader), circle.wishes_of(reader)
        return circle.rules.weekly_slot(day, self.rules.day, zone, self.rules.at, wishes)

    def write(self, circle: Round, readers: Sequence[User]) -> Mapping[str, Letter | None]:
        """One letter a reader with their deals in the view; none without any."""
        view, rows = self._rows(circle, readers)
        letters: dict[str, Letter | None] = {}
        for reader in readers:
            seen = self._may_see(circle, reader)
            mine = [row for row in rows if row["id"] in seen]
            forum = self.forums.get(reader.id)
            message = broadcast_message(view, mine, circle.now, by_owner=self.rules.to == "leads")
            address = forum.channel if forum and forum.refusal is None else None
            letters[reader.id] = Letter(message=message, address=address) if mine else None
        return letters

    def _rows(self, circle: Round, readers: Sequence[User]) -> tuple[View, list[dict[str, object]]]:
        runtime = circle.runtime
        stages = runtime.rules.stages
        view = load_views(runtime.settings.playbook_dir, stages).named(self.rules.view)
        commitment = load_commitment(runtime.settings.playbook_dir, stages)
        ids = sorted({deal_id for reader in readers for deal_id in self._may_see(circle, reader)})
        return view, ViewDesk(circle.standings.pipeline, stages, commitment).open(view, circle.now, ids)

    def _may_see(self, circle: Round, reader: User) -> frozenset[str]:
        """The reader's own deals; for a leader those of the team, in a channel those everybody there may see."""
        if self.rules.to == "owners":
            return frozenset(circle.standings.owned.get(reader.id, ()))
        asker = asker_for(reader, circle.users)
        seen = frozenset(circle.standings.visible_to(asker)) if asker else frozenset()
        forum = self.forums.get(reader.id)
        return seen & seen_by_all(circle, forum.readers) if forum and forum.refusal is None else seen
