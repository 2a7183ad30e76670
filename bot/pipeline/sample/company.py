"""The selling company of the sample: its people, and what each rep closed in the past (`company.yaml`)."""

from datetime import datetime
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.pipeline.model import Role
from bot.pipeline.sample.workdays import Workdays
from bot.playbook import load_playbook


class Told(BaseModel):
    """Base of everything read from the sample's YAML: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(Told):
    """A user of the selling company; `key` is how the YAML files speak of them."""

    key: str
    name: str
    role: Role
    slack: str
    timezone: str
    manager: str | None = None
    segment: str | None = None
    discipline: str | None = None
    calendar_connected: bool = True

    @property
    def user_id(self) -> str:
        """The id in every table."""
        return f"u-{self.key}"


class TrackRecord(Told):
    """How many deals a rep closed in the last 400 days and how they went.

    `since_days` is set for a rep who joined that many days ago; `cycle_days` is the mean of won New Business.
    """

    rep: str
    new_business: int
    win_rate: float
    existing: int
    cycle_days: int
    mean_amount: int
    since_days: int | None = None


class Company(Told):
    """The selling company."""

    name: str
    product: str
    domain: str
    users: tuple[Person, ...]
    track_records: tuple[TrackRecord, ...]

    @cached_property
    def people(self) -> dict[str, Person]:
        """Everybody by key."""
        return {person.key: person for person in self.users}

    def email(self, key: str) -> str:
        """Return the work address of the person `key`."""
        return f"{'.'.join(self.people[key].name.lower().split())}@{self.domain}"

    def workdays(self, key: str, as_of: datetime) -> Workdays:
        """Return the calendar of the person `key`."""
        return Workdays.seen_from(as_of, self.people[key].timezone)


def load_company() -> Company:
    """Return the company of the package."""
    return load_playbook(Path(__file__).with_name("company.yaml"), Company)
