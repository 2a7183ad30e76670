"""One round of everything that is sent by the clock, in the order people should read it."""

from collections.abc import Mapping, Sequence

from bot.jobs.consults import FollowUps
from bot.jobs.digests import RepDigests
from bot.jobs.mailing import Mailing, MailRun, Post, Round

MAILINGS: Sequence[Mailing] = (RepDigests(), FollowUps())


async def send_due(post: Post, circle: Round, mailings: Sequence[Mailing] = MAILINGS) -> Mapping[str, MailRun]:
    """Send every message that is due in this round; return what was done, by kind."""
    return {mailing.kind: await post.run(circle, mailing) for mailing in mailings}
