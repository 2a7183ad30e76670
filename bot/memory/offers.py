"""What was shown with buttons, kept for a while so that a press finds it again.

A button carries the key and nothing else. Whoever presses is checked against `user_id` and, by the
caller, against what they may see now. Survives a restart and is the same for every replica.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from bot.memory.database import reading, writing
from bot.memory.schema_conversations import offers


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One card, menu or proposal. `payload` is JSON; `deal_id` None = not about one deal."""

    kind: str
    user_id: str
    deal_id: str | None
    payload: dict[str, Any]
    created_at: datetime
    expires_at: datetime


class Offers:
    """The offers still standing. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def keep(self, offer: Offer) -> str:
        """Store an offer and forget those that have run out; returns its key, which nobody can guess."""
        key = secrets.token_hex(12)
        with writing(self._engine) as connection:
            connection.execute(delete(offers).where(offers.c.expires_at <= offer.created_at))
            values = {name: getattr(offer, name) for name in Offer.__slots__}
            connection.execute(insert(offers).values(key=key, **values))
        return key

    def keep_under(self, kept: Mapping[str, Offer]) -> None:
        """Store offers under keys that are known beforehand; one of the same key is replaced."""
        rows = [{"key": key} | {name: getattr(each, name) for name in Offer.__slots__} for key, each in kept.items()]
        if not rows:
            return
        with writing(self._engine) as connection:
            connection.execute(delete(offers).where(offers.c.key.in_(list(kept))))
            connection.execute(insert(offers), rows)

    def find(self, key: str, now: datetime) -> Offer | None:
        """Return the offer, or None if there is none of that key or it has run out."""
        with reading(self._engine) as connection:
            return _find(connection, key, now)

    def replace(self, key: str, payload: dict[str, Any]) -> None:
        """Keep other content under the same key; one that is gone stays gone."""
        with writing(self._engine) as connection:
            connection.execute(update(offers).where(offers.c.key == key).values(payload=payload))

    def take(self, key: str, now: datetime) -> Offer | None:
        """Return the offer and end it: of any number of callers exactly one gets it."""
        with writing(self._engine) as connection:
            found = _find(connection, key, now)
            gone = connection.execute(delete(offers).where(offers.c.key == key))
            return found if gone.rowcount else None


def _find(connection: Connection, key: str, now: datetime) -> Offer | None:
    row = connection.execute(select(offers).where(offers.c.key == key, offers.c.expires_at > now)).one_or_none()
    return Offer(**{name: getattr(row, name) for name in Offer.__slots__}) if row else None
