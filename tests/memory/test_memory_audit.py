from datetime import date, datetime, timedelta

import pytest

from bot.memory import FeedbackValue, HealthRow, Memory, ReplyRecord, UnknownReplyError

DAY = date(2026, 3, 4)


def reply(asker: str = "U1") -> ReplyRecord:
    return ReplyRecord(
        asker_id=asker,
        surface="dm",
        question_kind="assess",
        question_length=27,
        outcome="answer",
        deal_id="opp-1",
        fact_ids=("f:days_untouched",),
        chunk_keys=("001#5.2",),
    )


def test_replies_get_their_own_ids(memory: Memory, now: datetime) -> None:
    assert memory.record_reply(reply(), now) != memory.record_reply(reply(), now)


def test_the_last_verdict_of_a_person_counts(memory: Memory, now: datetime) -> None:
    reply_id = memory.record_reply(reply(), now)
    memory.record_feedback(reply_id, "U1", FeedbackValue.HELPFUL, None, now)
    memory.record_feedback(reply_id, "U1", FeedbackValue.NOT_HELPFUL, "wrong deal", now)
    memory.record_feedback(reply_id, "U2", FeedbackValue.HELPFUL, None, now)
    assert memory.feedback_tally() == {FeedbackValue.HELPFUL: 1, FeedbackValue.NOT_HELPFUL: 1}


def test_feedback_needs_a_recorded_reply(memory: Memory, now: datetime) -> None:
    with pytest.raises(UnknownReplyError, match="41"):
        memory.record_feedback(41, "U1", FeedbackValue.HELPFUL, None, now)


def test_health_is_read_back_for_the_day(memory: Memory) -> None:
    memory.record_health([HealthRow("a", "Good", 4), HealthRow("b", "Average", None)], DAY)
    memory.record_health([HealthRow("a", "At Risk", -6)], DAY + timedelta(days=1))
    assert memory.health_on(["a", "b", "c"], DAY) == {
        "a": HealthRow("a", "Good", 4, DAY),
        "b": HealthRow("b", "Average", None, DAY),
    }


def test_health_of_the_same_day_is_replaced(memory: Memory) -> None:
    memory.record_health([HealthRow("a", "Good", 4)], DAY)
    memory.record_health([HealthRow("a", "Poor", -13)], DAY)
    assert memory.health_on(["a"], DAY)["a"].bucket == "Poor"


def test_health_looks_back_over_a_weekend_but_not_further(memory: Memory) -> None:
    memory.record_health([HealthRow("a", "Good", 4)], DAY)
    assert memory.health_on(["a"], DAY + timedelta(days=3))["a"].day == DAY
    assert memory.health_on(["a"], DAY + timedelta(days=8)) == {}
    assert memory.health_on(["a"], DAY - timedelta(days=1)) == {}


def test_health_of_many_deals_and_of_none(memory: Memory) -> None:
    ids = [f"opp-{number}" for number in range(2_000)]
    memory.record_health([HealthRow(deal, "Good", 3) for deal in ids], DAY)
    memory.record_health([], DAY)
    assert len(memory.health_on(ids, DAY)) == 2_000
    assert memory.health_on([], DAY) == {}
