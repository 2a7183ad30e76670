"""Checks of the record itself: amount, minimum fields, blocker, endings (S13 to S15, S17)."""

import re
from datetime import date, timedelta

from bot.pipeline.hygiene.case import Case, Hit, Unknown, Verdict
from bot.pipeline.hygiene.written import offered_amount
from bot.pipeline.model import DealStatus, Note
from bot.pipeline.wording import counted, day, listed, money

_HANDED_OVER = re.compile(r"\bhand(ed|ing)?[- ]?(off|over)\b|\bkick-?off\b", re.IGNORECASE)
_NOT = re.compile(r"\b(not|no|never|open|missing|pending|without)\b|n[’']t\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_LEAST_CHANGE = 0.01  # a rounded figure in a note is the same amount
_SAME_ORDER = 5  # a figure further away than this factor is a price per piece or somebody's budget


def amount_off(case: Case) -> Verdict:
    """S13: no amount, or a note younger than the amount says another one."""
    amount = case.deal.amount
    if amount is None:
        return Hit("no amount")
    entered = max((change.on for change in case.deal.changes if change.field == "amount"), default=date.min)
    for note in reversed(case.deal.notes):
        offered = offered_amount(note.text)
        if offered and note.on > entered and _differs(offered, amount):
            said, kept = money(offered, case.deal.currency), money(amount, case.deal.currency)
            return Hit(f"a note of {day(note.on)} says {said}, the CRM {kept}")
    return None


def _differs(offered: float, amount: float) -> bool:
    low, high = sorted((offered, amount))
    return low > 0 and high / low - 1 > _LEAST_CHANGE and high / low <= _SAME_ORDER


def minimum_missing(case: Case) -> Verdict:
    """S14: type, industry, source or a contact; fields your data does not have at all are not asked for."""
    blank = ["type"] if not case.deal.type else []
    blank += [name for name in ("industry", "source") if case.knows(name) and not case.custom(name)]
    blank += ["contact"] if case.recorded.contacts and not case.deal.contacts else []
    if blank:
        return Hit(f"no {listed(blank)} recorded")
    unasked = [name for name in ("industry", "source") if not case.knows(name)]
    return Unknown(f"your data has no {' or '.join(unasked)} field") if unasked else None


def blocker_standing(case: Case) -> Verdict:
    """S15."""
    if not case.knows("blocker"):
        return Unknown("your data has no blocker field")
    blocker = case.custom("blocker")
    if not blocker:
        return None
    since = _day_of(case.custom("blocker_since"))
    if since is None:
        return Unknown(f"since when the blocker {blocker} stands is not recorded")
    days = (case.brief.today - since).days
    return Hit(f"blocked by {blocker} for {counted(days, 'day')}") if days > case.limits.blocker_days else None


def _day_of(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value or "")[:10])
    except ValueError:
        return None


def ending_unrecorded(case: Case) -> Verdict:
    """S17: lost without a reason, or won without a hand-off, not long ago."""
    closed_on = case.deal.closed_on
    if closed_on is None or closed_on < case.brief.today - timedelta(days=case.limits.look_back_days):
        return None
    if case.deal.status is DealStatus.LOST:
        return None if case.deal.loss_reason else Hit(f"lost on {day(closed_on)} without a reason")
    if case.custom("hand_off") or any(_says_handed_over(note) for note in case.deal.notes if note.on >= closed_on):
        return None
    if not case.knows("hand_off") and not case.recorded.notes:
        return Unknown("neither hand-offs nor notes are recorded")
    return Hit(f"won on {day(closed_on)}, and no hand-off is on record")


def _says_handed_over(note: Note) -> bool:
    sentences = _SENTENCE_END.split(note.text)
    return any(_HANDED_OVER.search(each) and not _NOT.search(each) for each in sentences)
