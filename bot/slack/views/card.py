"""The answer card of one open deal: verdict, deeds beside words, gaps, steps to accept; details behind buttons.

Everything fits one screen; what is left out is counted (DOMAIN 8.1). Buttons carry the key of the kept card
and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.coach.reply import CoachReply, ElementLine, ElementStatus, NextStep, Severity
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import (
    Element,
    actions,
    bullets,
    button,
    columns,
    context,
    line,
    rich_text,
    section,
    table,
    words,
)
from bot.slack.views.escape import mrkdwn
from bot.slack.views.lines import DID, GAPS, HEARD, SOFT, WHY, Lines, read_lines
from bot.slack.views.message import Block
from bot.slack.views.prose import prose

MAX_GAP_ROWS = 4
MAX_REASONS = 4
MAX_ACTS = 4
MAX_NOTES = 4
_CLAUSE = 260
_MARKS = {Severity.CRITICAL: "🔴", Severity.HIGH: "🟠", Severity.MEDIUM: "🟡", Severity.LOW: "⚪"}


@dataclass(frozen=True, slots=True)
class CardState:
    """What a card shows besides the reply: its key, which steps are tracked, who disagrees, whether to share.

    `tracked` maps a step's place to the words that stand in place of its button. `writable`: the person may have
    things written to the CRM; `written` is what was, and the figures do not show yet.
    """

    key: str
    tracked: Mapping[int, str] = field(default_factory=dict)
    contested: tuple[str, ...] = ()
    shareable: bool = False
    writable: bool = False
    written: tuple[str, ...] = ()


def card_blocks(reply: CoachReply, text: str, state: CardState | None) -> list[Block]:
    """The card below its heading. `text` is the message without what the heading says."""
    lines = read_lines(text)
    return [
        *prose("\n".join(lines.before)),
        *_why(reply, lines),
        *_deeds_and_words(reply, lines),
        *(_gaps(reply.meddppicc) if GAPS in lines.labelled else []),
        *_steps(reply, reply.next_steps[: max(lines.steps, 1)], state),
        *_notes(lines.after, state),
        *(card_buttons(state) if state else []),
    ]


def is_card(reply: CoachReply) -> bool:
    """Whether a reply is the assessment of one open deal."""
    return reply.deal is not None and reply.health is not None and WHY in read_lines(reply.text).labelled


def _why(reply: CoachReply, lines: Lines) -> list[Block]:
    known = (*reply.health.reasons, *reply.health.caps) if reply.health else ()
    reasons = lines.clauses(WHY, known)[:MAX_REASONS]
    bucket = reply.health.bucket if reply.health else None
    title = f"Why {bucket.value}" if bucket and not (reply.health and reply.health.insufficient) else "Why"
    return [rich_text(line(words(title, bold=True)), bullets([[words(wording.sentence(each))] for each in reasons]))]


def _deeds_and_words(reply: CoachReply, lines: Lines) -> list[Block]:
    """Left what they did, right what they only said; the verdict comes from the left (DOMAIN 4.1).

    A message that speaks of neither, because something else was asked, shows neither: "nothing" would be untrue.
    """
    if DID not in lines.labelled:
        return []
    acts = lines.clauses(DID)
    did = [f"• {mrkdwn(wording.sentence(act), _CLAUSE)}" for act in acts[:MAX_ACTS]]
    more = [f"_{len(acts) - MAX_ACTS} more_"] if len(acts) > MAX_ACTS else []
    said = [f"• {mrkdwn(lines.labelled[label], 2 * _CLAUSE)}" for label in (SOFT, HEARD) if label in lines.labelled]
    left = "\n".join(["*They did*", *(did or ["• Nothing on record"]), *more])
    if not said and reply.said:  # there was no room for it in the message
        newest = reply.said[0]
        said = [f"• {mrkdwn(f'“{newest.quote}” ({newest.text})', 2 * _CLAUSE)}"]
    right = "\n".join(["*They said*", *(said or ["• Nothing on record"])])
    return [columns([left, right])]


def _gaps(elements: Sequence[ElementLine]) -> list[Block]:
    """The gaps as a table, worst first; what is confirmed, and what did not fit, in small type."""
    gaps = sorted((each for each in elements if each.severity), key=wording.urgency)
    settled = [each.element.label.lower() for each in elements if each.status is ElementStatus.CONFIRMED]
    small = [f"✅  Confirmed: {mrkdwn(', '.join(settled))}"] if settled else []
    if len(gaps) > MAX_GAP_ROWS:
        left_out = ", ".join(each.element.label.lower() for each in gaps[MAX_GAP_ROWS:])
        small.insert(0, f"{len(gaps) - MAX_GAP_ROWS} more: {mrkdwn(left_out)}")
    rows = [[*_cells(each)] for each in gaps[:MAX_GAP_ROWS]]
    shown = [table(["MEDDPPICC", "Status", "Gap"], rows)] if rows else []
    return [*shown, *([context("   ·   ".join(small))] if small else [])]


def _cells(gap: ElementLine) -> tuple[str, str, str]:
    mark = f"{_MARKS[gap.severity]} {gap.severity.value}" if gap.severity else "–"
    return gap.element.label, wording.STATUS_WORDS[gap.status], mark


def _steps(reply: CoachReply, steps: Sequence[NextStep], state: CardState | None) -> list[Block]:
    if not steps:
        return []
    keys = [citation.key for citation in reply.citations]
    title = rich_text(line(words("Next", bold=True)))
    rests_on = ["".join(f" [{keys.index(key) + 1}]" for key in step.citations if key in keys) for step in steps]
    return [title, *(_step(number, step, rests_on[number], state) for number, step in enumerate(steps))]


def _step(number: int, step: NextStep, rests_on: str, state: CardState | None) -> Block:
    done_when = f"; done when {mrkdwn(step.done_when, _CLAUSE)}" if step.done_when else ""
    act = f"*{mrkdwn(step.owner, 60)}* {mrkdwn(step.text, _CLAUSE)}"
    shown = f"{act}\nby *{wording.due(step.due)}*{done_when}{rests_on}"
    if state is None:
        return section(f"{number + 1}.  {shown}")
    if number in state.tracked:
        tracked = f"✅  {shown}\n_{mrkdwn(state.tracked[number], 150)}_"
        return section(tracked, accessory=_write_step(state, number) if state.writable else None)
    value = f"{state.key}:{number}"
    accept = button("Accept", ActionId.ACCEPT_STEP.numbered(number), value, accessible=f"Track step {number + 1}")
    return section(f"{number + 1}.  {shown}", accessory=accept)


def _write_step(state: CardState, number: int) -> Element:
    value, accessible = f"{state.key}:{number}", f"Preview writing step {number + 1} to the CRM"
    return button("Write to CRM…", ActionId.WRITE_STEP.numbered(number), value, accessible=accessible)


def _notes(after: Sequence[str], state: CardState | None) -> list[Block]:
    contested = [f"✋  {mrkdwn(each, 300)}" for each in (state.contested if state else ())]
    contested += [f"✏️  {mrkdwn(each, 300)}" for each in (state.written if state else ())]
    notes = [mrkdwn(note.replace("*", ""), 400) for note in after[:MAX_NOTES]]
    if len(after) > MAX_NOTES:
        notes.append(f"{len(after) - MAX_NOTES} more notes not shown")
    return [context("\n".join([*contested, *notes]))] if contested or notes else []


def card_buttons(state: CardState) -> list[Block]:
    """What opens the details of a card."""
    row: list[Element] = [
        button("Explain", ActionId.EXPLAIN.value, state.key, accessible="Explain the points behind the verdict"),
        button("Evidence", ActionId.EVIDENCE.value, state.key, accessible="Show the evidence with its sources"),
        button("Contest", ActionId.CONTEST.value, state.key, accessible="Say that a fact is wrong"),
    ]
    if state.writable:
        accessible = "Preview a change of the CRM"
        row.append(button("Write to CRM…", ActionId.WRITE_CARD.value, state.key, accessible=accessible))
    if state.shareable:
        row.append(button("Share here…", ActionId.SHARE.value, state.key, accessible="Share it in this channel"))
    return [actions(row)]
