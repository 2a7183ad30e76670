"""Deals that turned since the morning: a worse bucket, a lost meeting, a date gone by, silence, somebody left (F104).

What the digest has told is not told again, and the same kind of news on the same deal at most once in seven days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from bot.coach.dates import day_words
from bot.coach.departures import departures
from bot.coach.digest import Pick, is_worth_saying
from bot.coach.mornings import Wanted
from bot.coach.news import Item, News, worse
from bot.jobs.clock import Slot
from bot.jobs.digests import KIND as DIGEST
from bot.jobs.mailing import Letter, Round
from bot.jobs.remembered import wanted
from bot.memory import AlertMark
from bot.pipeline.model import User
from bot.slack.views.alerts import DealLine, deal_alert_message

KIND = "deal alert"
MOST_DEALS = 5
_LOOKS_BACK = timedelta(days=2)
_LATELY_HEARD = """
SELECT DISTINCT t.opportunity_id FROM touchpoints t JOIN activities a ON a.rowid = t.activity_row
WHERE a.direction = 'inbound' AND a.start_at > '{since}' AND a.start_at <= '{until}'
UNION SELECT opportunity_id FROM notes WHERE "on" >= '{day}'
"""


@dataclass(frozen=True, slots=True)
class DealAlerts:
    """One message after noon on what turned since; most days nothing."""

    kind: str = KIND

    def slot(self, circle: Round, reader: User, day: date) -> Slot | None:
        """At the company's time for alerts, for everybody who gets digests."""
        wishes = circle.wishes_of(reader)
        if not circle.rules.may_get(reader):
            return None
        return circle.rules.slot(day, circle.zone_of(reader), circle.rules.alerts_at, wishes)

    def write(self, circle: Round, readers: Sequence[User]) -> Mapping[str, Letter | None]:
        """Letters for those with fresh news."""
        left, marks = _departed(circle), {kind: circle.runtime.memory.alerts.marks(f"deal {kind}") for kind in News}
        return {each.reader.id: self._letter(circle, each, left, marks) for each in wanted(circle, DIGEST, readers)}

    def _letter(
        self, circle: Round, each: Wanted, left: Mapping[str, Item], marks: Mapping[News, Mapping[str, AlertMark]]
    ) -> Letter | None:
        today, reader = circle.today_of(each.reader), each.reader
        picks = []
        for deal_id in circle.mornings.visible(each):
            items = _fresh(circle, each, deal_id, left, marks, today)
            if items and deal_id not in each.wishes.quiet:
                picks.append(Pick(circle.standings.rows[deal_id], tuple(items), each.before.get(deal_id)))
        picks = [pick for pick in picks if is_worth_saying(pick, each.wishes.told.get(pick.row["id"]))]
        picks.sort(key=lambda pick: (pick.row["health_net_points"] or 0, -(pick.row["amount"] or 0)))
        shown = picks[:MOST_DEALS]
        if not shown:
            return None
        lines = [DealLine.of(pick) for pick in shown]
        said = {pick.row["id"]: pick.state for pick in shown}
        told = partial(_remember, circle, reader.id, shown, today)
        return Letter(message=deal_alert_message(lines, len(picks) - len(shown), circle.now), said=said, told=told)


def _fresh(
    circle: Round,
    each: Wanted,
    deal_id: str,
    left: Mapping[str, Item],
    marks: Mapping[News, Mapping[str, AlertMark]],
    today: date,
) -> list[Item]:
    """The deal's news that this reader was not alerted to within seven days."""
    row, days = circle.standings.rows[deal_id], timedelta(days=circle.runtime.alert_rules.repeat.days)
    items = worse(row, each.before.get(deal_id), circle.rules.content.news)
    items += [left[deal_id]] if deal_id in left else []
    last = [marks[item.kind].get(_subject(each.reader.id, deal_id)) for item in items]
    return [
        item
        for item, mark in zip(items, last, strict=True)
        if mark is None or mark.fired_on is None or today - mark.fired_on >= days
    ]


def _departed(circle: Round) -> dict[str, Item]:
    """Open deals on which the last days' mails or notes say that somebody is gone."""
    until = circle.now.replace(tzinfo=None)
    since = until - _LOOKS_BACK
    sql = _LATELY_HEARD.format(since=since, until=until, day=since.date())
    heard = circle.standings.pipeline.report(sql, circle.now, ())
    ids = sorted({row["opportunity_id"] for row in heard} & circle.standings.rows.keys())
    found: dict[str, Item] = {}
    for brief in circle.mornings.briefs(ids):
        gone = departures(brief.deal, circle.runtime.coach.playbook.cues)
        fresh = [contact.name for contact, on in gone.items() if on >= since.date()]
        if fresh:
            found[brief.deal.id] = Item(
                News.LEFT, f"{fresh[0]} has left, says a mail or note of {day_words(max(gone.values()), brief.today)}"
            )
    return found


def _remember(circle: Round, reader_id: str, picks: Sequence[Pick], today: date, now: datetime) -> None:  # noqa: ARG001
    """Note which kinds of news went out on which deals."""
    for kind in News:
        deals = [pick.row["id"] for pick in picks if any(item.kind is kind for item in pick.news)]
        marks = {_subject(reader_id, deal_id): AlertMark(False, today) for deal_id in deals}
        circle.runtime.memory.alerts.record(f"deal {kind}", marks, ())


def _subject(reader_id: str, deal_id: str) -> str:
    return f"{reader_id}:{deal_id}"
