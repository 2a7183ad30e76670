"""From the staging area to a folder of pipeline CSV files, joined and in a fixed order.

Everything a snapshot means is decided in one place, the import; this module only hands it the files. A kind
without rows gets no file, which the import reads as unknown, save activities where some source reads them.
"""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb

from bot.pipeline.importing.contract import CONTRACTS
from bot.pipeline.importing.values import quote
from bot.pipeline.sources.kinds import TRACKED
from bot.pipeline.syncing.copies import find_copies
from bot.pipeline.syncing.staging import StagingArea

FEEDS = ("mail", "calendar", "calls")
_LIVE = "EXISTS (FROM opportunities AS d WHERE d.source = t.source AND d.id = t.opportunity_id)"


def export_staging(staging: StagingArea, directory: Path, *, own_stages: bool) -> None:
    """Write the CSV files of everything staged; `own_stages` keeps the CRM's stages instead of the playbook's."""
    con = staging.con
    con.execute(f"CREATE OR REPLACE TEMP TABLE feeds AS {_feeds_sql(con)}").fetchall()
    find_copies(con)
    kept = _must_be_there(con)
    for kind, select in _SELECTS.items():
        if kind == "stages" and not own_stages:
            continue
        path = directory / CONTRACTS[kind].file
        if not _write(con, select(con), path) and kind not in kept:
            path.unlink()


