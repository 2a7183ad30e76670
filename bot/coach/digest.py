"""The daily at-risk digest of one reader: what got worse first, one action each (DOMAIN 8.1; F100, F105).

Pure: measured deals and what is remembered of them in, a digest out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from bot.coach.answers.portfolio import WORST_FIRST
from bot.coach.answers.wording import deal_ref, listed, word_count
from bot.coach.dates import day_words, plural
from bot.coach.news import Before, Item, News, NewsRules, Row, is_better, worse
from bot.coach.reply import DealRef, NextStep
from bot.coach.steps import Action
from bot.pipeline.brief import DealBrief, HealthBucket
from bot.pipeline.model import User

MAX_DEALS = 7
WORDS_PER_DEAL = 40
AT_RISK = frozenset(WORST_FIRST[:2])
NOTHING = "Nothing needs you today."
_BETTER_SHOWN = 5
_CUT = "…"


class ContentRules(BaseModel):
    """What a digest holds: `content` of `digest.yaml`. The defaults are the shipped numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    most_deals: int = Field(default=MAX_DEALS, ge=1, le=10)
    words_per_deal: int = Field(default=WORDS_PER_DEAL, ge=25, le=60)
    again_after_hours: int = Field(default=22, ge=1, le=24)
    news: NewsRules = NewsRules()
    unanswered: Action = Action(
        text="answers {contact}'s mail and proposes the next date in the same reply",
        done_when="{contact} replies with a date",
        days=1,
        query="answer the buyer's mail first",
    )


DEFAULT_CONTENT = ContentRules()


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader was told of a deal within the last day: its state then."""

    state: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is remembered for one reader, by deal id.

    `quiet`: deals not to speak of. `woken`: why a deal was snoozed until today. `told`: what was said within the
    last day. `due`: own actions due today or overdue, in words. `missed`: days whose digest could not go out.
    """

    quiet: frozenset[str] = frozenset()
    woken: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Told] = field(default_factory=dict)
    due: Mapping[str, str] = field(default_factory=dict)
    missed: tuple[date, ...] = ()


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Pick:
    """A deal chosen for a digest, before it is put into words."""

    row: Row
    news: tuple[Item, ...]
    before: Before | None
    note: str | None = None

    @property
    def bucket(self) -> HealthBucket:
        """The deal's bucket; a deal without one counts as Average, which says as little."""
        return HealthBucket(self.row["health_bucket"] or HealthBucket.AVERAGE)

    @property
    def state(self) -> str:
        """Names what is said of the deal, so that the same is not said again."""
        return "|".join([self.bucket.value, *sorted(item.kind.value for item in self.news)])


@dataclass(frozen=True, slots=True)
class Choice:
    """What a digest will be about: the picks in order, the deals that got better, how many more there are."""

    picks: tuple[Pick, ...]
    more: int
    better: tuple[str, ...]
    held_back: int
    seen: int
    calm: int


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One deal of the digest: bucket, what is wrong (and what got worse since yesterday), one step.

    `since` says how long it has been at risk ("12 days"). `tracked` is the step's action if it is accepted already.
    """

    deal: DealRef
    bucket: HealthBucket
    why: str
    step: NextStep | None
    was: HealthBucket | None = None
    since: str | None = None
    is_news: bool = False
    state: str = ""
    tracked: str | None = None

    @property
    def standing(self) -> str:
        """The bucket with where it came from, or for how long."""
        if self.was:
            return f"{self.bucket.value}, was {self.was.value}"
        return f"{self.bucket.value} for {self.since}" if self.since else self.bucket.value


@dataclass(frozen=True, slots=True)
class Digest:
    """One message for one reader. No items means nothing needs them today, and `headline` says so."""

    reader: User
    as_of: datetime
    headline: str
    items: tuple[DigestItem, ...]
    footer: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing needs the reader."""
        return not self.items


def choose(
    rows: Iterable[Row], before: Mapping[str, Before], wishes: Wishes, rules: ContentRules = DEFAULT_CONTENT
) -> Choice:
    """Pick the deals worth a reader's morning: news first, then those still at risk, the worst first."""
    seen = [row for row in rows if row["id"] not in wishes.quiet]
    picks = [_pick(row, before.get(row["id"]), wishes, rules) for row in seen]
    wanted = [pick for pick in picks if pick.bucket in AT_RISK or pick.news or pick.note]
    fresh = [pick for pick in wanted if is_worth_saying(pick, wishes.told.get(pick.row["id"]))]
    ranked = sorted(fresh, key=_rank)
    better = tuple(
        row["account"] or row["name"]
        for row in seen
        if is_better(HealthBucket(row["health_bucket"]) if row["health_bucket"] else None, before.get(row["id"]))
    )
    return Choice(
        picks=tuple(ranked[: rules.most_deals]),
        more=max(0, len(ranked) - rules.most_deals),
        better=better,
        held_back=len(wanted) - len(fresh),
        seen=len(seen),
        calm=len(seen) - len(wanted),
    )


def _pick(row: Row, before: Before | None, wishes: Wishes, rules: ContentRules) -> Pick:
    notes = [wishes.woken.get(row["id"]), wishes.due.get(row["id"])]
    note = "; ".join(each for each in notes if each) or None
    return Pick(row, tuple(worse(row, before, rules.news)), before, note)


def is_worth_saying(pick: Pick, told: Told | None) -> bool:
    """A deal said within the last day is said again only if it is worse than then, or something falls due."""
    if told is None or pick.note:
        return True
    bucket, *kinds = told.state.split("|")
    return bucket != pick.bucket.value or any(item.kind.value not in kinds for item in pick.news)


