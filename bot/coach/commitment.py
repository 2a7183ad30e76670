"""Said versus did: the buyer's acts on one side, words without an act on the other (DOMAIN 4).

The verdict only ever comes from the acts. A soft sentence counts as soft while no act of at least a
calendar entry followed it within ten days.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.coach.dates import days_ago
from bot.coach.evidence.cues import Cues
from bot.coach.evidence.model import Statement
from bot.coach.evidence.statements import Statements
from bot.coach.qualify.ledger import was_or_will_be_held
from bot.coach.reply import Observation
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import Activity, ActivityKind, Deal, MeetingStatus

FOLLOWED_WITHIN = timedelta(days=10)
"""An act this soon after a soft sentence makes it more than words (DOMAIN 4.2)."""


@dataclass(frozen=True, slots=True)
class SaidVersusDid:
    """Both columns, newest first. `soft` are the buyer's sentences that nothing followed."""

    did: tuple[Observation, ...]
    soft: tuple[Observation, ...]
    heard: tuple[Observation, ...]
    seller_certainty: tuple[Observation, ...]


def said_versus_did(brief: DealBrief, statements: Statements, cues: Cues) -> SaidVersusDid:
    """Sort what is on record about one deal into acts and words."""
    own_words = [item for item in statements.by_buyer() if not item.from_partner]
    soft = [item for item in own_words if cues.soft_family(item.quote) and not _followed_by_act(item, brief.deal)]
    soft.sort(key=lambda item: (item.on, cues.soft_strength(item.quote)), reverse=True)
    heard = [item for item in own_words if item not in soft]
    certain = [item for item in statements.by_seller() if cues.is_happy_ears(item.quote)]
    return SaidVersusDid(
        did=tuple(_acts(brief)),
        soft=tuple(_quoted(item) for item in soft),
        heard=tuple(_quoted(item) for item in heard),
        seller_certainty=tuple(_quoted(item) for item in certain),
    )


def _quoted(item: Statement) -> Observation:
    who = item.person.first_name if item.person and item.by_buyer else item.author
    return Observation(on=item.on, text=f"{who}, {item.on.isoformat()}", source=item.source_id, quote=item.quote)


def _followed_by_act(item: Statement, deal: Deal) -> bool:
    return any(
        activity.kind is ActivityKind.MEETING
        and was_or_will_be_held(activity)
        and item.on < activity.on <= item.on + FOLLOWED_WITHIN
        for activity in deal.activities
    )


def _acts(brief: DealBrief) -> list[Observation]:
    """The newest mail from the buyer, the last meeting held, what is booked and what was called off."""
    newest = [_last_mail(brief), _last_meeting(brief), _next_meeting(brief), _called_off(brief)]
    return [act for act in newest if act is not None]


def _last_mail(brief: DealBrief) -> Observation | None:
    mails = [a for a in _past(brief) if a.kind is ActivityKind.EMAIL and a.direction == "inbound" and not a.is_auto]
    if not mails or brief.facets.days_since_inbound is None:
        return None
    mail = max(mails, key=lambda activity: activity.at)
    return _act(mail, f"last mail from {_people(brief.deal, mail)} {days_ago(mail.on, brief.today)}")


def _last_meeting(brief: DealBrief) -> Observation | None:
    held = [a for a in _past(brief) if a.kind is ActivityKind.MEETING and a.counted]
    if not held:
        return None
    meeting = max(held, key=lambda activity: activity.at)
    return _act(meeting, f"last meeting {days_ago(meeting.on, brief.today)} with {_people(brief.deal, meeting)}")


def _next_meeting(brief: DealBrief) -> Observation | None:
    ahead = [a for a in brief.deal.activities if a.kind is ActivityKind.MEETING and a.at > brief.as_of and a.counted]
    if not ahead:
        return None
    meeting = min(ahead, key=lambda activity: activity.at)
    subject = f" “{meeting.subject}”" if meeting.subject else ""
    return _act(meeting, f"next meeting{subject} on {meeting.on.isoformat()} with {_people(brief.deal, meeting)}")


def _called_off(brief: DealBrief) -> Observation | None:
    cancelled = [
        a
        for a in brief.deal.activities
        if a.kind is ActivityKind.MEETING
        and a.status in {MeetingStatus.CANCELLED, MeetingStatus.NO_SHOW}
        and a.on >= brief.today - timedelta(days=30)
    ]
    if not cancelled:
        return None
    meeting = max(cancelled, key=lambda activity: activity.at)
    word = "was cancelled" if meeting.status is MeetingStatus.CANCELLED else "was missed by the buyer"
    return _act(meeting, f"the meeting of {meeting.on.isoformat()} {word}")


def _past(brief: DealBrief) -> list[Activity]:
    return [activity for activity in brief.deal.activities if activity.at <= brief.as_of]


def _act(activity: Activity, text: str) -> Observation:
    return Observation(on=activity.on, text=text, source=activity.id)


def _people(deal: Deal, activity: Activity) -> str:
    names = {contact.email.casefold(): contact.first_name for contact in deal.contacts if contact.email}
    present = [names.get(email, email) for email in activity.participants if email not in activity.declined]
    if len(present) > 3:
        return f"{', '.join(present[:2])} and {len(present) - 2} more"
    return " and ".join([", ".join(present[:-1]), present[-1]] if len(present) > 1 else present) or "the buyer"


def newest_date(observations: tuple[Observation, ...]) -> date | None:
    """The date of the newest observation, None if there is none."""
    return max((item.on for item in observations if item.on), default=None)