def _must_be_there(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the kinds whose file is written without rows too: that nobody did anything is knowledge as well."""
    rows = con.execute("SELECT description FROM progress WHERE description IS NOT NULL").fetchall()
    delivered = {kind for (text,) in rows for kind in json.loads(text)["kinds"]}
    return {"users", "opportunities", *({"activities"} & delivered)}


def _feeds_sql(con: duckdb.DuckDBPyConnection) -> str:
    """Return one row a feed of every user by a CRM: fed while the source still delivers, as of its last reading."""
    rows = con.execute("SELECT source, description FROM progress WHERE description IS NOT NULL").fetchall()
    fed = {
        (source, feed, stream)
        for source, text in rows
        for stream, feeds in json.loads(text)["feeds"].items()
        for feed in feeds
    }
    values = (
        ", ".join(f"({quote(s)}, {quote(f)}, {quote(t)})" for s, f, t in sorted(fed))
        or "(NULL::VARCHAR, NULL::VARCHAR, NULL::VARCHAR)"
    )
    return f"""
        SELECT feed, max(completed_at) AS last_sync
        FROM (VALUES {values}) AS f(source, feed, stream) JOIN completions USING (source, stream)
        GROUP BY feed
    """


def _write(con: duckdb.DuckDBPyConnection, select: str, path: Path) -> int:
    """Write a CSV file and return the number of its rows."""
    options = "(HEADER, DELIMITER ',', QUOTE '\"', ESCAPE '\"')"
    [(rows,)] = con.execute(f"COPY ({select}) TO {quote(str(path))} {options}").fetchall()
    return int(rows)


def _plain(kind: str, where: str = "true") -> Callable[[duckdb.DuckDBPyConnection], str]:
    columns = ", ".join(column.sql for column in CONTRACTS[kind].columns)
    return lambda _: f"SELECT {columns} FROM {kind} AS t WHERE {where} ORDER BY source, id"


def _opportunities(con: duckdb.DuckDBPyConnection) -> str:
    """Return deals with the names of account and stage, and a column for each custom field."""
    joined = {
        "account_name": "coalesce(a.name, t.account_name)",
        "stage": "coalesce(s.stage, t.stage)",
        "is_closed": "coalesce(t.is_closed, s.is_closed)",
        "is_won": "coalesce(t.is_won, s.is_won)",
    }
    columns = [f"{joined.get(c.name, f't.{c.sql}')} AS {c.sql}" for c in CONTRACTS["opportunities"].columns]
    names = con.execute(
        "SELECT DISTINCT unnest(json_keys(custom)) AS name FROM opportunities WHERE custom IS NOT NULL ORDER BY name"
    ).fetchall()
    columns += [f"json_extract_string(t.custom, {quote(_path(name))}) AS {_identifier(name)}" for (name,) in names]
    return f"""
        SELECT {", ".join(columns)} FROM opportunities AS t
        LEFT JOIN accounts AS a ON a.source = t.source AND a.id = t.account_id
        LEFT JOIN stages AS s ON s.source = t.source AND s.id = t.stage
        ORDER BY t.source, t.id
    """


def _path(name: str) -> str:
    return '$."' + name.replace('"', '\\"') + '"'


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _stages(_: duckdb.DuckDBPyConnection) -> str:
    return 'SELECT DISTINCT ON (stage) stage, "order", is_closed, is_won FROM stages ORDER BY stage, source, id'


def _stage_history(_: duckdb.DuckDBPyConnection) -> str:
    return f"""
        SELECT t.opportunity_id, coalesce(s.stage, t.stage) AS stage, entered_at
        FROM (SELECT source, id, opportunity_id, stage, entered_at FROM stage_history
              UNION ALL
              SELECT source, id, opportunity_id, stage, "at" FROM deal_states WHERE stage IS NOT NULL) AS t
        LEFT JOIN stages AS s ON s.source = t.source AND s.id = t.stage
        WHERE {_LIVE}
        ORDER BY t.source, t.opportunity_id, entered_at, t.id
    """


def _field_history(_: duckdb.DuckDBPyConnection) -> str:
    """Return changes: those recorded as such, and the differences between two states of a deal."""
    differences = " UNION ALL ".join(
        f"""
        SELECT source, id, opportunity_id, '{field}' AS field, before AS old, {field} AS new, "at", "by"
        FROM (SELECT *, lag({field}) OVER (PARTITION BY source, opportunity_id ORDER BY "at", id) AS before
              FROM deal_states WHERE {field} IS NOT NULL)
        WHERE {_compared("before", field)} <> {_compared(field, field)}
        """
        for field in TRACKED
    )
    return f"""
        SELECT opportunity_id, field, old, new, "at", "by"
        FROM (SELECT source, id, opportunity_id, field, old, new, "at", "by" FROM field_history
              UNION ALL {differences}) AS t
        WHERE {_LIVE}
        ORDER BY source, opportunity_id, "at", id, field
    """


def _compared(value: str, field: str) -> str:
    """Return what counts of a value: a close date that moved within its day did not move."""
    return f"left({value}, {len('2026-03-01')})" if field == "close_date" else value


def _activities(_: duckdb.DuckDBPyConnection) -> str:
    """Return activities with the addresses of their contacts; those of a deal that is gone are gone with it.

    Of what CRM and mailbox both tell, the mailbox's row is written, filed as in the CRM.
    """
    joined = {
        "activity_id": "concat(t.source, ':', t.id, '/' || f.opportunity_id)",
        "opportunity_id": "coalesce(f.opportunity_id, t.opportunity_id)",
        "account_id": "coalesce(t.account_id, k.account_id)",
        "body": "coalesce(t.body, k.body)",
        "user_id": "coalesce(t.user_id, u.user_id)",
        "direction": "coalesce(h.direction, t.direction)",
        "participants": "nullif(concat_ws(';', t.participants, h.participants, g.emails), '')",
    }
    columns = [f"{joined.get(c.name, f't.{c.sql}')} AS {c.sql}" for c in CONTRACTS["activities"].columns]
    return f"""
        WITH guests AS (
            SELECT n.source, n.id, string_agg(c.email, ';' ORDER BY c.email) AS emails
            FROM (SELECT source, id, unnest(string_split(contact_ids, ';')) AS contact_id
                  FROM activities WHERE contact_ids IS NOT NULL) AS n
            JOIN contacts AS c ON c.source = n.source AND c.id = n.contact_id
            WHERE c.email IS NOT NULL
            GROUP BY n.source, n.id
        ), filed AS (
            SELECT n.source, n.id, d.id AS opportunity_id
            FROM (SELECT source, id, unnest(string_split(deal_ids, ';')) AS deal_id
                  FROM activities WHERE deal_ids IS NOT NULL) AS n
            JOIN opportunities AS d ON d.source = n.source AND d.id = n.deal_id
        ), logged AS (
            SELECT k.of_source, k.of_id, c.source, c.account_id, c.body,
                   unnest(string_split(concat_ws(';', c.opportunity_id, c.deal_ids), ';')) AS deal_id
            FROM copies AS k JOIN activities AS c ON c.source = k.source AND c.id = k.id
        ), all_filed AS (
            FROM filed
            UNION
            SELECT n.of_source, n.of_id, d.id FROM logged AS n
            JOIN opportunities AS d ON d.source = n.source AND d.id = n.deal_id
        ), kept AS (
            SELECT of_source, of_id, min(account_id) AS account_id, min(body) AS body FROM logged GROUP BY 1, 2
        ), people AS (
            SELECT lower(email) AS email, min(user_id) AS user_id FROM users WHERE email IS NOT NULL GROUP BY 1
        ), headers AS (
            SELECT source, activity_id, min(direction) AS direction,
                   string_agg(participants, ';' ORDER BY id) AS participants
            FROM mail_headers GROUP BY 1, 2
        )
        SELECT {", ".join(columns)} FROM activities AS t
        LEFT JOIN guests AS g ON g.source = t.source AND g.id = t.id
        LEFT JOIN all_filed AS f ON f.source = t.source AND f.id = t.id
        LEFT JOIN kept AS k ON k.of_source = t.source AND k.of_id = t.id
        LEFT JOIN headers AS h ON h.source = t.source AND h.activity_id = t.id
        LEFT JOIN people AS u ON u.email = lower(t.user_email)
        WHERE (t.opportunity_id IS NULL OR {_LIVE})
          AND NOT EXISTS (FROM copies AS n WHERE n.source = t.source AND n.id = t.id)
          AND (t.user_email IS NULL OR EXISTS (FROM known_mail AS n WHERE n.source = t.source AND n.id = t.id))
        ORDER BY t.source, t.id, f.opportunity_id
    """


def _notes(_: duckdb.DuckDBPyConnection) -> str:
    return f"""
        SELECT source || ':' || id AS note_id, opportunity_id, author_id, "at", text
        FROM notes AS t WHERE {_LIVE} ORDER BY source, id
    """


def _contact_roles(_: duckdb.DuckDBPyConnection) -> str:
    return f"""
        SELECT DISTINCT opportunity_id, contact_id, role FROM contact_roles AS t
        WHERE {_LIVE} AND EXISTS (FROM contacts AS c WHERE c.source = t.source AND c.id = t.contact_id)
        ORDER BY ALL
    """


def _deal_team(_: duckdb.DuckDBPyConnection) -> str:
    return f"""
        SELECT DISTINCT opportunity_id, user_id FROM deal_team AS t
        WHERE {_LIVE} AND user_id IN (SELECT user_id FROM users) ORDER BY ALL
    """


def _command_plans(_: duckdb.DuckDBPyConnection) -> str:
    return """
        SELECT opportunity_id, field, json_extract_string(plan, '$."' || field || '"') AS text
        FROM (SELECT opportunity_id, plan, unnest(json_keys(plan)) AS field FROM opportunities WHERE plan IS NOT NULL)
        ORDER BY ALL
    """


def _sources(_: duckdb.DuckDBPyConnection) -> str:
    """Return each user's mail, calendar and calls: what a mailbox said of itself, else what the CRM feeds."""
    feeds = ", ".join(f"({quote(feed)})" for feed in FEEDS)
    return f"""
        WITH said AS (
            SELECT coalesce(t.user_id, u.user_id) AS user_id, t.feed, t.connected, t.last_sync, t.id
            FROM sources AS t LEFT JOIN users AS u ON lower(u.email) = lower(t.user_email)
        ), known AS (
            SELECT DISTINCT ON (user_id, feed) user_id, feed, connected, last_sync
            FROM said WHERE user_id IN (SELECT user_id FROM users)
            ORDER BY user_id, feed, connected DESC, last_sync DESC, id
        ), everybody AS (
            SELECT DISTINCT user_id FROM users
        )
        SELECT user_id, feed AS source, connected, last_sync FROM known
        UNION ALL
        SELECT p.user_id, f.feed, (c.last_sync IS NOT NULL)::VARCHAR, c.last_sync
        FROM everybody AS p CROSS JOIN (VALUES {feeds}) AS f(feed) LEFT JOIN feeds AS c USING (feed)
        WHERE NOT EXISTS (FROM known AS k WHERE k.user_id = p.user_id AND k.feed = f.feed)
        ORDER BY ALL
    """


_SELECTS: dict[str, Callable[[duckdb.DuckDBPyConnection], str]] = {
    "users": _plain("users"),
    "stages": _stages,
    "opportunities": _opportunities,
    "stage_history": _stage_history,
    "field_history": _field_history,
    "activities": _activities,
    "contacts": _plain("contacts"),
    "contact_roles": _contact_roles,
    "notes": _notes,
    "deal_team": _deal_team,
    "sources": _sources,
    "command_plans": _command_plans,
}
