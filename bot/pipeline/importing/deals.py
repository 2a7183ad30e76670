"""From staged rows to people, deals and stage visits: zones, statuses, closing days.

Every date is taken in the zone of the deal's owner (DOMAIN 2.1). A won deal closes on its CRM close date,
a lost one on the day it was moved to lost, else on `closed_at`, else on its close date (DOMAIN 2.4).
"""

from collections.abc import Sequence
from zoneinfo import available_timezones

import duckdb

from bot.pipeline.importing.mapping import PipelineMap
from bot.pipeline.importing.problems import mark_sound
from bot.pipeline.importing.values import local_date, quote
from bot.pipeline.stages import StageModel, folded

NamedStage = tuple[str, str, int | None, str]
"""Folded name or alias, name to store, order, status."""

_FOLDED = "array_to_string(regexp_split_to_array(lower(trim({0})), '\\s+'), ' ')"


def load_users(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `users`; a manager, zone or address that cannot be right is dropped and marked."""
    _mark_zones(con)
    mark_sound(con, "users", "manager_id", "own manager", "manager_id = user_id", left_out=False)
    nobody = "manager_id NOT IN (SELECT user_id FROM sound_users)"
    mark_sound(con, "users", "manager_id", "unknown manager", nobody, left_out=False)
    for identity in ("email", "slack_user_id"):
        _mark_shared(con, identity)
    con.execute(f"""
        INSERT INTO users
        SELECT user_id, name, {_unmarked("email")}, {_unmarked("slack_user_id")}, role,
               {_unmarked("manager_id")}, segment, discipline, {_unmarked("timezone")}, active
        FROM sound_users AS s ORDER BY _part, _row
    """).fetchall()


def _unmarked(column: str) -> str:
    return (
        f'CASE WHEN NOT EXISTS (FROM problems AS p WHERE p.part = _part AND p."row" = _row '
        f"AND p.\"column\" = '{column}') THEN {column} END"
    )


def _mark_zones(con: duckdb.DuckDBPyConnection) -> None:
    used = con.execute("SELECT DISTINCT timezone FROM sound_users WHERE timezone IS NOT NULL").fetchall()
    if unknown := sorted({zone for (zone,) in used} - known_zones(con)):
        test = f"timezone IN ({', '.join(map(quote, unknown))})"
        mark_sound(con, "users", "timezone", "unknown zone", test, left_out=False)


def known_zones(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the zones that both Python and DuckDB know."""
    rows = con.execute("SELECT name FROM pg_timezone_names()").fetchall()
    return {name for (name,) in rows} & available_timezones()


def _mark_shared(con: duckdb.DuckDBPyConnection, identity: str) -> None:
    """Mark an address that an earlier person has: two people behind one identity must not share access."""
    test = f"EXISTS (FROM sound_users AS e WHERE e.{identity} = s.{identity} AND (e._part, e._row) < (s._part, s._row))"
    mark_sound(con, "users", identity, "shared identity", test, left_out=False)


def load_stage_names(con: duckdb.DuckDBPyConnection, stages: StageModel, rules: PipelineMap) -> None:
    """Create `stage_names`: the pipeline's own stages if it brings some, else the playbook's.

    A pipeline's own stages keep their names; the playbook then only says which names mean won and lost.
    """
    names = _own_stages(con, rules)
    known = {key for key, *_ in names}
    names += [
        (key, stage.name, stage.order if not known else None, stage.status.value)
        for key, stage in stages.names()
        if key not in known and (not known or not stage.is_open)
    ]
    con.execute(
        "CREATE TEMP TABLE stage_names (key VARCHAR, name VARCHAR, stage_order INTEGER, status VARCHAR)"
    ).fetchall()
    con.executemany("INSERT INTO stage_names VALUES (?, ?, ?, ?)", names)


def _own_stages(con: duckdb.DuckDBPyConnection, rules: PipelineMap) -> list[NamedStage]:
    rows: Sequence[tuple[str, int | None, bool | None, bool | None]] = con.execute(
        'SELECT stage, "order", is_closed, is_won FROM sound_stages ORDER BY "order", _row'
    ).fetchall()
    own = [(folded(name), name, order, _status(closed, won)) for name, order, closed, won in rows]
    for stage in rules.stages:
        status = _status(stage.is_closed, stage.is_won)
        own += [(folded(n), stage.name, stage.order, status) for n in (stage.name, *stage.aliases)]
    return list({name[0]: name for name in reversed(own)}.values())[::-1]


def _status(is_closed: bool | None, is_won: bool | None) -> str:
    return "won" if is_won else "lost" if is_closed else "open"


def prepare_deals(con: duckdb.DuckDBPyConnection, stages: StageModel, zone: str) -> None:
    """Create `deals`: one typed row a sound deal, with local dates; mark those closed before created."""
    con.execute(f"""
        CREATE TEMP TABLE deals AS
        SELECT s.*, n.name AS stage_name, n.stage_order,
               CASE WHEN is_won THEN 'won' WHEN NOT is_closed THEN 'open'
                    WHEN is_closed AND is_won IS NULL AND n.status = 'won' THEN 'won'
                    WHEN is_closed THEN 'lost' ELSE coalesce(n.status, 'open') END AS status,
               {_motion(stages)} AS deal_type,
               coalesce(u.timezone, {quote(zone)}) AS zone,
               {local_date("created_at", "zone")} AS created_on,
               {local_date("closed_at", "zone")} AS closed_at_on,
               {local_date("close_date", "zone")} AS close_on
        FROM sound_opportunities AS s
        LEFT JOIN users AS u ON u.user_id = s.owner_id
        LEFT JOIN stage_names AS n ON n.key = {_FOLDED.format("s.stage")}
        ORDER BY _part, _row
    """).fetchall()
    con.execute("""
        INSERT INTO problems SELECT _part, _row, 'closed_at', 'closed before created', true
        FROM deals WHERE status <> 'open' AND closed_at_on < created_on
    """).fetchall()
    con.execute("DELETE FROM deals WHERE status <> 'open' AND closed_at_on < created_on").fetchall()


def _motion(stages: StageModel) -> str:
    """Return the motion of a deal from the words in its type; missing or unknown words are New Business."""
    words = " OR ".join(
        f"contains(lower(s.type), {quote(word.lower())})" for word in stages.deal_types.existing_business
    )
    return f"CASE WHEN {words} THEN 'Existing Business' ELSE 'New Business' END"


def load_deals(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `opportunities` and `stage_visits` from `deals` and the stage history."""
    _prepare_entries(con)
    con.execute("""
        CREATE TEMP TABLE closings AS
        SELECT d.opportunity_id,
               CASE d.status
                   WHEN 'won' THEN coalesce(dated, closed_at_on, e.won_on)
                   WHEN 'lost' THEN coalesce(e.lost_on, closed_at_on, dated)
               END AS closed_on
        FROM (SELECT *, CASE WHEN close_on < created_on THEN created_on ELSE close_on END AS dated FROM deals) AS d
        LEFT JOIN (SELECT opportunity_id, max(entered_on) FILTER (WHERE status = 'won') AS won_on,
                          max(entered_on) FILTER (WHERE status = 'lost') AS lost_on
                   FROM entries GROUP BY ALL) AS e USING (opportunity_id)
    """).fetchall()
    con.execute("""
        INSERT INTO opportunities
        SELECT opportunity_id, name, account_id, account_name, owner_id, type, deal_type,
               coalesce(stage_name, stage), stage_order, status, amount, upper(currency), probability,
               forecast_category, close_on, created_on, closed_on, next_step, loss_reason, zone, _custom
        FROM deals JOIN closings USING (opportunity_id) ORDER BY _part, _row
    """).fetchall()
    con.execute("""
        INSERT INTO stage_visits
        SELECT opportunity_id, row_number() OVER w - 1, stage, stage_order, entered_on,
               coalesce(lead(entered_on) OVER w,
                        CASE WHEN status = 'open' AND closed_on IS NOT NULL THEN greatest(closed_on, entered_on) END)
        FROM entries JOIN closings USING (opportunity_id)
        WINDOW w AS (PARTITION BY opportunity_id ORDER BY nth)
        ORDER BY opportunity_id, nth
    """).fetchall()


def _prepare_entries(con: duckdb.DuckDBPyConnection) -> None:
    """Create `entries`: one row a change into another stage; repeats of the same stage are collapsed."""
    con.execute(f"""
        CREATE TEMP TABLE entries AS
        SELECT opportunity_id, stage, stage_order, status, entered_on, nth
        FROM (SELECT h.opportunity_id, coalesce(n.name, h.stage) AS stage, n.stage_order, n.status,
                     {local_date("entered_at", "d.zone")} AS entered_on,
                     row_number() OVER w AS nth, lag(coalesce(n.name, h.stage)) OVER w AS before
              FROM sound_stage_history AS h
              JOIN deals AS d USING (opportunity_id)
              LEFT JOIN stage_names AS n ON n.key = {_FOLDED.format("h.stage")}
              WINDOW w AS (PARTITION BY h.opportunity_id ORDER BY entered_at, h._part, h._row))
        WHERE before IS DISTINCT FROM stage
    """).fetchall()
