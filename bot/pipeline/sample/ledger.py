"""What the sample company recorded, row by row, and its CSV folder.

The columns are the contract of DESIGN (Pipeline CSV). Ids of activities and notes are given in the order of
time when the folder is written, so they do not depend on who added a row first.
"""

import csv
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

Row = dict[str, object]

COLUMNS = {
    "users": "user_id,name,email,slack_user_id,role,manager_id,segment,discipline,timezone",
    "opportunities": (
        "opportunity_id,name,account_id,account_name,owner_id,type,stage,amount,currency,probability,"
        "forecast_category,close_date,created_at,is_closed,is_won,closed_at,next_step,loss_reason"
    ),
    "stage_history": "opportunity_id,stage,entered_at",
    "activities": (
        "activity_id,opportunity_id,account_id,user_id,kind,direction,start_at,end_at,status,participants,"
        "accepted,declined,organiser,is_auto,subject,body"
    ),
    "contacts": "contact_id,account_id,name,title,email",
    "contact_roles": "opportunity_id,contact_id,role",
    "notes": "note_id,opportunity_id,author_id,at,text",
    "field_history": "opportunity_id,field,old,new,at,by",
    "deal_team": "opportunity_id,user_id",
    "sources": "user_id,source,connected,last_sync",
    "close_plans": "opportunity_id,refreshed_on,position,line",
    "command_plans": "opportunity_id,field,text",
}
"""File name (without .csv) to its header."""


class Ledger:
    """Rows of every table, collected in any order and written at once."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {name: [] for name in COLUMNS}
        self._accounts: dict[str, str] = {}
        self._contacts: dict[str, str] = {}

    def add(self, table: str, **values: object) -> None:
        """Add a row to `table`; a column not given stays empty (unknown).

        Raises KeyError for a table or column that is not part of the contract.
        """
        unknown = values.keys() - set(COLUMNS[table].split(","))
        if unknown:
            raise KeyError(f"{table}.csv has no column {', '.join(sorted(unknown))}")
        self.tables[table].append(values)

    def account_id(self, name: str) -> str:
        """Return the id of the account `name`, the same one every time."""
        return self._accounts.setdefault(name, f"AC-{len(self._accounts) + 1:04d}")

    def contact_id(self, account_id: str, name: str, title: str, email: str) -> str:
        """Return the id of the contact with this address, recording the contact on first sight."""
        if email not in self._contacts:
            self._contacts[email] = f"CT-{len(self._contacts) + 1:05d}"
            self.add(
                "contacts",
                contact_id=self._contacts[email],
                account_id=account_id,
                name=name,
                title=title,
                email=email,
            )
        return self._contacts[email]

    def write(self, directory: Path) -> dict[str, int]:
        """Write one CSV file a table into `directory` and return the number of rows of each."""
        self._number("activities", "activity_id", "start_at", "ACT-{:05d}")
        self._number("notes", "note_id", "at", "NOTE-{:04d}")
        directory.mkdir(parents=True, exist_ok=True)
        for table, header in COLUMNS.items():
            _write_csv(directory / f"{table}.csv", header.split(","), self.tables[table])
        return {table: len(rows) for table, rows in self.tables.items()}

    def _number(self, table: str, column: str, moment: str, pattern: str) -> None:
        self.tables[table].sort(key=lambda row: str(row[moment]))
        for number, row in enumerate(self.tables[table], start=1):
            row[column] = pattern.format(number)


def stamp(instant: datetime) -> str:
    """Return `instant` as CRM exports write it: UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _write_csv(path: Path, columns: list[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
