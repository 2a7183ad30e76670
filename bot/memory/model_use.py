"""What the language model was asked for, what it used, and what the check of its words found.

Neither prompts nor answers stay here: only who, which job and prompt version, tokens, cost and verdicts.
The one exception is the cache of answers, which forgets them after some hours.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.memory.schema_model_use import model_answers, model_calls, model_verdicts
from bot.memory.upsert import insert_into


class CallOutcome(StrEnum):
    """What became of one call."""

    RESERVED = "reserved"
    """Under way, or its process died: the estimate stays counted."""
    ANSWERED = "answered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One call about to be made. `tokens` and `cost` are estimates; `cost` None = no price is configured."""

    asker_id: str
    deal_id: str | None
    job: str
    prompt: str
    model: str
    day: date
    tokens: int
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one person may use in one day; None = no limit of this kind."""

    tokens: int | None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used: `cost` None = no price is configured."""

    tokens: int
    cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord:
    """One verdict of the grounding check. `outcome` says which text the person got and why."""

    asker_id: str
    deal_id: str | None
    job: str
    prompt: str
    model: str
    outcome: str
    checked: int
    removed: int
    reasons: tuple[tuple[str, int], ...] = ()


def reserve(connection: Connection, call: ModelCall, allowance: Allowance, now: datetime) -> int | None:
    """Count the estimate of `call` against the person's day; None if it no longer fits."""
    _one_at_a_time(connection, call.asker_id)
    used = spent(connection, call.asker_id, call.day)
    if _exceeds(used.tokens + call.tokens, allowance.tokens):
        return None
    if _exceeds((used.cost or 0.0) + (call.cost or 0.0), allowance.cost):
        return None
    row = {
        "asker_id": call.asker_id,
        "deal_id": call.deal_id,
        "job": call.job,
        "prompt": call.prompt,
        "model": call.model,
        "day": call.day,
        "outcome": CallOutcome.RESERVED.value,
        "tokens": call.tokens,
        "cost": call.cost,
        "created_at": now,
    }
    call_id: int = connection.execute(insert(model_calls).returning(model_calls.c.id), row).scalar_one()
    return call_id


def _one_at_a_time(connection: Connection, asker_id: str) -> None:
    """Make a person's reservations wait for each other; SQLite's writers already do."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(asker_id))))


def _exceeds(amount: float, limit: float | None) -> bool:
    return limit is not None and amount > limit


def settle(connection: Connection, call_id: int, outcome: CallOutcome, usage: Usage, seconds: float) -> None:
    """Replace the estimate of a reserved call by what it really used."""
    connection.execute(
        update(model_calls)
        .where(model_calls.c.id == call_id)
        .values(outcome=outcome.value, tokens=usage.tokens, cost=usage.cost, seconds=seconds)
    )


def spent(connection: Connection, asker_id: str, day: date) -> Usage:
    """What a person has used or reserved on one day."""
    used = connection.execute(
        select(func.coalesce(func.sum(model_calls.c.tokens), 0), func.sum(model_calls.c.cost)).where(
            model_calls.c.asker_id == asker_id, model_calls.c.day == day
        )
    ).one()
    return Usage(int(used[0]), used[1])


def add_verdict(connection: Connection, verdict: VerdictRecord, now: datetime) -> None:
    """Store one verdict."""
    row = {
        "asker_id": verdict.asker_id,
        "deal_id": verdict.deal_id,
        "job": verdict.job,
        "prompt": verdict.prompt,
        "model": verdict.model,
        "outcome": verdict.outcome,
        "checked": verdict.checked,
        "removed": verdict.removed,
        "reasons": dict(verdict.reasons),
        "created_at": now,
    }
    connection.execute(insert(model_verdicts), row)


def tally(connection: Connection, since: datetime) -> dict[str, int]:
    """Count the verdicts since an instant by outcome."""
    counted = connection.execute(
        select(model_verdicts.c.outcome, func.count())
        .where(model_verdicts.c.created_at >= since)
        .group_by(model_verdicts.c.outcome)
        .order_by(model_verdicts.c.outcome)
    )
    return {str(outcome): int(count) for outcome, count in counted}


def reasons(connection: Connection, since: datetime) -> dict[str, int]:
    """Count why statements were removed since an instant."""
    counts: dict[str, int] = {}
    rows = connection.execute(select(model_verdicts.c.reasons).where(model_verdicts.c.created_at >= since))
    for (stored,) in rows:
        for reason, count in stored.items():
            counts[reason] = counts.get(reason, 0) + count
    return dict(sorted(counts.items()))


def find_answer(connection: Connection, key: str, now: datetime) -> dict[str, Any] | None:
    """The answer kept under `key`, unless it has expired."""
    found = connection.execute(
        select(model_answers.c.answer).where(model_answers.c.key == key, model_answers.c.expires_at > now)
    ).scalar_one_or_none()
    return dict(found) if found is not None else None


def keep_answer(connection: Connection, key: str, answer: dict[str, Any], now: datetime, expires_at: datetime) -> None:
    """Keep an answer until `expires_at`, and forget the expired ones."""
    connection.execute(delete(model_answers).where(model_answers.c.expires_at <= now))
    statement = insert_into(connection, model_answers).values(key=key, answer=answer, expires_at=expires_at)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={"answer": statement.excluded.answer, "expires_at": statement.excluded.expires_at},
        )
    )
