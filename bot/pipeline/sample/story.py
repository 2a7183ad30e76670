"""The hand-written deals: one YAML file each under `stories/`, told in days from the sample's clock.

A story is the deal record, its people, the mails and meetings with their words, and the notes. `bucket` is
the health its facts should earn; it is written nowhere and only tests read it.
"""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.pipeline.brief import HealthBucket
from bot.pipeline.sample.company import Told
from bot.playbook import load_playbook


class StoryContact(Told):
    """A person at the buyer (or a partner); `role` is what the rep typed into the CRM, right or wrong."""

    name: str
    title: str
    role: str | None = None
    email: str | None = None


class StoryEvent(Told):
    """One mail, meeting, call or task. `people` are keys of the story's contacts.

    `user` is a colleague's key if it happened in another mailbox or calendar than the owner's; an event
    that is not `filed` carries no deal id and has to be matched by its people.
    """

    day: int
    kind: Literal["sent", "received", "meeting", "call", "task"]
    people: tuple[str, ...] = Field(default=(), alias="with")
    declined: tuple[str, ...] = ()
    organiser: Literal["seller", "buyer", "partner"] = "seller"
    user: str | None = Field(default=None, alias="by")
    subject: str
    body: str = ""
    minutes: int | None = None
    status: str | None = None
    auto: bool = False
    filed: bool = True


class StoryNote(Told):
    """Free text in the CRM."""

    day: int
    author: str = Field(alias="by")
    text: str


class FieldChange(Told):
    """A change of a tracked field; dates are told as days from the clock."""

    day: int
    field: Literal["owner_id", "close_date", "amount", "forecast_category"]
    old: str | None = None
    new: str | None = None
    old_day: int | None = None
    new_day: int | None = None


class StoryClosed(Told):
    """How and when a deal ended."""

    won: bool
    day: int
    reason: str | None = None


class StoryPlan(Told):
    """The close plan, one raw line an entry."""

    refreshed: int
    lines: tuple[str, ...]


class Story(Told):
    """One hand-written deal."""

    slug: str
    id: str
    about: str
    ask: str
    bucket: HealthBucket | None
    account: str
    domain: str
    name: str
    owner: str
    type: str = "New Business"
    amount: int | None
    currency: str = "USD"
    forecast: str
    probability: int | None = None
    created: int
    close: int
    next_step: str | None = None
    closed: StoryClosed | None = None
    stages: dict[str, int]
    contacts: dict[str, StoryContact]
    events: tuple[StoryEvent, ...]
    notes: tuple[StoryNote, ...]
    close_plan: StoryPlan | None = None
    command_plan: dict[str, str] = Field(default_factory=dict)
    history: tuple[FieldChange, ...] = ()
    team: tuple[str, ...] = ()

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Contact key to mail address."""
        return {
            key: contact.email or f"{'.'.join(contact.name.lower().split())}@{self.domain}"
            for key, contact in self.contacts.items()
        }


def load_stories() -> list[Story]:
    """Return the stories of the package in the order of their ids."""
    folder = Path(__file__).with_name("stories")
    return sorted((load_playbook(path, Story) for path in folder.glob("*.yaml")), key=lambda story: story.id)
