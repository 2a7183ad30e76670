"""The manager's digest: the team in one message, each person's deals behind a button, answered in its thread."""

from collections.abc import Sequence

from bot.coach.team_digest import Line, Member, TeamDigest
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import Element, bullets, button, context, header, line, rich_text, section, words
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message, fitted


def team_digest_message(digest: TeamDigest, *, in_channel: bool = False, refused: str | None = None) -> Message:
    """Render a team digest. In a channel its buttons lead each reader to what they themselves may see.

    `refused`: why it does not go to the channel that was chosen for it.
    """
    title = "Team this morning" if in_channel else f"Your team: {digest.headline}"
    body = [
        header(title),
        section(f"*{mrkdwn(digest.trend, 200)}*"),
        *(_member(member, number) for number, member in enumerate(digest.members)),
        *deal_rows("Fell since last week", digest.movers, 20),
        *deal_rows("In Commit with critical gaps", digest.commits, 40),
        *plain_list("Overdue actions", digest.overdue),
        *plain_list("Consults due", digest.consults),
    ]
    not_there = f"Not posted in the channel you chose: {refused}" if refused else ""
    foot = [digest.better, digest.note, not_there, f"Figures as of {wording.as_of(digest.as_of)}"]
    escaped = [*(mrkdwn(each, 900) for each in foot[:3] if each), foot[3]]
    return Message(text=_fallback(digest), blocks=fitted(body, [context("\n".join(escaped))]))


def _member(member: Member, number: int) -> Block:
    name = f"*{mrkdwn(member.name, 80)}*  ·  {member.at_risk} of {member.open_count} at risk"
    drill = button(
        "Deals", ActionId.TEAM_MEMBER.numbered(number), member.user_id, accessible=f"Show the deals of {member.name}"
    )
    return section(f"{name}{_share(member)}", accessory=drill)


def _share(member: Member) -> str:
    if member.share is None:
        return ""
    what = "deals" if member.by_count else "value"
    change = "" if member.before is None else f" {_arrow(member.share - member.before)}"
    return f"  ·  {member.share:.0f}% of {what}{change}"


def _arrow(points: float) -> str:
    """The change in points with its direction; a rise is bad here."""
    rounded = round(points)
    if rounded == 0:
        return "→"
    return f"{'↗' if rounded > 0 else '↘'} {wording.signed(rounded)}"


def deal_rows(title: str, lines: Sequence[Line], first: int) -> list[Block]:
    """A titled list of deals that can be opened; `first` numbers its buttons. Nothing for an empty list."""
    if not lines:
        return []
    return [section(f"*{title}*"), *(_deal(each, first + number) for number, each in enumerate(lines))]


def _deal(each: Line, number: int) -> Block:
    bucket = each.bucket.value if each.bucket else "not rated"
    text = f"{wording.bucket_mark(each.bucket)} *{mrkdwn(each.deal.name, 120)}*  ·  {mrkdwn(each.deal.owner, 60)}"
    look: Element = button(
        "Open", ActionId.CHOOSE_DEAL.numbered(number), each.deal.id, accessible=f"Look at {each.deal.name}"
    )
    return section(f"{text}\n{bucket}, {mrkdwn(each.words, 200)}", accessory=look)


def plain_list(title: str, lines: Sequence[str]) -> list[Block]:
    """A titled list of sentences. Nothing for an empty list."""
    if not lines:
        return []
    return [rich_text(line(words(title, bold=True)), bullets([[words(each, limit=220)] for each in lines]))]


def _fallback(digest: TeamDigest) -> str:
    parts = [digest.headline, digest.trend, *(f"{each.deal.name}: {each.words}" for each in digest.movers)]
    return mrkdwn("\n".join(parts), 1500)