def _rank(pick: Pick) -> tuple[bool, int, int, float, str]:
    row = pick.row
    net = row["health_net_points"]
    return not pick.news, WORST_FIRST.index(pick.bucket), 0 if net is None else net, -(row["amount"] or 0), row["id"]


def compose(
    reader: User,
    choice: Choice,
    briefs: Mapping[str, DealBrief],
    steps: Mapping[str, NextStep],
    wishes: Wishes,
    as_of: datetime,
    rules: ContentRules = DEFAULT_CONTENT,
) -> Digest:
    """Put a choice into words; `briefs` and `steps` hold every picked deal."""
    items = tuple(_item(pick, briefs[pick.row["id"]], steps.get(pick.row["id"]), rules) for pick in choice.picks)
    return Digest(reader, as_of, _headline(choice, items), items, _footer(choice, wishes, as_of))


def _item(pick: Pick, brief: DealBrief, step: NextStep | None, rules: ContentRules) -> DigestItem:
    was = pick.before.bucket if pick.before and any(item.kind is News.DROPPED for item in pick.news) else None
    shown = step.model_copy(update={"citations": ()}) if step else None
    item = DigestItem(
        deal=deal_ref(brief.deal),
        bucket=pick.bucket,
        why="",
        step=shown,
        was=was,
        since=_since(pick),
        is_news=bool(pick.news),
        state=pick.state,
    )
    clauses = [*_words_of(pick), *_reasons(brief)] or ["nothing on record pulls it down"]
    return _fitted(item, clauses, rules.words_per_deal)


def _words_of(pick: Pick) -> list[str]:
    """Why the deal is back, then the news; not the drop, which the bucket itself tells."""
    news = [item.words for item in pick.news if item.kind is not News.DROPPED]
    return [*([pick.note] if pick.note else []), *news]


def _reasons(brief: DealBrief) -> list[str]:
    """What pulls the deal down, worst first; the caps if nothing scored."""
    signals = sorted(brief.health.signals, key=lambda signal: signal.points)
    pulling = [signal.reason for signal in signals if signal.points < 0]
    return pulling or [cap.reason for cap in brief.health.caps if cap.binds]


def _fitted(item: DigestItem, clauses: Sequence[str], limit: int) -> DigestItem:
    """As many clauses as fit beside name and step, at least one; what is too long even so is cut."""
    taken = word_count(f"{item.deal.name} {item.standing}")
    step = item.step
    if step is not None:
        room = limit - taken - len(clauses[0].split()[:12])
        step = step.model_copy(update={"text": _cut(step.text, room - word_count(step.owner) - _DUE_WORDS)})
        taken += word_count(f"{step.owner} {step.text}") + _DUE_WORDS
    chosen = [_cut(clauses[0], limit - taken)]
    for clause in clauses[1:4]:
        if clause not in chosen and taken + word_count("; ".join([*chosen, clause])) <= limit:
            chosen.append(clause)
    return _with(item, why="; ".join(chosen), step=step)


_DUE_WORDS = 5
"""An arrow, "by" and a day of three words stand beside every step."""


def _with(item: DigestItem, *, why: str, step: NextStep | None) -> DigestItem:
    return DigestItem(item.deal, item.bucket, why, step, item.was, item.since, item.is_news, item.state, item.tracked)


def _cut(text: str, words: int) -> str:
    parts = text.split()
    return text if len(parts) <= words else " ".join(parts[: max(words, 1)]).rstrip(",;:") + _CUT


def _since(pick: Pick) -> str | None:
    """For how long the deal has been at risk; a plus where it was so before anybody kept book."""
    before = pick.before
    if before is None or before.since is None or pick.bucket not in AT_RISK:
        return None
    days = (pick.row["today"] - before.since).days
    return plural(days, "day") if before.since_is_exact else f"{days}+ days"


def _headline(choice: Choice, items: Sequence[DigestItem]) -> str:
    if not items:
        return NOTHING
    news = sum(item.is_news for item in items)
    worse_ones = f"{plural(news, 'deal')} got worse" if news else ""
    still = len(items) - news
    others = (f"{still} still at risk" if news else f"{plural(still, 'deal')} still at risk") if still else ""
    more = f" (and {choice.more} more)" if choice.more else ""
    return f"{', '.join(each for each in (worse_ones, others) if each)}{more}"


def _footer(choice: Choice, wishes: Wishes, as_of: datetime) -> str:
    better = choice.better[:_BETTER_SHOWN]
    beyond = f" and {len(choice.better) - len(better)} more" if len(choice.better) > len(better) else ""
    lines = [
        f"Better than yesterday: {', '.join(better)}{beyond}." if better else "",
        _calm(choice) if choice.picks else "",
        f"{plural(choice.held_back, 'deal')} unchanged since I last told you." if choice.held_back else "",
        _missed(wishes.missed, as_of),
    ]
    return " ".join(line for line in lines if line)


def _calm(choice: Choice) -> str:
    return f"{choice.calm} of {plural(choice.seen, 'open deal')} need nothing now." if choice.seen else ""


def _missed(days: Sequence[date], as_of: datetime) -> str:
    if not days:
        return ""
    return f"No digest on {listed([day_words(day, as_of.date()) for day in days])}: it would have come too late."


def digest_text(digest: Digest) -> str:
    """The digest as plain text, for the terminal and for notifications."""
    lines = [f"*{digest.headline}*"]
    for item in digest.items:
        lines.append(f"• *{item.deal.name}*: {item.standing}. {item.why[:1].upper()}{item.why[1:]}.")
        if item.step:
            lines.append(
                f"   → {item.step.owner} {item.step.text}, by {day_words(item.step.due, digest.as_of.date())}."
            )
    return "\n".join([*lines, digest.footer] if digest.footer else lines)
