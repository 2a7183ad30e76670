"""Alerts on a person's share at risk: against their own half-year, and against their peers (DOMAIN 2.7).

Two halves. `judge_shares` runs once a night: it moves the states and leaves notices in memory. `ShareAlerts` sends what
waits: one message a reader a day, and never the same metric of the same person twice within seven days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from bot.coach.access import asker_for
from bot.coach.alerting import Metric, Verdict, judged
from bot.jobs.clock import Slot, local_day
from bot.jobs.mailing import Letter, Round
from bot.memory import AlertMark, Notice
from bot.pipeline.model import User
from bot.pipeline.shares import AlertState
from bot.runtime import Runtime
from bot.slack.views.alerts import ShareLine, share_alert_message

KIND = "alert"
WAITS_FOR = timedelta(days=4)
"""Older notices are stale; over a week-end they wait."""


def judge_shares(runtime: Runtime, now: datetime) -> int:
    """Decide which share alerts fire today and leave a notice for each of their readers; return how many fired."""
    users, today = runtime.coach.open_pipeline().users, local_day(now, runtime.settings.timezone)
    verdicts = judged(runtime.coach.share_histories(now), users, runtime.alert_rules)
    return sum(_judge(runtime, metric, verdicts, users, today) for metric in Metric)


def _judge(
    runtime: Runtime, metric: Metric, verdicts: Sequence[Verdict], users: Mapping[str, User], today: date
) -> int:
    marks = runtime.memory.alerts.marks(metric.value)
    moved: dict[str, AlertMark] = {}
    notices: list[Notice] = []
    for verdict in verdicts:
        mark = marks.get(verdict.user.id, AlertMark())
        step = verdict.step(metric, AlertState(mark.armed, mark.fired_on), today, runtime.alert_rules)
        if step is None:
            continue
        state, fires = step
        moved[verdict.user.id] = AlertMark(state.armed, state.fired_on)
        notices += _notices(verdict, metric, users, today) if fires else []
    runtime.memory.alerts.record(metric.value, moved, notices)
    return len({notice.subject_id for notice in notices})


def _notices(verdict: Verdict, metric: Metric, users: Mapping[str, User], today: date) -> list[Notice]:
    """For the person themselves and for whom they report to."""
    manager = users.get(verdict.user.manager_id or "")
    readers = [verdict.user, *([manager] if manager and manager.active else [])]
    payload = {"words": verdict.words(metric), "share": verdict.history.now}
    return [
        Notice(reader_id=reader.id, subject_id=verdict.user.id, metric=metric.value, day=today, payload=payload)
        for reader in readers
    ]


@dataclass(frozen=True, slots=True)
class ShareAlerts:
    """What waits to be told, in the reader's morning."""

    waiting: Mapping[str, Sequence[Notice]]
    kind: str = KIND

    @classmethod
    def of(cls, circle: Round) -> "ShareAlerts":
        """The notices that wait at this moment."""
        return cls(circle.runtime.memory.alerts.waiting((circle.now - WAITS_FOR).date()))

    def slot(self, circle: Round, reader: User, day: date) -> Slot | None:
        """When the digest comes, on a day with something to tell."""
        if reader.id not in self.waiting or day != circle.today_of(reader):
            return None
        wishes = circle.wishes_of(reader)
        return circle.rules.slot(day, circle.zone_of(reader), wishes.digest_at or circle.rules.send_at, wishes)

    def write(self, circle: Round, readers: Sequence[User]) -> Mapping[str, Letter | None]:
        """One letter a reader with all that waits for them and that they may still see."""
        return {reader.id: self._letter(circle, reader) for reader in readers}

    def _letter(self, circle: Round, reader: User) -> Letter | None:
        asker = asker_for(reader, circle.users)
        notices = [each for each in self.waiting[reader.id] if asker and asker.may_see_owner(each.subject_id)]
        if not notices:
            return None
        lines = [_line(circle, reader, notice) for notice in notices]
        told = partial(circle.runtime.memory.alerts.told, [each.id for each in notices if each.id is not None])
        return Letter(message=share_alert_message(lines, circle.now), told=told)


def _line(circle: Round, reader: User, notice: Notice) -> ShareLine:
    subject = circle.users[notice.subject_id]
    return ShareLine(
        user_id=subject.id,
        whose=None if subject.id == reader.id else subject.name,
        words=notice.payload["words"],
        is_good=notice.metric == Metric.IMPROVED.value,
    )
