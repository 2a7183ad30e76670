"""The manager's digest, by direct message or in a channel whose readers all may see what it says (F101)."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker, asker_for
from bot.coach.consults.coverage import coverage
from bot.coach.news import Before
from bot.coach.team_digest import TeamDigest, TeamFacts, commit_gaps, compose_team, largest_commits
from bot.coach.view import DealView
from bot.jobs.clock import DigestRules, Slot
from bot.jobs.digests import says_nothing_needs_you
from bot.jobs.mailing import Letter, Mailing, Round
from bot.jobs.remembered import before_of
from bot.memory.shares import ShareRow
from bot.pipeline.model import User
from bot.runtime import Runtime
from bot.slack.audience import NotSafe, audience_of
from bot.slack.views.team_digest import team_digest_message

KIND = "team digest"
NOTHING_FOR_ALL = "No deal of your team may be seen by everybody who reads there."
_WEEK = timedelta(days=7)
_JUDGED_FOR_EACH_SHOWN = 2
"""Deals in Commit are judged in full until enough lack something; most of the largest do, or none."""


@dataclass(frozen=True, slots=True)
class Forum:
    """A channel a manager chose, and who reads it; `refusal` is why nothing may be posted there, or None."""

    channel: str
    readers: Collection[str] = ()
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class TeamDigests:
    """The digest of everybody whose deals a manager sees besides their own."""

    forums: Mapping[str, Forum] = field(default_factory=dict)
    kind: str = KIND

    def slot(self, circle: Round, reader: User, day: date) -> Slot | None:
        """In the manager's morning, if somebody reports to them."""
        wishes = circle.wishes_of(reader)
        if not wishes.digest_on or not circle.leads(reader):
            return None
        return circle.rules.slot(day, circle.zone_of(reader), wishes.digest_at or circle.rules.send_at, wishes)

    def write(self, circle: Round, readers: Sequence[User]) -> Mapping[str, Letter | None]:
        """One letter a manager; none where nobody needs them and they want no word then."""
        return {reader.id: self._letter(circle, reader) for reader in readers}

    def _letter(self, circle: Round, reader: User) -> Letter | None:
        asker = asker_for(reader, circle.users)
        if asker is None:
            return None
        forum = self.forums.get(reader.id)
        if forum is not None and forum.refusal is None:
            digest = build_team(circle, asker, seen_by_all(circle, forum.readers))
            if digest.open_count:
                return Letter(message=team_digest_message(digest, in_channel=True), address=forum.channel)
            forum = Forum(forum.channel, refusal=NOTHING_FOR_ALL)
        digest = build_team(circle, asker)
        if digest.is_empty and not forum and not says_nothing_needs_you(circle, reader):
            return None
        return Letter(message=team_digest_message(digest, refused=forum.refusal if forum else None))


async def forums_of(client: AsyncWebClient, circle: Round, mailing: Mailing) -> dict[str, Forum]:
    """The channels of those to whom a mailing is due now. One that does not do is spoken of once, then passed over."""
    memory = circle.runtime.memory.mailings
    wanting = [reader for reader in circle.users.values() if circle.wishes_of(reader).team_channel]
    due = [reader for reader in wanting if _is_due(circle, mailing, reader)]
    if not due:
        return {}
    bot_user_id = (await client.auth_test())["user_id"]
    passed_over = await asyncio.to_thread(memory.out_of_reach)
    forums: dict[str, Forum] = {}
    for reader in due:
        forum = await _forum(client, str(circle.wishes_of(reader).team_channel), bot_user_id)
        known = (reader.id, forum.channel) in passed_over
        if forum.refusal is None and known:
            await asyncio.to_thread(memory.reached, reader.id, forum.channel)
        if forum.refusal is not None and not known:
            await asyncio.to_thread(memory.note_unreachable, reader.id, forum.channel, "no digests here", circle.now)
        if forum.refusal is None or not known:
            forums[reader.id] = forum
    return forums


async def _forum(client: AsyncWebClient, channel: str, bot_user_id: str) -> Forum:
    try:
        audience = await audience_of(client, channel, bot_user_id)
    except NotSafe as refusal:
        return Forum(channel, refusal=str(refusal))
    return Forum(channel, audience.readers)


def _is_due(circle: Round, mailing: Mailing, reader: User) -> bool:
    today, zone = circle.today_of(reader), circle.zone_of(reader)
    slot = mailing.slot(circle, reader, today)
    if slot is None or not slot.is_open(circle.now, zone, circle.wishes_of(reader)):
        return False
    return (reader.id, today) not in circle.runtime.memory.mailings.settled(mailing.kind, today, circle.now)


def seen_by_all(circle: Round, slack_user_ids: Collection[str]) -> frozenset[str]:
    """The open deals every one of these people may see; none if one of them is not known."""
    by_account = {user.slack_user_id: user for user in circle.users.values() if user.slack_user_id}
    askers = [asker_for(by_account.get(each), circle.users) for each in slack_user_ids]
    known = [asker for asker in askers if asker is not None]
    if not known or len(known) < len(askers):
        return frozenset()
    return frozenset.intersection(*(frozenset(circle.standings.visible_to(asker)) for asker in known))


def build_team(circle: Round, asker: Asker, allowed: Collection[str] | None = None) -> TeamDigest:
    """The digest of the deals this person may see, or of those among them that are `allowed`."""
    visible = circle.standings.visible_to(asker)
    ids = [deal_id for deal_id in visible if allowed is None or deal_id in allowed]
    rows = [circle.standings.rows[deal_id] for deal_id in ids]
    coach, memory, rules = circle.runtime.coach, circle.runtime.memory, circle.rules.team
    today, shown = circle.today_of(asker.user), set(ids)

    def judge(deal_ids: Sequence[str]) -> list[DealView]:
        return [circle.mornings.view(brief) for brief in circle.mornings.briefs(deal_ids)]

    commits = largest_commits(rows, _JUDGED_FOR_EACH_SHOWN * rules.most_commits)
    owners = sorted({row["owner"] for row in rows})
    facts = TeamFacts(
        rows=rows,
        users=circle.users,
        before=week_ago(circle, ids, today),
        weeks=_last_week(circle, today),
        overdue=[item for item in memory.actions.open_of(owners) if item.due < today and item.deal_id in shown],
        rota=coverage(rows, circle.users, memory.consults.last_held(ids), coach.playbook.consult.cadence),
        today=today,
    )
    lines = commit_gaps(commits, judge, rules.most_commits)
    return compose_team(asker.user, facts, lines, circle.now, circle.runtime.alert_rules, rules)


def build_team_for(runtime: Runtime, asker: Asker, now: datetime) -> TeamDigest | None:
    """The team digest this person would get at `now`; None if nobody reports to them. Nothing is sent or stored."""
    circle = Round(runtime, DigestRules.load(runtime.settings.playbook_dir), now)
    return build_team(circle, asker) if circle.leads(asker.user) else None


def week_ago(circle: Round, ids: Sequence[str], today: date) -> Mapping[str, Before]:
    """Each deal as it stood a week ago."""
    rows = circle.runtime.memory.health_on(ids, today - _WEEK)
    return {deal_id: before_of(row) for deal_id, row in rows.items()}


def _last_week(circle: Round, today: date) -> Mapping[str, ShareRow]:
    """Everybody's share as the last complete week left it."""
    monday = today - timedelta(days=today.weekday())
    weeks = circle.runtime.memory.shares_between(monday - _WEEK, monday)
    return {user_id: rows[-1] for user_id, rows in weeks.items()}
