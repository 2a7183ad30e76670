"""The assessment of one open deal: bucket, what the buyer did, what is only said, gaps, next steps.

Complete without a model. Every number comes from the brief, every quote from a source of this deal.
"""

from bot.coach.answers.direct import direct_reply
from bot.coach.answers.gaps import gap_line, gap_lines
from bot.coach.answers.lines import (
    benchmarks_line,
    caveats,
    conflict_line,
    did_line,
    fields_line,
    forecast_line,
    gone_line,
    health_line,
    heard_line,
    injection_line,
    lift_line,
    model_line,
    soft_line,
    sources_line,
    stage_line,
    why_line,
)
from bot.coach.answers.wording import DM_WORDS, benchmark_line, deal_line, deal_ref, step_lines, within, word_count
from bot.coach.connections import knows_activity
from bot.coach.reply import CoachReply, Outcome
from bot.coach.understand import Kind, Question
from bot.coach.view import DealView
from bot.pipeline.brief import DealBrief

_MAX_QUOTES = 3
_SHOWN_STEPS = 2
_FULL_GAPS = 3  # from here on not every gap fits with its question, so one line names them all


def answer_deal(view: DealView, question: Question) -> CoachReply:
    """Put a judged deal into the one answer object, shaped by what was asked."""
    headline = _headline(view.brief)
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=view.brief.as_of,
        headline=headline,
        text=_text(view, question, headline),
        deal=deal_ref(view.brief.deal),
        health=health_line(view.brief),
        benchmarks=tuple(benchmark_line(benchmark) for benchmark in view.brief.benchmarks.values()),
        said=(*view.record.soft, *view.record.heard)[:_MAX_QUOTES],
        did=view.record.did,
        meddppicc=tuple(result.line() for result in view.qualification.results),
        next_steps=view.steps,
        citations=view.citations,
        caveats=caveats(view),
    )


def _headline(brief: DealBrief) -> str:
    bucket = brief.health.bucket.value if brief.health.bucket else "closed"
    return f"{brief.deal.name}: {bucket}" + (" (insufficient data)" if brief.health.insufficient else "")


def _text(view: DealView, question: Question, headline: str) -> str:
    """The message. What was asked and the verdict always stand; the rest is added while it fits."""
    if question.kind is Kind.GAPS and not question.brief and (gaps := gap_lines(view.qualification)):
        return _gaps_text(view, headline, gaps)
    direct = direct_reply(view, question)
    shown = view.steps[: 1 if question.brief or direct else _SHOWN_STEPS]
    opening = [f"*{headline}* · {deal_line(view.brief)}", *direct]
    why = why_line(view.brief, is_short=len(direct) > 1)
    verdict = _verdict(view, why)
    detail = [soft_line(view) or heard_line(view)] if question.brief else [gap_line(view.qualification)]
    must = [*opening, *verdict, *(line for line in detail if line), step_lines(shown, view.brief.today)]
    after_verdict, before_next = len(opening) + len(verdict), len(must) - 1
    may = [
        (after_verdict, gone_line(view)),
        (after_verdict, soft_line(view)),
        (len(must), injection_line(view)),
        (before_next, model_line(view)),
        (before_next, conflict_line(view)),
        (before_next, forecast_line(view, question)),
        (after_verdict, fields_line(view)),
        (after_verdict, heard_line(view)),
        (after_verdict, stage_line(view.brief)),
        (len(must), sources_line(view.brief) if knows_activity(view.brief) else ""),
        (len(must), lift_line(view.brief) if not question.wants_lift else ""),
        (after_verdict, benchmarks_line(view.brief, why) if not question.wants_odds else ""),
    ]
    limit = DM_WORDS * 2 // 3 if question.brief else DM_WORDS
    optional = [(place, line) for place, line in may if line and line not in must]
    if word_count("\n".join(must)) > limit:
        must = [line for line in must if line not in detail]  # the typed part of the reply still holds it
    if word_count("\n".join(must)) > limit:
        must[len(opening) : after_verdict] = _verdict(view, why, is_short=True)
    return within(limit, must, optional)


def _gaps_text(view: DealView, headline: str, gaps: list[str]) -> str:
    """Gaps asked for: each with what is known and the question that opens it, as many as fit, then the first step."""
    brief = view.brief
    opening = [f"*{headline}* · {deal_line(brief)}", f"*Why:* {why_line(brief, is_short=True)}."]
    proven = gap_line(view.qualification) if len(gaps) > _FULL_GAPS else ""
    must = [*opening, *([proven] if proven else []), gaps[0], step_lines(view.steps[:1], brief.today)]
    place = len(must) - 1
    return within(DM_WORDS, must, [(place, gap) for gap in gaps[1:]])


def _verdict(view: DealView, why: str, *, is_short: bool = False) -> list[str]:
    return [f"*Why:* {why}.", f"*They did:* {did_line(view, why, is_short=is_short)}."]
