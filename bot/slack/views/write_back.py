"""Writing into the CRM as people see it: the form, the preview they confirm, and what became of it.

A preview shows word for word what will be written. So its text is not shortened or cleaned as text from outside
is elsewhere, and stands in rich text alone, where Slack makes no mention, link or format of it.
"""

from collections.abc import Sequence
from typing import Any

from bot.coach.writing import Form, Preview, Result
from bot.coach.writing.model import label_of
from bot.memory import WriteOutcome
from bot.pipeline.sources.writer import CLOSE_DATE, TASK, FieldKind
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views import wording
from bot.slack.views.blocks import Element, actions, button, context, line, option, rich_text, section, words
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block, Message
from bot.slack.views.modal import View, choice_input, day_input, form, reading, text_input

TITLE = "Write to the CRM"
LONGEST_INPUT = 3000
"""The most a Slack input holds."""
LONGEST_SHOWN = 2500
_MARKS = {
    WriteOutcome.WRITTEN: "✅",
    WriteOutcome.CONFLICT: "✋",
    WriteOutcome.REFUSED: "✋",
    WriteOutcome.FAILED: "⚠️",
    WriteOutcome.UNKNOWN: "⚠️",
}


def waiting_view(words_: str = "Reading the record …") -> View:
    """What stands in the form while the CRM is asked."""
    return reading(TITLE, [section(f"⏳  {mrkdwn(words_)}")])


def reason_page(reason: str) -> View:
    """Why nothing can be written."""
    return reading(TITLE, [section(f"✋  {mrkdwn(reason, 1500)}")])


def form_view(content: Form, *, revision: int = 0, complaint: str | None = None) -> View:
    """Choose what to write and fill it in, beside what the CRM says now."""
    now, proposal = content.now, content.proposal
    blocks = [
        section(f"*{mrkdwn(now.deal_name, 150)}*"),
        *([section(f"✋  {mrkdwn(complaint, 300)}")] if complaint else []),
        _target_input(content.targets, content.target),
        *_as_it_stands(content),
        _value_input(content, revision),
        *([day_input("due", "By when", value=proposal.due, revision=revision)] if content.target == TASK else []),
        context(f"Nothing is written to {mrkdwn(content.crm, 40)} yet: next you see old and new, and press once more."),
    ]
    carried = {"proposal": content.key, "target": content.target, "revision": revision}
    return form(TITLE, blocks, callback=CallbackId.WRITE_FORM, submit="Preview", carried=carried)


def preview_view(preview: Preview, notice: str | None = None) -> View:
    """What will be written, where, by whom; it is written when this is sent."""
    label = label_of(preview.target)
    blocks = [
        *([section(f"✋  {mrkdwn(notice, 900)}")] if notice else []),
        section(f"*{mrkdwn(preview.deal_name, 150)}*\n{mrkdwn(preview.crm, 40)} · {mrkdwn(label, 60)}"),
        *_old_and_new(preview),
        *[section(f"⚠️  {mrkdwn(each, 300)}") for each in preview.notices],
        context(
            f"Written for *{mrkdwn(preview.by_name, 80)}* on pressing. Read {wording.as_of(preview.read_at)}; the "
            "record and your right to change it are checked once more before anything is written."
        ),
        *_edit(preview),
    ]
    carried = {"preview": preview.key, "proposal": preview.proposal}
    submit = f"Write to {preview.crm}"
    return form(TITLE, blocks, callback=CallbackId.WRITE_CONFIRM, submit=submit, carried=carried)


def result_page(result: Result) -> View:
    """What became of it."""
    mark = _MARKS.get(result.write.outcome, "⚠️")
    again = [_row(again_button(result.proposal))] if result.proposal and result.again is None else []
    return reading(TITLE, [section(f"{mark}  {mrkdwn(result.sentence, 1500)}"), *again])


def result_message(result: Result) -> Message:
    """What became of it, with Undo where that works, or the way to try again."""
    mark = _MARKS.get(result.write.outcome, "⚠️")
    buttons: list[Element] = []
    if result.can_undo:
        buttons.append(
            button("Undo", ActionId.WRITE_UNDO.value, str(result.write.id), accessible="Take this change back")
        )
    if result.proposal is not None:
        buttons.append(again_button(result.proposal))
    sentence = f"{mark} {result.sentence}"
    return Message(
        text=mrkdwn(sentence, 1500),
        blocks=(rich_text(line(words(sentence, limit=1500))), *([_row(*buttons)] if buttons else [])),
    )


