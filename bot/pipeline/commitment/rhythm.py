"""Who starts the contact, and how fast the buyer answers: the rhythm of one deal (DOMAIN 4.1)."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from statistics import median

from bot.pipeline.commitment.acts import buyers_in, partner_addresses, was_held
from bot.pipeline.commitment.rules import CommitmentRules
from bot.pipeline.model import Activity, ActivityKind, Deal


def initiative_share(deal: Deal, as_of: datetime, today: date, rules: CommitmentRules) -> float | None:
    """Contacts the buyer started as a share (0-1) of all contacts of the window that ends `today`.

    None if there was no contact.
    """
    contacts = [each for each in _contacts(deal, as_of) if _in_window(each, today, rules)]
    if not contacts:
        return None
    return sum(_is_buyers_idea(each, deal, rules) for each in contacts) / len(contacts)


def response_days(deal: Deal, as_of: datetime, today: date, rules: CommitmentRules) -> float | None:
    """Median days from our mail to the same person's next one, for replies in the window that ends `today`.

    None if nobody replied in it.
    """
    waits = [days for on, days in _replies(deal, as_of) if today - timedelta(days=rules.window_days) < on <= today]
    return float(median(waits)) if waits else None


def _contacts(deal: Deal, as_of: datetime) -> Iterator[Activity]:
    """Everything that happened between us and the buyer by `as_of`, oldest first."""
    partners = partner_addresses(deal)
    for activity in sorted(deal.activities, key=lambda each: each.at):
        happened = activity.at <= as_of and not activity.is_auto and activity.kind is not ActivityKind.TASK
        stood = activity.kind is not ActivityKind.MEETING or was_held(activity)
        if happened and stood and (buyers_in(activity, partners) or not activity.participants):
            yield activity


def _in_window(activity: Activity, today: date, rules: CommitmentRules) -> bool:
    return today - timedelta(days=rules.window_days) < activity.on <= today


def _is_buyers_idea(activity: Activity, deal: Deal, rules: CommitmentRules) -> bool:
    if activity.kind is not ActivityKind.EMAIL:
        return activity.organiser == "buyer"
    return activity.direction == "inbound" and not _is_answer(activity, deal, rules)


def _is_answer(mail: Activity, deal: Deal, rules: CommitmentRules) -> bool:
    if mail.subject:
        return bool(re.match(rf"\s*({'|'.join(rules.replies.prefixes)})\s*:", mail.subject, re.IGNORECASE))
    since = mail.at - timedelta(days=rules.replies.answers_within_days)
    return any(
        each.direction == "outbound" and since <= each.at < mail.at and set(each.participants) & set(mail.participants)
        for each in deal.activities
    )


def _replies(deal: Deal, as_of: datetime) -> Iterator[tuple[date, int]]:
    """The day of every first answer to a mail of ours, and how many days it took."""
    waiting: dict[str, date] = {}
    for activity in _contacts(deal, as_of):
        if activity.kind is not ActivityKind.EMAIL:
            continue
        for email in activity.participants:
            if activity.direction == "outbound":
                waiting.setdefault(email, activity.on)
            elif email in waiting:
                yield activity.on, (activity.on - waiting.pop(email)).days
