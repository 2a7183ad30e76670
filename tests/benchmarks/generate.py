"""A large made-up company, written by DuckDB itself: every row follows from its number, so runs can be compared.

A quarter of the deals is open. Nine activities in ten are the owner's, three in ten are filed nowhere and find
their deal by the addresses in them; a deal has about fifty, each with one or two people of the buyer. Rows are made
in portions and lie as the importer lays them, so that memory stays small however large the company is.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from bot.pipeline.store import SnapshotStore

AS_OF = datetime(2026, 9, 21, 14, tzinfo=UTC)
ACTIVITIES_A_DEAL = 50
DEALS_A_REP = 250
PORTION = 50_000
"""How many deals are made at once."""


def record(con: duckdb.DuckDBPyConnection, deals: int, reps: int | None = None) -> None:
    """Fill the recorded tables of a snapshot with a company of `deals` deals, shared out among `reps` people."""
    size = {"deals": deals, "each": ACTIVITIES_A_DEAL, "reps": reps or max(4, deals // DEALS_A_REP)}
    _run(con, _COMPANY, size)
    for first, end in _portions(deals, PORTION):
        _run(con, _PORTION, size | {"first": first, "end": end})
    for first, end in _portions(size["reps"], max(1, PORTION * size["reps"] // deals)):
        _run(con, _MAILBOXES, size | {"first": first, "end": end})
    con.execute("DROP TABLE made_deals; DROP TABLE made_activities")


def build(folder: Path, deals: int, memory_limit: str | None = None) -> Path:
    """Make a snapshot of `deals` deals the current one of a store in `folder` and return its file."""
    with SnapshotStore(folder, memory_limit).draft() as draft:
        record(draft.con, deals)
    return draft.path


def write_csv(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the recorded tables of `con` as the files somebody would import."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, query in _FILES.items():
        con.execute(f"COPY ({query}) TO '{folder / name}.csv' (HEADER)")


def _portions(total: int, size: int) -> Iterator[tuple[int, int]]:
    return ((first, min(first + size, total)) for first in range(0, total, size))


def _run(con: duckdb.DuckDBPyConnection, statements: tuple[str, ...], numbers: dict[str, int]) -> None:
    for statement in statements:
        con.execute(statement, {name: value for name, value in numbers.items() if f"${name}" in statement})


_STAGES = "['Qualification', 'Discovery', 'Solution', 'Commercial', 'Commitment']"

_COMPANY = (
    "CREATE OR REPLACE TEMP MACRO chance(key) AS (hash(key) % 1000000007)::BIGINT",
    """
    INSERT INTO users BY NAME
    SELECT 'U' || i AS user_id, 'Rep ' || i AS name, 'u' || i || '@seller.example' AS email, 'rep' AS role,
           ['Mid Market', 'Enterprise', 'Small'][1 + i % 3] AS segment,
           ['Inside Sales', 'Field Sales'][1 + i % 2] AS discipline,
           ['UTC', 'America/New_York', 'Asia/Tokyo'][1 + i % 3] AS timezone, true AS active
    FROM range($reps) t(i)
    """,
    """
    INSERT INTO sources
    SELECT user_id, source, true, TIMESTAMP '2026-09-21 12:00' FROM users, (VALUES ('mail'), ('calendar')) s(source)
    """,
)

_DEALS = f"""
    WITH numbered AS (
        SELECT i, '006' || lpad(i::VARCHAR, 15, '0') AS opportunity_id, chance(i) AS luck, i % 4 = 0 AS is_open,
               DATE '2026-09-21' - (5 + CASE WHEN i % 4 = 0 THEN chance(i) % 300 ELSE 40 + chance(i) % 700 END)::INTEGER
                   AS created_on
        FROM {{numbers}} t(i)
    ), ended AS (
        SELECT *, CASE WHEN NOT is_open THEN least(created_on + (20 + luck % 120)::INTEGER, DATE '2026-09-20') END
                   AS closed_on
        FROM numbered
    )
    SELECT opportunity_id, 'Deal ' || i AS name, 'A' || i // 2 AS account_id, 'Account ' || i // 2 AS account_name,
           'U' || i % $reps AS owner_id, CASE WHEN i % 5 = 0 THEN 'Renewal' ELSE 'New Business' END AS "type",
           CASE WHEN i % 5 = 0 THEN 'Existing Business' ELSE 'New Business' END AS deal_type,
           CASE WHEN is_open THEN {_STAGES}[1 + luck % 5] WHEN luck % 5 < 2 THEN 'Closed Won' ELSE 'Closed Lost' END
               AS stage,
           CASE WHEN is_open THEN 1 + luck % 5 WHEN luck % 5 < 2 THEN 6 ELSE 7 END AS stage_order,
           CASE WHEN is_open THEN 'open' WHEN luck % 5 < 2 THEN 'won' ELSE 'lost' END AS status,
           1000 + luck % 90000 AS amount, 'USD' AS currency,
           coalesce(closed_on, DATE '2026-09-01' + (luck % 90)::INTEGER) AS close_date,
           created_on, closed_on, 'Send the draft' AS next_step,
           ['UTC', 'America/New_York', 'Asia/Tokyo'][1 + (i % $reps) % 3] AS timezone
    FROM ended
