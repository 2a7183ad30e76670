"""Sending one kind of message to everybody it is due for: claim, write, send, mark (docs/decisions/007).

Any number of replicas may run this at once. Nothing is sent without a claim; what a dead process left behind is
taken over after its lease, looking first whether the message is already out. What comes too late is not sent, and
the ledger says so.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Protocol

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.mornings import Mornings
from bot.coach.standings import Standings
from bot.jobs.clock import DEFAULTS, DigestRules, Slot, local_day, zone_of
from bot.memory import Claim, ConsultState, Offer, Preferences, SlackAccount, Snooze
from bot.memory.service import LEASE
from bot.pipeline.model import User
from bot.runtime import Runtime
from bot.slack.addresses import BELIEVED_FOR, with_accounts
from bot.slack.delivery import DeliveryFailed, RecipientGone, TokenRevoked, deliver_once, find_delivery
from bot.slack.pace import Pacer
from bot.slack.views.message import Message

log = structlog.get_logger(__name__)

NOTHING_TO_SAY = "nothing to say"
TOO_LATE = "too late"
LOOK_BACK = timedelta(days=7)
_LEASE_MARGIN = timedelta(minutes=1)
_RETRY_REACHING_AFTER = timedelta(days=30)
_TOKEN_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message ready to go. `said`: deal to name of its state; `offer`: what its buttons lead to, and its key.

    `address` None = the reader's direct messages. `told` is called once the message is out.
    """

    message: Message
    said: Mapping[str, str] = field(default_factory=dict)
    offer: tuple[str, Offer] | None = None
    address: str | None = None
    told: Callable[[datetime], None] | None = None


@dataclass(frozen=True)
class Round:
    """One look at the clock: what is known at `now`, read once and shared by every kind of message."""

    runtime: Runtime
    rules: DigestRules
    now: datetime

    @property
    def workspace_zone(self) -> str:
        """The zone of people who have none."""
        return self.runtime.settings.timezone

    @cached_property
    def people(self) -> Mapping[str, User]:
        """Everybody of the selling company, as the pipeline has them."""
        return self.runtime.coach.open_pipeline().users

    @cached_property
    def accounts(self) -> Mapping[str, SlackAccount]:
        """What Slack said, not too long ago, about addresses of people whose account is not recorded."""
        return self.runtime.memory.accounts.since(self.now - BELIEVED_FOR)

    @cached_property
    def users(self) -> Mapping[str, User]:
        """Everybody of the selling company, with their Slack account if it is recorded or was found."""
        return with_accounts(self.people, self.accounts)

    @cached_property
    def managers(self) -> frozenset[str]:
        """Everybody to whom somebody active reports."""
        return frozenset(user.manager_id for user in self.users.values() if user.active and user.manager_id)

    def leads(self, reader: User) -> bool:
        """Whether the reader gets a team digest, and so a morning digest of their own deals only."""
        return reader.id in self.managers and reader.role in self.rules.team_readers

    @cached_property
    def in_consults(self) -> frozenset[str]:
        """Everybody who takes part in a consult whose follow-up is still to come."""
        shared = self.runtime.memory.consults.in_state(ConsultState.SHARED)
        return frozenset(person for consult in shared for person in consult.participants)

    @cached_property
    def preferences(self) -> Mapping[str, Preferences]:
        """The wishes of those who have any."""
        return self.runtime.memory.preferences.of_all()

    @cached_property
    def snoozed(self) -> Mapping[str, Mapping[str, Snooze]]:
        """The snoozes that hold anywhere on earth, by reader; `until` decides for the reader's own day."""
        return self.runtime.memory.preferences.snoozed_by_all((self.now - timedelta(days=1)).date())

    @cached_property
    def standings(self) -> Standings:
        """Every open deal, measured."""
        return Standings.read(self.runtime.coach.open_pipeline(), self.now)

    @cached_property
    def mornings(self) -> Mornings:
        """What builds digests."""
        return self.runtime.coach.mornings(self.standings, self.rules.content)

    def wishes_of(self, reader: User) -> Preferences:
        """What a reader wishes; the defaults if they never said."""
        return self.preferences.get(reader.id, DEFAULTS)

    def zone_of(self, reader: User) -> str:
        """The reader's zone."""
        return zone_of(reader, self.workspace_zone)

    def today_of(self, reader: User) -> date:
        """The reader's local day."""
        return local_day(self.now, self.zone_of(reader))


