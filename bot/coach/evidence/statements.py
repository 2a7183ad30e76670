"""Cutting notes and mails into sentences that know who said them, when, and how sure they were.

Text aimed at software is not evidence: the sentence that holds it and everything after it in the same
source is left out and counted, because an attacker writes the rest of that text as well.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from mailparser_reply import EmailReplyParser

from bot.coach.evidence.cues import Cues
from bot.coach.evidence.model import Statement
from bot.pipeline.model import Activity, ActivityKind, Contact, Deal

_SENTENCE_END = re.compile(
    r"(?<=[.!?…])"
    r"(?!(?<=\d\.)\s+(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b)"
    r"\s+(?=[\"'“„«(A-ZÀ-ÞŒ0-9])|\n+"
)
"""After a full stop and before a capital, but not inside a German date such as "12. November"."""
_FORWARDED = re.compile(
    r"^\W*(-{2,} ?)?(forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|"
    r"original message|ursprüngliche nachricht|von:|de:|from:)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where somebody else's words begin in a forwarded mail."""
_REPLY_LANGUAGES = ["en", "de", "fr", "es", "it", "nl"]
_MAX_QUOTE = 400


@dataclass(frozen=True, slots=True)
class Statements:
    """Everything said about a deal, newest first; `suspicious` names sources that held instructions."""

    items: tuple[Statement, ...]
    suspicious: tuple[str, ...]

    def by_buyer(self) -> tuple[Statement, ...]:
        """What people on the buyer's side wrote themselves."""
        return tuple(item for item in self.items if item.by_buyer)

    def by_seller(self) -> tuple[Statement, ...]:
        """What colleagues noted."""
        return tuple(item for item in self.items if not item.by_buyer)


def read_statements(deal: Deal, cues: Cues, left_out: Sequence[str] = ()) -> Statements:
    """Cut every note, call note and buyer's mail of `deal` into statements.

    `left_out` names fields that were set aside for the same reason as suspicious sentences.
    """
    reader = _Reader(deal, cues)
    items = [*reader.notes(), *reader.mails(), *reader.calls()]
    newest_first = sorted(items, key=lambda item: item.on, reverse=True)
    return Statements(items=tuple(newest_first), suspicious=tuple(dict.fromkeys([*reader.suspicious, *left_out])))


def sentences(text: str) -> list[str]:
    """Split `text` into sentences, each an exact part of it without surrounding white space."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def own_words(body: str) -> str:
    """What the sender of a mail wrote, without quoted history, signature and forwarded text."""
    reply = EmailReplyParser(languages=_REPLY_LANGUAGES).parse_reply(text=body) or ""
    kept = _FORWARDED.split(reply, maxsplit=1)[0]
    return "\n".join(line for line in kept.splitlines() if not line.lstrip().startswith(">")).strip()


class _Reader:
    def __init__(self, deal: Deal, cues: Cues) -> None:
        self._deal = deal
        self._cues = cues
        self._by_email = {contact.email.casefold(): contact for contact in deal.contacts if contact.email}
        self.suspicious: list[str] = []

    def notes(self) -> Iterator[Statement]:
        for note in self._deal.notes:
            for sentence in self._trusted(note.text, f"the note of {note.on.isoformat()}"):
                yield self._statement(sentence, note.on, note.id, note.author, self._named_in(sentence))

    def mails(self) -> Iterator[Statement]:
        for activity in self._deal.activities:
            if activity.kind is not ActivityKind.EMAIL or activity.is_auto:
                continue
            if activity.direction != "inbound" or not activity.body:
                continue
            writer = self._writer(activity)
            for sentence in self._trusted(own_words(activity.body), f"the mail of {activity.on.isoformat()}"):
                author = writer.name if writer else next(iter(activity.participants), "the buyer")
                yield self._statement(
                    sentence, activity.on, activity.id, author, writer, by_buyer=True, subject=activity.subject or ""
                )

    def calls(self) -> Iterator[Statement]:
        for activity in self._deal.activities:
            if activity.kind is ActivityKind.CALL and activity.body:
                for sentence in self._trusted(activity.body, f"the call of {activity.on.isoformat()}"):
                    named = self._named_in(sentence)
                    yield self._statement(sentence, activity.on, activity.id, "call note", named)

    def _trusted(self, text: str, source: str) -> Iterator[str]:
        for sentence in sentences(text):
            if self._cues.is_instruction(sentence):
                self.suspicious.append(source)
                return
            yield sentence

    def _statement(
        self,
        sentence: str,
        on: date,
        source_id: str,
        author: str,
        person: Contact | None,
        *,
        by_buyer: bool = False,
        subject: str = "",
    ) -> Statement:
        return Statement(
            quote=sentence[:_MAX_QUOTE],
            on=on,
            source_id=source_id,
            by_buyer=by_buyer,
            author=author,
            person=person,
            hedged=self._cues.is_hedged(sentence),
            subject=subject,
            from_partner=bool(person and (person.role or "").casefold() == "partner"),
        )

    def _writer(self, activity: Activity) -> Contact | None:
        return next((self._by_email[email] for email in activity.participants if email in self._by_email), None)

    def _named_in(self, sentence: str) -> Contact | None:
        """The contact a note speaks of: the first whose first or last name occurs as a word."""
        found = [
            (match.start(), contact)
            for contact in self._deal.contacts
            for part in contact.name.split()
            if len(part) > 1 and (match := re.search(rf"\b{re.escape(part)}\b", sentence))
        ]
        return min(found, key=lambda pair: pair[0])[1] if found else None
