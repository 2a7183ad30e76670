from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.memory import AuditFilter, AuditKind, ChannelShare, Memory, NewWrite, ReplyRecord, WriteOutcome
from bot.memory.crm_writes import ABANDONED_AFTER

NEW = NewWrite(
    key="k1", crm="salesforce", deal_id="006A", deal_name="Rollout", target="next_step", by_id="u1", by_name="Ana",
    old="Call Dana", new="Send the order form", content={"old": "Call Dana", "new": "Send it"}, version="v1",
)  # fmt: skip


def write(memory: Memory, now: datetime, outcome: WriteOutcome = WriteOutcome.WRITTEN, **changes: Any) -> int:
    begun = memory.crm_writes.begin(replace(NEW, **changes), now)
    assert begun is not None
    return memory.crm_writes.finish(begun.id, outcome, now, version_after="v2").id


def undo_of(memory: Memory, write_id: int, now: datetime) -> int | None:
    begun = memory.crm_writes.begin_undo(replace(NEW, key="", undo_of=write_id), now)
    return begun.id if begun else None


def test_a_key_writes_once(memory: Memory, now: datetime) -> None:
    first = memory.crm_writes.begin(NEW, now)
    assert first is not None
    assert (first.outcome, first.old, first.new) == (WriteOutcome.PENDING, "Call Dana", "Send the order form")
    assert memory.crm_writes.begin(NEW, now) is None


def test_an_ended_write_is_read_back_whole(memory: Memory, now: datetime) -> None:
    begun = memory.crm_writes.begin(NEW, now)
    assert begun is not None
    ended = memory.crm_writes.finish(begun.id, WriteOutcome.REFUSED, now, reason="locked", record_id="002X")
    assert memory.crm_writes.find(begun.id) == ended
    assert (ended.reason, ended.record_id, ended.version_after) == ("locked", "002X", None)


def test_what_was_written_is_undone_once_but_a_failed_undoing_may_be_tried_again(memory: Memory, now: datetime) -> None:
    written = write(memory, now)
    first = undo_of(memory, written, now)
    assert first is not None
    assert undo_of(memory, written, now) is None
    memory.crm_writes.finish(first, WriteOutcome.FAILED, now)
    second = undo_of(memory, written, now)
    assert second is not None
    memory.crm_writes.finish(second, WriteOutcome.WRITTEN, now)
    assert undo_of(memory, written, now) is None


def test_standing_are_the_writes_since_that_were_not_undone(memory: Memory, now: datetime) -> None:
    write(memory, now - timedelta(hours=2), key="early")
    undone = write(memory, now, key="undone")
    write(memory, now, WriteOutcome.CONFLICT, key="conflict")
    stands = write(memory, now, key="stands")
    undoing = undo_of(memory, undone, now)
    assert undoing is not None
    memory.crm_writes.finish(undoing, WriteOutcome.WRITTEN, now)
    since = now - timedelta(hours=1)
    assert [each.id for each in memory.crm_writes.standing("006A", since)] == [stands]


def test_a_write_whose_process_died_is_counted(memory: Memory, now: datetime) -> None:
    memory.crm_writes.begin(NEW, now)
    assert memory.crm_writes.abandoned(now) == 0
    assert memory.crm_writes.abandoned(now + ABANDONED_AFTER + timedelta(minutes=1)) == 1


REPLY = ReplyRecord(
    asker_id="u2", surface="dm", question_kind="question", question_length=9, outcome="answer", deal_id="006B"
)


def test_the_log_holds_every_kind_newest_first_and_can_be_narrowed(memory: Memory, now: datetime) -> None:
    write(memory, now)
    memory.record_reply(REPLY, now - timedelta(days=1))
    share = ChannelShare(deal_id="006A", user_id="u1", channel="C1", audience=4, outcome="shared", at=now)
    memory.sharing.record(replace(share, at=now - timedelta(days=2)))

    def kinds(**wanted: Any) -> list[AuditKind]:
        return [entry.kind for entry in memory.audit.entries(AuditFilter(**wanted))]

    assert kinds() == [AuditKind.CRM_WRITE, AuditKind.ANSWER, AuditKind.SHARE]
    assert kinds(who="u2") == [AuditKind.ANSWER]
    assert kinds(deal_id="006A") == [AuditKind.CRM_WRITE, AuditKind.SHARE]
    assert kinds(since=now - timedelta(days=1)) == [AuditKind.CRM_WRITE, AuditKind.ANSWER]
    assert kinds(until=now) == [AuditKind.ANSWER, AuditKind.SHARE]
    assert kinds(kinds=frozenset({AuditKind.SHARE})) == [AuditKind.SHARE]
    assert len(memory.audit.entries(AuditFilter(), limit=2)) == 2
    (entry,) = memory.audit.entries(AuditFilter(kinds=frozenset({AuditKind.CRM_WRITE})))
    assert (entry.what, entry.details["old"], entry.details["new"]) == ("written", "Call Dana", "Send the order form")


def test_what_is_old_is_purged_with_what_hangs_on_it(memory: Memory, now: datetime) -> None:
    long_ago = now - timedelta(days=400)
    old = write(memory, long_ago, key="old")
    undoing = undo_of(memory, old, long_ago)
    assert undoing is not None
    fresh = write(memory, now, key="fresh")
    memory.record_reply(REPLY, long_ago)

    before = now - timedelta(days=365)
    counted = memory.audit.purge(before, dry_run=True)
    assert (counted["crm_writes"], counted["replies"]) == (2, 1)
    assert len(memory.audit.entries(AuditFilter())) == 4
    memory.audit.purge(before)
    assert [entry.details["id"] for entry in memory.audit.entries(AuditFilter())] == [fresh]
    assert memory.audit.kept()[AuditKind.CRM_WRITE] == (1, now)
    assert memory.audit.kept()[AuditKind.ANSWER] == (0, None)
