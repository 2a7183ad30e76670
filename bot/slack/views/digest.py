"""The morning digest: one message, ranked, only what changed, at most seven deals (DOMAIN 8.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from bot.coach.digest import Digest, DigestItem
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import Element, actions, button, context, divider, header, line, rich_text, section, words
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message

MAX_DEALS = 10
_WHY_LIMIT = 300


@dataclass(frozen=True, slots=True)
class ItemState:
    """What became of a deal since the digest: its step tracked (in words), the deal snoozed until a day."""

    tracked: str | None = None
    snoozed_until: date | None = None


_NOTHING_YET = ItemState()
_NO_STATES: Mapping[str, ItemState] = MappingProxyType({})


def digest_message(digest: Digest, key: str | None = None, states: Mapping[str, ItemState] = _NO_STATES) -> Message:
    """Render the digest of one reader. With no item it says so in one line.

    `key` is that of the kept digest, which its buttons carry; without one deals can only be opened.
    """
    if digest.is_empty:
        return _empty(digest)
    shown = digest.items[:MAX_DEALS]
    news = [number for number, item in enumerate(shown) if item.is_news]
    still = [number for number, item in enumerate(shown) if not item.is_news]
    rows = [row for number in [*news, *still] for row in _rows(shown[number], number, key, states)]
    left_out = len(digest.items) - len(shown)
    more = [context(f"{left_out} more deals need a look; ask me for “my pipeline”.")] if left_out else []
    return Message(
        text=_fallback(digest, shown),
        blocks=(header(digest.headline), *rows, *more, context(_foot(digest))),
    )


def _empty(digest: Digest) -> Message:
    """One line: the good news, and in the same breath what else there is to know."""
    rest = f" {digest.footer}" if digest.footer else ""
    text = f"✅ {digest.headline}{rest}"
    return Message(
        text=mrkdwn(text, 600), blocks=(rich_text(line(words(f"✅ {digest.headline}", bold=True), words(rest))),)
    )


def _rows(item: DigestItem, number: int, key: str | None, states: Mapping[str, ItemState]) -> list[Block]:
    state = states.get(item.deal.id, _NOTHING_YET)
    mark = "↘" if item.is_news else "•"
    title = f"{wording.bucket_mark(item.bucket)} *{mrkdwn(item.deal.name, 120)}*  {mark}  {item.standing}"
    if state.snoozed_until is not None:
        return [section(f"{title}\n💤 _quiet until {wording.due(state.snoozed_until)}_")]
    lines = [title, mrkdwn(wording.sentence(item.why), _WHY_LIMIT)]
    tracked = state.tracked or item.tracked
    if item.step:
        step = f"*{mrkdwn(item.step.owner, 60)}* {mrkdwn(item.step.text, _WHY_LIMIT)}"
        lines.append(f"{'✅' if tracked else '→'} {step}, by *{wording.due(item.step.due)}*")
    if tracked:
        lines.append(f"_{mrkdwn(tracked, 150)}_")
    return [section("\n".join(lines)), actions(_buttons(item, number, key, is_tracked=bool(tracked))), divider()]


def _buttons(item: DigestItem, number: int, key: str | None, *, is_tracked: bool) -> list[Element]:
    value, name = f"{key}:{number}", item.deal.name
    accept = button("Accept", ActionId.DIGEST_ACCEPT.numbered(number), value, accessible=f"Track the step on {name}")
    snooze = button("Snooze…", ActionId.DIGEST_SNOOZE.numbered(number), value, accessible=f"Be quiet about {name}")
    look = button("Open", ActionId.CHOOSE_DEAL.numbered(number), item.deal.id, accessible=f"Look at {name}")
    if key is None:
        return [look]
    return [*([accept] if item.step and not is_tracked else []), snooze, look]


def _foot(digest: Digest) -> str:
    note = mrkdwn(digest.footer, 900) if digest.footer else ""
    return "\n".join(text for text in (note, f"Figures as of {wording.as_of(digest.as_of)}") if text)


def _fallback(digest: Digest, shown: tuple[DigestItem, ...]) -> str:
    lines = [mrkdwn(digest.headline, 300)]
    lines += [mrkdwn(f"{item.deal.name}: {item.standing}. {item.why}", 300) for item in shown]
    return "\n".join(lines)
