"""The Slack accounts behind e-mail addresses, as Slack told them; also that there is none, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Engine, String, Table, select

from bot.memory.database import reading, writing
from bot.memory.schema import Instant, metadata
from bot.memory.upsert import insert_into

slack_accounts = Table(
    "slack_accounts",
    metadata,
    Column("email", String(320), primary_key=True),  # folded
    Column("account_id", String(64)),  # NULL: nobody who may be written to
    Column("refusal", String(32)),  # why there is none; NULL with an account
    Column("asked_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class SlackAccount:
    """Slack's answer for one address: an account, or in a word why there is none."""

    account_id: str | None
    refusal: str | None
    asked_at: datetime


class SlackAccounts:
    """What Slack said about addresses. Every method is one transaction; addresses are compared without case."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def since(self, oldest: datetime) -> Mapping[str, SlackAccount]:
        """Return the answers given at `oldest` or later, by folded address."""
        query = select(slack_accounts).where(slack_accounts.c.asked_at >= oldest)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return {row.email: SlackAccount(row.account_id, row.refusal, row.asked_at) for row in rows}

    def of(self, email: str, oldest: datetime) -> SlackAccount | None:
        """Return the answer for one address, if it was given at `oldest` or later."""
        query = select(slack_accounts).where(
            slack_accounts.c.email == folded(email), slack_accounts.c.asked_at >= oldest
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return SlackAccount(row.account_id, row.refusal, row.asked_at) if row else None

    def note(self, answers: Iterable[tuple[str, SlackAccount]]) -> None:
        """Keep answers by their addresses, in the place of older ones."""
        rows = [
            {"email": folded(email), "account_id": each.account_id, "refusal": each.refusal, "asked_at": each.asked_at}
            for email, each in answers
        ]
        if not rows:
            return
        with writing(self._engine) as connection:
            new = insert_into(connection, slack_accounts)
            kept = {name: new.excluded[name] for name in ("account_id", "refusal", "asked_at")}
            connection.execute(new.on_conflict_do_update(index_elements=["email"], set_=kept), rows)


def folded(email: str) -> str:
    """Return an address as it is compared."""
    return email.strip().casefold()
