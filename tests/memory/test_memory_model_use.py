from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.memory import Allowance, CallOutcome, Memory, ModelCall, Usage, VerdictRecord

DAY = date(2026, 3, 4)
CALL = ModelCall(
    asker_id="U1", deal_id="opp-1", job="reword", prompt="reword@1", model="m", day=DAY, tokens=400, cost=0.01
)


def verdict(outcome: str, **reasons: int) -> VerdictRecord:
    return VerdictRecord(
        asker_id="U1",
        deal_id=None,
        job="reword",
        prompt="reword@1",
        model="m",
        outcome=outcome,
        checked=4,
        removed=sum(reasons.values()),
        reasons=tuple(reasons.items()),
    )


def test_a_call_counts_with_its_estimate_until_it_is_over(memory: Memory, now: datetime) -> None:
    call_id = memory.reserve_model_call(CALL, Allowance(1000), now)
    assert call_id is not None
    assert memory.model_usage("U1", DAY) == Usage(400, 0.01)
    memory.settle_model_call(call_id, CallOutcome.ANSWERED, Usage(120, 0.003), 1.5)
    assert memory.model_usage("U1", DAY) == Usage(120, 0.003)


def test_a_person_has_an_allowance_a_day(memory: Memory, now: datetime) -> None:
    tokens, cost = Allowance(1000), Allowance(None, cost=0.025)
    assert [memory.reserve_model_call(CALL, tokens, now) is None for _ in range(3)] == [False, False, True]
    assert memory.reserve_model_call(CALL, cost, now) is None
    assert memory.reserve_model_call(replace(CALL, asker_id="U2"), tokens, now) is not None
    assert memory.reserve_model_call(replace(CALL, day=DAY + timedelta(days=1)), tokens, now) is not None


def test_calls_at_once_do_not_overspend(memory: Memory, now: datetime) -> None:
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: memory.reserve_model_call(CALL, Allowance(1200), now), range(8)))
    assert sum(call_id is not None for call_id in got) == 3


def test_verdicts_and_their_reasons_are_counted(memory: Memory, now: datetime) -> None:
    memory.record_verdict(verdict("rejected", number=2, name=1), now - timedelta(days=9))
    memory.record_verdict(verdict("accepted"), now)
    memory.record_verdict(verdict("partly accepted", number=1), now)
    memory.record_verdict(verdict("accepted"), now)
    since = now - timedelta(days=7)
    assert memory.verdict_tally(since) == {"accepted": 2, "partly accepted": 1}
    assert memory.removal_reasons(since) == {"number": 1}


def test_answers_are_kept_for_a_while(memory: Memory, now: datetime) -> None:
    later = now + timedelta(hours=2)
    memory.keep_model_answer("k" * 64, {"claims": [1]}, now, now + timedelta(hours=1))
    memory.keep_model_answer("k" * 64, {"claims": [2]}, now, now + timedelta(hours=1))
    assert memory.model_answer("k" * 64, now) == {"claims": [2]}
    assert memory.model_answer("k" * 64, later) is None
    memory.keep_model_answer("j" * 64, {}, later, later + timedelta(hours=1))
    assert memory.model_answer("k" * 64, now) is None, "expired answers are deleted"
