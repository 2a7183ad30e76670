"""Carrying a write out between two entries of its audit: begun before the CRM is asked, ended with what it said."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.coach.access import Asker
from bot.coach.writing import words
from bot.coach.writing.kept import Confirmed
from bot.coach.writing.model import NotWritable
from bot.memory import CrmWrite, Memory, NewWrite, WriteOutcome
from bot.pipeline.sources.protocol import SourceError
from bot.pipeline.sources.writer import Added, Standing, WriteConflict, WriteLost, Writer, WriteRefused

UNDONE = "That was undone already."
Done = Standing | Added | None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a begun write ended. `now` is the field after a change or at a conflict; `error` says why it did not work."""

    write: CrmWrite
    now: Standing | None = None
    error: SourceError | None = None

    @property
    def outcome(self) -> WriteOutcome:
        """What became of it."""
        return self.write.outcome


def begin(memory: Memory, key: str, asker: Asker, writer: Writer, confirmed: Confirmed, now: datetime) -> CrmWrite:
    """Store that a confirmed preview is about to be written. Raises NotWritable if it was before."""
    seen = confirmed.seen
    new = NewWrite(
        key=key,
        crm=writer.name,
        deal_id=seen.deal_id,
        deal_name=seen.deal_name,
        target=seen.target,
        by_id=asker.user.id,
        by_name=asker.user.name,
        old=seen.shown,
        new=confirmed.new,
        content={"old": seen.value, "new": confirmed.value},
        version=seen.version,
    )
    begun = memory.crm_writes.begin(new, now)
    if begun is None:
        raise NotWritable(words.USED)
    return begun


def begin_undo(memory: Memory, asker: Asker, write: CrmWrite, now: datetime) -> CrmWrite:
    """Store that a write is about to be taken back. Raises NotWritable if it was, or is being, taken back already."""
    new = NewWrite(
        key="",  # numbered by memory
        crm=write.crm,
        deal_id=write.deal_id,
        deal_name=write.deal_name,
        target=write.target,
        by_id=asker.user.id,
        by_name=asker.user.name,
        old=write.new,
        new=write.old,
        content={"old": write.content["new"], "new": write.content["old"]},
        version=write.version_after,
        undo_of=write.id,
    )
    begun = memory.crm_writes.begin_undo(new, now)
    if begun is None:
        raise NotWritable(UNDONE)
    return begun


def carry_out(memory: Memory, begun: CrmWrite, work: Callable[[], Done], now: datetime) -> Ending:
    """Do `work`, which calls the CRM, and store what became of it."""
    try:
        done = work()
    except WriteConflict as error:
        return _failed(memory, begun, WriteOutcome.CONFLICT, error, now, error.now)
    except WriteRefused as error:
        return _failed(memory, begun, WriteOutcome.REFUSED, error, now)
    except WriteLost as error:
        return _failed(memory, begun, WriteOutcome.UNKNOWN, error, now)
    except SourceError as error:
        return _failed(memory, begun, WriteOutcome.FAILED, error, now)
    if isinstance(done, Added):
        ended = memory.crm_writes.finish(
            begun.id, WriteOutcome.WRITTEN, now, record_id=done.record_id, version_after=done.version
        )
        return Ending(ended)
    content = begun.content | {"new": done.value} if done else begun.content
    version = done.version if done else None
    return Ending(
        memory.crm_writes.finish(begun.id, WriteOutcome.WRITTEN, now, version_after=version, content=content), done
    )


def _failed(
    memory: Memory,
    begun: CrmWrite,
    outcome: WriteOutcome,
    error: SourceError,
    now: datetime,
    standing: Standing | None = None,
) -> Ending:
    return Ending(memory.crm_writes.finish(begun.id, outcome, now, reason=str(error)), standing, error)
