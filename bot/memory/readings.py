"""Evidence a model pointed at and code verified, kept so that the next answer need not ask again.

A row is a claim about one version of one source: whoever reads it holds it against the source as it is now. A
person's dispute takes the words out at once; what is left of the row keeps the sentence from being read again.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, RowMapping, delete, select, update

from bot.memory.database import reading, writing
from bot.memory.schema_readings import model_readings
from bot.memory.upsert import insert_into

BATCH = 500  # well under the number of bound values either database takes


class ReadingStatus(StrEnum):
    """Whether a reading counts."""

    STANDS = "stands"
    DISPUTED = "disputed"
    """A person said it proves nothing: its words are gone and it is never read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReading:
    """One sentence a model took for evidence. `source_hash` names the text of the source it was found in."""

    deal_id: str
    source_id: str
    source_hash: str
    element: str
    traits: tuple[str, ...]
    quote: str
    said_on: date
    grade: str
    model: str
    prompt: str
    asker_id: str
    read_at: datetime

    @property
    def key(self) -> str:
        """What is the same reading, whatever became of the rest of its source."""
        return reading_key(self.deal_id, self.source_id, self.element, self.quote)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReading:
    """A stored reading that stands."""

    id: int
    key: str
    deal_id: str
    source_id: str
    source_hash: str
    element: str
    traits: tuple[str, ...]
    quote: str
    said_on: date
    grade: str
    model: str
    read_at: datetime


class ModelReadings:
    """Everything models found in what was written about deals. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def keep(self, readings: Iterable[NewReading]) -> None:
        """Store readings; one that is there is brought up to date, one that was disputed stays disputed."""
        with writing(self._engine) as connection:
            for each in readings:
                _keep(connection, each)

    def of_deal(self, deal_id: str) -> list[KeptReading]:
        """Return what stands about a deal, in the order it was read."""
        query = select(model_readings).where(model_readings.c.deal_id == deal_id, _STANDS).order_by(model_readings.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query)
            return [_kept(row._mapping) for row in rows]

    def disputed_keys(self, deal_id: str) -> frozenset[str]:
        """Return the keys of what people disputed about a deal."""
        query = select(model_readings.c.key).where(model_readings.c.deal_id == deal_id, ~_STANDS)
        with reading(self._engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def dispute(self, reading_id: int, deal_id: str, by_id: str, at: datetime) -> bool:
        """Take a reading of this deal out, its words with it; False if none stands under the number."""
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(model_readings)
                .where(model_readings.c.id == reading_id, model_readings.c.deal_id == deal_id, _STANDS)
                .values(status=ReadingStatus.DISPUTED.value, quote=None, disputed_by=by_id, disputed_at=at)
            )
            return changed.rowcount == 1

    def sources(self) -> dict[str, dict[str, set[str]]]:
        """Return deal, source and the hashes of the texts that stored words were found in."""
        found: dict[str, dict[str, set[str]]] = {}
        columns = (model_readings.c.deal_id, model_readings.c.source_id, model_readings.c.source_hash)
        with reading(self._engine) as connection:
            for deal_id, source_id, source_hash in connection.execute(select(*columns).where(_STANDS).distinct()):
                found.setdefault(deal_id, {}).setdefault(source_id, set()).add(source_hash)
        return found

    def forget(self, deal_id: str, source_hashes: Collection[str]) -> int:
        """Delete a deal's words found in these versions of sources; returns how many."""
        hashes, count = list(source_hashes), 0
        with writing(self._engine) as connection:
            for start in range(0, len(hashes), BATCH):
                wanted = model_readings.c.source_hash.in_(hashes[start : start + BATCH])
                gone = delete(model_readings).where(model_readings.c.deal_id == deal_id, _STANDS, wanted)
                count += connection.execute(gone).rowcount
        return count


def _keep(connection: Connection, new: NewReading) -> None:
    """Add a row, or bring it up to date; further traits of the same sentence join those that are there."""
    there = connection.execute(
        select(model_readings.c.traits).where(
            model_readings.c.key == new.key, model_readings.c.source_hash == new.source_hash
        )
    ).scalar_one_or_none()
    traits = dict.fromkeys([*(there or "").split(), *new.traits])
    changed = {"source_hash": new.source_hash, "traits": " ".join(traits), "said_on": new.said_on, "grade": new.grade}
    values = {name: getattr(new, name) for name in NewReading.__slots__} | changed
    connection.execute(
        insert_into(connection, model_readings)
        .values(**values, key=new.key, status=ReadingStatus.STANDS.value)
        .on_conflict_do_update(index_elements=[model_readings.c.key], set_=changed, where=_STANDS)
    )


def _kept(row: RowMapping) -> KeptReading:
    values = {name: row[name] for name in KeptReading.__slots__}
    return KeptReading(**values | {"traits": tuple(row["traits"].split())})


_STANDS = model_readings.c.status == ReadingStatus.STANDS.value


def reading_key(deal_id: str, source_id: str, element: str, quote: str) -> str:
    """A hash that says "this sentence, of this source, as evidence of this", without holding the sentence."""
    return hashlib.sha256("\x1f".join((deal_id, source_id, element, quote)).encode()).hexdigest()
