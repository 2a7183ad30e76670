"""The records of a local HubSpot portal, with the habits that matter: stamps, property history, archives, links."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

Row = dict[str, Any]

PROPERTIES = {
    "deals": """dealname dealstage pipeline hubspot_owner_id amount closedate createdate dealtype hs_next_step
        deal_currency_code hs_deal_stage_probability hs_manual_forecast_category closed_lost_reason""",
    "companies": "name domain industry hubspot_owner_id createdate",
    "contacts": "firstname lastname jobtitle email associatedcompanyid createdate",
    "calls": """hs_timestamp hubspot_owner_id hs_call_title hs_call_body hs_call_duration hs_call_status
        hs_call_direction""",
    "emails": """hs_timestamp hubspot_owner_id hs_email_subject hs_email_text hs_email_direction hs_email_status
        hs_email_from_email hs_email_to_email hs_email_cc_email""",
    "meetings": """hs_timestamp hubspot_owner_id hs_meeting_title hs_meeting_body hs_meeting_start_time
        hs_meeting_end_time hs_meeting_outcome""",
    "tasks": "hs_timestamp hubspot_owner_id hs_task_subject hs_task_body hs_task_status",
    "notes": "hs_timestamp hubspot_owner_id hs_note_body",
}
MODIFIED = {"contacts": "lastmodifieddate"}
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass
class LocalPortal:
    """Everything a portal stores. `now` is its clock; `lateness` backdates the stamp of a change."""

    now: datetime = START
    lateness: timedelta = timedelta(0)
    objects: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in PROPERTIES})
    owners: list[Row] = field(default_factory=list)
    pipelines: list[Row] = field(default_factory=list)
    links: dict[tuple[str, str], dict[str, list[str | None]]] = field(default_factory=dict)
    missing: set[tuple[str, str]] = field(default_factory=set)
    _numbers: Any = field(default_factory=lambda: count(1001))

    def tick(self, seconds: float = 1.0) -> None:
        self.now += timedelta(seconds=seconds)

    def properties(self, object_type: str) -> list[str]:
        names = [*PROPERTIES[object_type].split(), "hs_object_id", modified(object_type)]
        return [name for name in names if (object_type, name) not in self.missing]

    def create(self, object_type: str, **properties: str | None) -> str:
        row_id = str(next(self._numbers))
        row: Row = {"id": row_id, "properties": {}, "history": {}, "archived": False}
        row["properties"] = {"hs_object_id": row_id, "createdate": self._stamp()}
        self.objects[object_type][row_id] = row
        self._write(object_type, row, properties)
        return row_id

    def update(self, object_type: str, row_id: str, **properties: str | None) -> None:
        self._write(object_type, self.objects[object_type][row_id], properties)

    def archive(self, object_type: str, row_id: str) -> None:
        """Archive a record; its links are kept for the day it is restored."""
        self.objects[object_type][row_id]["archived"] = True

    def restore(self, object_type: str, row_id: str) -> None:
        """Bring an archived record back. Its stamp of change does not move."""
        self.objects[object_type][row_id]["archived"] = False

    def link(self, one: tuple[str, str], other: tuple[str, str], label: str | None = None) -> None:
        """Associate two records, seen from both sides; both count as changed."""
        for (object_type, row_id), far in ((one, other), (other, one)):
            labels = self.links.setdefault((object_type, row_id), {}).setdefault("/".join(far), [])
            if label not in labels:
                labels.append(label)
            self._write(object_type, self.objects[object_type][row_id], {})

    def unlink(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        for (object_type, row_id), far in ((one, other), (other, one)):
            if self.links.get((object_type, row_id), {}).pop("/".join(far), None) is not None:
                self._write(object_type, self.objects[object_type][row_id], {})

    def linked(self, object_type: str, row_id: str, other: str) -> list[tuple[str, list[str | None]]]:
        """Return the live records of type `other` that a record is associated with, and the labels."""
        found = self.links.get((object_type, row_id), {})
        pairs = [(far.split("/"), labels) for far, labels in found.items()]
        return [
            (far_id, labels)
            for (kind, far_id), labels in pairs
            if kind == other and not self.objects[kind][far_id]["archived"]
        ]

    def _write(self, object_type: str, row: Row, properties: dict[str, str | None]) -> None:
        unknown = set(properties) - set(self.properties(object_type))
        assert not unknown, f"{object_type} has no {sorted(unknown)}"
        for name, value in properties.items():
            if row["properties"].get(name) != value:
                version = {"value": value or "", "timestamp": self._stamp(), "sourceType": "CRM_UI"}
                row["history"].setdefault(name, []).insert(0, version)
            row["properties"][name] = value
        row["properties"][modified(object_type)] = self._stamp()

    def _stamp(self) -> str:
        moment = self.now - self.lateness
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def modified(object_type: str) -> str:
    return MODIFIED.get(object_type, "hs_lastmodifieddate")
