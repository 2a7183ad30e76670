"""What models read is forgotten with the text they read it in."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial

import structlog

from bot.coach.mornings import BATCH
from bot.pipeline.model import Deal
from bot.runtime import Runtime

log = structlog.get_logger(__name__)


def forget_outdated_readings(runtime: Runtime, now: datetime) -> int:
    """Delete every stored quote whose source changed or is gone; return how many.

    Such a quote counts for nothing from the moment its source changed; this is so that it is not kept either.
    """
    count = runtime.recall.forget_outdated(partial(_still_there, runtime, now))
    if count:
        log.info("readings.forgotten", count=count)
    return count


def _still_there(runtime: Runtime, now: datetime, deal_ids: Collection[str]) -> Iterator[Deal]:
    """Those of the deals that were not deleted in the CRM, read many at a time."""
    found = [deal.id for deal in runtime.coach.open_pipeline().deals_called(deal_ids)]
    for start in range(0, len(found), BATCH):
        yield from (brief.deal for brief in runtime.coach.briefs(found[start : start + BATCH], now))
