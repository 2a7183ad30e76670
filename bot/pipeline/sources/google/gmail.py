"""The mail of one person: everything once, newest first, then what the mailbox's history says.

The place of the history is noted before the list is read, so what changes meanwhile is told by the history
afterwards. The history says only which messages to look at; what a message is now is always asked.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.pipeline.sources.google.account import MAIL_BODIES, MAIL_HEADERS
from bot.pipeline.sources.google.door import Door, Json, client
from bot.pipeline.sources.google.feeds import Place, Step, Terms, scope_of
from bot.pipeline.sources.google.messages import (
    HEADERS,
    TELLING_LABELS,
    body_text,
    mail_values,
    received_at,
)
from bot.pipeline.sources.google.troubles import MailboxClosed, NotThere, PlaceLost
from bot.pipeline.sources.protocol import Record, Tombstone
from bot.pipeline.sources.values import stamp, unstamp

PAGE = 100
BATCH = 50  # more at once is refused as too fast
_FIELDS = "id,labelIds,internalDate,sizeEstimate,payload(headers)"
_CHANGES = ("messagesAdded", "messagesDeleted")
_MOVES = ("labelsAdded", "labelsRemoved")


class Mail:
    """The `Feed` over Gmail. Its token opens headers only, unless bodies are wanted."""

    name = "mail"

    def __init__(self, terms: Terms, *, batch_size: int = BATCH) -> None:
        self._terms = terms
        self._batch_size = batch_size
        root = (terms.api_url or "https://gmail.googleapis.com").rstrip("/")
        self._batch_uri = f"{root}/batch/gmail/v1"
        self._api = client("gmail", "v1", f"{root}/")

    def read(self, address: str, place: Place) -> Iterator[Step]:
        """Yield the steps to the present; a history that is too old means reading everything again."""
        door = Door(self._terms.accounts, address, MAIL_BODIES if self._terms.bodies else MAIL_HEADERS,
                    self._terms.pause, self._terms.brake)  # fmt: skip
        mailbox = _Mailbox(self._api.users(), door, address, self._terms, self._batch_uri, self._batch_size)
        try:
            yield from mailbox.steps(place)
        finally:
            door.close()


class _Mailbox:
    def __init__(self, users: Any, door: Door, address: str, terms: Terms, batch_uri: str, batch_size: int) -> None:
        self._users = users
        self._all = users.messages()  # once: the client builds its methods anew with every call
        self._door = door
        self._address = address
        self._terms = terms
        self._batch_uri = batch_uri
        self._batch_size = batch_size
        self._scope = scope_of("mail", address)

    def steps(self, place: Place) -> Iterator[Step]:
        """Go on with a list that was interrupted, or with the history; else begin."""
        if "history" in place:
            try:
                yield from self._history(place)
                return
            except (NotThere, PlaceLost):  # 404: Gmail keeps history for a week or so
                place = {}
        listed = place
        for step in self._list(place):
            listed = step.place
            yield step
        yield from self._history(listed)

    def _list(self, place: Place) -> Iterator[Step]:
        try:
            yield from self._list_from(place)
        except MailboxClosed:
            if not place.get("page"):
                raise
            yield from self._list_from({})  # a page token that is too old is refused as a bad request

    def _list_from(self, place: Place) -> Iterator[Step]:
        begins = frozenset() if place else frozenset({self._scope})
        place = place or self._beginning()
        since = unstamp(place["since"])
        while True:
            answer = self._door.ask(self._all.list(
                userId="me", maxResults=PAGE, pageToken=place.get("page"), fields="messages(id),nextPageToken"
            ))  # fmt: skip
            messages = self._messages([row["id"] for row in answer.get("messages", ())])
            recent = [row for row in messages.values() if row and received_at(row) >= since]
            page = answer.get("nextPageToken") if recent or not messages else None
            place = {**place, "page": page} if page else {"history": place["begun"], "since": place["since"]}
            ends = frozenset() if page else frozenset({self._scope})
            yield Step(place, self._records(recent), begins=begins, ends=ends)
            if not page:
                return
            begins = frozenset()

    def _beginning(self) -> Json:
        profile = self._door.ask(self._users.getProfile(userId="me", fields="historyId"))
        since = self._terms.now - self._terms.rules.look_back
        return {"begun": str(profile["historyId"]), "since": stamp(since)}

    def _history(self, place: Place) -> Iterator[Step]:
        since, page, end = unstamp(place["since"]), None, None
        while True:
            answer = self._door.ask(self._users.history().list(
                userId="me", startHistoryId=place["history"], pageToken=page, maxResults=PAGE
            ))  # fmt: skip
            end = end or str(answer["historyId"])  # of the first page: what came after it may be on none
            page, entries = answer.get("nextPageToken"), answer.get("history", ())
            place = {"history": str(entries[-1]["id"]) if page and entries else end, "since": place["since"]}
            yield self._changed(_touched(entries), since, place)
            if not page:
                return

    def _changed(self, ids: Sequence[str], since: datetime, place: Place) -> Step:
        messages = self._messages(ids)
        records = self._records([row for row in messages.values() if row and received_at(row) >= since])
        said = {record.id for record in records}
        gone = (Tombstone("activities", self._id(each)) for each in ids)
        return Step(place, records, tuple(tombstone for tombstone in gone if tombstone.id not in said))

    def _messages(self, ids: Sequence[str]) -> dict[str, Json | None]:
        found: dict[str, Json | None] = {}
        for start in range(0, len(ids), self._batch_size):
            some = ids[start : start + self._batch_size]
            found |= self._asked({each: self._question(each) for each in some})
        return found

    def _asked(self, questions: dict[str, Any]) -> dict[str, Json | None]:
        if self._batch_size > 1:
            return self._door.ask_all(questions, self._batch_uri)
        return {key: self._one(question) for key, question in questions.items()}

    def _one(self, question: Any) -> Json | None:
        try:
            return self._door.ask(question)
        except NotThere:
            return None

    def _question(self, message_id: str) -> Any:
        return self._all.get(
            userId="me", id=message_id, format="metadata", metadataHeaders=list(HEADERS), fields=_FIELDS
        )

    def _records(self, messages: Sequence[Json]) -> tuple[Record, ...]:
        records = []
        for message in messages:
            values = mail_values(message, self._address, self._terms.company, self._terms.rules.automatic)
            if values is not None:
                values["body"] = self._body(message, values)
                records.append(Record("activities", self._id(message["id"]), values, self._scope))
        return tuple(records)

    def _body(self, message: Json, values: dict[str, str | None]) -> str | None:
        """Return the text of a mail between people; a message with big attachments is never asked for."""
        too_big = int(message.get("sizeEstimate", 0)) > self._terms.rules.largest_message
        if not self._terms.bodies or too_big or values["is_auto"] == "true":
            return None
        whole = self._one(self._all.get(userId="me", id=message["id"], format="full", fields="id,payload"))
        return self._terms.cut(body_text(whole)) if whole else None

    def _id(self, message_id: str) -> str:
        return f"{self._scope}/{message_id}"


def _touched(entries: Sequence[Json]) -> list[str]:
    """Return the messages that came, went, or moved between places that matter, each once."""
    ids: list[str] = []
    for entry in entries:
        ids += [change["message"]["id"] for kind in _CHANGES for change in entry.get(kind, ())]
        moves = [change for kind in _MOVES for change in entry.get(kind, ())]
        ids += [move["message"]["id"] for move in moves if TELLING_LABELS & set(move.get("labelIds", ()))]
    return list(dict.fromkeys(ids))
