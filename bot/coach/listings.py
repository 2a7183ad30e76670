"""Questions about which deals, not about one: "which of mine slipped?", "who has gone quiet?".

Understood by rules like every other question; which deals fit is decided in `answers.listing`, inside the
asker's scope.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.coach.filters import Filters, filters_of
from bot.coach.numerals import days_in, quantity
from bot.coach.reply import Element
from bot.coach.since import looks_back_to
from bot.coach.windows import span_ahead, window_ahead


class ListKind(StrEnum):
    """What the deals asked for have in common."""

    TODAY = "today"
    NO_MEETING = "no meeting booked"
    MEETINGS = "meetings ahead"
    UNANSWERED = "waiting for our answer"
    SILENT = "gone quiet"
    UNTOUCHED = "untouched"
    PAST_DATE = "past their close date"
    SLIPPED = "slipped"
    CLOSING = "closing"
    BIGGEST = "biggest"
    SMALLEST = "smallest"
    OLDEST = "oldest"
    STRONGEST = "strongest"
    NO_STEP = "no next step"
    MOVED = "moved"
    LACKING = "lacking an element"
    STUCK = "stuck"
    COMMIT = "in commit"
    NEW = "new"
    TEAM = "by owner"
    ALL = "all that fit"


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Listing:
    """One list asked for.

    `days` is the length of a silence, `most` how many deals are wanted; None if none was named. `first` to `last`
    are the days meant; `filters` narrow the list further. `element` is the MEDDPPICC element that is lacking;
    `worse_only` leaves out what moved for the better.
    """

    kind: ListKind
    days: int | None = None
    first: date | None = None
    last: date | None = None
    most: int | None = None
    filters: Filters = NO_FILTERS
    element: Element | None = None
    worse_only: bool = False


_WINDOW = (
    r"(today|tomorrow|(this|next|coming) (week|month|quarter|year)|next (\w+ )?(days|weeks)|"
    r"(month|quarter|year)[- ]end)"
)
_REPLIED = r"(repl(y|ied)|answer(ed)?|respond(ed)?|wr(ite|itten|ote)|(come|came) back|been in touch)"
_NOT = r"(hasn['’]?t|haven['’]?t|didn['’]?t|(has|have|did) not|not|never)"

_KINDS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            ListKind.TEAM,
            r"\b(how('s| is| are)|status of) (my|our|the) (team|people|reps|sellers)\b"
            r"|\b(which|what|any) (reps?|sellers?|people)\b.{0,40}\b(risk|help|trouble|worst|behind|attention)\b"
            r"|\bwho (needs|need) (my )?(help|attention|coaching)\b"
            r"|\bwho\b.{0,15}\b(my|the) team\b.{0,20}\b(help|risk|attention)\b"
            r"|\b(by|per) (rep|seller|owner|person)\b|\bteam (overview|summary|status)\b"
            r"|\brisk (share )?(of|in|across) (my|the) team\b"
            r"|\bshare of the team\b",
        ),
        (
            ListKind.TODAY,
            r"^\W*what (should|do|can|must) (i|we) (do|work on|look at)( (today|now|next|first|tomorrow"
            r"|this \w+))*\W*$"
            r"|\bwhere (should|do) (i|we) (start|begin|focus)\b|\bwhat('s| is) (most )?urgent\b|\bwhat needs me\b"
            r"|\b(which|what) deals (should|do|must) (i|we) (inspect|look at|review|focus on|work( on)?"
            r"|worry about)\b"
            r"|\bmy (priorities|to-?do( list)?|day)\b|\bwho(m)? (should|do|must) (i|we) (call|ring|chase)\b",
        ),
        (
            ListKind.UNANSWERED,
            rf"\bunanswered\b|\b(i|we) owe\b|\bwaiting (for|on) (me|my|us|our|an answer from)\b"
            rf"|\b(have|did) (i|we) {_NOT} {_REPLIED}|\b{_NOT} (i|we) {_REPLIED}|\b(i|we) {_NOT} {_REPLIED}",
        ),
        (
            ListKind.SILENT,
            rf"\b(gone|went|going|go|been) (quiet|silent|dark|cold)\b|\bsilent\b|\bghost(ed|ing)\b"
            rf"|\b{_NOT} {_REPLIED}|\bno (reply|replies|answer|response)\b",
        ),
        (
            ListKind.MOVED,
            r"\b(got|gotten|getting|became|become|turned|gone) (worse|better|weaker|stronger|healthier)\b"
            r"|\b(worsened|improved|deteriorated|dropped)\b|\b(moved|went|slid) (forward|ahead|back(wards?)?|up"
            r"|down)\b"
            r"|\badvanced\b(?! for)|\bwhat(['’]s| is| has|['’]s been)? (new|changed|different|moved)\b"
            r"|\banything (new|changed)\b|\bwhat happened\b|\b(biggest )?movers\b|\bchanges? (since|this|in)\b",
        ),
        (
            ListKind.NO_STEP,
            r"\b(no|without( an?y?)?|lack(s|ing)?|missing|need(s|ing)?) (a )?(dated |recorded )?next steps?\b",
        ),
        (
            ListKind.NO_MEETING,
            r"\b(no|without( an?y?)?|nothing|lack(s|ing)?|missing)( (next|upcoming|future|follow-?up|booked|new|a))*"
            r" (meetings?|calls?|booked|scheduled|planned)\b|\b(not|n['’]t) (booked|have a (next )?meeting)\b",
        ),
        (
            ListKind.MEETINGS,
            r"\b(my|our) (calendar|diary|schedule)\b"
            rf"|\b(meetings?|calls?)\b.{{0,40}}\b({_WINDOW}|ahead|coming up|booked|upcoming)\b"
            rf"|\b{_WINDOW}\b.{{0,30}}\b(meetings?|calls?)\b|\bupcoming (meetings?|calls?)\b"
            r"|\b(am|are) (i|we) meeting\b",
        ),
        (
            ListKind.UNTOUCHED,
            rf"\b(untouched|neglect(ed|ing)|forgotten)\b|\b{_NOT} (touched|contacted|called|worked)\b"
            rf"|\bno activity\b",
        ),
        (
            ListKind.PAST_DATE,
            r"\b(past|over|beyond) (their |its |the )?(close|closing|due) dates?\b|\boverdue\b"
            r"|\b(close|closing) dates? .{0,15}\b(passed|over|gone|in the past)\b",
        ),
        (ListKind.SLIPPED, r"\bslip(s|ped|ping)?\b|\bpushed\b|\bpostponed\b|\bre-?dated\b"),
        (
            ListKind.CLOSING,
            rf"\b(clos(e|es|ing)|due|land(s|ing)?|sign(s|ing)?|decid(e|ed|ing))\b.{{0,30}}\b{_WINDOW}\b",
        ),
        (ListKind.SMALLEST, r"\b(smallest|lowest[- ]value|least valuable) (\w+ )?(deals?|opportunit\w+|ones?)\b"),
        (ListKind.OLDEST, r"\b(oldest|longest (open|running)) (\w+ )?(deals?|opportunit\w+|ones?)\b"),
        (
            ListKind.STRONGEST,
            r"\b(best|strongest|healthiest|hottest|hot|safest|surest) (\w+ )?(deals?|opportunit\w+|bets?|ones?)\b"
            r"|\b(most|more) likely to (close|win|sign)\b|\blikeliest\b|\bdoing (best|well)\b",
        ),
        (ListKind.BIGGEST, r"\b(biggest|largest|most valuable|highest[- ]value|top (\w+ )?(deals?|opportunities))\b"),
        (ListKind.STUCK, r"\b(stuck|stall(ed|ing)|not moving|no progress|too long in|not advanc(ed|ing))\b"),
        (ListKind.COMMIT, r"\b(in|on|my|our|the) commit\b|\bcommit(ted)? deals\b"),
        (ListKind.NEW, r"\bnew(est)? (deals?|opportunities)\b|\b(came in|created|opened) (this|last) (week|month)\b"),
    )
)
_ABOUT_DEALS = re.compile(
    r"\b(which|whom?|list|show|any|all|how many|deals|opportunities|(am|are|do|did|have) (i|we)|"
    r"(my|our|\w+['’]s) (\w+ ){0,2}(deals?|pipeline|meetings?|calls?|accounts?|priorities|to-?do|day|commit)|"
    r"what (should|do|can|must) (i|we)|where (should|do) (i|we)|what (meetings|calls|closes|is|['’]s)|what['’]s|"
    r"what needs|what (has )?(changed|happened|moved)|anything|deal|smallest|oldest|newest|best|strongest|hot"
    r"|cold|movers|"
    r"unanswered|(today|tomorrow)['’]?s|biggest|largest|what (has )?slipped|team|reps?|renewals|per|by|who)\b",
    re.IGNORECASE,
)
_DEALS = re.compile(r"\b(deals?|opportunities|renewals|list|which|show)\b", re.IGNORECASE)
_HOW_TO = re.compile(
    r"^\W*(how (do|can|should|to|does|would)|why)\b"
    r"|\b(do|say|write|ask|react|handle)\b.{0,20}\b(when|if|after|with an?)\b"
    r"|\b(an? (\w+ )?|the |this |that )(deal|buyer|customer|prospect|champion|contact)\b|\b(competitors?|rivals?)\b",
    re.IGNORECASE,
)
"""Questions of principle: they go to the handbook though they use the same words."""

_FOUR_WEEKS = 28  # days; how far ahead a list looks that names no end
_OWN_ACTIVITY = re.compile(
    r"\bhow (many|much) (calls?|e-?mails?|mails?|meetings?|touches|activit\w+)\b.{0,20}\b(did|have|do) (i|we)\b"
    r"|\b(my|our) (own )?activity\b|\bwho (did|have) i (talk|speak|meet|met|spoken|talked)\b",
    re.IGNORECASE,
)
_WORSE = re.compile(r"\b(worse|weaker|worsened|deteriorated|dropped|back(wards?)?|down)\b", re.IGNORECASE)
_CLOSES = re.compile(r"\b(clos(e|es|ing)|due|land(s|ing)?|sign(s|ing)?)\b", re.IGNORECASE)
_FIRST = "biggest|largest|smallest|oldest|newest|best|strongest"
_SUPERLATIVES = frozenset({ListKind.BIGGEST, ListKind.SMALLEST, ListKind.OLDEST, ListKind.STRONGEST, ListKind.NEW})
_LACKS = re.compile(
    r"\b(no|without( an?)?|lack(s|ing)?( an?)?|missing( an?)?|(do|does)(n['’]t| not) have( an?)?|need(s|ing)? an?) "
    r"(known |real |confirmed |clear )?(champions?|economic buyers?|eb|decision (process|criteria)"
    r"|paper process|metrics?|"
    r"pain|competit\w+|decision[- ]?makers?)\b",
    re.IGNORECASE,
)
_LACKED = (
    (Element.CHAMPION, "champion"),
    (Element.ECONOMIC_BUYER, r"economic buyer|\beb\b|decision[- ]?maker"),
    (Element.DECISION_PROCESS, "decision process"),
    (Element.DECISION_CRITERIA, "decision criteria"),
    (Element.PAPER_PROCESS, "paper process"),
    (Element.METRICS, "metric"),
    (Element.IDENTIFY_PAIN, "pain"),
    (Element.COMPETITION, "competit"),
)


def listing_of(text: str, today: date, stages: Collection[str] = ()) -> Listing | None:
    """The list `text` asks for; None if it asks for something else. `stages` are those of the company."""
    if _HOW_TO.search(text) or not _ABOUT_DEALS.search(text):
        return None
    filters = filters_of(text, stages)
    element = _lacking(text)
    if element:
        return Listing(ListKind.LACKING, filters=filters, element=element)
    kind = next((kind for kind, pattern in _KINDS if pattern.search(text)), None)
    named = window_ahead(text, today)
    if (kind is None and named and _DEALS.search(text)) or (kind is None and _CLOSES.search(text) and named):
        kind = ListKind.CLOSING
    if kind is None:
        return Listing(ListKind.ALL, filters=filters) if filters.words and _DEALS.search(text) else None
    if kind in {ListKind.CLOSING, ListKind.MEETINGS}:
        first, last = named or span_ahead(text, today) or (today, today + timedelta(days=days_in(text) or _FOUR_WEEKS))
        return Listing(kind, first=first, last=last, filters=filters)
    if kind is ListKind.MOVED:
        since = looks_back_to(text, today, None)
        return Listing(kind, first=since, filters=filters, worse_only=bool(_WORSE.search(text)))
    return Listing(kind, days=days_in(text), most=_most(text, kind), filters=filters)


def asks_own_activity(text: str) -> bool:
    """Whether a person asks how busy they were: contact is counted by deal, so there is no figure for it."""
    return _OWN_ACTIVITY.search(text) is not None


def _lacking(text: str) -> Element | None:
    """The element the deals asked for do not have: "which deals have no champion?"."""
    found = _LACKS.search(text)
    return next((element for element, words in _LACKED if found and re.search(words, found[0], re.IGNORECASE)), None)


def _most(text: str, kind: ListKind) -> int | None:
    """How many deals are wanted; one for "my biggest deal", None where no number is named."""
    if kind not in _SUPERLATIVES:
        return None
    found = re.search(rf"\b(?:top|{_FIRST}) (\w+)\b|\b(\w+) (?:{_FIRST})\b", text, re.IGNORECASE)
    counted = next((count for word in (found.groups() if found else ()) if (count := quantity(word))), None)
    return counted or (1 if re.search(rf"\b({_FIRST}) (\w+ )?(deal|opportunity|one)\b", text, re.IGNORECASE) else None)
