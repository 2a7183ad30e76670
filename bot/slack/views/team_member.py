"""One member's deals, worst first, as they are shown below a team digest."""

from collections.abc import Sequence
from datetime import datetime

from bot.coach.dates import plural
from bot.coach.home import HomeDeal
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import button, context, section
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message, fitted

MAX_DEALS = 12
_FIRST = 100
"""Numbers of these buttons begin here; those of the digest above are smaller."""


def team_member_message(deals: Sequence[HomeDeal], as_of: datetime) -> Message:
    """Render the deals of one owner, of whom there is at least one."""
    owner = deals[0].ref.owner
    title = f"{owner}: {plural(len(deals), 'open deal')}, most urgent first"
    rows = [_row(deal, _FIRST + number) for number, deal in enumerate(deals[:MAX_DEALS])]
    left_out = [f"{len(deals) - MAX_DEALS} more, less urgent"] if len(deals) > MAX_DEALS else []
    foot = context("\n".join([*left_out, f"Figures as of {wording.as_of(as_of)}"]))
    return Message(text=mrkdwn(title, 300), blocks=fitted([section(f"*{mrkdwn(title, 200)}*"), *rows], [foot]))


def _row(deal: HomeDeal, number: int) -> Block:
    bucket = deal.bucket.value if deal.bucket else "not rated"
    title = f"{wording.bucket_mark(deal.bucket)} *{mrkdwn(deal.ref.name, 120)}*  ·  {bucket}"
    look = button("Open", ActionId.CHOOSE_DEAL.numbered(number), deal.ref.id, accessible=f"Look at {deal.ref.name}")
    return section(f"{title}\n{mrkdwn(wording.sentence(deal.line), 240)}", accessory=look)
