"""Whom the staged CRM knows: the people whose own mailboxes and calendars may be read."""

from pathlib import Path

from bot.pipeline.sources.protocol import Colleague
from bot.pipeline.syncing.staging import open_staging

_COLLEAGUES = """
    SELECT lower(trim(u.email)) AS address,
           bool_or(coalesce(u.active, 'true') <> 'false'),
           bool_or(EXISTS (FROM opportunities AS d WHERE d.source = u.source AND d.owner_id = u.user_id))
    FROM users AS u
    WHERE contains(u.email, '@')
    GROUP BY address ORDER BY address
"""


def staged_people(directory: Path) -> tuple[Colleague, ...]:
    """Return the people of the sources synced into `directory`, by address. Raises SyncRunning during a sync."""
    if not directory.exists():
        return ()
    with open_staging(directory) as staging:
        rows = staging.con.execute(_COLLEAGUES).fetchall()
    return tuple(Colleague(address, active, owns_deals) for address, active, owns_deals in rows)