def changed_message(result: Result, by_name: str) -> Message:
    """Tell the owner of a deal what somebody else had written on it."""
    sentence = f"✏️ {by_name} had me write to your deal. {result.sentence}"
    return Message(text=mrkdwn(sentence, 1500), blocks=(rich_text(line(words(sentence, limit=1500))),))


def again_button(proposal_key: str) -> Element:
    """Opens a proposal anew."""
    return button("Look again…", ActionId.WRITE_PROPOSAL.value, proposal_key, accessible="Open the preview again")


def write_button(proposal_key: str) -> Element:
    """Opens the preview of a kept proposal (`WriteBack.propose`); nothing is written by pressing it."""
    accessible = "Preview writing this to the CRM"
    return button("Write to CRM…", ActionId.WRITE_PROPOSAL.value, proposal_key, accessible=accessible)


def _target_input(targets: Sequence[tuple[str, str]], chosen: str) -> Block:
    """Which field; choosing another one changes the rest of the form at once."""
    options = [option(label, target) for target, label in targets]
    element: Element = {
        "type": "static_select",
        "action_id": ActionId.WRITE_TARGET.value,
        "options": options,
        "initial_option": next(each for each in options if each["value"] == chosen),
    }
    return {
        "type": "input",
        "block_id": "target:0",
        "dispatch_action": True,
        "label": {"type": "plain_text", "text": "What"},
        "element": element,
    }


def _as_it_stands(content: Form) -> list[Block]:
    if content.target in {"note", TASK}:
        return []
    shown = mrkdwn(content.now.shown, 600) if content.now.shown else "_empty_"
    return [context(f"Now in {mrkdwn(content.crm, 40)}: {shown}")]


def _value_input(content: Form, revision: int) -> Block:
    label, text = label_of(content.target), content.proposal.text
    kind, longest = content.field.kind, min(content.field.longest or LONGEST_INPUT, LONGEST_INPUT)
    if kind is FieldKind.DAY:
        chosen = text or content.now.shown
        return day_input("text", label, value=wording.iso_day(chosen), revision=revision)
    if kind is FieldKind.CHOICE:
        choices = [(choice.label, choice.value) for choice in content.now.choices]
        return choice_input("text", label, choices, chosen=text or content.now.value, revision=revision)
    multiline = kind is FieldKind.LINES
    block = text_input("text", label, longest=longest, multiline=multiline, optional=True, revision=revision)
    if text:
        block["element"]["initial_value"] = text[:longest]
    return block


def _old_and_new(preview: Preview) -> list[Block]:
    if preview.adds:
        due = [context(f"By *{wording.due(preview.due)}*")] if preview.due else []
        return [rich_text(line(words("To be added", bold=True)), _exact(preview.new)), *due]
    old = _exact(_day_words(preview, preview.old))
    new = _exact(_day_words(preview, preview.new))
    return [rich_text(line(words("Now", bold=True)), old), rich_text(line(words("Then", bold=True)), new)]


def _day_words(preview: Preview, value: str | None) -> str | None:
    day = wording.iso_day(value) if preview.target == CLOSE_DATE else None
    return f"{day:%a} {wording.day(day)}" if day else value


def _exact(text: str | None) -> Element:
    """Text as it is, in a frame; an empty value says so."""
    if text is None:
        return line(words("(empty)", italic=True))
    shown = text
    if len(text) > LONGEST_SHOWN:
        shown = f"{text[:LONGEST_SHOWN]}\n… ({len(text):,} characters in all)"
    return {"type": "rich_text_quote", "elements": [{"type": "text", "text": shown}]}


def _edit(preview: Preview) -> list[Block]:
    if len(preview.new or "") > LONGEST_INPUT:
        return []
    edit = button("Edit…", ActionId.WRITE_EDIT.value, preview.proposal, accessible="Change what will be written")
    return [_row(edit)]


def _row(*buttons: Element) -> dict[str, Any]:
    return actions(buttons)
