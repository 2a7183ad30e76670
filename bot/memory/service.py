"""`Memory`: everything the bot itself remembers, behind one thread-safe object.

Invariant: each method is one transaction, committed when it returns.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import Engine

from bot.memory import deliveries, events, health, model_use, replies, shares, threads
from bot.memory.accounts import SlackAccounts
from bot.memory.action_items import ActionItems
from bot.memory.alerts import AlertBook
from bot.memory.audit import AuditLog
from bot.memory.consults import ConsultBook
from bot.memory.contests import Contests
from bot.memory.crm_writes import CrmWrites
from bot.memory.database import connect, enable_wal, reading, writing
from bot.memory.deliveries import Claim, DeliveryRow, DeliveryStatus
from bot.memory.follow_ups import FollowUpBook
from bot.memory.guests import GuestBook
from bot.memory.health import HealthRow
from bot.memory.leases import Leases
from bot.memory.mailings import Mailings
from bot.memory.migrate import upgrade
from bot.memory.model_use import Allowance, CallOutcome, ModelCall, Usage, VerdictRecord
from bot.memory.offers import Offers
from bot.memory.plans import PlanBook
from bot.memory.preferences import PreferenceBook
from bot.memory.readings import ModelReadings
from bot.memory.replies import FeedbackValue, ReplyRecord
from bot.memory.shares import ShareRow
from bot.memory.sharing import ChannelShares
from bot.memory.told import ToldStatements

LEASE = timedelta(minutes=5)


class Memory:
    """The bot's own database. Open it once a process; every method may be called from any thread.

    What belongs together has a part of its own: `offers`, `actions`, `follow_ups`, `alerts`, `mailings`,
    `consults`, `guests`, `plans`, `contests`, `told`, `readings`, `sharing`, `preferences`, `leases`,
    `accounts`. Instants (`now`, `at`) must be aware.
    Every method raises MemoryUnavailableError if the database does not answer; the same call may be tried again later.
    """

    def __init__(self, engine: Engine) -> None:
        """Wrap an engine whose database already has this version's schema; `open` sees to that."""
        self._engine = engine
        self.offers = Offers(engine)
        self.actions = ActionItems(engine)
        self.follow_ups = FollowUpBook(engine)
        self.alerts = AlertBook(engine)
        self.mailings = Mailings(engine)
        self.consults = ConsultBook(engine)
        self.guests = GuestBook(engine)
        self.plans = PlanBook(engine)
        self.contests = Contests(engine)
        self.crm_writes = CrmWrites(engine)
        self.audit = AuditLog(engine)
        self.told = ToldStatements(engine)
        self.readings = ModelReadings(engine)
        self.sharing = ChannelShares(engine)
        self.leases = Leases(engine)
        self.accounts = SlackAccounts(engine)
        self.preferences = PreferenceBook(engine)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database at `url` (sqlite:///FILE or postgresql://...), creating or migrating it.

        Safe when several processes start at once. Raises MemoryConfigurationError for a URL, driver, file
        or schema version that cannot work, MemoryUnavailableError for a server that does not answer. No
        message shows the password.
        """
        engine = connect(url)
        try:
            enable_wal(engine)
            upgrade(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Give the connections back; the object cannot be used afterwards."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """Return the open memory."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    # Slack events

    def first_sight(self, event_id: str, now: datetime) -> bool:
        """Say whether this event is new: True for exactly one caller, however many ask at once."""
        with writing(self._engine) as connection:
            return events.first_sight(connection, event_id, now)

    def first_sight_of_all(self, event_ids: Iterable[str], now: datetime) -> bool:
        """Say whether every one of these names is new, in one transaction; all of them are seen afterwards."""
        with writing(self._engine) as connection:
            new = [events.first_sight(connection, event_id, now) for event_id in event_ids]
            return all(new)

    # Threads

    def focus(self, channel: str, thread_ts: str, user_id: str) -> str | None:
        """Return the deal this person last spoke about in the thread, or None."""
        with reading(self._engine) as connection:
            row = threads.find(connection, channel, thread_ts, user_id)
            return row.deal_id if row else None

    def set_focus(
        self,
        channel: str,
        thread_ts: str,
        user_id: str,
        deal_id: str | None,
        now: datetime,
        *,
        started_by_bot: bool = False,
    ) -> None:
        """Remember the deal of a person's thread; None clears it.

        Pass `started_by_bot` when the bot opened this conversation with the person, for example with a
        digest or by answering a mention in a new thread. It stays set once it was.
        """
        with writing(self._engine) as connection:
            threads.save(
                connection,
                channel=channel,
                thread_ts=thread_ts,
                user_id=user_id,
                deal_id=deal_id,
                started_by_bot=started_by_bot,
                now=now,
            )

    def started_here(self, channel: str, thread_ts: str, user_id: str) -> bool:
        """Say whether the bot opened a conversation with this person in the thread."""
        with reading(self._engine) as connection:
            row = threads.find(connection, channel, thread_ts, user_id)
            return bool(row and row.started_by_bot)

    # Deliveries

    def claim(self, kind: str, reader_id: str, day: date, now: datetime, lease: timedelta = LEASE) -> Claim | None:
        """Take the right to send the `kind` of `day` to one reader; None if it is not to be had.

        None means: another process holds it, a retry is not due yet, it was sent, or it was given up.
        After `lease` the claim can be taken over. When `Claim.may_be_out` is set, look for
        `Claim.client_token` in the metadata of recent messages before sending.
        """
        with writing(self._engine) as connection:
            return deliveries.claim(connection, kind, reader_id, day, now, lease)

    def mark_sent(self, claim: Claim, message_ts: str, now: datetime) -> None:
        """Record that the message is out, even if the lease has run out meanwhile."""
        with writing(self._engine) as connection:
            deliveries.mark_sent(connection, claim, message_ts, now)

    def mark_failed(
        self,
        claim: Claim,
        reason: str,
        now: datetime,
        final: bool,
        retry_after: timedelta = timedelta(0),
    ) -> DeliveryStatus | None:
        """End a claim that could not be sent; it can be claimed again after `retry_after`.

        `final` failures, and the last of MAX_ATTEMPTS, become dead letters. Returns the new status, or
        None if another process took the delivery over or sent it meanwhile.
        """
        with writing(self._engine) as connection:
            return deliveries.mark_failed(connection, claim, reason, now, final=final, retry_after=retry_after)

    def deliveries(self, status: DeliveryStatus | str | None = None) -> list[DeliveryRow]:
        """Return the delivery ledger, newest day first, of one status or all."""
        with reading(self._engine) as connection:
            return deliveries.listed(connection, DeliveryStatus(status) if status else None)

    # Audit and feedback

    def record_reply(self, reply: ReplyRecord, now: datetime) -> int:
        """Store who was answered what kind of question from which facts; returns the reply's id."""
        with writing(self._engine) as connection:
            return replies.add(connection, reply, now)

    def record_feedback(
        self, reply_id: int, user_id: str, value: FeedbackValue, reason: str | None, at: datetime
    ) -> None:
        """Store a person's verdict on a reply; a second one replaces the first.

        Raises UnknownReplyError if no such reply was recorded.
        """
        with writing(self._engine) as connection:
            replies.add_feedback(connection, reply_id, user_id, FeedbackValue(value), reason, at)

    def feedback_reasons(self) -> list[str]:
        """Return why answers did not help, the newest first."""
        with reading(self._engine) as connection:
            return replies.reasons(connection)

    def feedback_tally(self) -> dict[FeedbackValue, int]:
        """Return how many verdicts of each value people have given."""
        with reading(self._engine) as connection:
            return replies.tally(connection)

    # Health snapshots

    def record_health(self, rows: Iterable[HealthRow], day: date) -> None:
        """Store the health of `day`, one row a deal; running the same day again replaces it."""
        with writing(self._engine) as connection:
            health.save(connection, rows, day)

    def health_on(self, deal_ids: Iterable[str], day: date) -> dict[str, HealthRow]:
        """Return each deal's health as known on `day`: that day's snapshot, else the last of a week.

        `HealthRow.day` says which day it is. Deals without a snapshot are left out.
        """
        with reading(self._engine) as connection:
            return health.latest(connection, deal_ids, day)

    # The language model

    def reserve_model_call(self, call: ModelCall, allowance: Allowance, now: datetime) -> int | None:
        """Count a call's estimate against its asker's day and return its id; None if it no longer fits."""
        with writing(self._engine) as connection:
            return model_use.reserve(connection, call, allowance, now)

    def settle_model_call(self, call_id: int, outcome: CallOutcome, usage: Usage, seconds: float) -> None:
        """Replace the estimate of a reserved call by what it really used."""
        with writing(self._engine) as connection:
            model_use.settle(connection, call_id, outcome, usage, seconds)

    def model_usage(self, asker_id: str, day: date) -> Usage:
        """Return what a person has used or reserved on one day."""
        with reading(self._engine) as connection:
            return model_use.spent(connection, asker_id, day)

    def record_verdict(self, verdict: VerdictRecord, now: datetime) -> None:
        """Store what the grounding check found in one answer of the model."""
        with writing(self._engine) as connection:
            model_use.add_verdict(connection, verdict, now)

    def verdict_tally(self, since: datetime) -> dict[str, int]:
        """Return how many verdicts of each outcome there were since an instant."""
        with reading(self._engine) as connection:
            return model_use.tally(connection, since)

    def removal_reasons(self, since: datetime) -> dict[str, int]:
        """Return why statements of the model were removed since an instant, and how often."""
        with reading(self._engine) as connection:
            return model_use.reasons(connection, since)

    def model_answer(self, key: str, now: datetime) -> dict[str, Any] | None:
        """Return the answer kept under a hash of what was asked, unless it has expired."""
        with reading(self._engine) as connection:
            return model_use.find_answer(connection, key, now)

    def keep_model_answer(self, key: str, answer: dict[str, Any], now: datetime, expires_at: datetime) -> None:
        """Keep an answer until `expires_at`, and forget the expired ones."""
        with writing(self._engine) as connection:
            model_use.keep_answer(connection, key, answer, now, expires_at)

    # Weekly shares

    def record_shares(self, rows: Iterable[ShareRow]) -> None:
        """Store people's shares of a week; running the same week again replaces it."""
        with writing(self._engine) as connection:
            shares.save(connection, rows)

    def shares_between(self, since: date, before: date) -> dict[str, list[ShareRow]]:
        """Return each person's weeks (by their Mondays) from `since` up to, but not with, `before`."""
        with reading(self._engine) as connection:
            return shares.between(connection, since, before)
