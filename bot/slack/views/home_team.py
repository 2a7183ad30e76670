"""A manager's people on the Home tab: deals by health, coverage of consults; one press opens a person."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.coach.consults.coverage import Coverage
from bot.coach.dates import days_ago, plural
from bot.coach.home import HomeDeal
from bot.pipeline.brief import HealthBucket
from bot.slack.views import wording
from bot.slack.views.blocks import context, divider, header, section
from bot.slack.views.charts import bars
from bot.slack.views.escape import mrkdwn
from bot.slack.views.home_pages import HomePage, go
from bot.slack.views.message import Block

MAX_TEAM = 15
_WORST_FIRST = (HealthBucket.POOR, HealthBucket.AT_RISK, HealthBucket.AVERAGE, HealthBucket.GOOD)


def team_blocks(deals: Sequence[HomeDeal], rota: Sequence[Coverage], today: date) -> list[Block]:
    """Those with most at risk first; nothing for somebody who sees one person's deals only."""
    by_owner: dict[str, list[HomeDeal]] = {}
    for deal in deals:
        if deal.owner_id is not None:
            by_owner.setdefault(deal.owner_id, []).append(deal)
    if len(by_owner) < 2:
        return []
    ranked = sorted(by_owner.items(), key=lambda item: -_at_risk(item[1]))
    turns = {each.owner_id: each for each in rota}
    shown = ranked[:MAX_TEAM]
    rows = [_member(id_, theirs, turns.get(id_), number, today) for number, (id_, theirs) in enumerate(shown)]
    left_out = len(ranked) - len(rows)
    more = [context(f"{left_out} more people.")] if left_out else []
    return [divider(), header(_title(rota)), _chart([theirs for _, theirs in shown]), *rows, *more]


def _title(rota: Sequence[Coverage]) -> str:
    strategic, covered = sum(each.strategic for each in rota), sum(each.covered for each in rota)
    return f"Your team · consults on {covered} of {plural(strategic, 'strategic deal')}" if strategic else "Your team"


def _at_risk(deals: Sequence[HomeDeal]) -> int:
    return sum(deal.bucket in _WORST_FIRST[:2] for deal in deals)


def _member(owner_id: str, deals: Sequence[HomeDeal], turns: Coverage | None, number: int, today: date) -> Block:
    counts = Counter(deal.bucket for deal in deals)
    split = "  ".join(f"{wording.bucket_mark(each)} {counts[each]}" for each in _WORST_FIRST if counts[each])
    opened = go("Open", HomePage(owner_id), number)
    line = f"*{mrkdwn(deals[0].ref.owner, 100)}*  ·  {plural(len(deals), 'open deal')}  ·  {split}"
    return section(f"{line}\n{_covered(turns, today)}", accessory=opened)


def _covered(turns: Coverage | None, today: date) -> str:
    if turns is None or not turns.strategic:
        return "no strategic deal"
    due = turns.next
    held = f"last held {days_ago(due.last_on, today)}" if due and due.last_on else "none held yet"
    on = f", next *{mrkdwn(due.name, 100)}* ({held})" if due else ", nothing due"
    return f"consults on {turns.covered} of {turns.strategic} strategic deals{on}"


def _chart(team: Sequence[Sequence[HomeDeal]]) -> Block:
    series = {bucket.value: [sum(deal.bucket is bucket for deal in deals) for deals in team] for bucket in _WORST_FIRST}
    return bars("Open deals by health", _short([deals[0].ref.owner for deals in team]), series, "open deals")


def _short(names: Sequence[str]) -> list[str]:
    """First names, which fit under bars; whole names of those who share one."""
    first = [name.split()[0] if name.strip() else name for name in names]
    return [short if first.count(short) == 1 else name for short, name in zip(first, names, strict=True)]
