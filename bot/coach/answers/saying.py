"""What one person at the buyer last did and said, in their own words; and how they can be reached."""

import re
from collections.abc import Sequence
from datetime import date

from bot.coach.answers.record import contact_so_far
from bot.coach.answers.wording import listed
from bot.coach.connections import knows_activity, missing_sources
from bot.coach.dates import day_words, days_ago
from bot.coach.names import words
from bot.coach.view import DealView
from bot.pipeline.model import Activity, ActivityKind, Contact

_QUOTES = 2
_FEWEST_LETTERS = 4
_ASKED_ABOUT = re.compile(
    r"\b(?:about|regarding|on|mention(?:ed)?|with) (?:the |their |our |a )?([a-z][\w-]{2,})", re.I
)
_OUR_PROMISE = re.compile(r"\bwhat (did|have) (i|we) (promise|agree|tell)d?\b", re.I)
_PROMISE = re.compile(r"\b(i|we)(['’]ll| will| shall)\b|\bpromis|\bsend (you|them|him|her|over)\b|\bget back\b", re.I)


def person_lines(view: DealView, text: str) -> list[str]:
    """The last mail and meeting of whoever `text` names (everybody if nobody), with quotes on what was asked about."""
    if _OUR_PROMISE.search(text):
        return _promised(view)
    people = named_in(view, text)
    if not knows_activity(view.brief):
        return [f"Unknown, not silence: {missing_sources(view.brief)}."]
    about = _about(view, text)
    said = [
        item
        for item in view.statements.by_buyer()
        if (not people or item.person in people) and (about is None or about in item.quote.casefold())
    ]
    quotes = [
        f"• “{item.quote}” ({item.person.first_name if item.person else item.author}, {_day(item.on, view)})"
        for item in said[:_QUOTES]
    ]
    who = listed([person.first_name for person in people]) if people else "the buyer"
    if about is not None and not quotes:
        return [*_last(view, people), f"Nothing {who} wrote or said on record holds the word “{about}”."]
    return [*_last(view, people), *(quotes or ["No words of theirs are on record, only that the mail or meeting was."])]


def reach_lines(view: DealView, text: str) -> list[str]:
    """Addresses as the CRM has them; telephone numbers are not read in."""
    people = named_in(view, text) or list(view.brief.deal.contacts)
    rows = [f"• {person.name}: {person.email or 'no address recorded'}" for person in people]
    return [
        *(rows or ["Nobody is recorded at this buyer."]),
        "Telephone numbers are not among what I read; see the CRM.",
    ]


def named_in(view: DealView, text: str) -> list[Contact]:
    """The contacts of the deal whose first, last or whole name stands in `text`."""
    asked = set(words(text)) - set(words(f"{view.brief.deal.account} {view.brief.deal.name}"))
    return [person for person in view.brief.deal.contacts if asked & set(words(person.name))]


def _promised(view: DealView) -> list[str]:
    """Sentences our side wrote that sound like a promise, the newest first; wrap-ups live with the consult."""
    ours = [item for item in view.statements.by_seller() if _PROMISE.search(item.quote)]
    rows = [f"• “{item.quote}” ({item.author}, {_day(item.on, view)})" for item in ours[:_QUOTES]]
    step = view.brief.deal.next_step
    recorded = [f"• The CRM's next step: “{step}”"] if step and not view.statements.suspicious else []
    return [*rows, *recorded] or ["No promise of ours is written in the notes, and the CRM holds no next step."]


def _last(view: DealView, people: Sequence[Contact]) -> list[str]:
    """When they last wrote and met us; what we sent since."""
    addresses = {(person.email or "").casefold() for person in people} - {""}
    mine = [
        act
        for act in contact_so_far(view.brief)
        if not people or addresses & {each.casefold() for each in act.participants}
    ]
    mail = _newest(mine, ActivityKind.EMAIL, "inbound")
    sent = _newest(mine, ActivityKind.EMAIL, "outbound")
    met = _newest(mine, ActivityKind.MEETING, None)
    who = listed([person.name for person in people]) if people else "The buyer"
    parts = [f"last wrote {_when(mail, view)}" if mail else "no mail of theirs is on record"]
    parts += [f"last met us {_when(met, view)}"] if met else ["no meeting on record"]
    if sent and (mail is None or sent.at > mail.at):
        parts.append(f"our mail of {_day(sent.on, view)} has no answer yet")
    return [f"{who}: {', '.join(parts)}."]


def _newest(acts: Sequence[Activity], kind: ActivityKind, direction: str | None) -> Activity | None:
    found = [act for act in acts if act.kind is kind and (direction is None or act.direction == direction)]
    return max(found, key=lambda act: act.at, default=None)


def _when(act: Activity, view: DealView) -> str:
    return f"{_day(act.on, view)} ({days_ago(act.on, view.brief.today)})"


def _day(on: date, view: DealView) -> str:
    return day_words(on, view.brief.today)


def _about(view: DealView, text: str) -> str | None:
    """The word asked about: "did Gareth say anything about budget?"; None where the question names none."""
    own = set(words(f"{view.brief.deal.account} {view.brief.deal.name}"))
    own |= {word for person in view.brief.deal.contacts for word in words(person.name)}
    found = [match.casefold() for match in _ASKED_ABOUT.findall(text)]
    return next((word for word in found if word not in own and len(word) >= _FEWEST_LETTERS), None)
