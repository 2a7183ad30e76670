"""`knowledge/playbook/google.yaml`: whose mail and meetings are read, how far back, and what a machine wrote."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt

from bot.playbook import load_playbook

FACETS_LOOK_AHEAD_DAYS = 90  # `meetings_next_90` (DOMAIN 2.3)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mailboxes(StrEnum):
    """Whose mailboxes and calendars are read."""

    OWNERS = "owners"
    """Of people who own a deal, open or closed."""
    EVERYBODY = "everybody"
    """Of all people of the CRM who are active there."""


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip().lower() for word in words)


Words = Annotated[tuple[str, ...], AfterValidator(_folded)]


class Automatic(_Strict):
    """What a machine wrote, by the part of its sender before the @ and by how its subject begins."""

    senders: Words
    subjects: Words


class GoogleRules(_Strict):
    """The whole of `google.yaml`."""

    mailboxes: Mailboxes
    mailboxes_at_a_time: int = Field(default=8, ge=1, le=32)
    skip: Words = ()
    internal_domains: Words = ()
    look_back_days: PositiveInt
    look_ahead_days: int = Field(ge=FACETS_LOOK_AHEAD_DAYS)
    full_sync_after_days: PositiveInt
    largest_message_megabytes: PositiveInt
    automatic: Automatic

    @property
    def look_back(self) -> timedelta:
        """How much of the past is read."""
        return timedelta(days=self.look_back_days)

    @property
    def full_after(self) -> timedelta:
        """How long the windows of the last full reading serve."""
        return timedelta(days=self.full_sync_after_days)

    @property
    def largest_message(self) -> int:
        """The size in bytes up to which the text of a message is asked for."""
        return self.largest_message_megabytes * 1_000_000


def load_google_rules(playbook_dir: Path) -> GoogleRules:
    """Read `google.yaml` of a playbook folder. Raises PlaybookError with file, line and fix."""
    return load_playbook(playbook_dir / "google.yaml", GoogleRules)
