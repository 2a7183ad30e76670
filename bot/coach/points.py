"""Pointed questions about one deal, answered in a few lines: "why?", "should I forecast it?", "has Gareth replied?".

Understood by rules, like sheets. The words of the deal's name play no part; which deal is meant is decided elsewhere.
"""

import re
from enum import StrEnum


class Point(StrEnum):
    """What a short question wants to know."""

    EXPLAIN = "explain"
    CONTEST = "contest"
    CANNOT = "cannot"
    FORECASTABLE = "forecastable"
    REAL = "real"
    WHEN = "when"
    PUSHED = "pushed"
    PREPARE = "prepare"
    PERSON = "person"
    REACH = "reach"
    MENTIONED = "mentioned"
    COUNTS = "counts"
    STEPS = "steps"
    RISKS = "risks"
    PARTNER = "partner"


TOPICS = (
    r"proposals?|offers?|quotes?|quotation|pric(?:e|es|ing)|contracts?|order form|security (?:review|questionnaire)|"
    r"ndas?|dpa|demos?|pilots?|poc|trial|budget|timeline|purchase order|po\b|references?|statement of work|sow|legal"
)
"""Things one asks about by name: was it sent, seen, spoken of?"""

_DID = r"\b(did|has|have|is there|was|were|any|where['’]?s|where is)\b"
_PATTERNS = tuple(
    (point, re.compile(pattern, re.IGNORECASE))
    for point, pattern in (
        (
            Point.CONTEST,
            r"^\W*((no,? )?that['’]s (wrong|not (right|true|correct))|(you are|you['’]re|this is) wrong|wrong|"
            r"not true)\b"
            r"|\bi (disagree|don['’]t agree)\b|\bthat['’]s (wrong|not true)\b",
        ),
        (
            Point.EXPLAIN,
            r"^\W*why( (so|not|is (that|it|this)( so)?|though))?\W*$|^\W*how come\W*$|^\W*are you (really )?sure\W*$"
            r"|\bhow (did|do) you (calculate|compute|get|come|know|rate|judge|work)\b"
            r"|\bwhy (is|isn['’]t|are|do you (rate|say)|did you rate)\b.{0,60}"
            r"\b(good|average|at risk|poor|red|green|yellow|rated|bad|only|so (low|bad|high))\b"
            r"|\b(explain|show me|break ?down)\b.{0,20}\b(rating|health|score|bucket|points|verdict)\b"
            r"|\b(score|points) (breakdown|behind)\b|\bwhat['’]s behind\b",
        ),
        (
            Point.CANNOT,
            r"\bremind me\b|\b(can|could|will|would) you (please )?(call|ring|mail|e-?mail|send|book|schedule|invite)\b"
            r"|^\W*(please )?(call|ring|invite) (him|her|them)\b|\bset (up )?a (reminder|meeting|call)\b"
            r"|\b(book|schedule) (a|the|another) (meeting|call)\b",
        ),
        (
            Point.FORECASTABLE,
            r"\b(should|can|may|could|do) (i|we) (really |safely |still )?(forecast|commit|call it|include|count)\b"
            r"|\b(is|does) .{1,40}\b(forecastable|commit[- ]worthy|belong in (the )?(commit|forecast|best case))\b"
            r"|\b(in|as) (my|our|the) (commit|forecast)\W*$",
        ),
        (
            Point.REAL,
            r"\bis .{1,40}\b(real|dead|alive|serious|a real (deal|opportunity)|(an|even an) opportunity|"
            r"worth (it|my time))"
            r"\W*$|\b(walk away|give up|kill|drop|disqualify)\b|\bstop (working|chasing)\b|\bwaste of time\b",
        ),
        (
            Point.WHEN,
            r"(?!.*\bclose date\b)\bwhen\b.{0,15}\b(will|do(es)?|is|are|would|can)\b"
            r".{0,40}\b(clos(e|ing)|sign(ing)?|decid(e|ing)|land)\b"
            r"|\bwill\b.{0,40}\bslip\b|\b(timeline|date|close date) (realistic|real|still hold|hold)\b"
            r"|\b(does|will) the (close )?date hold\b"
            r"|\b(is|are) .{0,40}\bon (track|time)\b",
        ),
        (
            Point.PUSHED,
            r"\bhow (many times|often)\b.{0,60}\b(pushed|moved|slipped|changed|postponed)\b"
            r"|\bhas .{1,40}\b(been pushed|slipped|been moved|been postponed)\b",
        ),
        (
            Point.PREPARE,
            r"\b(prep(are)?|brief|ready) me\b|\bprep(aration)? (for|call|pack|notes?)\b|\bcall prep\b"
            r"|\bwhat (should|do|can) i (ask|say|know|bring up|cover)\b"
            r"|\bhelp me (prepare|get ready)\b|\bquestions? (should i|to) ask\b",
        ),
        (Point.REACH, r"\b(e-?mail address|phone( number)?|mobile|number for|contact details|how do i reach)\b"),
        (
            Point.PERSON,
            r"\bwhat (did|has|does|is) \S+ (ever |last |really )?"
            r"(say|said|write|written|want|promise[ds]?|think|reply)\b"
            r"|(?<!when )\b(did|has|have) (?!(i|we|you)\b)\S+( \S+)? (ever |already |yet )?"
            r"(repl(y|ied)|answer(ed)?|respond(ed)?|wr(ite|itten|ote)|said|say|mention(ed)?|come back|"
            r"promised?|agreed?)\b"
            r"|\b(last|latest) (word|mail|e-?mail|message|reply) from\b|\bheard (back )?from\b"
            r"|\bwhat (did|have) (i|we) (promise|agree|tell)d?\b",
        ),
        (
            Point.MENTIONED,
            rf"{_DID}.{{0,40}}\b(sent|send|get|got|gotten|seen|see|receive[ds]?|mention(ed)?|talk(ed)? about|"
            rf"discuss(ed)?|"
            rf"sign(ed)?|review(ed)?|shared?|had|have|do|done|agreed?|the|a|about)\b.{{0,25}}\b({TOPICS})"
            rf"|\bwhat about (the )?({TOPICS})\b|\bstatus of (the )?({TOPICS})\b",
        ),
        (
            Point.COUNTS,
            r"\bhow (many|often)\b.{0,30}\b(e-?mails?|mails?|calls?|meetings?|touches|times (did|have) (i|we) "
            r"(mail|e-?mail|call|met|meet|written?))\b"
            r"|\bwhen did (i|we) last (e-?mail|mail|write|call|reach|send|ring)\b"
            r"|\b(last|latest) (e-?mail|mail|call|message) (i|we) (sent|made|wrote)\b"
            r"|\bwhen (was|were) (the|our|my) last (contact|touch)\b|\bwhen did (we|i) last (talk|speak|be in touch)\b",
        ),
        (
            Point.RISKS,
            r"\b(what|which) (are|is) (the )?(\w+ )?(risks?|red flags?|weak(ness|nesses| spots?)|concerns?|blockers?)\b"
            r"|\bwhat (could|can|might) go wrong\b|\bwhy (would|could|might|will) (we|i) lose\b|\bred flags?\b"
            r"|\bwhat worries you\b|\bbiggest risk\b|\bwhat['’]s (blocking|the risk|wrong)\b",
        ),
        (
            Point.PARTNER,
            r"\bpartners?\b.{0,40}\b(involved|on|at|in|regist\w+)\b|\b(deal )?registration\b"
            r"|\bwho is the partner\b",
        ),
        (
            Point.STEPS,
            r"\bnext (step|move|action)s?\b|\bwhat (should|do|can) (i|we) do\b|\bhow (do|can|could|should) (i|we) "
            r"(save|rescue|win|move|unstick|unblock|close|get .{1,20} (moving|unstuck|back|over the line))\b"
            r"|\bwhat['’]?s? (is )?the plan\b|^\W*(what )?(next|now|what now|so what)\W*$|\bto do (next|about)\b",
        ),
    )
)
_SHORT_OF_A_DEAL = re.compile(
    r"^\W*(why|how come|are you (really )?sure|and|so|next|more|go on|tell me more|what else|who else|since when|"
    r"(ok(ay)?,? )?what (should|do|can) (i|we) do( (now|next))?|what now|really|says who|"
    r"(and )?who (signs|pays|approves|decides|is (in )?charge)( (it|this|there|off( on (it|this))?))?|"
    r"(and|what about|how about|and what about) (the |our |a )?"
    r"(metrics?|economic buyer|decision (criteria|process)|criteria|paper process|paperwork|legal|procurement|security|"
    r"partners?|pain|champion|compet(ition|itors?)|budget|timeline|meddp?p?icc?|next steps?)|"
    r"(is|are) there (really )?(a|an|any) (champion|coach|economic buyer|budget|pain|partner|compet(ition|itors?)|"
    r"rival|mutual (action )?plan|next (meeting|step))|"
    r"(is|are|was|were) (legal|procurement|finance|security|purchasing|a partner) (\w+ )?(involved|on board|aware|in)|"
    r"what (did|have) (i|we) promised?)\W*$",
    re.IGNORECASE,
)
_NOTION = re.compile(
    r"^\W*(how (do|does|can|should|would|to) (you|one|people|we|i)\b(?!.{0,60}\b(it|this|them|him|her|here|that)\b)"
    r"|explain (?!(it|this|that|the rating)\b)|define\b|what (is|are|makes?) an? |what (does|do) .{1,40}\bmean\b"
    r"|what(['’]s| is) (meddp?p?icc?|the (meaning|definition|difference))|(what|which|when|why|how|should|who) .{0,60}"
    r"\b(deals|buyers|reps|sellers|customers|people|champions|"
    r"an? (\w+ )?(champion|buyer|deal|customer|rep|prospect))\b)",
    re.IGNORECASE,
)
_OF_THE_DEAL = re.compile(
    r"\b(it|this|that|they|them|their|he|she|him|her|his|the (deal|champion|economic buyer|budget|customer|buyer|"
    r"account|timeline|date|risks?|competition|contract|proposal|close date|next meeting|contacts?)|we|our|us|here|"
    r"go wrong|each side)\b",
    re.IGNORECASE,
)

