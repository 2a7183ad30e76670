"""What moved over many deals since a day: buckets, stages, dates and amounts, the worst news first (F026)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise

from bot.coach.answers.portfolio import WORST_FIRST
from bot.coach.answers.wording import deal_ref
from bot.coach.dates import day_words, plural
from bot.coach.listings import Listing
from bot.coach.reply import CoachReply, Outcome, Section
from bot.pipeline.brief import DealBrief, HealthBucket

_SHOWN = 7
_UNMOVED = 0


def answer_moved(
    listing: Listing,
    briefs: Sequence[DealBrief],
    before: Mapping[str, HealthBucket | None],
    whose: str,
    as_of: datetime,
) -> CoachReply:
    """The open deals something happened to since a day; `before` holds the bucket each had at the end of that day."""
    since = listing.first or as_of.date()
    moved = [(brief, news) for brief in briefs if (news := _news(brief, before.get(brief.deal.id), since))]
    if listing.worse_only:
        moved = [each for each in moved if _is_worse(each[0], before.get(each[0].deal.id), since)]
    moved.sort(key=lambda each: (_fall(each[0], before.get(each[0].deal.id)), -(each[0].deal.amount or 0)))
    several = len({brief.deal.owner.id for brief in briefs}) > 1
    rows = tuple(
        f"{brief.deal.name}: {'; '.join(news)}{f' · {brief.deal.owner.name}' if several else ''}"
        for brief, news in moved[:_SHOWN]
    )
    when = f"since {day_words(since, as_of.date())}"
    what = "For the worse" if listing.worse_only else "Moved"
    headline = f"{what} {when}: {len(moved)} of {plural(len(briefs), 'open deal')}, the worst news first"
    if not moved:
        way = " for the worse" if listing.worse_only else ""
        headline = f"No bucket, stage, close date or amount in {whose} moved{way} {when}, as far as is recorded."
    more = f"And {plural(len(moved) - _SHOWN, 'more deal')}." if len(moved) > _SHOWN else ""
    parts = [f"*{headline}*" if moved else headline, *(f"• {row}." for row in rows), more]
    return CoachReply(
        outcome=Outcome.ANSWER_PIPELINE,
        as_of=as_of,
        headline=headline,
        text="\n".join(part for part in parts if part),
        choices=tuple(deal_ref(brief.deal) for brief, _ in moved[:_SHOWN]),
        sections=(Section(title=f"Moved {when}", lines=rows),) if rows else (),
    )


def _is_worse(brief: DealBrief, before: HealthBucket | None, since: date) -> bool:
    """A lower bucket, or a step back."""
    back = brief.facets.last_move_back
    return _fall(brief, before) < 0 or (back is not None and back > since)


def _fall(brief: DealBrief, before: HealthBucket | None) -> int:
    """How far the bucket rose: negative for a fall, so that falls come first."""
    now = brief.health.bucket
    if before is None or now is None or brief.health.insufficient:
        return _UNMOVED
    return WORST_FIRST.index(now) - WORST_FIRST.index(before)


def _news(brief: DealBrief, before: HealthBucket | None, since: date) -> list[str]:
    today = brief.today
    news = []
    created = brief.deal.created_on
    if created and created > since:
        return [f"new, created {day_words(created, today)}"]
    if _fall(brief, before) and before and brief.health.bucket:
        news.append(f"was {before.value}, is {brief.health.bucket.value}")
    for earlier, later in pairwise(brief.deal.stage_visits):
        if since < later.entered_on <= today:
            way = "advanced to" if later.order > earlier.order else "moved back to"
            news.append(f"{way} {later.stage} on {day_words(later.entered_on, today)}")
    fields = {"close_date": "close date", "amount": "amount", "forecast_category": "forecast category"}
    changed = [change for change in brief.deal.changes if since < change.on <= today and change.field in fields]
    news += [f"{fields[change.field]} changed on {day_words(change.on, today)}" for change in changed[-2:]]
    return news
