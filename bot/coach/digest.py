"""The daily at-risk digest of one reader: what got worse first, one action each (DOMAIN 8, F100, F101)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.coach.answers.portfolio import WORST_FIRST
from bot.coach.answers.wording import deal_ref, word_count
from bot.coach.dates import day_words, plural
from bot.coach.reply import DealRef, NextStep
from bot.coach.view import DealView
from bot.pipeline.brief import HealthBucket
from bot.pipeline.model import User

MAX_DEALS = 7
WORDS_PER_DEAL = 40


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One deal of the digest: bucket, what is wrong (and what changed since yesterday), one step."""

    deal: DealRef
    bucket: HealthBucket
    why: str
    step: NextStep | None
    was: HealthBucket | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """One message for one reader. No items means nothing needs them today, and `headline` says so."""

    reader: User
    as_of: datetime
    headline: str
    items: tuple[DigestItem, ...]
    footer: str


def build_digest(
    reader: User, views: Sequence[DealView], yesterday: Mapping[str, HealthBucket], as_of: datetime
) -> Digest:
    """Rank a reader's open deals: dropped since yesterday, then Poor, then At Risk; better ones in one line."""
    risky = [view for view in views if view.brief.health.bucket in WORST_FIRST[:2]]
    ranked = sorted(risky, key=lambda view: _rank(view, yesterday))
    items = tuple(_item(view, yesterday) for view in ranked[:MAX_DEALS])
    return Digest(reader, as_of, _headline(items, len(ranked)), items, _footer(views, ranked, yesterday))


def _rank(view: DealView, yesterday: Mapping[str, HealthBucket]) -> tuple[bool, int, int, float]:
    health = view.brief.health
    bucket = health.bucket or HealthBucket.GOOD
    dropped = _dropped(bucket, yesterday.get(view.brief.deal.id))
    score = health.score if health.score is not None else 50
    return not dropped, WORST_FIRST.index(bucket), score, -(view.brief.deal.amount or 0)


def _dropped(now: HealthBucket, before: HealthBucket | None) -> bool:
    return before is not None and WORST_FIRST.index(now) < WORST_FIRST.index(before)


def _item(view: DealView, yesterday: Mapping[str, HealthBucket]) -> DigestItem:
    brief = view.brief
    bucket = brief.health.bucket or HealthBucket.AVERAGE
    before = yesterday.get(brief.deal.id)
    was = before if _dropped(bucket, before) else None
    step = view.steps[0] if view.steps else None
    reasons = [signal.reason for signal in sorted(brief.health.signals, key=lambda signal: signal.points)]
    return DigestItem(deal_ref(brief.deal), bucket, _fitting(reasons, step), step, was)


def _fitting(reasons: Sequence[str], step: NextStep | None) -> str:
    """As many reasons as fit beside the step into the words one deal may take; at least one."""
    used = word_count(f"{step.owner} {step.text} {step.done_when}") if step else 0
    chosen = [reasons[0]] if reasons else ["rated by a cap alone"]
    for reason in reasons[1:3]:
        if used + word_count("; ".join([*chosen, reason])) <= WORDS_PER_DEAL - 10:
            chosen.append(reason)
    return "; ".join(chosen)


def _headline(items: Sequence[DigestItem], total: int) -> str:
    if not items:
        return "Nothing needs you today."
    worse = sum(item.was is not None for item in items)
    changed = f", {worse} worse than yesterday" if worse else ""
    more = f" (the {MAX_DEALS} most pressing)" if total > MAX_DEALS else ""
    return f"{plural(total, 'deal')} at risk{changed}{more}"


def _footer(views: Sequence[DealView], risky: Sequence[DealView], yesterday: Mapping[str, HealthBucket]) -> str:
    better = [view.brief.deal.account for view in views if _improved(view, yesterday)]
    lifted = f" Better than yesterday: {', '.join(better[:5])}." if better else ""
    return f"{len(views) - len(risky)} of {plural(len(views), 'open deal')} need nothing now.{lifted}"


def _improved(view: DealView, yesterday: Mapping[str, HealthBucket]) -> bool:
    before, now = yesterday.get(view.brief.deal.id), view.brief.health.bucket
    return before is not None and now is not None and WORST_FIRST.index(now) > WORST_FIRST.index(before)


def digest_text(digest: Digest) -> str:
    """The digest as plain text, for the terminal and for notifications."""
    lines = [f"*{digest.headline}*"]
    for item in digest.items:
        was = f" (was {item.was.value})" if item.was else ""
        lines.append(f"• *{item.deal.name}*: {item.bucket.value}{was}. {item.why}.")
        if item.step:
            lines.append(
                f"   → {item.step.owner} {item.step.text}, by {day_words(item.step.due, digest.as_of.date())}."
            )
    return "\n".join([*lines, digest.footer])
