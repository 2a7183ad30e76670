"""How values, notes and refusals of HubSpot are spelled, for writing.

Notes are HTML in HubSpot: what is written is escaped, so that no text becomes a link or a picture.
"""

import html
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from bot.pipeline.sources.hubspot.portal import Json
from bot.pipeline.sources.hubspot.streams import day_of
from bot.pipeline.sources.protocol import SourceError, SourceMisconfigured, SourceUnavailable
from bot.pipeline.sources.writer import CLOSE_DATE, NOTE, STAGE, TASK, Addition, WriteRefused

NO_ANSWER = "HubSpot gives no answer at the moment."
SCOPES = {"deals": "crm.objects.deals.write", NOTE: "crm.objects.contacts.write", TASK: "crm.objects.contacts.write"}
TEXT_OF = {NOTE: "hs_note_body", TASK: "hs_task_body"}

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST_REASON = 300


def translated(error: Any) -> SourceError:
    """Return what a refusal means for a write, as a sentence for the person."""
    try:
        said = str(json.loads(error.body).get("message", ""))[:_LONGEST_REASON]
    except (TypeError, ValueError, AttributeError):
        said = ""
    if error.status == 401:
        return SourceMisconfigured("HubSpot refuses the coach's token; whoever runs the coach has to renew it.")
    if error.status == 403:
        return WriteRefused(
            "HubSpot does not allow the coach to change this; an admin can grant its private app "
            f"{SCOPES['deals']} (notes and tasks: {SCOPES[NOTE]}), or you change it there."
        )
    if error.status == 404:
        return WriteRefused("That record is not in HubSpot any more.")
    if error.status == 429:
        return SourceMisconfigured("HubSpot asks me to slow down; nothing was written. Try again in a minute.")
    if error.status >= 500:
        return SourceUnavailable(NO_ANSWER)
    return WriteRefused(f"HubSpot refused it: {said or error.status}")


def version(row: Json, name: str) -> str:
    """Return the stamp of the newest history entry of a property, and "" of one that was never set."""
    versions = (row.get("propertiesWithHistory") or {}).get(name) or []
    return max((str(version["timestamp"]) for version in versions), default="")


def is_closed(stage: Json | None) -> bool:
    """Whether a deal in this stage is won or lost."""
    return str(((stage or {}).get("metadata") or {}).get("isClosed")).lower() == "true"


def shown(target: str, value: str | None, stages: Mapping[str, Json]) -> str | None:
    """Return a value as people read it: a day as ISO, a stage by its label."""
    if value is None:
        return None
    if target == CLOSE_DATE:
        return day_of(value)[: len("2026-12-12")]
    return str(stages[value]["label"]) if target == STAGE and value in stages else value


def spelled(target: str, value: str | None) -> str:
    """Return a value as HubSpot keeps it: nothing is "", a day is its midnight in Greenwich."""
    if value is None:
        return ""
    return f"{value}T00:00:00.000Z" if target == CLOSE_DATE and _DAY.fullmatch(value) else value


def properties_of(addition: Addition) -> dict[str, str]:
    """Return a note or task in HubSpot's properties."""
    shared = {"hubspot_owner_id": addition.owner_id, TEXT_OF[addition.target]: as_html(addition.text)}
    at = datetime.combine(addition.due, time(12), UTC) if addition.due else addition.at.astimezone(UTC)
    shared |= {"hs_timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    if addition.target == TASK:
        shared |= {"hs_task_subject": addition.title, "hs_task_status": "NOT_STARTED"}
    return shared


def as_html(plain: str) -> str:
    """Return plain text as HubSpot keeps it."""
    return html.escape(plain, quote=False).replace("\n", "<br>")
