"""Contesting a verdict: what is wrong, then both verdicts side by side."""

from typing import Any

from bot.coach.contest import DisputedFact, Reverdict
from bot.pipeline.brief import Health
from bot.slack.ids import CallbackId
from bot.slack.views import wording
from bot.slack.views.blocks import bullets, columns, context, header, line, rich_text, section, words
from bot.slack.views.escape import mrkdwn
from bot.slack.views.modal import View, choice_input, day_input, form, reading, text_input

CONTEXT_LIMIT = 300
_FACETS = {
    "days_untouched": "days untouched",
    "touches_last_14": "touches in 14 days",
    "next_meeting": "next meeting",
    "last_meeting": "last meeting",
    "days_since_inbound": "days since they wrote",
    "inbound_last_14": "their messages in 14 days",
    "contacts_engaged": "people engaged",
    "meetings_total": "meetings in all",
    "meetings_last_14": "meetings in 14 days",
    "meetings_last_30": "meetings in 30 days",
    "meetings_last_90": "meetings in 90 days",
    "meetings_next_30": "meetings in the next 30 days",
    "meetings_next_90": "meetings in the next 90 days",
    "days_until_close": "days until close",
    "unanswered_inbound_days": "days their mail waits",
}


def contest_form(deal_name: str, carried: dict[str, Any]) -> View:
    """Say which fact is wrong; the verdict is computed again with the correction, the CRM stays as it is."""
    facts = [(fact.label, fact.value) for fact in DisputedFact]
    said = "I compute the verdict again with your correction and show both. The CRM is not changed."
    blocks = [
        section(f"*{mrkdwn(deal_name, 150)}*\n{said}"),
        choice_input("fact", "What is wrong or missing?", facts, radio=True),
        day_input("day", "On which day?", hint="For meetings, messages and the close date.", optional=True),
        text_input("number", "How many people of theirs?", hint="Only for “more people”.", longest=4, optional=True),
        text_input("context", "What should one know?", longest=CONTEXT_LIMIT, multiline=True, optional=True),
    ]
    return form("Contest", blocks, callback=CallbackId.CONTEST, submit="Compute", carried=carried)


def contested_view(deal_name: str, claim: str, result: Reverdict, by: str, at: str, said: str | None = None) -> View:
    """Both verdicts beside each other, what the correction changed, and under whose name it is kept.

    `said` are the person's own words beside the claim; None = none.
    """
    same = result.recorded.bucket is result.corrected.bucket
    outcome = "Your correction alone does not change the bucket." if same else "Your correction changes the bucket."
    changed = [
        [words(f"{_FACETS.get(name, name.replace('_', ' '))}: "), words(f"{_shown(old)} → {_shown(new)}", bold=True)]
        for name, old, new in result.changed
    ]
    facts = [rich_text(line(words("What it changes", bold=True)), bullets(changed))] if changed else []
    note = f"Kept under your name ({mrkdwn(by, 80)}, {at}) and shown beside the verdict for two weeks."
    blocks = [
        header(deal_name),
        section(f"✋  {mrkdwn(claim, 400)}" + (f"\n“{mrkdwn(said, CONTEXT_LIMIT)}”" if said else "")),
        columns(
            [f"*As recorded*\n{_verdict(result.recorded)}", f"*With your correction*\n{_verdict(result.corrected)}"]
        ),
        section(outcome),
        *facts,
        context(
            f"{note}\nThe record itself is unchanged: put it right in the CRM or calendar, and the verdict follows."
        ),
    ]
    return reading("Both verdicts", blocks)


def _verdict(health: Health) -> str:
    bucket = health.bucket.value if health.bucket else "no bucket"
    points = f"{wording.signed(health.net)} points" if health.net is not None else "not scored"
    signals = sorted(health.signals, key=lambda signal: signal.points)
    rows = [f"• {wording.signed(signal.points)}  {mrkdwn(signal.reason, 140)}" for signal in signals]
    caps = [f"• at most {cap.best.value}: {mrkdwn(cap.reason, 140)}" for cap in health.caps if cap.binds]
    lacking = [f"• {mrkdwn(health.insufficient, 200)}"] if health.insufficient else []
    head = f"{wording.bucket_mark(health.bucket)} *{bucket}* ({points})"
    return "\n".join([head, *rows, *caps, *lacking])


def _shown(value: object) -> str:
    return "none on record" if value is None else str(value)