"""

_ACTIVITIES = """
    CREATE OR REPLACE TEMP TABLE made_activities AS
    SELECT 'X' || i || '-' || k AS activity_id,
           CASE WHEN luck % 10 < 7 THEN opportunity_id END AS opportunity_id,
           CASE WHEN luck % 10 < 7 THEN account_id END AS account_id,
           CASE WHEN k % 10 = 9 THEN 'U' || (i + 1) % $reps ELSE owner_id END AS user_id,
           ['email', 'email', 'email', 'email', 'email', 'email', 'email', 'meeting', 'meeting', 'call'][1 + k % 10]
               AS kind,
           CASE WHEN k % 10 < 4 THEN 'outbound' WHEN k % 10 < 7 THEN 'inbound' END AS direction,
           created_on::TIMESTAMP + to_seconds((luck % (86400 * (30 + coalesce(closed_on, DATE '2026-09-21')
               - created_on)))::BIGINT) AS start_at,
           CASE WHEN k % 10 IN (7, 8) THEN CASE WHEN luck % 20 = 0 THEN 'cancelled' ELSE 'confirmed' END END AS status,
           false AS is_auto, 'About deal ' || i AS subject, 'Thank you for the meeting; the draft is attached.' AS body
    FROM (SELECT d.*, k, substr(name, 6)::BIGINT AS i, chance(hash(name, k)) AS luck
          FROM made_deals d, range($each) s(k))
    WHERE start_at < TIMESTAMP '2026-10-21' AND {kept}
"""

_PARTICIPANTS = """
    INSERT INTO participants
    SELECT activity_id, 'p' || (chance(activity_id) + n) % 6 || '@account'
               || split_part(substr(activity_id, 2), '-', 1)::BIGINT // 2 || '.example', NULL
    FROM made_activities, range(2) t(n)
    WHERE n = 0 OR chance(activity_id) % 3 = 0
"""

_PORTION = (
    f"CREATE OR REPLACE TEMP TABLE made_deals AS {_DEALS.format(numbers='range($first, $end)')}",
    "INSERT INTO opportunities BY NAME FROM made_deals ORDER BY opportunity_id",
    f"""
    INSERT INTO stage_visits
    SELECT opportunity_id, k, {_STAGES}[1 + k], 1 + k, created_on + (k * stay)::INTEGER,
           CASE WHEN k < reached - 1 THEN created_on + ((k + 1) * stay)::INTEGER ELSE closed_on END
    FROM (SELECT *, CASE WHEN stage_order > 5 THEN 1 + chance(name) % 5 ELSE stage_order END AS reached,
                 greatest(1, (coalesce(closed_on, DATE '2026-09-21') - created_on) // (reached + 1)) AS stay
          FROM made_deals), range(5) t(k)
    WHERE k < reached
    ORDER BY opportunity_id, k
    """,
    """
    INSERT INTO field_history
    SELECT opportunity_id, 'close_date', (close_date - 30)::VARCHAR, close_date::VARCHAR,
           created_on::TIMESTAMP + INTERVAL 9 HOUR, owner_id
    FROM made_deals WHERE chance(name) % 3 = 0
    UNION ALL
    SELECT opportunity_id, 'owner_id', 'U0', owner_id, created_on::TIMESTAMP + INTERVAL 10 DAY, owner_id
    FROM made_deals WHERE chance(name) % 30 = 0 AND created_on < DATE '2026-09-11'
    ORDER BY opportunity_id
    """,
    """
    INSERT INTO contacts
    SELECT 'C' || i || '-' || k, 'A' || i, 'Person ' || k, NULL, 'p' || k || '@account' || i || '.example'
    FROM range(($first + 1) // 2, ($end + 1) // 2) t(i), range(6) s(k)
    """,
    """
    INSERT INTO contact_roles
    SELECT '006' || lpad(i::VARCHAR, 15, '0'), 'C' || i // 2 || '-' || k, NULL
    FROM range($first, $end) t(i), range(2) s(k)
    """,
    _ACTIVITIES.format(kept="luck % 10 < 7"),
    "INSERT INTO activities BY NAME FROM made_activities ORDER BY opportunity_id, start_at, activity_id",
    _PARTICIPANTS,
)
"""Some deals with all that is filed under them."""

_MAILBOXES = (
    "CREATE OR REPLACE TEMP TABLE made_deals AS "
    + _DEALS.format(
        numbers="(SELECT i FROM range($deals) r(i) WHERE i % $reps >= $first AND i % $reps < $end "
        "OR (i + 1) % $reps >= $first AND (i + 1) % $reps < $end)"
    ),
    _ACTIVITIES.format(
        kept="luck % 10 >= 7 AND substr(CASE WHEN k % 10 = 9 THEN 'U' || (i + 1) % $reps ELSE owner_id END, 2)::BIGINT "
        "BETWEEN $first AND $end - 1"
    ),
    "INSERT INTO activities BY NAME FROM made_activities ORDER BY user_id, start_at, activity_id",
    _PARTICIPANTS,
)
"""What nobody filed, mailbox by mailbox."""

_FILES = {
    "users": "FROM users",
    "opportunities": "SELECT * EXCLUDE (stage_order, deal_type, status, closed_on, created_on, timezone, custom, "
    "loss_reason), created_on AS created_at, closed_on AS closed_at, status <> 'open' AS is_closed, "
    "status = 'won' AS is_won FROM opportunities",
    "stage_history": "SELECT opportunity_id, stage, entered_on AS entered_at FROM stage_visits",
    "field_history": "FROM field_history",
    "contacts": "FROM contacts",
    "contact_roles": "FROM contact_roles",
    "sources": "FROM sources",
    "activities": "SELECT a.activity_id, opportunity_id, account_id, user_id, kind, direction, start_at, end_at, "
    "status, people AS participants, is_auto, subject, body FROM activities a LEFT JOIN (SELECT activity_id, "
    "string_agg(email, ';') AS people FROM participants GROUP BY ALL) USING (activity_id)",
}
