"""From staged rows to everything that hangs on a deal: activities, people, notes, plans, sources."""

import duckdb

from bot.pipeline.freemail import FREE_MAIL_DOMAINS
from bot.pipeline.importing.problems import mark_sound
from bot.pipeline.importing.values import instant, literals, local_date

_ADDRESS = '[^\\s<>;,"]+@[^\\s<>;,"]+'


def load_activities(con: duckdb.DuckDBPyConnection, zone: str) -> None:
    """Fill `activities` and, with the people outside the company, `participants`.

    Rows are clustered by deal and time, those nobody filed by mailbox and time.
    """
    con.execute(f"""
        INSERT INTO activities
        SELECT activity_id, opportunity_id, s.account_id, s.user_id, kind,
               CASE WHEN kind = 'email' THEN direction END,
               {instant("start_at", f"coalesce(u.timezone, {zone})")} AS begins,
               {instant("end_at", f"coalesce(u.timezone, {zone})")},
               status, organiser, coalesce(is_auto, false), subject, body
        FROM sound_activities AS s LEFT JOIN users AS u USING (user_id)
        ORDER BY opportunity_id, CASE WHEN opportunity_id IS NULL THEN s.user_id END, begins, _part, _row
    """).fetchall()
    con.execute(f"""
        INSERT INTO participants
        WITH named AS (
            SELECT activity_id, participants, accepted, declined,
                   accepted IS NULL AND declined IS NULL AND NOT regexp_matches(participants, '[;<>, ]') AS is_one
            FROM sound_activities
        )
        SELECT activity_id, email, response
        FROM (SELECT activity_id, lower(participants) AS email, NULL AS response FROM named WHERE is_one
              UNION ALL
              SELECT activity_id, email, {_RESPONSE}
              FROM (SELECT *, unnest(list_distinct(list_concat(participants, accepted, declined))) AS email
                    FROM (SELECT activity_id, {_LISTS} FROM named WHERE is_one IS NOT TRUE)))
        WHERE contains(email, '@')
          AND split_part(email, '@', 2) NOT IN ({_COMPANY_DOMAINS})
          AND email NOT IN ({_COMPANY_ADDRESSES})
    """).fetchall()


def _addresses(column: str) -> str:
    """Return the list of addresses in a `;`-separated text; `Name <address>` takes a slower way."""
    return f"""
        CASE WHEN {column} IS NULL THEN []
             WHEN contains({column}, '<') OR contains({column}, ' ') OR contains({column}, ',')
             THEN regexp_extract_all(lower({column}), '{_ADDRESS}')
             ELSE string_split(lower({column}), ';') END
    """


_LISTS = ", ".join(f"{_addresses(column)} AS {column}" for column in ("participants", "accepted", "declined"))

_RESPONSE = """
    CASE WHEN list_contains(declined, email) THEN 'declined' WHEN list_contains(accepted, email) THEN 'accepted' END
"""

_FREE_MAIL = literals(tuple(sorted(FREE_MAIL_DOMAINS)))

_COMPANY_DOMAINS = f"""
    SELECT split_part(email, '@', 2) FROM users
    WHERE contains(email, '@') AND split_part(email, '@', 2) NOT IN ({_FREE_MAIL})
"""

_COMPANY_ADDRESSES = f"""
    SELECT email FROM users WHERE split_part(email, '@', 2) IN ({_FREE_MAIL})
"""


def load_contacts(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `contacts`, which the roles on deals refer to."""
    con.execute("""
        INSERT INTO contacts
        SELECT contact_id, account_id, name, title, email FROM sound_contacts ORDER BY _part, _row
    """).fetchall()


def load_role_history(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `role_history`. Of two spans that cover the same day the one written first stays: nobody has two roles."""
    days = "[coalesce({0}.valid_from, '-infinity'::DATE), coalesce({0}.valid_to, 'infinity'::DATE)]"
    ours, theirs = days.format("s"), days.format("e")
    overlap = f"""
        EXISTS (FROM sound_role_history AS e
                WHERE e.user_id = s.user_id AND (e._part, e._row) < (s._part, s._row)
                  AND ({ours})[1] <= ({theirs})[2] AND ({theirs})[1] <= ({ours})[2])
    """
    mark_sound(con, "role_history", "valid_from", "overlapping role", overlap, left_out=True)
    con.execute("""
        INSERT INTO role_history
        SELECT user_id, segment, discipline, CAST(valid_from AS DATE), CAST(valid_to AS DATE)
        FROM sound_role_history ORDER BY _part, _row
    """).fetchall()


def load_rest(con: duckdb.DuckDBPyConnection, zone: str) -> None:
    """Fill the small tables. A plain date stays; an instant becomes a date in the zone of the deal."""
    for statement in _REST:
        con.execute(statement.replace("$zone", zone)).fetchall()


def disconnect_sources(con: duckdb.DuckDBPyConnection) -> None:
    """Say for every user that mail, calendar and calls are not connected: no activities were delivered.

    Without this an absent file would read as nobody having written to any buyer.
    """
    con.execute("""
        INSERT INTO sources
        SELECT user_id, source, false, NULL
        FROM users CROSS JOIN (VALUES ('mail'), ('calendar'), ('calls')) AS s(source)
        WHERE NOT EXISTS (FROM sources AS known WHERE known.user_id = users.user_id AND known.source = s.source)
        ORDER BY ALL
    """).fetchall()


def _tracked(side: str) -> str:
    """Return an old or new value of a tracked field; close dates lose the time some CRMs write behind them."""
    return (
        f"CASE WHEN field = 'close_date' THEN coalesce(CAST(TRY_CAST({side} AS DATE) AS VARCHAR), {side}) "
        f"ELSE {side} END"
    )


_REST = (
    "INSERT INTO contact_roles SELECT opportunity_id, contact_id, role FROM sound_contact_roles ORDER BY _part, _row",
    f"""
    INSERT INTO field_history
    SELECT opportunity_id, field, {_tracked("old")}, {_tracked("new")}, {instant("at", "$zone")} AS moment, "by"
    FROM sound_field_history ORDER BY opportunity_id, moment, _part, _row
    """,
    f"""
    INSERT INTO notes
    SELECT note_id, s.opportunity_id, u.user_id, coalesce(u.name, s.author_id),
           {local_date("at", "o.timezone")}, text
    FROM sound_notes AS s
    JOIN opportunities AS o USING (opportunity_id)
    LEFT JOIN users AS u ON u.user_id = s.author_id
    ORDER BY _part, _row
    """,
    "INSERT INTO deal_team SELECT opportunity_id, user_id FROM sound_deal_team ORDER BY _part, _row",
    f"""
    INSERT INTO sources
    SELECT user_id, source, connected, {instant("last_sync", "$zone")} FROM sound_sources ORDER BY _part, _row
    """,
    f"""
    INSERT INTO close_plan_lines
    SELECT s.opportunity_id, {local_date("refreshed_on", "o.timezone")}, position, line
    FROM sound_close_plans AS s JOIN opportunities AS o USING (opportunity_id)
    ORDER BY s.opportunity_id, position
    """,
    """
    INSERT INTO command_plans
    SELECT opportunity_id, field, text FROM sound_command_plans ORDER BY _part, _row
    """,
)  # fmt: skip
