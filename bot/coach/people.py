"""Whom to approach at the buyer: by what they did, then by what their title suggests about seniority."""

import re
from collections.abc import Collection

from bot.pipeline.brief import DealBrief
from bot.pipeline.model import Activity, ActivityKind, Contact

_SENIOR = (
    r"chief|c[efoti]o|president|owner|founder",
    r"vp|vice president|managing director|executive",
    r"director|controller",
    r"head",
    r"lead|manager|supervisor",
)
"""Title words from most to least senior. They choose whom to ask; they never prove authority (DOMAIN 3.1, D)."""


def approach(how: str, brief: DealBrief, gone: Collection[Contact] = ()) -> Contact | None:
    """The person to approach; None if the deal has no contact who is still there.

    `replied`: who acted last. `senior`: the most senior of those engaged. `quiet`: another than the last.
    """
    known = [contact for contact in engaged(brief) if contact not in gone]
    if not known:
        return next((contact for contact in brief.deal.contacts if contact not in gone), None)
    if how == "senior":
        return min(known, key=_seniority)
    return known[1] if how == "quiet" and len(known) > 1 else known[0]


def engaged(brief: DealBrief) -> list[Contact]:
    """Contacts by their own last act, most recent first; then those we only wrote to; partners last."""
    acted: dict[str, Activity] = {}
    reached: dict[str, Activity] = {}
    for activity in sorted(brief.deal.activities, key=lambda item: item.at):
        if activity.at > brief.as_of or activity.kind is ActivityKind.TASK or activity.is_auto or not activity.counted:
            continue
        side = reached if activity.direction == "outbound" else acted
        side.update({email: activity for email in activity.participants if email not in activity.declined})
    by_email = {contact.email.casefold(): contact for contact in brief.deal.contacts if contact.email}
    ordered = [
        by_email[email]
        for last in (acted, {email: item for email, item in reached.items() if email not in acted})
        for email in sorted(last, key=lambda email: last[email].at, reverse=True)
        if email in by_email
    ]
    return sorted(ordered, key=lambda contact: (contact.role or "").casefold() == "partner")


def _seniority(contact: Contact) -> int:
    title = (contact.title or "").casefold()
    return next((rank for rank, word in enumerate(_SENIOR) if re.search(rf"\b(?:{word})\b", title)), len(_SENIOR))
