"""The lists behind `/consult`: the menu, the team with its rota, a saved view.

Buttons carry ids only, so a list works for as long as it stands there; what may be seen is decided at the press.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.coach.consults.coverage import Coverage, Turn
from bot.coach.consults.follow_up import is_overdue
from bot.coach.dates import days_ago, plural
from bot.coach.saved_views import UNKNOWN, OpenedView, ViewRow
from bot.memory import Consult, ConsultKind, ConsultState
from bot.pipeline.brief import HealthBucket
from bot.pipeline.views import View
from bot.slack.ids import ActionId, Command
from bot.slack.views import wording
from bot.slack.views.blocks import Element, actions, button, context, divider, header, option, section
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message, fitted

PAGE = 8
MAX_TURNS = 5
MAX_TEAM = 12
MAX_CONSULTS = 5
MAX_VIEWS = 12
_WORST_FIRST = (HealthBucket.POOR, HealthBucket.AT_RISK, HealthBucket.AVERAGE, HealthBucket.GOOD)
_PLAIN = frozenset({"stage", "amount", "forecast category", "type", "deal type"})
"""Columns whose values need no heading."""
_BUCKET = "health bucket"
_STATE_WORDS = {
    ConsultState.REQUESTED: "asked for",
    ConsultState.PREPARED: "waits for the overview or the session",
    ConsultState.IN_SESSION: "in session",
    ConsultState.ACTIONS_AGREED: "the wrap-up is not sent yet",
    ConsultState.SHARED: "follow-up",
    ConsultState.FOLLOWED_UP: "followed up, to be closed",
    ConsultState.CLOSED: "closed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultsContent:
    """What a person has to do with consults: those under way, and whose turn it is."""

    consults: Sequence[Consult]
    rota: Sequence[Coverage]
    views: Sequence[View]
    own_id: str
    today: date


def menu_message(content: ConsultsContent) -> Message:
    """What `/consult` alone shows: consults under way, the deals whose turn it is, and the lists."""
    under_way = consult_rows(content.consults, content.own_id, content.today)
    turns = _turns(content)
    body = [
        *([header("Your consults"), *under_way] if under_way else []),
        header("Whose turn it is"),
        *(turns or [section("No deal is due for a consult.")]),
        divider(),
        actions(_list_buttons(content)),
    ]
    small = context(f"Or type {Command.CONSULT.value} and a deal's name, {Command.CONSULT.value} light and its name.")
    text = f"Consults: {len(content.consults)} under way, {len(turns)} deals due. Type {Command.CONSULT.value} help."
    return Message(text=mrkdwn(text), blocks=fitted(body, [small]))


def team_message(content: ConsultsContent) -> Message:
    """A manager's people: health of their deals, coverage of their strategic deals, the deal to consult on next."""
    late = [each for each in content.consults if is_overdue(each, content.today)]
    rows = [member(each, number, content.today) for number, each in enumerate(content.rota[:MAX_TEAM])]
    left_out = len(content.rota) - len(rows)
    body = [
        header("Consults of your team" if len(content.rota) > 1 else "Your consults"),
        *([section("*Not followed up*"), *consult_rows(late, content.own_id, content.today)] if late else []),
        *(rows or [section("There is no open deal.")]),
        *([context(f"{left_out} more people.")] if left_out else []),
    ]
    covered, strategic = sum(each.covered for each in content.rota), sum(each.strategic for each in content.rota)
    text = f"{covered} of {strategic} strategic deals had their consult in time."
    return Message(text=text, blocks=fitted(body, [context(f"{text} Strategic: flagged, or a seller's largest.")]))


def views_message(views: Sequence[View]) -> Message:
    """The views there are, to be opened from a menu: what `/consult view` alone shows."""
    if not views:
        return Message(text="There is no saved view for you.", blocks=(section("There is no saved view for you."),))
    rows = [f"*{mrkdwn(view.title, 80)}* – {mrkdwn(view.about, 150)}" for view in views[:MAX_VIEWS]]
    titles = mrkdwn(", ".join(view.title for view in views), 2500)
    left_out = [context(f"{len(views) - len(rows)} more in the menu.")] if len(views) > len(rows) else []
    body = [header("Saved views"), section("\n".join(rows)), *left_out, actions([_view_menu(views)])]
    return Message(text=f"Saved views: {titles}", blocks=tuple(body))


def view_message(opened: OpenedView, page: int) -> Message:
    """One page of a saved view, with a button for each deal and the way to the other pages."""
    start = page * PAGE
    shown = opened.rows[start : start + PAGE]
    rows = [view_row(row, number) for number, row in enumerate(shown)]
    head = [header(f"{opened.view.title}: {plural(opened.total, 'deal')}"), context(mrkdwn(opened.view.about, 300))]
    body = [*head, *(rows or [section("No deal of yours is in this view.")])]
    turns = []
    if page:
        turns.append(button("← Back", ActionId.OPEN_VIEW.numbered(1), f"{opened.view.name}:{page - 1}"))
    if start + PAGE < len(opened.rows):
        turns.append(button("More →", ActionId.OPEN_VIEW.numbered(2), f"{opened.view.name}:{page + 1}"))
    last = min(len(opened.rows), start + PAGE)
    foot = [context(f"{start + 1} to {last} of {len(opened.rows)}"), actions(turns)] if turns else []
    return Message(text=mrkdwn(f"{opened.view.title}: {plural(opened.total, 'deal')}"), blocks=fitted(body, foot))


