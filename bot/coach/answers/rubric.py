"""Rubric cards in words: every part with its points and the reason, what the sum means, what to ask next."""

from bot.coach.answers.wording import DM_WORDS, deal_line, deal_ref, word_count
from bot.coach.dates import day_words, plural
from bot.coach.reply import CoachReply, Outcome, Section
from bot.coach.rubrics.budget import budget
from bot.coach.rubrics.card import RubricCard, Score, scored
from bot.coach.rubrics.close_week import LineState, PlannedLine, close_week
from bot.coach.rubrics.fit import fit
from bot.coach.rubrics.gates import gates
from bot.coach.rubrics.intent import intent
from bot.coach.rubrics.playbook import RubricPlaybook
from bot.coach.rubrics.readiness import readiness
from bot.coach.rubrics.record import Record
from bot.coach.sheets import Sheet
from bot.coach.view import DealView

_REASON_WORDS = 24
_SHOWN_LINES = 6
RUBRICS = (Sheet.INTENT, Sheet.BUDGET, Sheet.READINESS, Sheet.GATES, Sheet.FIT)


def rubric_card(view: DealView, sheet: Sheet, playbook: RubricPlaybook) -> RubricCard:
    """The scored card of one of `RUBRICS`."""
    record = Record(view, playbook.cues)
    if sheet is Sheet.INTENT:
        return scored(playbook.intent, intent(record))
    if sheet is Sheet.BUDGET:
        return scored(playbook.budget, budget(record))
    if sheet is Sheet.READINESS:
        return scored(playbook.readiness, readiness(record))
    if sheet is Sheet.GATES:
        return scored(playbook.gates, gates(record))
    return scored(playbook.fit, fit(record, playbook.profile))


def answer_rubric(view: DealView, sheet: Sheet, playbook: RubricPlaybook) -> CoachReply:
    """One card as an answer."""
    card = rubric_card(view, sheet, playbook)
    is_gates = sheet is Sheet.GATES
    lines = tuple(_gate(score) if is_gates else _part(score) for score in card.scores)
    headline = f"{view.brief.deal.name}: {_gates_sum(card) if is_gates else _sum(card)}"
    return _reply(view, headline, card.rubric.title, lines, _advice(card))


def answer_close_week(view: DealView, playbook: RubricPlaybook) -> CoachReply:
    """The final week as a checklist: what is late or due first, the rest counted."""
    plan = close_week(view, playbook.close_week)
    lines = tuple(_line(line, view) for line in plan)
    pressing = [line for line in plan if line.state in {LineState.LATE, LineState.NOW}]
    shown = tuple(_line(line, view) for line in (pressing or [p for p in plan if p.state is LineState.LATER]))
    done = sum(line.state is LineState.DONE for line in plan)
    headline = f"{view.brief.deal.name}: close week, {done} of {len(plan)} done" if plan else _no_date(view)
    rest = len(plan) - done - len(shown[:_SHOWN_LINES])
    advice = [f"{plural(rest, 'more line')} to follow."] if rest > 0 else []
    return _reply(view, headline, playbook.close_week.title, lines, [*_when(view, plan), *advice], shown[:_SHOWN_LINES])


def _reply(
    view: DealView,
    headline: str,
    title: str,
    lines: tuple[str, ...],
    after: list[str],
    shown: tuple[str, ...] | None = None,
) -> CoachReply:
    """The card as a reply; the message keeps to its length, the typed part holds every line in full."""
    rows = list(lines if shown is None else shown)
    words = _REASON_WORDS
    while word_count(text := _text(view, headline, rows, after, words)) > DM_WORDS and words > _FEWEST:
        words -= 2
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=view.brief.as_of,
        headline=headline,
        text=text,
        deal=deal_ref(view.brief.deal),
        sections=(Section(title=title, lines=lines or ("nothing to list",)),),
    )


_FEWEST = 8


def _text(view: DealView, headline: str, rows: list[str], after: list[str], words: int) -> str:
    return "\n".join([f"*{headline}* · {deal_line(view.brief)}", *(f"• {_cut(row, words)}" for row in rows), *after])


def _cut(row: str, words: int) -> str:
    parts = row.split(" ")
    return row if len(parts) <= words else " ".join(parts[:words]) + " …"


def _sum(card: RubricCard) -> str:
    title = card.rubric.title.lower()
    if card.unknown == len(card.scores):
        return f"{title} unknown, nothing on record yet"
    verdict = f" ({card.band.name})" if card.band else ""
    so_far = f" so far, {plural(card.open_points, 'point')} unknown" if card.unknown else ""
    return f"{title} {card.points} of {card.most}{verdict}{so_far}"


def _gates_sum(card: RubricCard) -> str:
    return f"{card.points} of {card.most} gates passed"


def _part(score: Score) -> str:
    if score.points is None:
        return f"{score.part.label}: unknown. {_sentence(score.reading.reason)}"
    return f"{score.part.label} {score.points} of {score.most}: {score.reading.reason}."


def _gate(score: Score) -> str:
    state = {None: "unknown", 0: "not yet"}.get(score.points, "passed")
    return f"{score.part.label}: {state}. {_sentence(score.reading.reason)}"


def _advice(card: RubricCard) -> list[str]:
    weakest = card.weakest
    lines = [f"*So:* {card.band.advice}" if card.band else "*So:* too much is unknown for a verdict; ask first."]
    return [*lines, f"*Ask next:* “{weakest.part.ask}”"] if weakest else lines


def _line(line: PlannedLine, view: DealView) -> str:
    today = view.brief.today
    days = f"{day_words(line.starts, today)} to {day_words(line.ends, today)}"
    if line.proof:
        return f"done: {line.owner}: {line.text} (“{line.proof.quote.rstrip('.')}”, {day_words(line.proof.on, today)})"
    state = {LineState.LATE: "late, ", LineState.NOW: "now, "}.get(line.state, "")
    return f"{state}{days}, {line.owner}: {line.text}; done when {line.done_when}"


def _when(view: DealView, plan: tuple[PlannedLine, ...]) -> list[str]:
    """What the calendar says about the week itself."""
    if not plan:
        return ["Ask the buyer for the step that sets the date; the checklist counts from it."]
    close, today = view.brief.deal.close_date, view.brief.today
    starts = min(line.starts for line in plan)
    if close and close < today:
        return ["The close date has passed: ask the buyer for the step that sets a new one before working this list."]
    if today < starts:
        return [f"The week begins {day_words(starts, today)}, in {plural((starts - today).days, 'day')}."]
    return ["One owner a line; whatever is late is escalated the same day."]


def _no_date(view: DealView) -> str:
    return f"{view.brief.deal.name}: no close week without a close date"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
