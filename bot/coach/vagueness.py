"""Telling a concrete step from a wish (DOMAIN 6.4)."""

import re

_WISHES = re.compile(
    r"\b(stay close|keep warm|follow[- ]?up|touch base|check[- ]?in|build value|push|wait for|nurture|stay in touch|"
    r"some time|soon|test my champion|get the paper back|circle back)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./ ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|\d{1,2})|"
    r"\b(today|tomorrow|monday|tuesday|wednesday|thursday|friday)\b",
    re.IGNORECASE,
)


def is_vague(step: str) -> bool:
    """Whether a recorded next step names no observable act, or no day."""
    return bool(_WISHES.search(step)) or not _DATED.search(step)
