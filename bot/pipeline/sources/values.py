"""From what an API answers to the text a pipeline CSV would hold."""

import json
from datetime import UTC, datetime
from typing import Any


def text(value: Any) -> str | None:
    """Return any JSON value as text; None, "" and blanks are None.

    >>> text(True), text(12.5), text(" "), text("a")
    ('true', '12.5', None, 'a')
    """
    if value is None:
        return None
    if isinstance(value, str):
        plain = value.replace("\0", "")
        return plain if plain.strip() else None
    return json.dumps(value)


def moment(value: Any) -> str | None:
    """Return an instant as `2026-03-01T09:30:00.000000Z`, or a plain date as it is; None if it is neither.

    >>> moment("2026-03-01T10:30:00.000+0100"), moment("2026-03-01"), moment("soon")
    ('2026-03-01T09:30:00.000000Z', '2026-03-01', None)
    """
    if not isinstance(value, str) or not value:
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    if len(value) <= len("2026-03-01"):
        return value
    return stamp(read if read.tzinfo else read.replace(tzinfo=UTC))


def stamp(instant: datetime) -> str:
    """Return an instant in the one form in which text order is time order."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def unstamp(value: str) -> datetime:
    """Return the instant behind `stamp`."""
    return datetime.fromisoformat(value)


def address_list(*values: str | None) -> str | None:
    """Return `;`- and `,`-separated addresses as one `;`-separated list, without repeats; None without any."""
    parts = [part.strip().lower() for value in values if value for part in value.replace(",", ";").split(";")]
    return ";".join(dict.fromkeys(part for part in parts if "@" in part)) or None


def json_object(values: dict[str, str | None]) -> str | None:
    """Return what is filled as a JSON object; None if nothing is."""
    filled = {key: value for key, value in values.items() if value is not None}
    return json.dumps(filled, ensure_ascii=False) if filled else None
