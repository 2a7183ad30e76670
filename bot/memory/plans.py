"""Plans of deals kept by the bot: managers' dated reviews of a command plan, and mutual action plans (F072, F074)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, select, update

from bot.memory.database import reading, writing
from bot.memory.errors import BotMemoryError
from bot.memory.schema_consults import mutual_plans, plan_reviews
from bot.memory.upsert import insert_once


class StalePlanError(BotMemoryError):
    """Somebody else saved the plan since the person saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReview:
    """What a manager thought of a deal's plan, and when; `token` makes two presses on one form one review."""

    deal_id: str
    by_id: str
    by_name: str
    text: str
    token: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One step of a mutual action plan as people keep it. `key` names the step it began as."""

    key: str
    text: str
    owner: str
    due: date
    theirs: bool
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MutualPlan:
    """A saved mutual action plan; `version` counts how often it was saved."""

    deal_id: str
    steps: tuple[PlanStep, ...]
    by_name: str
    at: datetime
    version: int = 0


class PlanBook:
    """Every review and every mutual plan. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def review(self, review: PlanReview) -> bool:
        """Store a review; False if it is stored already."""
        values = {name: getattr(review, name) for name in PlanReview.__slots__}
        with writing(self._engine) as connection:
            return insert_once(connection, plan_reviews, values)

    def reviews(self, deal_id: str) -> list[PlanReview]:
        """Return the reviews of a deal's plan, the newest first."""
        query = select(plan_reviews).where(plan_reviews.c.deal_id == deal_id).order_by(plan_reviews.c.id.desc())
        with reading(self._engine) as connection:
            rows = connection.execute(query)
            return [PlanReview(**{name: getattr(row, name) for name in PlanReview.__slots__}) for row in rows]

    def mutual(self, deal_id: str) -> MutualPlan | None:
        """Return the deal's mutual action plan, or None if none was saved."""
        with reading(self._engine) as connection:
            row = connection.execute(select(mutual_plans).where(mutual_plans.c.deal_id == deal_id)).one_or_none()
            return _plan(row) if row else None

    def save_mutual(self, plan: MutualPlan) -> MutualPlan:
        """Store a plan over the version it was made from (0 = none). Raises StalePlanError if there is a newer one."""
        values = {"steps": _plain(plan.steps), "by_name": plan.by_name, "at": plan.at, "version": plan.version + 1}
        with writing(self._engine) as connection:
            if plan.version == 0:
                kept = insert_once(connection, mutual_plans, {"deal_id": plan.deal_id, **values})
            else:
                seen = (mutual_plans.c.deal_id == plan.deal_id, mutual_plans.c.version == plan.version)
                kept = bool(connection.execute(update(mutual_plans).where(*seen).values(**values)).rowcount)
            if not kept:
                raise StalePlanError(f"the mutual plan of {plan.deal_id} is not at version {plan.version} any more")
        return replace(plan, version=plan.version + 1)


def _plain(steps: Sequence[PlanStep]) -> list[dict[str, Any]]:
    return [asdict(step) | {"due": step.due.isoformat()} for step in steps]


def _plan(row: Any) -> MutualPlan:
    steps = tuple(PlanStep(**each | {"due": date.fromisoformat(each["due"])}) for each in row.steps)
    return MutualPlan(deal_id=row.deal_id, steps=steps, by_name=row.by_name, at=row.at, version=row.version)
