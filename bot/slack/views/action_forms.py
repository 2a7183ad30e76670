"""The forms of tracked actions: accept a step, close one, put one off (DOMAIN 6.3, 6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.coach.actions import ActionDraft, Judgement
from bot.memory import ActionItem, ActionStatus
from bot.pipeline.model import User
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views import wording
from bot.slack.views.blocks import actions, button, context, section
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block
from bot.slack.views.modal import View, choice_input, day_input, form, text_input

TEXT_LIMIT = 300
PROOF_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionForm:
    """What the form shows: the draft, who may own it, what was wrong with the last try, and what it carries.

    `callback` and `rewrite` say who gets the filled-in form and its rewrites.
    """

    draft: ActionDraft
    owner_id: str
    people: Sequence[User]
    deal_name: str
    carried: dict[str, Any]
    notice: str | None = None
    judged: Judgement | None = None
    better: Sequence[ActionDraft] = ()
    revision: int = 0
    callback: CallbackId = CallbackId.TRACK_ACTION
    rewrite: ActionId = ActionId.USE_REWRITE
    title: str = "Track this step"


def action_form(content: ActionForm) -> View:
    """Accept a step, changed or not; a vague one comes back with what is missing and two ways to say it."""
    draft, revision = content.draft, content.revision
    people = [(person.name, person.id) for person in content.people]
    blocks = [
        context(f"On *{mrkdwn(content.deal_name, 150)}*. You find it on my Home tab; its owner is told."),
        *([section(f"⚠️  {mrkdwn(content.notice, 600)}")] if content.notice else []),
        *_sent_back(content),
        text_input(
            "text", "What", value=draft.text, hint="One act somebody else can see: ask, send, book, agree …",
            longest=TEXT_LIMIT, multiline=True, revision=revision,
        ),
        choice_input("owner", "Who", people, chosen=content.owner_id, revision=revision),
        text_input("counterpart", "With whom", value=draft.counterpart, longest=100, optional=True, revision=revision),
        day_input("due", "By when", value=draft.due, revision=revision),
        text_input(
            "done_when", "Done when", value=draft.done_when, hint="What proves it, seen from outside.",
            longest=PROOF_LIMIT, optional=True, revision=revision,
        ),
    ]  # fmt: skip
    carried = content.carried | {"revision": revision}
    return form(content.title, blocks, callback=content.callback, submit="Track", carried=carried)


def _sent_back(content: ActionForm) -> list[Block]:
    if content.judged is None:
        return []
    lacks = ", ".join(content.judged.missing)
    split = " It is long for one action; consider two." if content.judged.too_long else ""
    said = f"Not concrete enough to be checked next week ({content.judged.score} of 5). Missing: {lacks}.{split}"
    offers = [_rewrite(number, each) for number, each in enumerate(content.better)]
    use = [
        button(f"Use {number + 1}", content.rewrite.numbered(number), str(number))
        for number in range(len(content.better))
    ]
    return [section(f"✋  {mrkdwn(said, 600)}"), *offers, *([actions(use)] if use else [])]


def _rewrite(number: int, draft: ActionDraft) -> Block:
    day = f", by {wording.due(draft.due)}" if draft.due else ""
    return section(f"*{number + 1}.*  {mrkdwn(draft.text, 400)}{day}; done when {mrkdwn(draft.done_when or '', 300)}")


def close_form(item: ActionItem, status: ActionStatus) -> View:
    """Say what proves that an action is done, or why it is dropped."""
    done = status is ActionStatus.DONE
    label = "What did the buyer do, or what is there to see?" if done else "Why is it dropped?"
    blocks = [section(item_words(item)), text_input("note", label, longest=500, multiline=True, optional=done)]
    carried = {"item": item.id, "version": item.version, "status": status.value}
    title, submit = ("Done", "Mark done") if done else ("Drop", "Drop it")
    return form(title, blocks, callback=CallbackId.CLOSE_ACTION, submit=submit, carried=carried)


def move_form(item: ActionItem) -> View:
    """Put an action off, and say why."""
    moved = [context(f"Moved {item.moves} times already.")] if item.moves > 1 else []
    blocks = [
        section(item_words(item)),
        *moved,
        day_input("due", "New day", value=item.due),
        text_input("note", "Why", longest=500, optional=True),
    ]
    carried = {"item": item.id, "version": item.version}
    return form("Move", blocks, callback=CallbackId.MOVE_ACTION, submit="Move", carried=carried)


def item_words(item: ActionItem) -> str:
    """An action in two lines of mrkdwn."""
    proof = f"; done when {mrkdwn(item.done_when, 200)}" if item.done_when else ""
    who = f"*{mrkdwn(item.owner_name, 60)}:* {mrkdwn(item.text, 260)}"
    return f"{who}\n{mrkdwn(item.deal_name, 100)} · by *{wording.due(item.due)}*{proof}"
