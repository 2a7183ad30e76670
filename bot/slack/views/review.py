"""The agenda of the weekly deal review, to be read beforehand (F085)."""

from datetime import datetime

from bot.coach.review_agenda import Agenda
from bot.slack.views import wording
from bot.slack.views.blocks import bullets, context, header, line, rich_text, words
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message, fitted
from bot.slack.views.team_digest import deal_rows, plain_list


def agenda_message(agenda: Agenda, as_of: datetime) -> Message:
    """Render one team's agenda; each list says in its title what to ask."""
    body = [
        header(agenda.title),
        *deal_rows("Moved a stage", agenda.moved, 0),
        *_blockers(agenda),
        *plain_list("Overdue steps: still the right step?", agenda.overdue),
        *deal_rows("Without a decision owner", agenda.undecided, 20),
        *deal_rows("Worse than last week", agenda.worse, 40),
    ]
    foot = context(f"Whatever is on none of these lists needs no time. Figures as of {wording.as_of(as_of)}")
    return Message(text=mrkdwn(agenda.title, 300), blocks=fitted(body, [foot]))


def _blockers(agenda: Agenda) -> list[Block]:
    """Who can remove it, by when? Nothing where nobody records blockers."""
    if not agenda.blockers:
        return []
    items = [[words(f"{each.what}: {', '.join(each.deals[:4])}", limit=220)] for each in agenda.blockers[:5]]
    return [rich_text(line(words("Blocked: who can remove it, by when?", bold=True)), bullets(items))]
