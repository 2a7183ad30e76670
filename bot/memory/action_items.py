"""Tracked action items: who does what on which deal by when, and what became of it (DOMAIN 6.3).

Invariants: one press makes one item (`source_key` is unique), and a change is refused unless it was made
on the item's present version, so that two people cannot overwrite each other unseen.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import Connection, Engine, insert, select, update

from bot.memory.database import reading, writing
from bot.memory.errors import BotMemoryError
from bot.memory.schema_actions import action_changes, action_items

BATCH = 500  # well under the number of bound values either database takes


class ActionStatus(StrEnum):
    """What became of an action item; a moved one is open with a later day."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class StaleActionError(BotMemoryError):
    """The action item is gone, or has been changed since the person saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAction:
    """An item about to be tracked. `advice` names what was advised; None = the person's own idea."""

    deal_id: str
    deal_name: str
    source: str
    source_key: str
    advice: str | None
    owner_id: str
    owner_name: str
    counterpart: str | None
    text: str
    due: date
    done_when: str
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem(NewAction):
    """A tracked item. `moves` counts how often its day was put off; `version` grows with every change."""

    id: int
    status: ActionStatus
    moves: int
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ActionChange:
    """One entry of an item's history: `what` is accepted, done, moved, reworded, dropped or reopened."""

    what: str
    by_id: str
    at: datetime
    due: date | None = None
    note: str | None = None


class ActionItems:
    """Everybody's action items. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def track(self, new: NewAction, now: datetime) -> tuple[ActionItem, bool]:
        """Store an item; returns it and True, or the one already tracked for the same press or advice and False."""
        with writing(self._engine) as connection:
            known = _same(connection, new)
            if known is not None:
                return known, False
            values = {name: getattr(new, name) for name in NewAction.__slots__}
            state = {"status": ActionStatus.OPEN, "moves": 0, "version": 1, "created_at": now, "updated_at": now}
            made = insert(action_items).values(**values, **state).returning(action_items.c.id)
            item_id: int = connection.execute(made).scalar_one()
            _note(connection, item_id, ActionChange("accepted", new.created_by, now, new.due))
            return _get(connection, item_id), True

    def tracked_advice(self, deal_id: str) -> dict[str, ActionItem]:
        """Return the deal's open items that came from advice, by the name of the advice."""
        query = select(action_items).where(
            action_items.c.deal_id == deal_id,
            action_items.c.status == ActionStatus.OPEN,
            action_items.c.advice.is_not(None),
        )
        with reading(self._engine) as connection:
            items = [read_item(row) for row in connection.execute(query)]
        return {item.advice: item for item in items if item.advice}

    def find(self, item_id: int) -> ActionItem | None:
        """Return one item, or None."""
        with reading(self._engine) as connection:
            row = connection.execute(select(action_items).where(action_items.c.id == item_id)).one_or_none()
            return read_item(row) if row else None

    def open_of(self, owner_ids: Collection[str]) -> list[ActionItem]:
        """Return the open items of these people, the most overdue first."""
        query = select(action_items).where(
            action_items.c.owner_id.in_(list(owner_ids)), action_items.c.status == ActionStatus.OPEN
        )
        with reading(self._engine) as connection:
            return [read_item(row) for row in connection.execute(query.order_by(action_items.c.due, action_items.c.id))]

    def of_deal(self, deal_id: str) -> list[ActionItem]:
        """Return every item of a deal, closed ones too, the newest first."""
        query = select(action_items).where(action_items.c.deal_id == deal_id).order_by(action_items.c.id.desc())
        with reading(self._engine) as connection:
            return [read_item(row) for row in connection.execute(query)]

    def history(self, item_id: int) -> list[ActionChange]:
        """Return what happened to an item, oldest first."""
        query = select(action_changes).where(action_changes.c.item_id == item_id).order_by(action_changes.c.id)
        with reading(self._engine) as connection:
            return [ActionChange(row.what, row.by_id, row.at, row.due, row.note) for row in connection.execute(query)]

    def close(
        self, item_id: int, status: ActionStatus, *, version: int, by_id: str, note: str | None, now: datetime
    ) -> ActionItem:
        """Mark an item done or dropped, with what proves or explains it. Raises StaleActionError."""
        with writing(self._engine) as connection:
            return _change(connection, item_id, version, ActionChange(status.value, by_id, now, None, note), status)

    def of_deals(self, deal_ids: Collection[str]) -> dict[str, list[ActionItem]]:
        """Return the open items of these deals, by deal, the soonest due first."""
        found: dict[str, list[ActionItem]] = {}
        wanted = list(deal_ids)
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), BATCH):
                query = select(action_items).where(
                    action_items.c.deal_id.in_(wanted[start : start + BATCH]),
                    action_items.c.status == ActionStatus.OPEN,
                )
                for row in connection.execute(query.order_by(action_items.c.due, action_items.c.id)):
                    found.setdefault(row.deal_id, []).append(read_item(row))
        return found

    def reword(
        self, item_id: int, text: str, done_when: str, due: date, *, version: int, by_id: str, now: datetime
    ) -> ActionItem:
        """Say an open item in other words, due on the day given. Raises StaleActionError."""
        change = ActionChange("reworded", by_id, now, due, text)
        with writing(self._engine) as connection:
            words = {"text": text, "done_when": done_when}
            return _change(connection, item_id, version, change, ActionStatus.OPEN, words)

    def move(self, item_id: int, due: date, *, version: int, by_id: str, note: str | None, now: datetime) -> ActionItem:
        """Put an item off (or forward) to another day. Raises StaleActionError."""
        change = ActionChange("moved", by_id, now, due, note)
        with writing(self._engine) as connection:
            return _change(connection, item_id, version, change, ActionStatus.OPEN)