_BACK = re.compile(r"\b(it|that|this one|that one|the other (one|deal)|them both|the same)\b", re.IGNORECASE)
_ANOTHER = re.compile(
    r"^\W*(and |what about |how about |how is |how's |and what about )*(the|their|my) other (one|deal|opportunity)\b"
    r".{0,20}$",
    re.IGNORECASE,
)
_FEW = 7  # words; a longer message says itself what it is about


def point_asked(text: str) -> Point | None:
    """What `text` wants to know about one deal; None for a question that needs the whole assessment or no deal."""
    return next((point for point, pattern in _PATTERNS if pattern.search(text)), None)


def continues(text: str) -> bool:
    """Whether a message without a name goes on about the deal at hand rather than about selling in general."""
    if _SHORT_OF_A_DEAL.search(text):
        return True
    return not _NOTION.search(text) and (point_asked(text) is not None or bool(_OF_THE_DEAL.search(text)))


def means_another(text: str) -> bool:
    """Whether a message asks for the deal beside the one at hand: "and the other one?"."""
    return bool(_ANOTHER.search(text))


def refers_back(text: str) -> bool:
    """Whether a message makes sense only after another: "why?", "and the other one?", "should I forecast it?"."""
    if _SHORT_OF_A_DEAL.search(text):
        return True
    return len(text.split()) <= _FEW and bool(_BACK.search(text)) and not _NOTION.search(text)
