"""What got worse or better on a deal since it was last looked at (F100, F104). Pure: two states in, words out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.coach.dates import day_words, plural
from bot.pipeline.brief import HealthBucket
from bot.pipeline.views.fields import WORST_BUCKET_FIRST

Row = Mapping[str, Any]


class News(StrEnum):
    """Kinds of bad news, the most telling first."""

    DROPPED = "dropped"
    """A worse health bucket."""
    MEETING_LOST = "meeting lost"
    """A meeting that was booked is not in the calendar any more."""
    DATE_PASSED = "date passed"
    UNANSWERED = "unanswered"
    """The buyer wrote and nobody answered that person."""
    SILENT = "silent"
    """The buyer has not written for as long as the rules allow."""
    LEFT = "left"
    """Somebody on the buyer's side is gone."""


class NewsRules(BaseModel):
    """From when on something is news, in days."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    silent_days: int = Field(default=30, ge=5, le=120)
    unanswered_days: int = Field(default=2, ge=1, le=14)


@dataclass(frozen=True, slots=True)
class Before:
    """A deal as it stood on an earlier day. `since`: first day at risk; unless exact, it was so before that too.

    None means not recorded. `day` None = yesterday.
    """

    bucket: HealthBucket | None
    day: date | None = None
    next_meeting: date | None = None
    since: date | None = None
    since_is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of bad news, in words without the deal's name."""

    kind: News
    words: str


def worse(row: Row, before: Before | None, rules: NewsRules) -> list[Item]:
    """What got worse since `before`; what cannot be compared is left out. `row` is a row of facets."""
    gap = (row["today"] - before.day).days if before and before.day else 1
    return list(_worse(row, before, max(gap, 1), rules))


def _worse(row: Row, before: Before | None, gap: int, rules: NewsRules) -> Iterator[Item]:
    if before and _rank(row["health_bucket"]) < _rank(before.bucket):
        yield Item(News.DROPPED, f"was {before.bucket}")
    if before and _is_lost(row, before):
        yield Item(News.MEETING_LOST, f"the meeting of {_day(before.next_meeting, row)} is off, none is booked")
    days = row["days_until_close"]
    if days is not None and 0 < -days <= gap:
        yield Item(News.DATE_PASSED, f"the close date {_day(row['close_date'], row)} passed")
    if _crossed(row["unanswered_inbound_days"], rules.unanswered_days, gap):
        yield Item(News.UNANSWERED, f"their mail waits {plural(row['unanswered_inbound_days'], 'day')} for an answer")
    if _crossed(row["days_since_inbound"], rules.silent_days, gap):
        yield Item(News.SILENT, f"no word from the buyer for {plural(row['days_since_inbound'], 'day')}")


def is_better(bucket: HealthBucket | None, before: Before | None) -> bool:
    """Whether the deal has a better bucket than before."""
    return (
        bucket is not None and before is not None and before.bucket is not None and _rank(bucket) > _rank(before.bucket)
    )


def _rank(bucket: str | None) -> int:
    """Worst first; a deal without a bucket is no worse than any."""
    return WORST_BUCKET_FIRST.index(HealthBucket(bucket)) if bucket else len(WORST_BUCKET_FIRST)


def _is_lost(row: Row, before: Before) -> bool:
    """Whether a meeting booked for today or later went; one held today is in the past facets instead."""
    booked = before.next_meeting
    if booked is None or row["touches_last_14"] is None or row["next_meeting"] is not None:
        return False
    return bool(booked >= row["today"] and row["last_meeting"] != booked)


def _crossed(days: int | None, limit: int, gap: int) -> bool:
    """Whether a count of days reached its limit within the last `gap` days."""
    return days is not None and limit <= days < limit + gap


def _day(on: date | None, row: Row) -> str:
    return day_words(on, row["today"]) if on else ""
