"""The records of a local Salesforce org, with the habits that matter: stamps, recycle bin, history rows."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.servers.salesforce.objects import CHILDREN, FIELDS, PREFIXES, UNSTAMPED

Row = dict[str, Any]
_TRACKED = ("StageName", "Amount", "CloseDate", "ForecastCategory")
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass
class LocalOrg:
    """Everything an org stores. `now` is its clock and moves only by `tick`; `lateness` backdates stamps."""

    now: datetime = START
    lateness: timedelta = timedelta(0)
    tables: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in FIELDS})
    custom_fields: dict[str, dict[str, str]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def tick(self, seconds: float = 1.0) -> None:
        self.now += timedelta(seconds=seconds)

    def fields_of(self, sobject: str) -> dict[str, str]:
        return FIELDS[sobject] | self.custom_fields.get(sobject, {})

    def create(self, sobject: str, **values: Any) -> str:
        """Store a record and return its id."""
        self._know(sobject, values)
        row_id = values.get("Id") or f"{PREFIXES[sobject]}{next(self._numbers):012d}AAA"
        row: Row = dict.fromkeys(self.fields_of(sobject)) | {"Id": row_id}
        types = self.fields_of(sobject)
        row |= {name: False for name, kind in types.items() if kind == "boolean"}
        row |= {name: self._stamp() for name in ("CreatedDate", "SystemModstamp") if name in types}
        row |= values
        self.tables[sobject][row_id] = row
        if sobject == "Opportunity":
            self._write_history(row)
        return row_id

    def update(self, sobject: str, row_id: str, **values: Any) -> None:
        """Change a record; a deal writes its history rows."""
        self._know(sobject, values)
        row = self.tables[sobject][row_id]
        before = dict(row)
        row |= values
        self._touch(row)
        if sobject == "Opportunity":
            if any(before[name] != row[name] for name in _TRACKED):
                self._write_history(row)
            if before["OwnerId"] != row["OwnerId"]:
                self._write_owner_change(row_id, before["OwnerId"], row["OwnerId"])

    def delete(self, sobject: str, row_id: str) -> None:
        """Move a record, and what dies with it, to the recycle bin."""
        self._set_deleted(sobject, row_id, deleted=True)

    def undelete(self, sobject: str, row_id: str) -> None:
        """Bring a record back from the recycle bin, and what died with it."""
        self._set_deleted(sobject, row_id, deleted=False)

    def purge(self, sobject: str, row_id: str) -> None:
        """Remove a record for good, as when the recycle bin is emptied."""
        del self.tables[sobject][row_id]

    def rows(self, sobject: str, *, with_deleted: bool) -> list[Row]:
        return [row for row in self.tables[sobject].values() if with_deleted or not row.get("IsDeleted")]

    def _set_deleted(self, sobject: str, row_id: str, *, deleted: bool) -> None:
        row = self.tables[sobject][row_id]
        row["IsDeleted"] = deleted
        if sobject not in UNSTAMPED:
            self._touch(row)
        for child, key in CHILDREN.get(sobject, ()):
            for child_row in self.tables[child].values():
                if child_row[key] == row_id:
                    self._set_deleted(child, child_row["Id"], deleted=deleted)

    def _touch(self, row: Row) -> None:
        for name in ("SystemModstamp", "LastModifiedDate"):
            if name in row:
                row[name] = self._stamp()

    def _write_history(self, deal: Row) -> None:
        self.create(
            "OpportunityHistory",
            OpportunityId=deal["Id"], CreatedById=deal["OwnerId"], **{name: deal[name] for name in _TRACKED},
        )  # fmt: skip

    def _write_owner_change(self, deal_id: str, old: str, new: str) -> None:
        names = {user["Id"]: user["Name"] for user in self.tables["User"].values()}
        for before, after in ((names.get(old), names.get(new)), (old, new)):
            self.create(
                "OpportunityFieldHistory", OpportunityId=deal_id, Field="Owner", OldValue=before, NewValue=after
            )

    def _stamp(self) -> str:
        moment = self.now - self.lateness
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"

    def _know(self, sobject: str, values: Row) -> None:
        unknown = set(values) - set(self.fields_of(sobject))
        assert not unknown, f"{sobject} has no {sorted(unknown)}"
