"""Sheets a person can ask for about one deal: rubric cards, drafts, what changed, questions for the next talk."""

import re
from enum import StrEnum


class Sheet(StrEnum):
    """One kind of sheet."""

    INTENT = "intent"
    BUDGET = "budget"
    READINESS = "readiness"
    GATES = "gates"
    FIT = "fit"
    CLOSE_WEEK = "close week"
    STAKEHOLDERS = "stakeholders"
    COMPETITION = "competition"
    TRIAL_CLOSE = "trial close"
    OBJECTION = "objection"
    SUMMARY = "executive summary"
    RECAP = "recap"
    AGENDA = "agenda"
    FOLLOW_UP = "follow-up"
    CHANGES = "changes"
    MUTUAL_PLAN = "mutual action plan"
    COMMAND_PLAN = "command plan"


_WRITE = r"\b(draft|write|prepare|create|make|give me|i need|compose)\b.{0,40}"
_PATTERNS = tuple(
    (sheet, re.compile(pattern, re.IGNORECASE))
    for sheet, pattern in (
        (
            Sheet.MUTUAL_PLAN,
            r"\b(mutual|joint)( action| close| closing)? plan\b|\breverse (timeline|plan)\b"
            r"|\bplan backwards? from\b|(?-i:\bMAP\b)",
        ),
        (Sheet.COMMAND_PLAN, r"\bcommand plan\b"),
        (Sheet.CLOSE_WEEK, r"\bclos(e|ing)[- ]week\b|\bfinal[- ]week\b|\bsigning checklist\b"),
        (Sheet.SUMMARY, r"\bexec(utive)?[- ]summary\b"),
        (Sheet.RECAP, rf"{_WRITE}\brecap\b|\brecap (for|of|to|mail|e-?mail)\b"),
        (Sheet.AGENDA, rf"{_WRITE}\bagenda\b|\bagenda (for|with)\b"),
        (
            Sheet.FOLLOW_UP,
            rf"{_WRITE}\b(follow[- ]?up|e-?mail|mail|reply)\b|\bfollow[- ]?up (e-?mail|mail|message|note)\b",
        ),
        (
            Sheet.CHANGES,
            r"\bwhat(['’]s| is| has|['’]s been)? (changed|new|different|moved)\b"
            r"|\bwhat happened (since|lately|this week)\b"
            r"|\bchanges? (since|over|in the last|this week)\b|\banything new\b",
        ),
        (Sheet.INTENT, r"\bintent\b"),
        (Sheet.READINESS, r"\breadiness\b|\bready (to|for) (close|closing|sign\w*|signature|be (closed|signed))\b"),
        (Sheet.GATES, r"\bgates\b|\bgate (check|list|[1-6])\b"),
        (Sheet.FIT, r"\bfit (card|score|check|rubric)\b|\b(good|right) fit\b"),
        (Sheet.BUDGET, r"\b(budget|procurement)( and procurement)? (card|score|check|rubric)\b"),
        (
            Sheet.STAKEHOLDERS,
            r"\bstakeholders? (map|card|overview|list)\b|\bmap of (the )?stakeholders\b|\bbuying (group|team)\b"
            r"|\bwho(['’]s| is| are) (missing|involved|who|the players)\b|\bwho are the people\b",
        ),
        (
            Sheet.COMPETITION,
            r"\bcompetit(ion|ive|ors?) (card|overview|sheet)\b|\bbattle ?card\b|\bwho are we (up )?against\b"
            r"|\bswitching barriers?\b",
        ),
        (Sheet.TRIAL_CLOSE, r"\btrial[- ]clos(e|es|ing)\b"),
        (
            Sheet.OBJECTION,
            r"\bobjections?\b|\btoo (expensive|pricey|risky|complex|much work|costly)\b|\bcosts? too much\b",
        ),
    )
)
_ABOUT_US = re.compile(r"\b(this|it|we|us|they|them|their|here)\b", re.IGNORECASE)


_FOR_US = re.compile(r"\b(my|our|the) (boss|manager|director|vp|team|lead|leadership|colleagues?)\b", re.IGNORECASE)


def sheet_asked(text: str) -> Sheet | None:
    """The sheet a message asks for, by its words; None for any other question, and for a mail to our own people."""
    sheet = next((sheet for sheet, pattern in _PATTERNS if pattern.search(text)), None)
    return None if sheet is Sheet.FOLLOW_UP and _FOR_US.search(text) else sheet


def means_focus(text: str) -> bool:
    """Whether a message without a name speaks of the deal at hand, not of a notion of the handbook."""
    return bool(_ABOUT_US.search(text)) or sheet_asked(text) is Sheet.CHANGES
