"""The morning digest: one message, ranked, only what changed, at most seven deals (DOMAIN 8.1)."""

from bot.coach.digest import Digest, DigestItem
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import button, context, divider, header, line, rich_text, section, words
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message

MAX_DEALS = 7
_WHY_LIMIT = 240


def digest_message(digest: Digest) -> Message:
    """Render the digest of one reader. With no item it says so in one line."""
    shown = digest.items[:MAX_DEALS]
    rows = [row for number, item in enumerate(shown) for row in _rows(item, number)]
    left_out = len(digest.items) - len(shown)
    more = [context(f"{left_out} more deals need a look; ask me for “my pipeline”.")] if left_out else []
    return Message(
        text=_fallback(digest, shown),
        blocks=(*_head(digest), *rows, *more, divider(), context(_foot(digest))),
    )


def _head(digest: Digest) -> list[Block]:
    if not digest.items:
        return [rich_text(line(words(digest.headline)))]
    return [header(digest.headline)]


def _rows(item: DigestItem, number: int) -> list[Block]:
    was = f" (was {item.was.value})" if item.was else ""
    account = "" if item.deal.account.lower() in item.deal.name.lower() else f"  ·  {mrkdwn(item.deal.account, 80)}"
    title = f"{wording.bucket_mark(item.bucket)} *{mrkdwn(item.deal.name, 120)}*{account}"
    lines = [f"{title}  ·  {item.bucket.value}{was}", mrkdwn(wording.sentence(item.why), _WHY_LIMIT)]
    if item.step:
        step = f"{item.step.owner}: {item.step.text}"
        lines.append(f"→ *{wording.due(item.step.due)}*  {mrkdwn(step, _WHY_LIMIT)}")
    look = button("Look", ActionId.CHOOSE_DEAL.numbered(number), item.deal.id, accessible=f"Look at {item.deal.name}")
    return [section("\n".join(lines), accessory=look)]


def _foot(digest: Digest) -> str:
    note = mrkdwn(digest.footer, 600) if digest.footer else ""
    return "\n".join(text for text in (note, f"Figures as of {wording.as_of(digest.as_of)}") if text)


def _fallback(digest: Digest, shown: tuple[DigestItem, ...]) -> str:
    lines = [mrkdwn(digest.headline, 300)]
    lines += [mrkdwn(f"{item.deal.name}: {item.why}", 300) for item in shown]
    return "\n".join(lines)
