"""Pages behind a card's buttons: the points behind the verdict, the evidence ledger."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.coach.answers.wording import benchmark_line
from bot.coach.evidence.model import Evidence, Grade
from bot.coach.qualify.meddppicc import ElementResult
from bot.coach.told import PREFIX
from bot.coach.view import DealView
from bot.pipeline.brief import DealBrief, Health, Signal
from bot.pipeline.model import Deal
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import bullets, button, columns, context, divider, header, line, rich_text, section, words
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block
from bot.slack.views.modal import View, reading
from bot.slack.views.parts import benchmark_lines

MAX_QUOTES = 5
_GRADES = {
    Grade.A: "A · the buyer's own act or writing",
    Grade.B: "B · their words, reported with a name and a day",
    Grade.C: "C · our own assertion, or hedged",
    Grade.D: "D · inference only",
}


def explain_view(view: DealView, cut_offs: str, changed: str | None) -> View:
    """Points per signal that add up to the net, caps, what would change it.

    `cut_offs` says in words from how many points each bucket begins, `changed` what is new since the card was made.
    """
    brief, health = view.brief, view.brief.health
    blocks = [
        header(f"{wording.bucket_mark(health.bucket)} {brief.deal.name}"),
        *([section(f"⚠️  {mrkdwn(changed, 400)}")] if changed else []),
        *(_unrated(health) if health.insufficient else _points(health, cut_offs)),
        *_caps(health),
        *_lifts(health),
        *_benchmarks(brief),
        context(f"Figures as of {wording.as_of(brief.as_of)}. Points and caps are in health.yaml of the playbook."),
    ]
    return reading("How it adds up", blocks)


def _unrated(health: Health) -> list[Block]:
    return [section(f"Not scored: {mrkdwn(health.insufficient or '', 400)}. So the bucket says Average.")]


def _points(health: Health, cut_offs: str) -> list[Block]:
    ordered = sorted(health.signals, key=lambda signal: signal.points)
    rows = [f"{_signed(each)}   {_reason(each.reason, 200)}  `{each.code}`" for each in ordered]
    total = f"*{wording.signed(health.net)} points*" if health.net is not None else "*–*"
    bucket = health.bucket.value if health.bucket else "no bucket"
    return [section("\n".join(rows)), divider(), columns([total, f"*{bucket}*\n{mrkdwn(cut_offs, 200)}"])]


def _reason(text: str, limit: int) -> str:
    return mrkdwn(wording.sentence(text), limit)


def _signed(signal: Signal) -> str:
    mark = "🔴" if signal.points < 0 else "🟢"
    return f"{mark}  *{wording.signed(signal.points)}*"


def _caps(health: Health) -> list[Block]:
    if not health.caps:
        return []
    rows = [
        [
            words(f"At most {cap.best.value}", bold=True),
            words(f" – {cap.reason} ({cap.code}{'; this decides the bucket' if cap.binds else ''})"),
        ]
        for cap in health.caps
    ]
    return [rich_text(line(words("Caps", bold=True)), bullets(rows))]


def _lifts(health: Health) -> list[Block]:
    if not health.what_would_change:
        return []
    rows = [[words(each.change), words(f" → {each.bucket.value}", bold=True)] for each in health.what_would_change[:5]]
    return [rich_text(line(words("What alone would change it", bold=True)), bullets(rows))]


def _benchmarks(brief: DealBrief) -> list[Block]:
    figures = [benchmark_line(each) for each in brief.benchmarks.values()]
    lines = [mrkdwn(text, 400) for text in benchmark_lines(figures)]
    return [context("\n".join(lines))] if lines else []


def evidence_view(view: DealView, card_key: str) -> View:
    """The ledger: every element with its proof, worst gap first; quotes with source, day, person and grade.

    What a model read has a button to take it out; its value carries `card_key`, by which access is checked again.
    """
    blocks = [block for result in view.qualification.results for block in _element(result, view, card_key)]
    key = context("   ".join(mrkdwn(words_) for words_ in _GRADES.values()))
    return reading("Evidence", [header(view.brief.deal.name), key, *blocks])


def _element(result: ElementResult, view: DealView, card_key: str) -> list[Block]:
    gap = f" · {result.severity.value}" if result.severity else ""
    status = wording.STATUS_WORDS[result.status]
    title = f"*{result.element.label}* – {status}{gap}\n{_reason(result.why, 400)}"
    items = [item for item in view.ledger.items if item.element is result.element]
    rows = [section(quote_words(item, view.brief.deal), _dispute(item, card_key)) for item in items[:MAX_QUOTES]]
    more = [context(f"{len(items) - MAX_QUOTES} older not shown")] if len(items) > MAX_QUOTES else []
    return [divider(), section(title), *rows, *more]


def _dispute(item: Evidence, card_key: str) -> dict[str, Any] | None:
    """The button that takes a model's reading out; None for what a rule found."""
    if item.read_by is None:
        return None
    number = item.read_by.reading_id
    action = f"{ActionId.DISPUTE_READING.value}:{number}-{item.trait}"
    return button("Not evidence", action, f"{card_key}:{number}", accessible="This sentence proves nothing")


def quote_words(item: Evidence, deal: Deal) -> str:
    """One piece of evidence: the quote, then day, person, source and grade."""
    against = "speaks against it · " if item.negative else ""
    person = f"{mrkdwn(item.person.name, 80)} · " if item.person else ""
    source = mrkdwn(source_words(item.source_id, deal), 120)
    reader = " · read by a model, quote checked" if item.read_by else ""
    origin = f"{person}{wording.day(item.on)} · {source} · grade {item.grade.value}{reader}"
    return f"“{mrkdwn(item.quote, 400)}”\n_{against}{origin}_"


def source_words(source_id: str, deal: Deal) -> str:
    """Where a quote stands: a note and its author, a mail, a call, or what was told to the coach."""
    note = next((note for note in deal.notes if note.id == source_id), None)
    if note is not None:
        return f"told to the coach by {note.author}" if source_id.startswith(PREFIX) else f"note by {note.author}"
    activity = next((each for each in deal.activities if each.id == source_id), None)
    return activity.kind.value if activity else source_id


def evidence_lines(items: Sequence[Evidence]) -> Iterator[str]:
    """Proposed evidence as numbered lines: element, quote, grade."""
    for number, item in enumerate(items, start=1):
        against = ", against it" if item.negative else ""
        yield f"*{number}. {item.element.label}* (grade {item.grade.value}{against})\n“{mrkdwn(item.quote, 300)}”"
