"""Alerts: a share that rose far above the usual, and deals that turned since the morning (F102-F104)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.coach.dates import plural
from bot.coach.digest import Pick
from bot.coach.news import News
from bot.coach.reply import DealRef
from bot.coach.team_digest import ref_of
from bot.pipeline.brief import HealthBucket
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import button, context, section
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message, fitted


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One share alert. `whose` None = the reader's own."""

    user_id: str
    whose: str | None
    words: str
    is_good: bool = False


@dataclass(frozen=True, slots=True)
class DealLine:
    """One deal that turned, with what happened."""

    deal: DealRef
    bucket: HealthBucket
    words: str

    @classmethod
    def of(cls, pick: Pick) -> "DealLine":
        """A picked deal as a line."""
        words = [
            f"now {pick.bucket.value}, {item.words}" if item.kind is News.DROPPED else item.words for item in pick.news
        ]
        return cls(ref_of(pick.row), pick.bucket, "; ".join(words))


def share_alert_message(lines: Sequence[ShareLine], as_of: datetime) -> Message:
    """One message for all share alerts of a reader; a person of the team can be opened."""
    rows = [_share(line, number) for number, line in enumerate(lines)]
    text = "\n".join(mrkdwn(_share_words(line), 300) for line in lines)
    foot = f"Told at most once a week. Figures as of {wording.as_of(as_of)}"
    return Message(text=text, blocks=fitted(rows, [context(foot)]))


def _share(line: ShareLine, number: int) -> Block:
    mark = "🟢" if line.is_good else "📈"
    opened = None
    if line.whose is not None:
        opened = button(
            "Deals", ActionId.TEAM_MEMBER.numbered(number), line.user_id, accessible=f"Show the deals of {line.whose}"
        )
    return section(f"{mark} {mrkdwn(_share_words(line), 400)}", accessory=opened)


def _share_words(line: ShareLine) -> str:
    who = f"{line.whose}'s pipeline" if line.whose else "Your pipeline"
    return f"{who} is {'calmer' if line.is_good else 'riskier'} than usual: {line.words}."


def deal_alert_message(lines: Sequence[DealLine], more: int, as_of: datetime) -> Message:
    """One message for the deals that turned since the morning."""
    rows = [_deal(line, number) for number, line in enumerate(lines)]
    beyond = f"{plural(more, 'more deal')} in the next digest. " if more else ""
    title = f"{plural(len(lines), 'deal')} got worse since this morning. Open for the next step."
    text = "\n".join([title, *(mrkdwn(f"{line.deal.name}: {line.words}", 300) for line in lines)])
    foot = context(f"{beyond}Figures as of {wording.as_of(as_of)}")
    return Message(text=text, blocks=fitted([section(f"*{title}*"), *rows], [foot]))


def _deal(line: DealLine, number: int) -> Block:
    look = button("Open", ActionId.CHOOSE_DEAL.numbered(number), line.deal.id, accessible=f"Look at {line.deal.name}")
    title = f"{wording.bucket_mark(line.bucket)} *{mrkdwn(line.deal.name, 120)}*"
    return section(f"{title}\n{mrkdwn(wording.sentence(line.words), 300)}", accessory=look)
