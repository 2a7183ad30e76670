"""One round of everything that is sent by the clock, in the order people should read it."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.jobs.alerts import ShareAlerts
from bot.jobs.broadcasts import ViewBroadcast
from bot.jobs.consults import FollowUps
from bot.jobs.deal_alerts import DealAlerts
from bot.jobs.digests import RepDigests
from bot.jobs.follow_ups import ActionFollowUps
from bot.jobs.mailing import Mailing, MailRun, Post, Round
from bot.jobs.operations import OperationsNotes
from bot.jobs.reviews import WeeklyReviews
from bot.jobs.team_digests import TeamDigests, forums_of


async def mailings_of(post: Post, circle: Round) -> Sequence[Mailing]:
    """Every kind of message, in the order in which people should read them."""
    alerts = await asyncio.to_thread(ShareAlerts.of, circle)
    teams = TeamDigests(await forums_of(post.client, circle, TeamDigests()))
    views = [
        ViewBroadcast(each, await forums_of(post.client, circle, ViewBroadcast(each)) if each.to == "leads" else {})
        for each in circle.rules.broadcasts
    ]
    notes = await asyncio.to_thread(OperationsNotes.of, circle)
    return (RepDigests(), teams, alerts, WeeklyReviews(), FollowUps(), *views, DealAlerts(), ActionFollowUps(), notes)


async def send_due(post: Post, circle: Round, mailings: Sequence[Mailing] | None = None) -> Mapping[str, MailRun]:
    """Send every message that is due in this round (of these kinds, else of all); return what was done, by kind."""
    wanted = await mailings_of(post, circle) if mailings is None else mailings
    return {mailing.kind: await post.run(circle, mailing) for mailing in wanted}
