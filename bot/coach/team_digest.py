"""The manager's digest: the team's share at risk with its trend, movers, gaps in Commit, overdue actions (F101).

Pure but for `commit_gaps`, which reads the deals it judges. Only deals handed in are counted or named, so a digest
for a channel is the same digest over fewer deals.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from bot.coach.answers.portfolio import WORST_FIRST
from bot.coach.answers.wording import listed
from bot.coach.consults.coverage import Coverage
from bot.coach.dates import day_words, plural
from bot.coach.digest import AT_RISK
from bot.coach.money import money
from bot.coach.news import Before, Row, is_better
from bot.coach.reply import DealRef
from bot.coach.view import DealView
from bot.memory.action_items import ActionItem
from bot.memory.shares import ShareRow
from bot.pipeline.brief import HealthBucket
from bot.pipeline.model import DealStatus, User
from bot.pipeline.shares import AlertRules, PipelineShare, shares_of

COMMIT = "Commit"
_ALL = "all"
_GAPS_NAMED = 3


class TeamRules(BaseModel):
    """How much a team digest shows: `team` of `digest.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    most_people: int = Field(default=5, ge=1, le=10)
    most_movers: int = Field(default=5, ge=1, le=10)
    most_commits: int = Field(default=4, ge=1, le=10)
    most_overdue: int = Field(default=4, ge=1, le=10)
    most_consults: int = Field(default=3, ge=0, le=10)


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the team: deals at risk of open ones, share of value in percent now and a week ago.

    A share is None where it cannot be told; `by_count` marks a share of deals instead of value.
    """

    user_id: str
    name: str
    at_risk: int
    open_count: int
    share: float | None
    before: float | None
    by_count: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One deal with a sentence about it."""

    deal: DealRef
    bucket: HealthBucket | None
    words: str


@dataclass(frozen=True, slots=True)
class TeamDigest:
    """One message for one manager or one channel. `members` have a deal at risk; `note` says what is left out."""

    reader: User
    as_of: datetime
    headline: str
    trend: str
    members: tuple[Member, ...]
    movers: tuple[Line, ...]
    commits: tuple[Line, ...]
    overdue: tuple[str, ...]
    consults: tuple[str, ...]
    better: str
    open_count: int
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nobody of the team needs the manager."""
        return not (self.movers or self.commits or self.overdue or self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFacts:
    """What a team digest is made of. `weeks` are last week's shares by person, `before` the deals a week ago."""

    rows: Sequence[Row]
    users: Mapping[str, User]
    before: Mapping[str, Before]
    weeks: Mapping[str, ShareRow]
    overdue: Sequence[ActionItem]
    rota: Sequence[Coverage]
    today: date


def compose_team(
    reader: User,
    facts: TeamFacts,
    commits: Sequence[Line],
    as_of: datetime,
    alert_rules: AlertRules,
    rules: TeamRules,
    note: str = "",
) -> TeamDigest:
    """Put the facts of a team into one message."""
    members = _members(facts, alert_rules)
    fallen, risen = _movers(facts)
    at_risk = sum(member.at_risk for member in members)
    total = sum(member.open_count for member in members)
    return TeamDigest(
        reader=reader,
        as_of=as_of,
        headline=f"{at_risk} of {plural(total, 'open deal')} at risk",
        trend=_trend(facts, alert_rules),
        members=tuple(member for member in members if member.at_risk)[: rules.most_people],
        movers=tuple(fallen[: rules.most_movers]),
        commits=tuple(commits),
        overdue=tuple(_overdue(item, facts.today) for item in facts.overdue[: rules.most_overdue]),
        consults=tuple(_consults(facts.rota))[: rules.most_consults],
        better=f"Better than a week ago: {listed(risen[: rules.most_movers])}." if risen else "",
        open_count=total,
        note=" ".join(each for each in (_more(facts, fallen, rules), note) if each),
    )


def _members(facts: TeamFacts, rules: AlertRules) -> list[Member]:
    """Everybody with open deals, the largest share at risk first."""
    risky = Counter(row["owner"] for row in facts.rows if row["health_bucket"] in AT_RISK)
    found = [_member(share, facts, risky[share.user_id]) for share in shares_of(facts.rows, rules).values()]
    return sorted(found, key=lambda each: (-(each.share or 0), -each.at_risk, each.name))


def _member(share: PipelineShare, facts: TeamFacts, at_risk: int) -> Member:
    week, by_count = facts.weeks.get(share.user_id), share.by_value is None
    before = (week.by_count if by_count else week.by_value) if week else None
    user = facts.users.get(share.user_id)
    return Member(
        share.user_id,
        user.name if user else share.user_id,
        at_risk,
        share.open_count,
        share.by_count if by_count else share.by_value,
        before,
        by_count,
    )


def _trend(facts: TeamFacts, rules: AlertRules) -> str:
    """The team's share of value at risk, beside that of last week's snapshots."""
    [team] = shares_of(({**row, "owner": _ALL} for row in facts.rows), rules).values() if facts.rows else [None]
    if team is None:
        return "No open deals."
    by_count = team.by_value is None
    now = team.by_count if by_count else team.by_value
    if now is None:
        return "The share at risk cannot be told: no mail or calendar is connected."
    words = f"{now:.0f}% of open {'deals are' if by_count else 'value is'} At Risk or Poor"
    before = _team_before(facts, team, by_count=by_count)
    return words + (f", {now - before:+.0f} points on last week." if before is not None else ".")


def _team_before(facts: TeamFacts, team: PipelineShare, *, by_count: bool) -> float | None:
    """Last week's share of the same people, each weighed by their open deals or value then; None if one is unknown."""
    weighed = []
    for owner in {row["owner"] for row in facts.rows}:
        week = facts.weeks.get(owner)
        share = (week.by_count if by_count else week.by_value) if week else None
        weight = (week.open_count if by_count else week.open_value) if week else None
        if week is None or share is None or weight is None or not (by_count or week.currency == team.currency):
            return None
        weighed.append((share, weight))
    total = sum(weight for _, weight in weighed)
    return sum(share * weight for share, weight in weighed) / total if total else None


def _movers(facts: TeamFacts) -> tuple[list[Line], list[str]]:
    """Deals that fell since a week ago, the worst and largest first, and the names of those that rose."""
    fallen, risen = [], []
    for row in facts.rows:
        before = facts.before.get(row["id"])
        bucket = HealthBucket(row["health_bucket"]) if row["health_bucket"] else None
        if bucket is None or before is None or before.bucket is None or bucket is before.bucket:
            continue
        if is_better(bucket, before):
            risen.append(row)
        else:
            fallen.append(Line(ref_of(row), bucket, f"was {before.bucket.value}"))
    fallen.sort(key=lambda line: (WORST_FIRST.index(line.bucket or HealthBucket.GOOD), -(line.deal.amount or 0)))
    return fallen, [row["name"] for row in sorted(risen, key=lambda row: -(row["amount"] or 0))]


def ref_of(row: Row) -> DealRef:
    """A deal's row as a reference a surface can link or put on a button."""
    return DealRef(
        id=row["id"],
        name=row["name"],
        account=row["account"] or "",
        stage=row["stage"],
        owner=row["owner_name"] or row["owner"],
        status=DealStatus.OPEN.value,
        amount=row["amount"],
        currency=row["currency"],
        close_date=row["close_date"],
    )


def largest_commits(rows: Iterable[Row], most: int) -> list[Row]:
    """The largest deals in Commit, which are worth judging in full."""
    commits = [row for row in rows if (row["forecast_category"] or "").casefold() == COMMIT.casefold()]
    return sorted(commits, key=lambda row: (-(row["amount"] or 0), row["id"]))[:most]


def commit_gaps(rows: Sequence[Row], judge: Callable[[Sequence[str]], Iterable[DealView]], most: int) -> list[Line]:
    """Deals in Commit that lack something critical, the largest first; what they lack in words."""
    views = judge([row["id"] for row in rows])
    lines = [_commit(row, view) for row, view in zip(rows, views, strict=True) if view.critical]
    return lines[:most]


def _commit(row: Row, view: DealView) -> Line:
    gaps = [gap.element.label.lower() for gap in view.critical[:_GAPS_NAMED]]
    more = [f"{len(view.critical) - _GAPS_NAMED} more"] if len(view.critical) > _GAPS_NAMED else []
    words = f"{money(row['amount'], row['currency'])}, lacks {listed([*gaps, *more])}"
    return Line(ref_of(row), view.brief.health.bucket, words)


def _overdue(item: ActionItem, today: date) -> str:
    moved = f", moved {item.moves}×" if item.moves else ""
    return f"{item.owner_name} on {item.deal_name}: {item.text} (due {day_words(item.due, today)}{moved})"


def _consults(rota: Sequence[Coverage]) -> list[str]:
    """The strategic deals whose turn it is, one a seller, those never consulted on first."""
    turns = [each.next for each in rota if each.next is not None and each.next.strategic]
    turns.sort(key=lambda turn: (turn.last_on is not None, -(turn.amount or 0)))
    return [f"{turn.name} ({turn.owner}), {_last(turn.last_on)}" for turn in turns]


def _last(on: date | None) -> str:
    return f"last on {on.day} {on:%b}" if on else "never yet"


def _more(facts: TeamFacts, fallen: Sequence[Line], rules: TeamRules) -> str:
    counts = (
        (len(fallen) - rules.most_movers, "more deals fell"),
        (len(facts.overdue) - rules.most_overdue, "more actions are overdue"),
    )
    left_out = [f"{count} {words}" for count, words in counts if count > 0]
    return f"{listed(left_out)[0].upper()}{listed(left_out)[1:]}." if left_out else ""


def team_text(digest: TeamDigest) -> str:
    """The digest as plain text, for the terminal."""
    lines = [f"*{digest.headline}*", digest.trend]
    lines += [f"• {each.name}: {each.at_risk} of {each.open_count} at risk" for each in digest.members]
    for title, rows in (("Fell since last week", digest.movers), ("In Commit with critical gaps", digest.commits)):
        told = [f"• {each.deal.name} ({each.deal.owner}): {each.words}" for each in rows]
        lines += [f"*{title}*", *told] if told else []
    for title, words in (("Overdue actions", digest.overdue), ("Consults due", digest.consults)):
        lines += [f"*{title}*", *(f"• {each}" for each in words)] if words else []
    return "\n".join([*lines, *(each for each in (digest.better, digest.note) if each)])
