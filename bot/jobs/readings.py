"""What models read is forgotten with the text they read it in."""

from collections.abc import Iterator
from datetime import datetime

import structlog

from bot.pipeline.model import Deal
from bot.pipeline.service import UnknownDeal
from bot.runtime import Runtime

log = structlog.get_logger(__name__)


def forget_outdated_readings(runtime: Runtime, now: datetime) -> int:
    """Delete every stored quote whose source changed or is gone; return how many.

    Such a quote counts for nothing from the moment its source changed; this is so that it is not kept either.
    """
    count = runtime.recall.forget_outdated(_still_there(runtime, now))
    if count:
        log.info("readings.forgotten", count=count)
    return count


def _still_there(runtime: Runtime, now: datetime) -> Iterator[Deal]:
    for deal_id in runtime.memory.readings.sources():
        try:
            [brief] = runtime.coach.briefs([deal_id], now)
        except UnknownDeal:  # deleted in the CRM
            continue
        yield brief.deal
