"""The clock of a running app: messages every few minutes, live sources when due, health once a night."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from threading import Event

from apscheduler.events import EVENT_SCHEDULER_SHUTDOWN
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.desk import Desk
from bot.jobs.accounts import find_accounts
from bot.jobs.alerts import judge_shares
from bot.jobs.clock import DigestRules
from bot.jobs.consults import mark_time_up
from bot.jobs.mailing import Post, Round
from bot.jobs.readings import forget_outdated_readings
from bot.jobs.rounds import send_due
from bot.jobs.snapshots import record_health, record_shares
from bot.jobs.sync import sync_due_sources
from bot.runtime import Runtime
from bot.slack.addresses import Addresses
from bot.slack.consulting import Consulting
from bot.slack.pace import Pacer
from bot.slack.services import Services

_ROUND_EVERY_MINUTES = 5
_ACCOUNTS_EVERY_MINUTES = 1  # looked for
_LOOKED_EVERY_MINUTES = 1  # whether a live source is due
_CONSULT_EVERY_MINUTES = 1
_NIGHTLY_HOUR = 23  # late, so that "yesterday" is a whole day


def build_scheduler(
    runtime: Runtime, client: AsyncWebClient, clock: Callable[[], datetime], *, reads_sources: bool = True
) -> AsyncIOScheduler:
    """Return the scheduler, not yet started. Missed rounds are merged into one.

    Without `reads_sources` no CRM or mailbox is asked: over sample data that would be a stranger's.
    """
    rules = DigestRules.load(runtime.settings.playbook_dir)
    post = Post(client, Pacer(rules.pace.per_minute), clock)

    async def messages() -> None:
        await send_due(post, Round(runtime, rules, clock()))

    addresses = Addresses(runtime.memory)

    async def accounts() -> None:
        await find_accounts(client, addresses, Round(runtime, rules, clock()))

    async def nightly() -> None:
        await asyncio.to_thread(record_health, runtime, clock())
        await asyncio.to_thread(record_shares, runtime, clock())
        await asyncio.to_thread(judge_shares, runtime, clock())
        await asyncio.to_thread(forget_outdated_readings, runtime, clock())

    stopping = Event()

    async def live_sources() -> None:
        await asyncio.to_thread(sync_due_sources, runtime, clock, stopping)

    consulting = Consulting(Services(runtime.coach, runtime.memory), Desk(runtime.coach))

    async def consult_clock() -> None:
        await mark_time_up(client, consulting, clock())

    scheduler = AsyncIOScheduler(timezone=runtime.settings.timezone)
    scheduler.add_job(messages, "interval", minutes=_ROUND_EVERY_MINUTES, coalesce=True, max_instances=1)
    scheduler.add_job(accounts, "interval", minutes=_ACCOUNTS_EVERY_MINUTES, coalesce=True, max_instances=1)
    scheduler.add_job(consult_clock, "interval", minutes=_CONSULT_EVERY_MINUTES, coalesce=True, max_instances=1)
    scheduler.add_job(nightly, "cron", hour=_NIGHTLY_HOUR, coalesce=True, max_instances=1)
    if reads_sources and runtime.settings.sync_every_minutes:
        scheduler.add_job(live_sources, "interval", minutes=_LOOKED_EVERY_MINUTES, coalesce=True, max_instances=1)
        scheduler.add_listener(lambda _: stopping.set(), EVENT_SCHEDULER_SHUTDOWN)  # a reading ends with its page
    return scheduler
