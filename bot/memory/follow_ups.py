"""When somebody was last asked about an action item, and of which close plans people were reminded (DOMAIN 6.3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, select

from bot.memory.action_items import ActionItem, ActionStatus, read_item
from bot.memory.database import reading, writing
from bot.memory.schema_actions import action_asks, action_items, plan_reminders
from bot.memory.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Ask:
    """The last question about an item: the day it was due then, and the day it was asked."""

    due: date
    asked_on: date


@dataclass(frozen=True, slots=True)
class PlanReminder:
    """The close plan somebody was reminded of, by its refresh day, and how old it was (days)."""

    refreshed_on: date
    days: int


class FollowUpBook:
    """Asks and reminders. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def due(self, by: date) -> list[tuple[ActionItem, Ask | None]]:
        """Return the open items due on or before a day, with the last question about each, most overdue first."""
        query = (
            select(action_items, action_asks.c.due.label("asked_due"), action_asks.c.asked_on)
            .outerjoin(action_asks, action_asks.c.item_id == action_items.c.id)
            .where(action_items.c.status == ActionStatus.OPEN, action_items.c.due <= by)
            .order_by(action_items.c.due, action_items.c.id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [(read_item(row), Ask(row.asked_due, row.asked_on) if row.asked_on else None) for row in rows]

    def asked(self, items: Collection[ActionItem], on: date) -> None:
        """Note that the owners of these items were asked."""
        rows = [{"item_id": item.id, "due": item.due, "asked_on": on} for item in items]
        if not rows:
            return
        with writing(self._engine) as connection:
            put = insert_into(connection, action_asks)
            fresh = {"due": put.excluded.due, "asked_on": put.excluded.asked_on}
            connection.execute(put.on_conflict_do_update(index_elements=["item_id"], set_=fresh), rows)

    def reminders(self) -> dict[str, PlanReminder]:
        """Return the last reminder of each deal's close plan."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(plan_reminders)).all()
        return {row.deal_id: PlanReminder(row.refreshed_on, row.days) for row in rows}

    def reminded(self, reminders: Mapping[str, PlanReminder]) -> None:
        """Note the reminders that went out, by deal."""
        rows = [
            {"deal_id": deal_id, "refreshed_on": each.refreshed_on, "days": each.days}
            for deal_id, each in reminders.items()
        ]
        if not rows:
            return
        with writing(self._engine) as connection:
            put = insert_into(connection, plan_reminders)
            fresh = {"refreshed_on": put.excluded.refreshed_on, "days": put.excluded.days}
            connection.execute(put.on_conflict_do_update(index_elements=["deal_id"], set_=fresh), rows)
