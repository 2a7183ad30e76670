"""`knowledge/playbook/crm.yaml`: how a CRM's own fields become the pipeline's, and how politely it is read."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt

from bot.pipeline.importing.contract import CONTRACTS
from bot.pipeline.importing.mapping import nearest
from bot.pipeline.model import Role
from bot.playbook import load_playbook

MAPPABLE_OF_DEALS = (
    "amount", "currency", "probability", "forecast_category", "close_date", "type", "next_step", "loss_reason",
)  # fmt: skip
MAPPABLE_OF_USERS = ("segment", "discipline", "slack_user_id")

ApiName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=100)]
"""A field's name in its CRM. Nothing else may reach the text of a query."""


def _of(columns: tuple[str, ...]) -> AfterValidator:
    def known(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
        for column in mapping:
            if column not in columns:
                raise ValueError(f"{column!r} cannot be mapped{nearest(column, columns)}")
        return mapping

    return AfterValidator(known)


def _not_a_column(mapping: Mapping[str, str]) -> Mapping[str, str]:
    for label in mapping:
        if label.lower() in CONTRACTS["opportunities"].column_names:
            raise ValueError(f"{label!r} is a column of the pipeline itself; give the custom field another label")
    return mapping


DealFields = Annotated[Mapping[str, ApiName | None], _of(MAPPABLE_OF_DEALS)]
UserFields = Annotated[Mapping[str, ApiName | None], _of(MAPPABLE_OF_USERS)]
Labels = Annotated[Mapping[str, ApiName], AfterValidator(_not_a_column)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OwnStages(StrEnum):
    """Whose names of stages the pipeline uses."""

    PLAYBOOK = "playbook"
    """Those of `stages.yaml`; the CRM's are aliases there."""
    CRM = "crm"
    """The CRM's own, in its order."""


class RoleWords(_Strict):
    """Words that, inside a role or title, make somebody a `role`."""

    role: Role
    words: tuple[str, ...]


class DealMapping(_Strict):
    """Which fields of a CRM's deal mean what. A field mapped to null does not exist there."""

    opportunities: DealFields
    custom: Labels = {}
    command_plan: Mapping[str, ApiName] = {}

    def wanted(self) -> dict[str, str]:
        """Return every mapped field of a deal with what it is for, in words."""
        names = {name: column for column, name in self.opportunities.items() if name}
        names |= {name: f"custom field {label!r}" for label, name in self.custom.items()}
        return names | {name: f"command plan {field!r}" for field, name in self.command_plan.items()}


class SalesforceRules(DealMapping):
    """The Salesforce half of the mapping."""

    users: UserFields = {}
    calls: tuple[str, ...]
    emails: tuple[str, ...]
    outbound_subjects: tuple[str, ...] = ()
    inbound_subjects: tuple[str, ...] = ()


class HubSpotRules(DealMapping):
    """The HubSpot half; `values` replaces stored values by the words of the team, column by column."""

    values: Mapping[str, Mapping[str, str]] = {}


class Person(_Strict):
    """What no CRM field says of somebody, or says wrongly. `manager` is that person's address."""

    role: Role | None = None
    manager: str | None = None
    segment: str | None = None
    discipline: str | None = None
    timezone: str | None = None
    slack_user_id: str | None = None


class CrmRules(_Strict):
    """The whole of `crm.yaml`."""

    overlap_minutes: PositiveInt
    full_sync_after_days: PositiveInt
    keep_api_share: float = Field(ge=0, lt=1)
    stages: OwnStages
    activity_text: bool
    longest_text: PositiveInt
    roles: tuple[RoleWords, ...]
    people: Mapping[str, Person] = {}
    salesforce: SalesforceRules
    hubspot: HubSpotRules

    @cached_property
    def overlap(self) -> timedelta:
        """How much of the past every sync reads again."""
        return timedelta(minutes=self.overlap_minutes)

    @property
    def full_after(self) -> timedelta:
        """How long changes are trusted to tell everything."""
        return timedelta(days=self.full_sync_after_days)

    def role_of(self, *titles: str | None) -> str:
        """Return the role that the words of a title or role name stand for; `rep` if none do."""
        said = " ".join(f" {title.lower()} " for title in titles if title)
        padded = "".join(sign if sign.isalnum() or sign in "-&" else " " for sign in said)
        for rule in self.roles:
            if any(f" {word} " in padded for word in rule.words):
                return rule.role.value
        return Role.REP.value

    def text(self, value: Any) -> str | None:
        """Return a free text as it is kept: cut to its greatest length, or not at all where that is configured."""
        if not self.activity_text or not isinstance(value, str):
            return None
        return value.replace("\0", "")[: self.longest_text] or None


def load_crm_rules(playbook_dir: Path) -> CrmRules:
    """Read `crm.yaml` of a playbook folder. Raises PlaybookError with file, line and fix."""
    return load_playbook(playbook_dir / "crm.yaml", CrmRules)
