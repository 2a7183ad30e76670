"""A saved view sent round: the deals in it, each to be opened (F013)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.coach.dates import plural
from bot.coach.money import money
from bot.pipeline.brief import HealthBucket
from bot.pipeline.views import View
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import button, context, header, section
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message, fitted

MAX_DEALS = 12
Row = Mapping[str, Any]


def broadcast_message(view: View, rows: Sequence[Row], as_of: datetime, *, by_owner: bool) -> Message:
    """Render the view's deals; `by_owner` names whose each is."""
    title = f"{view.title}: {plural(len(rows), 'deal')}"
    shown = [_row(row, number, by_owner=by_owner) for number, row in enumerate(rows[:MAX_DEALS])]
    more = f"{len(rows) - MAX_DEALS} more. " if len(rows) > MAX_DEALS else ""
    foot = context(f"{mrkdwn(view.about, 200)}. {more}Figures as of {wording.as_of(as_of)}")
    text = "\n".join([title, *(str(row["name"]) for row in rows[:MAX_DEALS])])
    return Message(text=mrkdwn(text, 1500), blocks=fitted([header(title), *shown], [foot]))


def _row(row: Row, number: int, *, by_owner: bool) -> Block:
    bucket = HealthBucket(row["health_bucket"]) if row["health_bucket"] else None
    owner = f"  ·  {mrkdwn(row['owner_name'] or row['owner'], 60)}" if by_owner else ""
    facts = " · ".join([str(row["stage"]), money(row["amount"], row["currency"])])
    look = button("Open", ActionId.CHOOSE_DEAL.numbered(number), row["id"], accessible=f"Look at {row['name']}")
    text = f"{wording.bucket_mark(bucket)} *{mrkdwn(row['name'], 120)}*{owner}\n{mrkdwn(facts, 200)}"
    return section(text, accessory=look)