class Mailing(Protocol):
    """One kind of message."""

    @property
    def kind(self) -> str:
        """Its name in the ledger."""

    def slot(self, circle: Round, reader: User, day: date) -> Slot | None:
        """When the message of a reader's local day may go out; None if they get none that day. Quick."""

    def write(self, circle: Round, readers: Sequence[User]) -> Mapping[str, Letter | None]:
        """Write today's messages; None, or no entry, means there is nothing to say. Blocks."""


@dataclass(frozen=True, slots=True)
class MailRun:
    """What one round of one kind did, in readers."""

    sent: int = 0
    empty: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "MailRun") -> "MailRun":
        """Both together."""
        return MailRun(
            self.sent + other.sent, self.empty + other.empty, self.failed + other.failed, self.skipped + other.skipped
        )


@dataclass
class Post:
    """Sends mailings through one Slack client. `clock` tells the present while a round goes on."""

    client: AsyncWebClient
    pacer: Pacer
    clock: Callable[[], datetime]
    _paused_until: datetime | None = None

    async def run(self, circle: Round, mailing: Mailing) -> MailRun:
        """Send what is due and not yet sent; settle what can no longer be. One failure never stops the others."""
        if self._paused_until is not None and circle.now < self._paused_until:
            return MailRun()
        due, closed = await asyncio.to_thread(_sorted_out, circle, mailing)
        done = await self._settle(circle, mailing, closed)
        for batch in _batches(due, circle.rules.pace.batch):
            done += await self._send_batch(circle, mailing, batch)
        return done

    async def _send_batch(self, circle: Round, mailing: Mailing, batch: Sequence[tuple[User, date]]) -> MailRun:
        memory, now = circle.runtime.memory, self.clock()
        readers = {reader.id: reader for reader, _ in batch}
        wanted = [(reader.id, day) for reader, day in batch]
        claims = await asyncio.to_thread(memory.mailings.claim, mailing.kind, wanted, now, LEASE)
        if not claims:
            return MailRun()
        letters = await asyncio.to_thread(_write_all, circle, mailing, [readers[claim.reader_id] for claim in claims])
        empty = [claim for claim in claims if claim.reader_id in letters and letters[claim.reader_id] is None]
        await asyncio.to_thread(memory.mailings.close_empty, empty, NOTHING_TO_SAY)
        await asyncio.to_thread(memory.offers.keep_under, _offers(letters))
        gate = asyncio.Semaphore(circle.rules.pace.at_once)
        sending = [
            self._send_gated(gate, circle, readers[claim.reader_id], letters.get(claim.reader_id), claim)
            for claim in claims
            if claim not in empty
        ]
        results = await asyncio.gather(*sending)
        return MailRun(sent=sum(results), empty=len(empty), failed=len(results) - sum(results))

    async def _send_gated(
        self, gate: asyncio.Semaphore, circle: Round, reader: User, letter: Letter | None, claim: Claim
    ) -> bool:
        async with gate:
            return await self._send(circle, reader, letter, claim)

    async def _send(self, circle: Round, reader: User, letter: Letter | None, claim: Claim) -> bool:
        """Whether the message is out. A claim that ran out meanwhile belongs to whoever took it over."""
        memory = circle.runtime.memory
        if letter is None:
            await self._failed(circle, reader, claim, DeliveryFailed("could not be written"), final=False)
            return False
        if self.clock() > claim.lease_until - _LEASE_MARGIN:
            return False
        address = letter.address or str(reader.slack_user_id)
        try:
            sent = await deliver_once(
                self.client, address, letter.message, claim.client_token, self.pacer, may_be_out=claim.may_be_out
            )
        except DeliveryFailed as failure:
            if isinstance(failure, RecipientGone):
                await asyncio.to_thread(
                    memory.mailings.note_unreachable, reader.id, address, failure.code, self.clock()
                )
            if isinstance(failure, TokenRevoked):
                self._paused_until = self.clock() + _TOKEN_PAUSE
            await self._failed(circle, reader, claim, failure, final=_is_hopeless(failure))
            return False
        await asyncio.to_thread(memory.mailings.sent, claim, sent.ts, self.clock(), letter.said)
        if letter.told is not None:
            await asyncio.to_thread(letter.told, self.clock())
        return True

    async def _failed(self, circle: Round, reader: User, claim: Claim, failure: DeliveryFailed, *, final: bool) -> None:
        log.warning("mailing.failed", kind=claim.kind, reader=reader.id, reason=failure.code, final=final)
        wait = max(failure.retry_after, timedelta(minutes=2 ** (claim.attempt - 1)))
        now = self.clock()
        await asyncio.to_thread(
            circle.runtime.memory.mark_failed, claim, failure.code, now, final=final, retry_after=wait
        )

    async def _settle(self, circle: Round, mailing: Mailing, closed: Sequence[tuple[User, date]]) -> MailRun:
        """End what can no longer be sent: skipped if nobody ever tried, else looked up and given up."""
        if not closed:
            return MailRun()
        memory, now = circle.runtime.memory, self.clock()
        readers = {reader.id: reader for reader, _ in closed}
        days = [(reader.id, day) for reader, day in closed]
        await asyncio.to_thread(memory.mailings.skip, mailing.kind, days, TOO_LATE, now)
        stuck = await asyncio.to_thread(memory.mailings.claim, mailing.kind, days, now, LEASE)
        for claim in stuck:
            await self._close(circle, readers[claim.reader_id], claim)
        return MailRun(skipped=len(closed) - len(stuck))

    async def _close(self, circle: Round, reader: User, claim: Claim) -> None:
        """A message that was tried and never marked: out after all, or a dead letter."""
        now = self.clock()
        try:
            found = await find_delivery(self.client, str(reader.slack_user_id), claim.client_token)
        except DeliveryFailed as failure:
            await self._failed(circle, reader, claim, failure, final=_is_hopeless(failure))
            return
        if found is not None:
            await asyncio.to_thread(circle.runtime.memory.mark_sent, claim, found.ts, now)
        else:
            await self._failed(circle, reader, claim, DeliveryFailed(TOO_LATE), final=True)


