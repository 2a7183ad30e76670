"""The morning digest: one message a reader a day, in their own morning, exactly once.

Any number of replicas may run this at once: a row of the delivery ledger is claimed before sending. A
claim left behind by a crash is taken over later, after looking whether its message is already out.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from pydantic import BaseModel, ConfigDict, Field, field_validator
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.digest import Digest
from bot.memory.deliveries import Claim
from bot.memory.preferences import Preferences
from bot.memory.service import Memory
from bot.pipeline.brief import HealthBucket
from bot.pipeline.model import Role, User
from bot.playbook import load_playbook
from bot.runtime import Runtime
from bot.slack.delivery import DeliveryFailed, Sent, deliver, find_delivery
from bot.slack.views.digest import digest_message

log = structlog.get_logger(__name__)

KIND = "digest"
DEFAULTS = Preferences()
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class DigestRules(BaseModel):
    """`digest.yaml`: when digests go out and to whom."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    send_at: time
    working_days: frozenset[str]
    late_hours: int = Field(ge=1, le=12)
    readers: frozenset[Role]
    send_when_empty: bool

    @field_validator("working_days")
    @classmethod
    def known_days(cls, days: frozenset[str]) -> frozenset[str]:
        """Refuse a misspelt day, which would silently never send."""
        unknown = sorted(days - set(_DAYS))
        if unknown:
            raise ValueError(f"unknown day {unknown[0]!r}; use {', '.join(_DAYS)}")
        return days

    @classmethod
    def load(cls, playbook_dir: Path) -> "DigestRules":
        """Read `digest.yaml`. Raises PlaybookError naming line and field."""
        return load_playbook(playbook_dir / "digest.yaml", cls)

    def due_day(self, reader: User, now: datetime, workspace_zone: str, wishes: Preferences = DEFAULTS) -> date | None:
        """The reader's local date if their digest is due at `now`; None outside the hours after its time.

        The time is the reader's own wish, else the company's; quiet hours put it off, within those hours.
        """
        local = now.astimezone(ZoneInfo(reader.timezone or workspace_zone))
        opens = datetime.combine(local.date(), wishes.digest_at or self.send_at, local.tzinfo)
        if not wishes.digest_on or wishes.is_quiet(local.time()):
            return None
        if _DAYS[local.weekday()] not in self.working_days or not reader.slack_user_id:
            return None
        if reader.role not in self.readers or not reader.active:
            return None
        return local.date() if opens <= local < opens + timedelta(hours=self.late_hours) else None


@dataclass(frozen=True, slots=True)
class DigestRun:
    """What one round did: readers sent to, skipped because there was nothing to say, and failed."""

    sent: int = 0
    empty: int = 0
    failed: int = 0


def build_for(runtime: Runtime, reader: User, now: datetime) -> Digest:
    """The digest `reader` gets at `now`, compared with the last health snapshot of an earlier day."""
    zone = ZoneInfo(reader.timezone or runtime.settings.timezone)
    before = now.astimezone(zone).date() - timedelta(days=1)
    today = now.astimezone(zone).date()
    return runtime.coach.digest(
        reader,
        now=now,
        yesterday=_buckets(runtime.memory, runtime, before),
        quiet_about=runtime.memory.preferences.snoozed(reader.id, today),
    )


def _buckets(memory: Memory, runtime: Runtime, day: date) -> Mapping[str, HealthBucket]:
    ids = [deal.id for deal in runtime.coach.open_pipeline().deal_names(None)]
    rows = memory.health_on(ids, day)
    return {deal_id: HealthBucket(row.bucket) for deal_id, row in rows.items() if row.bucket}


async def send_due_digests(runtime: Runtime, client: AsyncWebClient, rules: DigestRules, now: datetime) -> DigestRun:
    """Send every digest that is due at `now` and not yet sent; one failure never stops the others."""
    readers = await asyncio.to_thread(lambda: list(runtime.coach.open_pipeline().users.values()))
    sent = empty = failed = 0
    for reader in readers:
        wishes = await asyncio.to_thread(runtime.memory.preferences.of, reader.id)
        day = rules.due_day(reader, now, runtime.settings.timezone, wishes)
        claim = await asyncio.to_thread(runtime.memory.claim, KIND, reader.id, day, now) if day else None
        if claim is None:
            continue
        outcome = await _send_one(runtime, client, rules, reader, claim, now)
        sent, empty, failed = sent + (outcome == "sent"), empty + (outcome == "empty"), failed + (outcome == "failed")
    return DigestRun(sent, empty, failed)


async def _send_one(
    runtime: Runtime, client: AsyncWebClient, rules: DigestRules, reader: User, claim: Claim, now: datetime
) -> str:
    try:
        digest = await asyncio.to_thread(build_for, runtime, reader, now)
        if not digest.items and not rules.send_when_empty:
            await asyncio.to_thread(runtime.memory.mark_sent, claim, "", now)
            return "empty"
        sent = await _deliver_once(client, reader, digest, claim)
    except DeliveryFailed as failure:
        log.warning("digest.failed", reader=reader.id, reason=failure.code, final=failure.final)
        await asyncio.to_thread(runtime.memory.mark_failed, claim, failure.code, now, final=failure.final)
        return "failed"
    except Exception:
        log.exception("digest.broken", reader=reader.id)
        await asyncio.to_thread(runtime.memory.mark_failed, claim, "could not be built", now, final=False)
        return "failed"
    await asyncio.to_thread(runtime.memory.mark_sent, claim, sent.ts, now)
    return "sent"


async def _deliver_once(client: AsyncWebClient, reader: User, digest: Digest, claim: Claim) -> Sent:
    recipient = str(reader.slack_user_id)
    if claim.may_be_out:
        already = await find_delivery(client, recipient, claim.client_token)
        if already:
            return already
    return await deliver(client, recipient, digest_message(digest), token=claim.client_token)
