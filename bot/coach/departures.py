"""Contacts who left the company: nothing they said proves anything any more, and nobody writes to them (DOMAIN 3.2)."""

import re
from collections.abc import Iterator
from datetime import date

from bot.coach.evidence.cues import Cues
from bot.coach.evidence.statements import sentences
from bot.pipeline.model import Activity, ActivityKind, Contact, Deal


def departures(deal: Deal, cues: Cues) -> dict[Contact, date]:
    """Who left, with the day it was learnt: from their own mailbox (automatic replies too) or from a note."""
    found: dict[Contact, date] = {}
    for contact, on in _told(deal, cues):
        found.setdefault(contact, on)
    return found


def _told(deal: Deal, cues: Cues) -> Iterator[tuple[Contact, date]]:
    by_email = {contact.email.casefold(): contact for contact in deal.contacts if contact.email}
    for activity in deal.activities:
        writer = next((by_email[email] for email in activity.participants if email in by_email), None)
        if writer and _is_farewell(activity, cues):
            yield writer, activity.on
    for note in deal.notes:
        for sentence in sentences(note.text):
            if cues.says_someone_left(sentence):
                yield from ((contact, note.on) for contact in deal.contacts if _is_gone(contact, sentence))


def _is_farewell(activity: Activity, cues: Cues) -> bool:
    """Whether a mail from the person says that they themselves are gone."""
    if activity.kind is not ActivityKind.EMAIL or activity.direction != "inbound" or not activity.body:
        return False
    return any(
        re.match(r"\s*(i|my last day)\b", sentence, re.IGNORECASE) and cues.says_someone_left(sentence)
        for sentence in sentences(activity.body)
    )


def _is_gone(contact: Contact, sentence: str) -> bool:
    """Whether it is this contact's name that stands right before the leaving."""
    names = "|".join(re.escape(part) for part in contact.name.split() if len(part) > 1)
    pattern = rf"\b(?:{names})\b(?: has| have|['’]s)? (?:left|leaves|resigned|is no longer|moved on|been let go)\b"
    return bool(names) and re.search(pattern, sentence) is not None
