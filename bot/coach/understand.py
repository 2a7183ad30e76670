"""What a message asks for, by rules. Most questions have a computed answer, so no model is needed here.

A question is classified without looking at any deal: which deal it is about is decided in `names`,
inside the asker's scope.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.coach.points import Point, continues, point_asked
from bot.coach.reply import Element
from bot.coach.sheets import Sheet, means_focus, sheet_asked


class Kind(StrEnum):
    """The answer a message calls for."""

    ASSESS = "assess"
    GAPS = "gaps"
    NEXT_STEPS = "next_steps"
    FACET = "facet"
    CHANGE = "change"
    PIPELINE = "pipeline"
    FORECAST = "forecast"
    CLOSED_DEALS = "closed_deals"
    HELP = "help"
    GREETING = "greeting"
    THANKS = "thanks"
    SELF = "self"
    BANTER = "banter"
    OWN_ACTIONS = "own_actions"


@dataclass(frozen=True, slots=True)
class Question:
    """A message understood: what it asks and how the answer should look.

    `facet` names the one number asked for. `wants_odds` asks for a win probability, `wants_certainty` whether
    the deal is sure, `wants_result` whether it is won or lost already, `wants_lift` what would make it healthier,
    `wants_concession` for a discount or a promise. `wants_lines` asks for lines to send to
    somebody, `wants_plan_check` to read the close plan. `elements` are the MEDDPPICC elements named. `brief`
    asks for a short answer. `point` is a pointed question, answered in a few lines. `write_refusal` says of a deal why
    it cannot be changed in the CRM for who asks, None if it can; it is None itself where nothing is ever written.
    """

    kind: Kind
    text: str
    facet: str | None = None
    wants_odds: bool = False
    wants_lines: bool = False
    wants_certainty: bool = False
    wants_result: bool = False
    wants_lift: bool = False
    wants_concession: bool = False
    wants_plan_check: bool = False
    brief: bool = False
    asks_how_to: bool = False
    elements: tuple[Element, ...] = ()
    sheet: Sheet | None = None
    point: Point | None = None
    write_refusal: Callable[[str], str | None] | None = None

    @property
    def is_general(self) -> bool:
        """Whether the words fit a page of the handbook better than the deal at hand."""
        about_focus = continues(self.text) or (self.sheet is not None and means_focus(self.text))
        return self.kind is Kind.ASSESS and self.asks_how_to and not about_focus


_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            Kind.HELP,
            r"^\W*((please )?help( me)?( out)?|what (can|do) you (do|know|understand)|how do you work|commands?|"
            r"what can i (ask|do)( you)?|i['’]m (lost|confused|stuck)|menu|options|start)\W*$|^\W*$",
        ),
        (
            Kind.SELF,
            r"^\W*(who|what) are you\b|\bare you (a )?(bot|human|real|person|robot|chatgpt|gpt|claude|ai|an ai)\b"
            r"|\b(system )?prompt\b.{0,20}$|\byour (instructions|rules)\b",
        ),
        (
            Kind.BANTER,
            r"^\W*(tell me a joke|.{0,12}\bjoke\b|lol|haha+|i love you|sing( me)? .*|knock knock)\W*$"
            r"|\b(fuck|shit|bullshit|crap|stupid|useless|idiot|dumb|you suck|hate you)\b",
        ),
        (
            Kind.OWN_ACTIONS,
            r"^\W*((what|which|where|how many|show( me)?|list|open|see|are|is|do|me|i|have|there|s) ){0,4}"
            r"(my|our|overdue) ((open|tracked|overdue|accepted|pending) )*(actions?|action items?|to-?dos?|tasks)"
            r"( (are )?(open|overdue|due|left)| do i have)?( (now|today|this week|again))?\W*$",
        ),
        (
            Kind.GREETING,
            r"^\W*(hi+|hello|hey+|yo|hallo|moin|bonjour|hola|servus|good (morning|afternoon|evening)|morning)"
            r"( (there|coach|bot|all|team))?\W*$",
        ),
        (
            Kind.THANKS,
            r"^\W*((many |ok |okay )?thanks?( a lot| so much)?|thank you( very much)?|cheers|ok(ay)?|great|perfect|"
            r"cool|nice|got it|merci|danke|gracias)\W*$",
        ),
        (
            Kind.CLOSED_DEALS,
            r"\b(closed|won|lost|finished) (deals|opportunities|ones)\b"
            r"|\bdeals (did )?(i|we) (have )?(won|win|lost|lose|closed?)\b"
            r"|\bwhat (did|have) (i|we) (win|won|lose|lost|close|closed)\b",
        ),
        (Kind.FORECAST, r"\b(forecast|weighted|commit number|at[- ]risk share|share (of|out))\b"),
        (
            Kind.CHANGE,
            r"\b(move|slide|push|set|change|put|keep|leave|update|switch|mark|stay|take)\b.{0,60}"
            r"\b(commit|best case|date|month[- ]end|quarter[- ]end|stage|category|amount|the number|half-year|"
            r"forecast)\b",
        ),
        (Kind.GAPS, r"\b(meddp?p?icc?|gaps?|missing|qualif\w*|blind spots?)\b"),
        (
            Kind.NEXT_STEPS,
            r"\b(next (step|move|action)s?|what (should|do|can) (i|we) do|best play|to do next|what now)\b",
        ),
        (
            Kind.PIPELINE,
            r"\b(pipeline|how many (open )?deals|(my|our|all|every|open|'s) deals?|list (\w+ ){0,3}deals?|my week|"
            r"my list|which deals?|what needs me|where should i (start|focus)|team('s)? deals|deals at risk|"
            r"at[- ]risk deals?|worst deals?)\b",
        ),
    )
)

_FACETS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (facet, re.compile(pattern, re.IGNORECASE))
    for facet, pattern in (
        (
            "days_since_inbound",
            r"\b(when|how long).{0,30}\b(last )?(wr(i|o)te|repl(y|ied)|answer(ed)?|hear|heard|inbound|e?mail(ed)?)\b",
        ),
        ("next_meeting", r"\b(when|what|is there|do (we|i) have).{0,25}\b(next|upcoming) (meeting|call|session)\b"),
        (
            "last_meeting",
            r"\b(when|what).{0,25}\b(last|latest) (meeting|call|session)\b|\bwhen did (we|i|you) last (meet|see)\b",
        ),
        ("days_untouched", r"\b(when|how long).{0,30}\b(touch(ed)?|reach(ed)? out|contact(ed)? them)\b"),
        ("opp_age", r"\bhow old\b"),
        ("days_in_stage", r"\bhow long.{0,30}\b(in (this|the|its|that)? ?stage|been in)\b"),
        ("contacts_engaged", r"\bhow many (contacts?|people|persons|stakeholders)\b"),
        ("close_date", r"\b(when|what).{0,20}\b(close date|closing|does it close|supposed to close)\b"),
        ("amount", r"\b(how (big|large)|what('s| is) the (amount|size|value))\b"),
        ("stage", r"\b(what|which) stage\b"),
        ("owner", r"\bwho (owns|is the owner|has)\b"),
    )
)

_ODDS = re.compile(
    r"\b(odds|probabilit\w+|likelihood|chances?|percent(age)?|(?<!when )will (it|they|we) (close|win|sign))\b", re.I
)
_LINES = re.compile(
    r"\b(write|draft|send|give|word)\b.{0,40}\b(lines?|mail|e-?mail|note|message|summary|update|recap)\b", re.I
)
_CERTAINTY = re.compile(
    r"\b(a lock|done deal|sure thing|in the bag|as good as (signed|won|done)|safe|certain|still (green|on track|good)|"
    r"for sure|count on (it|this))\b",
    re.I,
)
_CONCESSION = re.compile(r"\b(discounts?|\d+ ?%? ?off|price cut|concession|for free|free (month|year)s?)\b", re.I)
_RESULT = re.compile(r"\b(did|have|has) (we|i|they|he|she|you) (win|won|lose|lost|sign(ed)?|clos(e|ed))\b", re.I)
_LIFT = re.compile(
    r"\bwhat (would|could|can|will|does it take to) (make|lift|get|turn|move|bring|raise|change|improve)\b"
    r"|\bhow (do|can|could) (i|we) (get|lift|raise|improve|turn|bring|make)\b"
    r".{0,60}\b(good|average|green|better|health(y|ier)?)\b",
    re.I,
)
_PLAN_CHECK = re.compile(r"\b(close|closing|action) plan\b", re.I)
_ELEMENTS = tuple(
    (element, re.compile(pattern, re.I))
    for element, pattern in (
        (Element.METRICS, r"\b(metrics?|success (number|measure)s?)\b"),
        (Element.ECONOMIC_BUYER, r"\b(economic buyer|who (signs|pays|approves)|budget (owner|holder))\b"),
        (Element.DECISION_CRITERIA, r"\b(decision )?criteria\b"),
        (Element.DECISION_PROCESS, r"\b(decision process|how (do|will) they decide|approval (steps|path))\b"),
        (Element.PAPER_PROCESS, r"\b(paper process|procurement|legal review|redlines?)\b"),
        (Element.PARTNER, r"\bpartner\b"),
        (Element.IDENTIFY_PAIN, r"\b(pain|problem)\b"),
        (Element.CHAMPION, r"\bchampion\b"),
        (Element.COMPETITION, r"\b(competit(ion|ors?)|rivals?|alternatives?)\b"),
    )
)
_BRIEF = re.compile(
    r"\b(in (one|two|three|a few|a couple of) (lines?|sentences?|words)|briefly|short version|tl;?dr)\b|"
    r"^\W*(one|two|three|a few) (lines?|sentences?) (on|about)\b",
    re.I,
)
_HOW_TO = re.compile(
    r"^\W*(what|how|why|when|which|who|where|should|can|could|does|do|is|are|explain|define|tell me|show me|describe)\b"
    r"|\?\s*$",
    re.I,
)


_NEEDS_A_WORD = ("wants_odds", "wants_certainty", "wants_concession")
"""What an answer must say no to first: a sheet would pass over it."""


def understand(text: str) -> Question:
    """Classify `text`; a message that fits nothing is a request to assess the deal it names."""
    flags: dict[str, Any] = {
        "wants_odds": bool(_ODDS.search(text)),
        "wants_lines": bool(_LINES.search(text)),
        "wants_concession": bool(_CONCESSION.search(text)),
        "wants_certainty": bool(_CERTAINTY.search(text)),
        "wants_result": bool(_RESULT.search(text)),
        "wants_lift": bool(_LIFT.search(text)),
        "wants_plan_check": bool(_PLAN_CHECK.search(text)),
        "brief": bool(_BRIEF.search(text)),
        "asks_how_to": bool(_HOW_TO.search(text)),
    }
    facet = next((name for name, pattern in _FACETS if pattern.search(text)), None)
    kind = next((kind for kind, pattern in _KINDS if pattern.search(text)), None)
    needs_a_word = kind is Kind.CHANGE or any(flags[name] for name in _NEEDS_A_WORD)
    flags["sheet"] = None if needs_a_word else sheet_asked(text)
    flags["point"] = None if needs_a_word or flags["sheet"] else point_asked(text)
    if kind is None and facet:
        return Question(Kind.FACET, text, facet=facet, **flags)
    elements = tuple(element for element, pattern in _ELEMENTS if pattern.search(text))
    return Question(kind or Kind.ASSESS, text, facet=facet, elements=elements, **flags)