def _is_hopeless(failure: DeliveryFailed) -> bool:
    """Whether the next try must fail too. A revoked token may be mended within the day."""
    return failure.final and not isinstance(failure, TokenRevoked)


def _sorted_out(circle: Round, mailing: Mailing) -> tuple[list[tuple[User, date]], list[tuple[User, date]]]:
    """Who is due now, and whose time is over, among those the ledger has not settled."""
    memory, since = circle.runtime.memory, (circle.now - LOOK_BACK).date()
    settled = memory.mailings.settled(mailing.kind, since, circle.now)
    live_since = memory.mailings.live_since(mailing.kind)
    gone = {
        key for key, each in memory.mailings.out_of_reach().items() if circle.now - each.since < _RETRY_REACHING_AFTER
    }
    first: dict[str, date] = {}
    for reader_id, day in settled:
        first[reader_id] = min(day, first.get(reader_id, day))
    due: list[tuple[User, date]] = []
    closed: list[tuple[User, date]] = []
    for reader in circle.users.values():
        if not reader.active or not reader.slack_user_id or (reader.id, reader.slack_user_id) in gone:
            continue
        zone, wishes = circle.zone_of(reader), circle.wishes_of(reader)
        for day in _days(first.get(reader.id), circle.today_of(reader)):
            slot = None if (reader.id, day) in settled else mailing.slot(circle, reader, day)
            if slot is None:
                continue
            if slot.is_open(circle.now, zone, wishes):
                due.append((reader, day))
            elif circle.now >= slot.closes and live_since is not None:
                closed.append((reader, day))
    return due, closed


def _days(first: date | None, today: date) -> Iterator[date]:
    """Today, and before it the days since the reader's first message of the last week."""
    day = max(first or today, today - LOOK_BACK)
    while day <= today:
        yield day
        day += timedelta(days=1)


def _write_all(circle: Round, mailing: Mailing, readers: Sequence[User]) -> dict[str, Letter | None]:
    """Write for all at once; if that breaks, one by one, so that one reader's deals cannot cost the others theirs."""
    try:
        return _complete(mailing.write(circle, readers), readers)
    except Exception:
        log.exception("mailing.batch_broken", kind=mailing.kind, readers=len(readers))
    letters: dict[str, Letter | None] = {}
    for reader in readers:
        try:
            letters |= _complete(mailing.write(circle, [reader]), [reader])
        except Exception:
            log.exception("mailing.broken", kind=mailing.kind, reader=reader.id)
    return letters


def _complete(letters: Mapping[str, Letter | None], readers: Sequence[User]) -> dict[str, Letter | None]:
    return {reader.id: letters.get(reader.id) for reader in readers}


def _offers(letters: Mapping[str, Letter | None]) -> dict[str, Offer]:
    return dict(letter.offer for letter in letters.values() if letter and letter.offer)


def _batches(due: Sequence[tuple[User, date]], size: int) -> Iterator[Sequence[tuple[User, date]]]:
    return (due[start : start + size] for start in range(0, len(due), size))