def _same(connection: Connection, new: NewAction) -> ActionItem | None:
    """The item of the same press, or an open one for the same advice on the same deal."""
    by_press = select(action_items).where(action_items.c.source_key == new.source_key)
    row = connection.execute(by_press).one_or_none()
    if row is None and new.advice is not None:
        by_advice = select(action_items).where(
            action_items.c.deal_id == new.deal_id,
            action_items.c.advice == new.advice,
            action_items.c.status == ActionStatus.OPEN,
        )
        row = connection.execute(by_advice).first()
    return read_item(row) if row else None


def _change(
    connection: Connection,
    item_id: int,
    version: int,
    change: ActionChange,
    status: ActionStatus,
    words: Mapping[str, str] = MappingProxyType({}),
) -> ActionItem:
    values = {"status": status, "version": version + 1, "updated_at": change.at, **words}
    if change.due is not None:
        values |= {"due": change.due, "moves": action_items.c.moves + (0 if words else 1)}
    changed = connection.execute(
        update(action_items)
        .where(action_items.c.id == item_id, action_items.c.version == version)
        .where(action_items.c.status == ActionStatus.OPEN)
        .values(**values)
    )
    if not changed.rowcount:
        raise StaleActionError(f"action item {item_id} is closed or no longer at version {version}")
    _note(connection, item_id, change)
    return _get(connection, item_id)


def _note(connection: Connection, item_id: int, change: ActionChange) -> None:
    values = {name: getattr(change, name) for name in ActionChange.__slots__}
    connection.execute(insert(action_changes).values(item_id=item_id, **values))


def _get(connection: Connection, item_id: int) -> ActionItem:
    return read_item(connection.execute(select(action_items).where(action_items.c.id == item_id)).one())


def read_item(row: object) -> ActionItem:
    """The item in a row of its table."""
    names = (*NewAction.__slots__, *ActionItem.__slots__)
    values = {name: getattr(row, name) for name in names}
    return ActionItem(**values | {"status": ActionStatus(values["status"])})
