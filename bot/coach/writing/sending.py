"""The last steps before a CRM is told anything: is it still allowed, and what exactly is sent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from bot.coach.access import Asker, may_write
from bot.coach.writing import words
from bot.coach.writing.kept import Confirmed
from bot.coach.writing.model import NotWritable, Unfit
from bot.coach.writing.values import DUE, TEXT, fit_text, new_value
from bot.memory import CrmWrite
from bot.pipeline.sources.protocol import SourceError, SourceUnavailable
from bot.pipeline.sources.writer import (
    NOTE,
    TASK,
    Added,
    Addition,
    Standing,
    WritableField,
    Writer,
    WriteRefused,
)

SIGNATURE_ROOM = 200
LONGEST_TITLE = 80
Answer = TypeVar("Answer")


def reached(writer: Writer, ask: Callable[[], Answer]) -> Answer:
    """Return what the CRM answers. Raises NotWritable in plain words if it does not; nothing was written then."""
    try:
        return ask()
    except SourceUnavailable as error:
        raise NotWritable(words.no_answer(writer.title)) from error
    except SourceError as error:
        raise NotWritable(f"{words.NOTHING} {error}") from error


def why_not(asker: Asker, writer: Writer, now: Standing) -> str | None:
    """Return why this person may not write to a record as it stands in the CRM now; None if they may."""
    if not now.is_open:
        return f"{now.deal_name} was closed in {writer.title} meanwhile."
    if not may_write(asker, now.owner_id):
        return f"In {writer.title} {now.deal_name} belongs to somebody else by now. {words.NOT_THEIRS}"
    if writer.may_edit(now.deal_id, asker.user.id) is False:
        return f"{writer.title} does not let you edit {now.deal_name}. Ask its owner, or an admin of {writer.title}."
    return None


def checked_value(
    field: WritableField, seen: Standing, text: str | None, due: date | None, today: date
) -> tuple[str | None, str | None]:
    """Return what was entered, as the CRM spells it and as people read it. Raises Unfit with the entry to correct."""
    if seen.target in (NOTE, TASK):
        if seen.target == TASK and (due is None or due < today):
            raise Unfit(DUE, "Pick today or a later day.")
        room = (
            replace(field, longest=field.longest - SIGNATURE_ROOM) if field.longest and seen.target == NOTE else field
        )
        written = fit_text(room, seen.target, text)
        return written, written
    value, shown = new_value(field, seen, text, today)
    if shown == seen.shown:
        raise Unfit(TEXT, "It says so already; there is nothing to write.")
    return value, shown


def send(asker: Asker, writer: Writer, confirmed: Confirmed, now: datetime) -> Standing | Added | None:
    """Write what was confirmed, if it is still allowed. Raises SourceError."""
    seen = confirmed.seen
    standing = _still_allowed(asker, writer, seen.deal_id, seen.target)
    if seen.target in (NOTE, TASK):
        return writer.add(standing, _addition(asker, confirmed, now))
    return writer.change(seen, confirmed.value)


def take_back(asker: Asker, writer: Writer, write: CrmWrite, version: str) -> Standing | None:
    """Undo a write, if it is still allowed and nothing moved since. Raises SourceError."""
    standing = _still_allowed(asker, writer, write.deal_id, write.target)
    if write.record_id is not None:
        writer.remove(write.target, write.record_id, version)
        return None
    return writer.change(replace(standing, value=write.content["new"], version=version), write.content["old"])


def _still_allowed(asker: Asker, writer: Writer, deal_id: str, target: str) -> Standing:
    standing = writer.read(deal_id, target)
    if (reason := why_not(asker, writer, standing)) is not None:
        raise WriteRefused(reason)
    return standing


def _addition(asker: Asker, confirmed: Confirmed, now: datetime) -> Addition:
    """Return a note or task that says who added it; the minute also tells it from others of the same words."""
    said, target = confirmed.new or "", confirmed.seen.target
    signature = f"{asker.user.name}, through the sales coach, {now:%Y-%m-%d %H:%M} {now.tzname() or ''}".rstrip()
    title = said.splitlines()[0][:LONGEST_TITLE] if target == NOTE else said
    text = f"{said}\n\n{signature}" if target == NOTE else signature
    return Addition(target, title, text, asker.user.id, now, confirmed.due)
