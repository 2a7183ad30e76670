"""Questions about results and targets rather than one deal: win rate, what was won, coverage, where deals get lost."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.coach.numerals import money_in
from bot.coach.windows import Window, names_month, next_quarter, window_ahead, window_behind


class ResultKind(StrEnum):
    """What is to be counted."""

    WIN_RATE = "win rate"
    WON = "won"
    LOST = "lost"
    SIZE = "deal size"
    CYCLE = "sales cycle"
    TARGET = "target"
    COVERAGE = "coverage"
    FUNNEL = "conversion"
    REBOOK = "re-booking"
    HYGIENE = "hygiene"


@dataclass(frozen=True, slots=True)
class ResultAsked:
    """One question about results.

    `window` are the days named, None for the usual ones; `target` is a sum named. `unit` is the kind of period, which
    decides what it is set beside: the one before, or the same one of last year. `to_rivals` asks for deals that were
    lost to a competitor.
    """

    kind: ResultKind
    window: Window | None = None
    target: float | None = None
    unit: str = "quarter"
    against_last_year: bool = False
    to_rivals: bool = False


_ON_MONEY = r"(target|quota|number|goal|plan)"
_KINDS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (ResultKind.REBOOK, r"\bre-?book(ing|ed)?( rate)?\b|\beager (prospects?|buyers?)\b"),
        (
            ResultKind.HYGIENE,
            r"\b(crm|record|data|pipeline) (hygiene|quality|clean-?up)\b|\bhygiene\b|\bduplicate (deals|records)\b"
            r"|\b(what|which).{0,25}\b(missing|incomplete|wrong) in (the|my|our) crm\b|\bclean up (my|the"
            r"|our) (crm|pipeline)\b",
        ),
        (
            ResultKind.COVERAGE,
            r"\bcoverage\b|\benough (pipeline|deals)\b|\bpipeline .{0,20}\benough\b"
            r"|\bhow (much|many) (pipeline|more|new deals|deals)\b.{0,30}\b(do|should|would) (i|we) need\b",
        ),
        (
            ResultKind.TARGET,
            rf"\b(hit|make|reach|miss|against|to|from|behind|vs\.?|versus|my|our|the|of) (my |our |the |this )?"
            rf"((quarterly|annual|monthly|sales|this quarter['’]s) )?{_ON_MONEY}\b|\bquota\b|\battainment\b",
        ),
        (
            ResultKind.WIN_RATE,
            r"\b(win|close|hit|success) (rate|ratio)s?\b|\bwin[- ]loss\b|\bhow often do (i|we) win\b",
        ),
        (
            ResultKind.FUNNEL,
            r"\bconversion\b|\bbottleneck\b|\bfunnel\b|\bwhere do (i|we|deals|our deals) (lose|get lost"
            r"|get stuck|drop|leak)\b"
            r"|\bdrop[- ]?off\b",
        ),
        (
            ResultKind.LOST,
            r"\bwhy (do|did|are) (i|we) (lose|lost|losing)\b(?!.{0,40}\bit\b)|\bloss reasons?\b|\bdeals? (i"
            r"|we)( have)? lost\b"
            r"|\bwhat (did|have) (i|we) (lose|lost)\b|\blost deals\b|\bhow (much|many).{0,20}\b(lose|lost)\b",
        ),
        (
            ResultKind.WON,
            r"\bhow (much|many).{0,20}\b((have|did|has) )?(i|we|\w+) (closed?|won|win|booked?|sold|sell)\b"
            r"|\bbookings\b"
            r"|\bwhat (did|has|have) \w+ (win|won|close|closed|book|sell|sold)\b|\bdeals? (did )?(i"
            r"|we) (have )?(won|win|closed?)\b"
            r"|\b(closed[- ]won|won) (deals|this|last|so)\b|\b(track|trend|do|doing"
            r"|compare)\w*\b.{0,25}\b(against|vs\.?|"
            r"versus|compared (to|with)|than) (last|the last|previous) (month|quarter|year)\b|\bclosed so far\b",
        ),
        (
            ResultKind.SIZE,
            r"\b(average|typical|mean|median|usual) (deal )?(deal|size|amount|value)( size| amount| value)?\b",
        ),
        (
            ResultKind.CYCLE,
            r"\b(average|typical|usual|our|my)? ?sales cycle\b|\bhow long (do|does) .{0,25}\b(deals?|it) .{0,12}"
            r"(usually |typically |normally )?take\b",
        ),
    )
)
_PRINCIPLE = re.compile(
    r"\b(what (is|does|are) (an?|the) (good|typical meaning)|how (is|are|do you) .{0,40}\b(worked out"
    r"|calculated|measured|"
    r"computed)|what does .{1,40} mean|how (do|can|should) (i|we) (improve|raise|increase|get better|clean|use"
    r"|read|build)|"
    r"define|explain)\b",
    re.IGNORECASE,
)
_TO_RIVALS = re.compile(
    r"\blos(?:e|t|ing|ses)\b(?!.{0,20}\b(?:it|this|that)\b).{0,25}\b(?:to|against) "
    r"(?:an?other |a |the |our |which |what )?(?:competit(?:ors?|ion)|rivals?|vendors?)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\b(against|vs\.?|versus|compared (to|with)|(better|worse) than|than) (the )?(last|previous) (month"
    r"|quarter|year)\b",
    re.IGNORECASE,
)
"""What the period is set beside; it names no period of its own."""


def result_asked(text: str, today: date) -> ResultAsked | None:
    """What `text` wants counted; None for a question of principle and for anything else."""
    if _PRINCIPLE.search(text):
        return None
    if _TO_RIVALS.search(text):
        return ResultAsked(ResultKind.LOST, window_behind(text, today), unit=_unit(text), to_rivals=True)
    kind = next((kind for kind, pattern in _KINDS if pattern.search(text)), None)
    if kind is None:
        return None
    if kind in {ResultKind.COVERAGE, ResultKind.TARGET}:
        return ResultAsked(kind, _ahead(text, today), money_in(text))
    beside = _BESIDE.search(text)
    window = window_behind(_BESIDE.sub(" ", text), today)
    against_last_year = beside is not None and "year" in beside[0].casefold()
    return ResultAsked(kind, window, unit=_unit(_BESIDE.sub(" ", text)), against_last_year=against_last_year)


def _unit(text: str) -> str:
    """Month, quarter or year, as the period is named; a week and a day are compared with as many days before."""
    if re.search(r"\b(week|yesterday|today)\b", text, re.IGNORECASE):
        return "days"
    if re.search(r"\b(year|ytd)\b", text, re.IGNORECASE):
        return "year"
    return "month" if not re.search(r"\b(quarter|q[1-4])\b", text, re.IGNORECASE) and names_month(text) else "quarter"


def _ahead(text: str, today: date) -> Window | None:
    """The period a target is for."""
    if re.search(r"\bnext quarter\b", text, re.IGNORECASE):
        return next_quarter(today)
    return window_ahead(text, today)
