"""The clock of a running app: messages every few minutes, health once a night."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_sdk.web.async_client import AsyncWebClient

from bot.jobs.clock import DigestRules
from bot.jobs.mailing import Post, Round
from bot.jobs.rounds import send_due
from bot.jobs.snapshots import record_health, record_shares
from bot.runtime import Runtime
from bot.slack.pace import Pacer

_ROUND_EVERY_MINUTES = 5
_NIGHTLY_HOUR = 23  # late, so that "yesterday" is a whole day


def build_scheduler(runtime: Runtime, client: AsyncWebClient, clock: Callable[[], datetime]) -> AsyncIOScheduler:
    """Return the scheduler, not yet started. Missed rounds are merged into one."""
    rules = DigestRules.load(runtime.settings.playbook_dir)
    post = Post(client, Pacer(rules.pace.per_minute), clock)

    async def messages() -> None:
        await send_due(post, Round(runtime, rules, clock()))

    async def nightly() -> None:
        await asyncio.to_thread(record_health, runtime, clock())
        await asyncio.to_thread(record_shares, runtime, clock())

    scheduler = AsyncIOScheduler(timezone=runtime.settings.timezone)
    scheduler.add_job(messages, "interval", minutes=_ROUND_EVERY_MINUTES, coalesce=True, max_instances=1)
    scheduler.add_job(nightly, "cron", hour=_NIGHTLY_HOUR, coalesce=True, max_instances=1)
    return scheduler
