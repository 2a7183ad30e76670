"""Consults by the clock: the follow-up a week later, and the quiet end of a part of a running session (DOMAIN 6)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.consults.follow_up import due_follow_ups
from bot.jobs.clock import DigestRules, Slot
from bot.jobs.mailing import Letter, Round
from bot.memory import Consult, ConsultState
from bot.pipeline.model import User
from bot.slack.consulting import Consulting
from bot.slack.views.consult_wrap_up import follow_up_message

KIND = "consult follow-up"
_AGAIN_AFTER_DAYS = 7
"""A follow-up nobody has gone through is brought up once a week, no oftener."""


@dataclass(frozen=True, slots=True)
class FollowUps:
    """One message for both participants on the day of the follow-up, with the way to each consult."""

    kind: str = KIND

    def slot(self, circle: Round, reader: User, day: date) -> Slot | None:
        """At the time of the reader's digest; nothing on a day without a follow-up of theirs."""
        zone = circle.zone_of(reader)
        if reader.id not in circle.in_consults or not _theirs(circle, reader, day, zone):
            return None
        wishes = circle.wishes_of(reader)
        return circle.rules.slot(day, zone, wishes.digest_at or circle.rules.send_at, wishes)

    def write(self, circle: Round, readers: Sequence[User]) -> Mapping[str, Letter | None]:
        """Name the consults; what they are about is shown at the press, to those who may still see it."""
        letters: dict[str, Letter | None] = {}
        for reader in readers:
            due = _theirs(circle, reader, circle.today_of(reader), circle.zone_of(reader))
            letters[reader.id] = Letter(message=follow_up_message(due, reader.id)) if due else None
        return letters


async def mark_time_up(client: AsyncWebClient, consulting: Consulting, now: datetime) -> int:
    """Say in place that a part's time is over, once a part; nobody is notified. Returns how many were marked."""
    memory, rules = consulting.room.memory, consulting.room.rules
    marked = 0
    for consult in await asyncio.to_thread(memory.consults.in_state, ConsultState.IN_SESSION):
        if consult.phase is None or consult.phase_since is None:
            continue
        ends = consult.phase_since + timedelta(minutes=rules.minutes[consult.kind][consult.phase])
        name = f"consult:{consult.id}:{consult.phase.value}:over"
        if now >= ends and await asyncio.to_thread(memory.first_sight, name, now):
            await consulting.time_is_up(client, consult, now)
            marked += 1
    return marked


def _theirs(circle: Round, reader: User, day: date, zone: str) -> list[Consult]:
    """The reader's consults whose follow-up, or the weekly repetition of it, falls on this working day."""
    due = due_follow_ups(circle.runtime.memory, circle.now, zone)
    mine = [consult for consult in due if reader.id in consult.participants]
    return [consult for consult in mine if _falls_on(consult.follow_up_on, day, zone, circle.rules)]


def _falls_on(due: date | None, day: date, zone: str, rules: DigestRules) -> bool:
    """Whether `day` is the first working day of some week counted from `due`."""
    if due is None or day < due:
        return False
    begins = due + timedelta(days=(day - due).days // _AGAIN_AFTER_DAYS * _AGAIN_AFTER_DAYS)
    earlier = (begins + timedelta(days=offset) for offset in range((day - begins).days))
    return not any(rules.is_working_day(each, zone) for each in earlier)
