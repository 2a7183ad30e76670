"""`WriteBack`: the one way into the CRM (DOMAIN 6.3): proposed, shown, confirmed, checked again, written, audited.

Invariants: nothing is sent without a preview that the same person confirmed, and what is sent is what it showed; a
preview is used once; access, the CRM's own permission and the record's version are checked at that moment again.
All methods block. They raise NotWritable with a plain reason, and UnknownDeal for a deal out of reach.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.coach.access import Asker, may_write, visible_deals
from bot.coach.writing import words
from bot.coach.writing.audit import Ending, begin, begin_undo, carry_out
from bot.coach.writing.kept import PREVIEW_LIVES, Confirmed, Kept
from bot.coach.writing.model import Form, NotWritable, Preview, Proposal, Result, label_of
from bot.coach.writing.route import Route
from bot.coach.writing.sending import checked_value, reached, send, take_back, why_not
from bot.coach.writing.values import read_day
from bot.memory import CrmWrite, Memory, WriteOutcome
from bot.pipeline.facets import local_date
from bot.pipeline.model import DealName, DealStatus, User
from bot.pipeline.service import Pipeline, UnknownDeal
from bot.pipeline.sources.protocol import SourceUnavailable
from bot.pipeline.sources.writer import CLOSE_DATE, STAGE, Standing, Writable, WritableField, Writer

UNDO_FOR = timedelta(days=7)
DESCRIBED_FOR = timedelta(minutes=10)
"""How long an answer about what may be written stands; a write that is not allowed any more is refused anyway."""


class WriteBack:
    """Proposes, previews, writes and undoes. `is_instruction` tells text aimed at software; `same_stage` whether two
    names mean one stage.
    """

    def __init__(
        self,
        open_pipeline: Callable[[], Pipeline],
        memory: Memory,
        route: Route,
        *,
        zone: str = "UTC",
        is_instruction: Callable[[str], bool] = lambda _: False,
        same_stage: Callable[[str, str], bool] = lambda one, other: one.casefold() == other.casefold(),
    ) -> None:
        self._open_pipeline = open_pipeline
        self._memory = memory
        self._route = route
        self._zone = zone
        self._is_instruction = is_instruction
        self._same_stage = same_stage
        self._kept = Kept(memory)
        self._described: dict[str, tuple[datetime, Writable]] = {}

    def refusal(self, asker: Asker, deal_id: str) -> str | None:
        """Return why this person cannot write to the deal, without asking the CRM; None if they may try."""
        try:
            self._allowed(asker, deal_id)
        except NotWritable as reason:
            return str(reason)
        return None

    def propose(self, asker: Asker, proposal: Proposal, now: datetime) -> str:
        """Keep a proposal for a week and return its key, which a button may carry. Nothing is written."""
        return self._kept.keep_proposal(asker, proposal, now)

    def open(self, asker: Asker, key: str, now: datetime, target: str | None = None) -> Form:
        """Return the form of a proposal, for another `target` if one is chosen, beside what the CRM says now."""
        proposal = self._kept.proposal(asker, key, now)
        _, writer = self._allowed(asker, proposal.deal_id)
        able = self._able(writer, now)
        chosen = target or proposal.target or next(iter((*able.fields, *able.adds)))
        field = _field(able, chosen, writer)
        standing = self._read(asker, writer, proposal.deal_id, chosen)
        if chosen == proposal.target:
            filled = self._fitted(proposal, standing, self.today(asker, now))
        else:
            filled = Proposal(deal_id=proposal.deal_id, target=chosen)
        targets = tuple((each, label_of(each)) for each in (*able.fields, *able.adds))
        return Form(key, filled, writer.title, chosen, targets, field, standing)

    def preview(
        self, asker: Asker, key: str, now: datetime, *, target: str, text: str | None, due: date | None = None
    ) -> Preview:
        """Return what would be written, kept for a day until it is confirmed. Raises Unfit for what to correct."""
        proposal = self._kept.proposal(asker, key, now)
        _, writer = self._allowed(asker, proposal.deal_id)
        field = _field(self._able(writer, now), target, writer)
        seen = self._read(asker, writer, proposal.deal_id, target)
        value, new = checked_value(field, seen, text, due, self.today(asker, now))
        return self._preview(asker, writer, Confirmed(key, seen, value, new, due), now)

    def write(self, asker: Asker, key: str, now: datetime) -> Result:
        """Write what the preview `key` showed, if this is the first confirmation and nothing has changed since."""
        confirmed = self._kept.take_preview(asker, key, now)
        _, writer = self._allowed(asker, confirmed.seen.deal_id)
        begun = begin(self._memory, key, asker, writer, confirmed, now)
        ending = carry_out(self._memory, begun, lambda: send(asker, writer, confirmed, now), now)
        return self._result(asker, writer, confirmed, ending, now)

    def undo(self, asker: Asker, write_id: int, now: datetime) -> Result:
        """Take a write back, unless the record was changed after it."""
        write = self._memory.crm_writes.find(write_id)
        if write is None or write.outcome is not WriteOutcome.WRITTEN or write.undo_of is not None:
            raise NotWritable("There is nothing to undo.")
        _, writer = self._allowed(asker, write.deal_id)
        version = write.version_after
        if version is None or now - write.at > UNDO_FOR:
            raise NotWritable(f"That cannot be undone from here any more; change it in {writer.title}.")
        begun = begin_undo(self._memory, asker, write, now)
        ending = carry_out(self._memory, begun, lambda: take_back(asker, writer, write, version), now)
        return self._undone(asker, writer, write, ending, now)

    def pending_words(self, deal_id: str, now: datetime) -> list[str]:
        """Return what was written on a deal and is not in the pipeline yet, in sentences; newest first."""
        found = []
        for write in self._memory.crm_writes.standing(deal_id, now - PREVIEW_LIVES):
            read_last = self._route.read_last(write.crm)
            if write.finished_at is not None and (read_last is None or write.finished_at > read_last):
                found.append(words.pending(write, local_date(now, self._zone)))
        return found

    def today(self, asker: Asker, now: datetime) -> date:
        """Return the day it is for this person."""
        return local_date(now, asker.user.timezone or self._zone)

    def owner_of(self, deal_id: str) -> User | None:
        """Return the owner of a deal, for who has to know of a change."""
        pipeline = self._open_pipeline()
        owners = (deal.owner_id for deal in pipeline.deal_names(None) if deal.id == deal_id)
        return pipeline.users.get(next(owners, ""))

    def _allowed(self, asker: Asker, deal_id: str) -> tuple[DealName, Writer]:
        """Return the deal and its CRM. Raises UnknownDeal, or NotWritable."""
        deal = next((each for each in visible_deals(asker, self._open_pipeline()) if each.id == deal_id), None)
        if deal is None:
            raise UnknownDeal(deal_id)
        writer = self._route.writer_for(deal_id)
        if not may_write(asker, deal.owner_id):
            raise NotWritable(words.NOT_THEIRS)
        if deal.status is not DealStatus.OPEN:
            raise NotWritable(words.closed(deal))
        return deal, writer

    def _able(self, writer: Writer, now: datetime) -> Writable:
        known = self._described.get(writer.name)
        if known is None or now - known[0] > DESCRIBED_FOR:
            known = (now, reached(writer, writer.describe))
            self._described[writer.name] = known
        if not (known[1].fields or known[1].adds):
            raise NotWritable(f"{writer.title} lets me write nothing: {known[1].problems[0]}.")
        return known[1]

    def _read(self, asker: Asker, writer: Writer, deal_id: str, target: str) -> Standing:
        """Read the record and check what it says of access: it may have moved on since the last sync."""
        standing = reached(writer, lambda: writer.read(deal_id, target))
        reason = reached(writer, lambda: why_not(asker, writer, standing))
        if reason is not None:
            raise NotWritable(reason)
        return standing

    def _fitted(self, proposal: Proposal, now: Standing, today: date) -> Proposal:
        """Return the proposal in the words of the form: a day as ISO, a stage as the CRM spells it."""
        said = proposal.text
        if said is None or now.target not in (CLOSE_DATE, STAGE):
            return proposal
        if now.target == CLOSE_DATE:
            day = read_day(said, today)
            return replace(proposal, text=day.isoformat() if day else None)
        fits = (each.value for each in now.choices if each.value == said or self._same_stage(each.label, said))
        return replace(proposal, text=next(fits, None))

    def _preview(self, asker: Asker, writer: Writer, confirmed: Confirmed, now: datetime) -> Preview:
        seen = confirmed.seen
        key = self._kept.keep_preview(asker, confirmed, now)
        suspicious = self._is_instruction(confirmed.new or "")
        return Preview(
            key=key,
            proposal=confirmed.proposal,
            crm=writer.title,
            deal_name=seen.deal_name,
            target=seen.target,
            old=seen.shown,
            new=confirmed.new,
            due=confirmed.due,
            by_name=asker.user.name,
            read_at=now,
            notices=tuple(words.notices(seen, confirmed.new, instruction=suspicious)),
        )

    def _result(self, asker: Asker, writer: Writer, confirmed: Confirmed, ending: Ending, now: datetime) -> Result:
        write, today, crm = ending.write, self.today(asker, now), writer.title
        if ending.outcome is WriteOutcome.WRITTEN:
            sentence = words.written(write, crm, ending.now, today)
            return Result(write=write, sentence=sentence, can_undo=write.version_after is not None)
        if ending.outcome is WriteOutcome.CONFLICT:
            again = self._preview(asker, writer, replace(confirmed, seen=ending.now), now) if ending.now else None
            sentence = words.conflict(confirmed.seen, ending.now, crm, today)
            return Result(write=write, sentence=sentence, again=again, proposal=confirmed.proposal)
        return Result(write=write, sentence=_why(ending, crm), proposal=confirmed.proposal)

    def _undone(self, asker: Asker, writer: Writer, write: CrmWrite, ending: Ending, now: datetime) -> Result:
        today, crm = self.today(asker, now), writer.title
        if ending.outcome is WriteOutcome.WRITTEN:
            return Result(write=ending.write, sentence=words.undone(write, crm, today))
        if ending.outcome is not WriteOutcome.CONFLICT:
            return Result(write=ending.write, sentence=_why(ending, crm))
        key = None
        if write.record_id is None:
            key = self.propose(asker, Proposal(deal_id=write.deal_id, target=write.target, text=write.old), now)
        return Result(write=ending.write, sentence=words.not_undone(write, ending.now, crm, today), proposal=key)


def _field(able: Writable, target: str, writer: Writer) -> WritableField:
    field = able.fields.get(target) or able.adds.get(target)
    if field is None:
        name = label_of(target).lower()
        raise NotWritable(f"{writer.title} does not let me write the {name}, or it is not mapped to a field there.")
    return field


def _why(ending: Ending, crm: str) -> str:
    """Return why a write did not happen, or that nobody knows whether it did."""
    if ending.outcome is WriteOutcome.UNKNOWN:
        return words.unanswered(crm)
    if isinstance(ending.error, SourceUnavailable):
        return words.no_answer(crm)
    return f"{words.NOTHING} {ending.error}"