def view_row(row: ViewRow, number: int, *, with_owner: bool = True) -> Block:
    """One deal of a view: its name, its columns, and a look at it."""
    owner = [mrkdwn(row.owner, 60)] if with_owner else []
    cells = "  ·  ".join([*owner, *(_cell(*cell) for cell in row.cells if cell[0] != _BUCKET)])
    name = f"{wording.bucket_mark(row.bucket)} *{mrkdwn(row.name, 120)}*"
    verdict = f"  ·  {row.bucket.value}" if row.bucket else ""
    look = button("Look", ActionId.CHOOSE_DEAL.numbered(number), row.deal_id, accessible=f"Look at {row.name}")
    return section(f"{name}{verdict}\n{cells}", accessory=look)


def _cell(heading: str, words: str) -> str:
    """A column's value, under its name unless the value says by itself what it is."""
    shown = mrkdwn(words, 60)
    return shown if heading in _PLAIN and words != UNKNOWN else f"{mrkdwn(heading, 40)} {shown}"


def consult_rows(consults: Sequence[Consult], own_id: str, today: date) -> list[Block]:
    """Consults a person takes part in, those to be followed up first."""
    ranked = sorted(consults, key=lambda each: (not is_overdue(each, today), -each.id))
    rows = [_consult(each, own_id, today) for each in ranked[:MAX_CONSULTS]]
    left_out = len(ranked) - len(rows)
    return [*rows, *([context(f"{left_out} more consults.")] if left_out else [])]


def member(each: Coverage, number: int, today: date) -> Block:
    """One seller: deals by health, coverage, and the deal to consult on next."""
    counts = Counter(turn.bucket for turn in each.turns)
    split = "  ".join(f"{wording.bucket_mark(bucket)} {counts[bucket]}" for bucket in _WORST_FIRST if counts[bucket])
    covered = f"{each.covered} of {plural(each.strategic, 'strategic deal')} covered" if each.strategic else ""
    lines = [
        f"*{mrkdwn(each.owner, 100)}*  ·  {plural(len(each.turns), 'open deal')}  ·  {split}",
        "  ·  ".join(part for part in (covered, _next(each.next, today)) if part),
    ]
    if each.next is None:
        return section("\n".join(lines))
    return section("\n".join(lines), accessory=_prepare(each.next, number))


def _consult(consult: Consult, own_id: str, today: date) -> Block:
    other = consult.seller_name if own_id == consult.manager_id else consult.manager_name
    kind = "light review" if consult.kind is ConsultKind.LIGHT else "consult"
    state = _STATE_WORDS[consult.state]
    if consult.state is ConsultState.SHARED and consult.follow_up_on is not None:
        state = f"follow-up on {wording.day(consult.follow_up_on)}"
    if is_overdue(consult, today) and consult.follow_up_on is not None:
        state = f"⏰ *not followed up*, due {plural((today - consult.follow_up_on).days, 'day')} ago"
    go_on = button(
        "Go on", ActionId.CONSULT_OPEN.numbered(consult.id), str(consult.id),
        accessible=f"Go on with the {kind} on {consult.deal_name}",
    )  # fmt: skip
    name = f"🤝 *{mrkdwn(consult.deal_name, 120)}*  ·  {kind} with {mrkdwn(other, 60)}"
    return section(f"{name}\n{state}", accessory=go_on)


def _turns(content: ConsultsContent) -> list[Block]:
    """The next deal of each seller; for one seller alone, their next deals."""
    if len(content.rota) == 1:
        turns = [turn for turn in content.rota[0].turns if turn.due]
    else:
        turns = [each.next for each in content.rota if each.next is not None]
    shown = turns[:MAX_TURNS]
    rows = [turn_row(turn, number, content.today) for number, turn in enumerate(shown)]
    left_out = len(turns) - len(shown)
    return [*rows, *([context(f"{left_out} more deals are due; Team shows them all.")] if left_out else [])]


def turn_row(turn: Turn, number: int, today: date, *, with_owner: bool = True) -> Block:
    """One deal of the rota, and the way to its pack."""
    kind = "Consult" if turn.kind is ConsultKind.FULL else "A light review is enough"
    owner = f"  ·  {mrkdwn(turn.owner, 60)}" if with_owner else ""
    name = f"{wording.bucket_mark(turn.bucket)} *{mrkdwn(turn.name, 120)}*{owner}"
    return section(f"{name}\n{kind} · {_last(turn, today)}", accessory=_prepare(turn, number))


def _prepare(turn: Turn, number: int) -> Element:
    action = ActionId.CHOOSE_CONSULT.numbered(number)
    return button("Prepare", action, turn.deal_id, accessible=f"Prepare a consult on {turn.name}")


def _next(turn: Turn | None, today: date) -> str:
    if turn is None:
        return "nothing due"
    return f"next *{mrkdwn(turn.name, 100)}*, {_last(turn, today)}"


def _last(turn: Turn, today: date) -> str:
    if turn.last_on is None:
        return "none held yet"
    return f"last held {days_ago(turn.last_on, today)}"


def _list_buttons(content: ConsultsContent) -> list[Element]:
    row = [
        button("Team", ActionId.CONSULT_LIST.numbered(1), "team"),
        button("Forecast", ActionId.CONSULT_LIST.numbered(2), "forecast"),
        button("Help", ActionId.CONSULT_LIST.numbered(3), "help"),
    ]
    return [*row, _view_menu(content.views)] if content.views else row


def _view_menu(views: Sequence[View]) -> Element:
    options = [option(view.title, f"{view.name}:0", view.about) for view in views[:100]]
    return {
        "type": "static_select", "action_id": ActionId.OPEN_VIEW.value, "options": options,
        "placeholder": {"type": "plain_text", "text": "Open a view"},
    }  # fmt: skip
