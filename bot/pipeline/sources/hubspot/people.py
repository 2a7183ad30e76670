"""Owners and pipeline stages of HubSpot: small, and read whole every time."""

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.hubspot.portal import Json, Portal
from bot.pipeline.sources.people import with_people
from bot.pipeline.sources.protocol import Record
from bot.pipeline.sources.values import text

STAGES_A_PIPELINE = 1000  # keeps the order of stages within their pipeline


def owner_records(portal: Portal, rules: CrmRules) -> tuple[Record, ...]:
    """Return everybody who owns deals, former owners too, as inactive."""
    found = [(owner, True) for owner in portal.owners(archived=False)]
    found += [(owner, False) for owner in portal.owners(archived=True)]
    return with_people([_owner(owner, rules, active=active) for owner, active in found], rules)


def _owner(owner: Json, rules: CrmRules, *, active: bool) -> Record:
    name = " ".join(part for part in (owner.get("firstName"), owner.get("lastName")) if part)
    team = next((team["name"] for team in owner.get("teams") or () if team.get("primary")), None)
    values = {
        "user_id": str(owner["id"]),
        "name": name or owner.get("email") or str(owner["id"]),
        "email": text(owner.get("email")),
        "role": rules.role_of(None),
        "active": text(active),
        "segment": text(team),
    }
    return Record("users", str(owner["id"]), values, "users")


def stage_records(portal: Portal) -> tuple[Record, ...]:
    """Return the stages of every deal pipeline, in the order of pipelines and stages."""
    return tuple(
        _stage(stage, place) for place, pipeline in enumerate(portal.pipelines()) for stage in pipeline["stages"]
    )


def _stage(stage: Json, place: int) -> Record:
    metadata = stage.get("metadata") or {}
    closed = str(metadata.get("isClosed")).lower() == "true"
    won = closed and float(metadata.get("probability") or 0) == 1
    values = {
        "stage": stage["label"],
        "order": text(place * STAGES_A_PIPELINE + int(stage.get("displayOrder") or 0) + 1),
        "is_closed": text(closed),
        "is_won": text(won),
    }
    return Record("stages", stage["id"], values, "stages")
