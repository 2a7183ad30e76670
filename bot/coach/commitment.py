"""Said versus did: the buyer's acts on one side, words without an act on the other (DOMAIN 4).

The verdict only ever comes from the acts. A soft sentence counts as soft while no act of at least a
calendar entry followed it within ten days.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.coach.dates import day_words, days_ago
from bot.coach.evidence.cues import Cues
from bot.coach.evidence.model import Statement
from bot.coach.evidence.statements import Statements
from bot.coach.qualify.ledger import Ledger, was_or_will_be_held
from bot.coach.reply import Observation
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import Activity, ActivityKind, Deal, MeetingStatus

FOLLOWED_WITHIN = timedelta(days=10)
"""An act this soon after a soft sentence makes it more than words (DOMAIN 4.2)."""

CALLED_OFF_WITHIN = timedelta(days=30)
_FEWEST_WORDS = 5  # "Noted." says nothing


@dataclass(frozen=True, slots=True)
class SaidVersusDid:
    """Both columns, the most telling first.

    `soft` are the buyer's sentences that nothing followed; `heard` the other ones, those that prove
    something first; `seller_certainty` what colleagues noted as certain.
    """

    did: tuple[Observation, ...]
    soft: tuple[Observation, ...]
    heard: tuple[Observation, ...]
    seller_certainty: tuple[Observation, ...]


def said_versus_did(brief: DealBrief, statements: Statements, cues: Cues, ledger: Ledger) -> SaidVersusDid:
    """Sort what is on record about one deal into acts and words."""
    own_words = [item for item in statements.by_buyer() if not item.from_partner]
    soft = [item for item in own_words if cues.soft_family(item.quote) and not _followed_by_act(item, brief.deal)]
    soft.sort(key=lambda item: (item.on, cues.soft_strength(item.quote)), reverse=True)
    proving = {evidence.quote for evidence in ledger.items}
    heard = [item for item in own_words if item not in soft and len(item.quote.split()) >= _FEWEST_WORDS]
    heard = [item for item in heard if item.person not in ledger.gone]
    telling = [item for item in heard if item.quote in proving]
    heard = telling or ([] if soft else heard)
    certain = [item for item in statements.by_seller() if cues.is_happy_ears(item.quote)]
    return SaidVersusDid(
        did=tuple(_acts(brief)),
        soft=tuple(_quoted(item, brief) for item in soft),
        heard=tuple(_quoted(item, brief) for item in heard),
        seller_certainty=tuple(_quoted(item, brief) for item in certain),
    )


def _quoted(item: Statement, brief: DealBrief) -> Observation:
    who = item.person.first_name if item.person and item.by_buyer else item.author
    when = day_words(item.on, brief.today)
    return Observation(on=item.on, text=f"{who}, {when}", source=item.source_id, quote=item.quote)


def _followed_by_act(item: Statement, deal: Deal) -> bool:
    return any(
        activity.kind is ActivityKind.MEETING
        and was_or_will_be_held(activity)
        and item.on < activity.on <= item.on + FOLLOWED_WITHIN
        for activity in deal.activities
    )


def _acts(brief: DealBrief) -> list[Observation]:
    """The newest mail from the buyer, the last meeting held, what is booked and what was called off."""
    acts = (_last_mail(brief), _last_meeting(brief), _next_meeting(brief), _called_off(brief))
    return [act for act in acts if act is not None]


def _last_mail(brief: DealBrief) -> Observation | None:
    mails = [
        activity
        for activity in brief.deal.activities
        if activity.kind is ActivityKind.EMAIL and activity.direction == "inbound" and _counted_past(activity, brief)
    ]
    if not mails:
        return None
    mail = max(mails, key=lambda activity: activity.at)
    return _act(mail, f"last mail from {_people(brief.deal, mail)} {days_ago(mail.on, brief.today)}")


def _last_meeting(brief: DealBrief) -> Observation | None:
    held = [activity for activity in _meetings(brief.deal) if _counted_past(activity, brief)]
    if not held:
        return None
    meeting = max(held, key=lambda activity: activity.at)
    return _act(meeting, f"last meeting {days_ago(meeting.on, brief.today)} with {_people(brief.deal, meeting)}")


def _next_meeting(brief: DealBrief) -> Observation | None:
    ahead = [activity for activity in _meetings(brief.deal) if activity.at > brief.as_of and activity.counted]
    if not ahead:
        return None
    meeting = min(ahead, key=lambda activity: activity.at)
    subject = f" “{meeting.subject}”" if meeting.subject else ""
    when = day_words(meeting.on, brief.today)
    return _act(meeting, f"next meeting{subject} on {when} with {_people(brief.deal, meeting)}")


def _called_off(brief: DealBrief) -> Observation | None:
    off = {MeetingStatus.CANCELLED, MeetingStatus.NO_SHOW}
    called_off = [
        activity
        for activity in _meetings(brief.deal)
        if activity.status in off and activity.on >= brief.today - CALLED_OFF_WITHIN
    ]
    if not called_off:
        return None
    meeting = max(called_off, key=lambda activity: activity.at)
    word = "was cancelled" if meeting.status is MeetingStatus.CANCELLED else "was missed by the buyer"
    return _act(meeting, f"the meeting of {day_words(meeting.on, brief.today)} {word}")


def _meetings(deal: Deal) -> list[Activity]:
    return [activity for activity in deal.activities if activity.kind is ActivityKind.MEETING]


def _counted_past(activity: Activity, brief: DealBrief) -> bool:
    return activity.counted and activity.at <= brief.as_of


def _act(activity: Activity, text: str) -> Observation:
    return Observation(on=activity.on, text=text, source=activity.id)


def _people(deal: Deal, activity: Activity) -> str:
    """First names of those present; an address where no contact has it."""
    names = {contact.email.casefold(): contact.first_name for contact in deal.contacts if contact.email}
    present = [names.get(email, email) for email in activity.participants if email not in activity.declined]
    if len(present) > 3:
        return f"{', '.join(present[:2])} and {len(present) - 2} more"
    return " and ".join([", ".join(present[:-1]), present[-1]] if len(present) > 1 else present) or "the buyer"
