"""How each person wants to be told: when the digest comes, when it is quiet, which deals are snoozed (F105)."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Engine, delete, select

from bot.memory.database import reading, writing
from bot.memory.schema_mailings import preferences, snoozes
from bot.memory.upsert import insert_into


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """A person's wishes, in their own time zone. None = as the playbook has it; quiet hours may span midnight.

    `when_empty`: whether a day that needs nobody gets a line. `team_channel`: where the team digest goes instead of
    the direct message.
    """

    digest_on: bool = True
    digest_at: time | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    when_empty: bool | None = None
    team_channel: str | None = None

    def is_quiet(self, at: time) -> bool:
        """Whether this time of day lies in the person's quiet hours."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until


@dataclass(frozen=True, slots=True)
class Snooze:
    """A deal a person does not want to hear of before `until`."""

    deal_id: str
    until: date
    reason: str | None


class PreferenceBook:
    """Everybody's preferences. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def of(self, user_id: str) -> Preferences:
        """Return a person's preferences; the defaults if they never set any."""
        with reading(self._engine) as connection:
            row = connection.execute(select(preferences).where(preferences.c.user_id == user_id)).one_or_none()
        return Preferences(**{name: getattr(row, name) for name in Preferences.__slots__}) if row else Preferences()

    def of_all(self) -> dict[str, Preferences]:
        """Return the preferences of everybody who set any."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(preferences)).all()
        return {row.user_id: Preferences(**{n: getattr(row, n) for n in Preferences.__slots__}) for row in rows}

    def snoozed_by_all(self, on: date) -> dict[str, dict[str, Snooze]]:
        """Return everybody's snoozes that hold on a day, by person and deal; those who ended on it are left out."""
        found: dict[str, dict[str, Snooze]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(select(snoozes).where(snoozes.c.until > on)):
                found.setdefault(row.user_id, {})[row.deal_id] = Snooze(row.deal_id, row.until, row.reason)
        return found

    def ended(self, since: date, until: date) -> dict[str, dict[str, Snooze]]:
        """Return the snoozes that ended after `since` and up to `until`, by person and deal."""
        found: dict[str, dict[str, Snooze]] = {}
        query = select(snoozes).where(snoozes.c.until > since, snoozes.c.until <= until)
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                found.setdefault(row.user_id, {})[row.deal_id] = Snooze(row.deal_id, row.until, row.reason)
        return found

    def save(self, user_id: str, wishes: Preferences, now: datetime) -> None:
        """Store a person's preferences in place of the former ones."""
        values = {name: getattr(wishes, name) for name in Preferences.__slots__} | {"updated_at": now}
        with writing(self._engine) as connection:
            statement = insert_into(connection, preferences).values(user_id=user_id, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))

    def snoozed(self, user_id: str, today: date) -> dict[str, Snooze]:
        """Return the person's snoozes that still hold on `today`, by deal."""
        query = select(snoozes).where(snoozes.c.user_id == user_id, snoozes.c.until > today)
        with reading(self._engine) as connection:
            return {row.deal_id: Snooze(row.deal_id, row.until, row.reason) for row in connection.execute(query)}

    def snooze(self, user_id: str, deal_id: str, until: date, reason: str | None, now: datetime) -> None:
        """Keep quiet about a deal before `until`; a second snooze replaces the first."""
        values = {"until": until, "reason": reason, "created_at": now}
        with writing(self._engine) as connection:
            statement = insert_into(connection, snoozes).values(user_id=user_id, deal_id=deal_id, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["user_id", "deal_id"], set_=values))

    def wake(self, user_id: str, deal_id: str) -> None:
        """End a snooze; none is no error."""
        with writing(self._engine) as connection:
            connection.execute(delete(snoozes).where(snoozes.c.user_id == user_id, snoozes.c.deal_id == deal_id))
