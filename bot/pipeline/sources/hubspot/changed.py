"""Which records changed since a stamp, however many: never by offset.

HubSpot's search answers at most 10,000 results to one question, and a record that changes while the pages of an
answer are turned moves to its end, so that another slips over the turn unseen. Here every page is a question of
its own that begins at the last stamp of the page before; records of one stamp are walked by id.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.pipeline.sources.hubspot.portal import PAGE, Json, Portal

MILLISECOND = timedelta(milliseconds=1)


def changed_since(portal: Portal, object_type: str, stamp: str, since: datetime | None) -> Iterator[list[Json]]:
    """Yield pages of `{id, properties: {stamp}}` by rising `stamp`, the property of the last change.

    Records at the turn of a page are said twice.
    """
    while True:
        filters = [_filter(stamp, "GTE", since)] if since else []
        page = portal.search(object_type, filters, stamp)
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = stamp_of(page[-1], stamp)
        if last == since:
            yield from _at_one_instant(portal, object_type, stamp, last)
            last += MILLISECOND
        since = last


def newest_stamp(portal: Portal, object_type: str, stamp: str) -> datetime | None:
    """Return the last change of any record, by HubSpot's clock; None if there are no records."""
    page = portal.search(object_type, [], stamp, newest_first=True)
    return stamp_of(page[0], stamp) if page else None


def stamp_of(row: Json, stamp: str) -> datetime:
    """Return when a found record was last changed."""
    return datetime.fromisoformat(row["properties"][stamp])


def _at_one_instant(portal: Portal, object_type: str, stamp: str, instant: datetime) -> Iterator[list[Json]]:
    after = "0"
    while True:
        above = {"propertyName": "hs_object_id", "operator": "GT", "value": after}
        page = portal.search(object_type, [_filter(stamp, "EQ", instant), above], "hs_object_id")
        if not page:
            return
        for row in page:
            row["properties"][stamp] = instant.isoformat()
        yield page
        after = page[-1]["id"]


def _filter(stamp: str, operator: str, instant: datetime) -> Json:
    return {"propertyName": stamp, "operator": operator, "value": str(round(instant.timestamp() * 1000))}
