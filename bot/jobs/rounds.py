"""One round of everything that is sent by the clock, in the order people should read it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import structlog

from bot.jobs.alerts import ShareAlerts
from bot.jobs.broadcasts import ViewBroadcast
from bot.jobs.clock import Broadcast
from bot.jobs.consults import FollowUps
from bot.jobs.deal_alerts import DealAlerts
from bot.jobs.digests import RepDigests
from bot.jobs.follow_ups import ActionFollowUps
from bot.jobs.mailing import Mailing, MailRun, Post, Round
from bot.jobs.operations import OperationsNotes
from bot.jobs.reviews import WeeklyReviews
from bot.jobs.team_digests import TeamDigests, forums_of

log = structlog.get_logger(__name__)

Making = Callable[[], Awaitable[Mailing]]
"""Makes one kind of message; may ask memory or Slack first."""


def mailings_of(post: Post, circle: Round) -> Sequence[Making]:
    """Every kind of message, in the order in which people should read them."""

    async def teams() -> Mailing:
        return TeamDigests(await forums_of(post.client, circle, TeamDigests()))

    async def view(rules: Broadcast) -> Mailing:
        plain = ViewBroadcast(rules)
        return replace(plain, forums=await forums_of(post.client, circle, plain)) if rules.to == "leads" else plain

    return (
        partial(_ready, RepDigests()),
        teams,
        partial(asyncio.to_thread, ShareAlerts.of, circle),
        partial(_ready, WeeklyReviews()),
        partial(_ready, FollowUps()),
        *(partial(view, each) for each in circle.rules.broadcasts),
        partial(_ready, DealAlerts()),
        partial(_ready, ActionFollowUps()),
        partial(asyncio.to_thread, OperationsNotes.of, circle),
    )


async def send_due(post: Post, circle: Round, mailings: Sequence[Mailing] | None = None) -> Mapping[str, MailRun]:
    """Send every message that is due in this round (of these kinds, else of all); return what was done, by kind.

    A kind that breaks is logged and left to the next round; the others go out.
    """
    wanted = mailings_of(post, circle) if mailings is None else [partial(_ready, each) for each in mailings]
    done: dict[str, MailRun] = {}
    for make in wanted:
        try:
            mailing = await make()
            done[mailing.kind] = await post.run(circle, mailing)
        except Exception:
            log.exception("mailing.kind_broken")
    return done


async def _ready(mailing: Mailing) -> Mailing:
    return mailing
