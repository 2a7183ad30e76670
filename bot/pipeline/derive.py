"""From recorded activities to touchpoints and engagements: whose deal was it, on which day, does it count.

Runs once per snapshot, in DuckDB SQL, one set at a time; nothing here depends on the clock. The rules are
those of DOMAIN 2.2. Each step below makes one temporary table, named after what a row of it is. Steps join on
row numbers (`deal_row`, `activity_row`), which cost a fraction of what texts do.
"""

import duckdb

from bot.pipeline.freemail import FREE_MAIL_DOMAINS
from bot.pipeline.tables import DERIVED

BULK_RECIPIENTS = 10
"""Mail to more external people than this is a mailing, not outreach (DOMAIN 2.2)."""

PRELUDE_DAYS = 90
"""How long before its creation a deal is credited with mail nobody filed: the longest window of a facet."""


def derive(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the derived tables of the snapshot behind `con` from its recorded ones.

    They must exist and are replaced whole. Rows are written in the order of deal and time,
    which is what makes looking up one deal fast.
    """
    con.execute("BEGIN TRANSACTION")
    try:
        _run_steps(con)
    except duckdb.Error:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")


def _run_steps(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(_DEALS, {"prelude_days": PRELUDE_DAYS})
    con.execute(_PEOPLE)
    con.execute(_CROWDS)
    con.execute(_ADDRESSES)
    con.execute(_DOMAINS, {"free_mail": sorted(FREE_MAIL_DOMAINS)})
    con.execute(_UNFILED)
    con.execute(_POINTERS)
    con.execute(_PERSON_MATCHES)
    con.execute(_MATCHES)
    con.execute(_TENURES)
    for table in DERIVED:
        con.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of the contract
    con.execute(_DEAL_ROWS)
    con.execute(_CHANGES)
    con.execute(_TOUCHPOINTS, {"bulk_recipients": BULK_RECIPIENTS})
    con.execute(_ENGAGEMENTS)
    for table in _STEPS:
        con.execute(f"DROP TABLE {table}")


_STEPS = (
    "deals", "people", "crowds", "addresses", "domains", "unfiled", "pointers", "person_matches", "matches", "tenures",
)  # fmt: skip

_DEALS = """
-- Deals by row number, with the instants between which mail nobody filed may be credited to them: whole days
-- in the zone of the owner.
CREATE OR REPLACE TEMP TABLE deals AS
SELECT rowid AS deal_row, opportunity_id, account_id, owner_id, timezone,
       coalesce(timezone(timezone, (created_on - $prelude_days::INTEGER)::TIMESTAMP) AT TIME ZONE 'UTC',
                '-infinity'::TIMESTAMP) AS since,
       coalesce(timezone(timezone, (closed_on + 1)::TIMESTAMP) AT TIME ZONE 'UTC', 'infinity'::TIMESTAMP) AS until
FROM opportunities
"""

_PEOPLE = """
-- One row a person outside the company in an activity.
CREATE OR REPLACE TEMP TABLE people AS
SELECT a.rowid AS activity_row, a.opportunity_id IS NULL AS is_unfiled, a.start_at, p.email, p.response
FROM participants p
JOIN activities a USING (activity_id)
"""

_CROWDS = """
-- One row an activity with known guests: how many people outside the company, how many did not decline.
CREATE OR REPLACE TEMP TABLE crowds AS
SELECT activity_row, count(*) AS externals,
       count(*) FILTER (WHERE response IS DISTINCT FROM 'declined') AS willing
FROM people
GROUP BY activity_row
"""

_ADDRESSES = """
-- Exact addresses and the deals they point to. The tens of `rung` are the steps of the ladder: 1 = a role on
-- the deal, 2 = a contact of the account. A role reaches the owner's other deals of the account too.
CREATE OR REPLACE TEMP TABLE addresses AS
WITH roles AS (
    SELECT DISTINCT c.email, d.*
    FROM contact_roles r
    JOIN contacts c USING (contact_id)
    JOIN deals d USING (opportunity_id)
    WHERE c.email IS NOT NULL
)
SELECT email, deal_row, since, until, 10 AS rung FROM roles
UNION ALL
SELECT r.email, d.deal_row, greatest(d.since, r.since), least(d.until, r.until), 11
FROM roles r
JOIN deals d ON d.account_id = r.account_id AND d.owner_id = r.owner_id AND d.deal_row <> r.deal_row
UNION ALL
SELECT DISTINCT c.email, d.deal_row, d.since, d.until, 20
FROM contacts c
JOIN deals d USING (account_id)
WHERE c.email IS NOT NULL
"""

_DOMAINS = """
-- Corporate domains and the deals they point to: 3 = seen on the deal's contacts, 4 = on the account's.
-- A domain seen at several accounts (an integrator, a law firm) names none of them.
CREATE OR REPLACE TEMP TABLE domains AS
WITH seen AS (
    SELECT split_part(email, '@', 2) AS domain, deal_row, since, until, rung + 20 AS rung
    FROM addresses
    WHERE rung IN (10, 20)
), owned AS (
    SELECT domain
    FROM seen
    JOIN deals USING (deal_row)
    GROUP BY domain
    HAVING count(DISTINCT coalesce(account_id, opportunity_id)) = 1
)
SELECT DISTINCT seen.*
FROM seen
JOIN owned USING (domain)
WHERE domain <> '' AND NOT list_contains($free_mail, domain)
"""

_UNFILED = """
-- The people of activities nobody filed, each address with a number of its own.
CREATE OR REPLACE TEMP TABLE unfiled AS
WITH numbered AS (
    SELECT email, row_number() OVER () AS person
    FROM (SELECT DISTINCT email FROM people WHERE is_unfiled)
)
SELECT activity_row, start_at, person, email, response
FROM people
JOIN numbered USING (email)
WHERE is_unfiled
"""

_POINTERS = """
-- Where an address of `unfiled` points to, and while which instants. Of two rungs to one deal the closer stays.
CREATE OR REPLACE TEMP TABLE pointers AS
WITH persons AS (
    SELECT DISTINCT person, email, split_part(email, '@', 2) AS domain FROM unfiled
)
SELECT person, deal_row, since, until, min(rung) AS rung
FROM (
    SELECT person, a.* EXCLUDE (email) FROM persons JOIN addresses a USING (email)
    UNION ALL
    SELECT person, d.* EXCLUDE (domain) FROM persons JOIN domains d USING (domain)
)
GROUP BY person, deal_row, since, until
"""

_PERSON_MATCHES = """
-- One row a person in an activity nobody filed, and a deal that person points to: the closest rung that was
-- open on that day.
CREATE OR REPLACE TEMP TABLE person_matches AS
WITH open_then AS (
    SELECT activity_row, person, deal_row, min(rung) AS rung, any_value(response) AS response
    FROM unfiled
    JOIN pointers USING (person)
    WHERE start_at >= since AND start_at < until
    GROUP BY activity_row, person, deal_row
), closest AS (
    SELECT activity_row, person, min(rung) // 10 AS step
    FROM open_then
    GROUP BY activity_row, person
)
SELECT open_then.*
FROM open_then
JOIN closest USING (activity_row, person)
WHERE rung // 10 = step
"""

_MATCHES = """
-- One row an activity and a deal it belongs to. `willing` is known here only if persons made the match.
CREATE OR REPLACE TEMP TABLE matches AS
SELECT a.rowid AS activity_row, d.deal_row, 0 AS rung, NULL::BIGINT AS willing
FROM activities a
JOIN deals d USING (opportunity_id)
UNION ALL
SELECT activity_row, deal_row, min(rung), count(*) FILTER (WHERE response IS DISTINCT FROM 'declined')
FROM person_matches
GROUP BY activity_row, deal_row
UNION ALL
SELECT a.rowid, d.deal_row, 50, NULL
FROM activities a
JOIN deals d USING (account_id)
WHERE a.opportunity_id IS NULL
  AND a.rowid NOT IN (SELECT activity_row FROM person_matches)
  AND a.start_at >= d.since AND a.start_at < d.until
"""

_TENURES = """
-- Who owned a deal and when, for deals that changed hands. After the last change the record itself says.
CREATE OR REPLACE TEMP TABLE tenures AS
WITH changes AS (
    SELECT d.deal_row, h.old, h.new, h.at AS changed_at, d.owner_id,
           lead(h.at) OVER w AS until, row_number() OVER w AS turn
    FROM field_history h
    JOIN deals d USING (opportunity_id)
    WHERE h.field = 'owner_id'
    WINDOW w AS (PARTITION BY d.deal_row ORDER BY h.at)
)
SELECT deal_row, coalesce(old, new, owner_id) AS user_id, '-infinity'::TIMESTAMP AS since, changed_at AS until
FROM changes
WHERE turn = 1
UNION ALL
SELECT deal_row, CASE WHEN until IS NULL THEN owner_id ELSE new END, changed_at,
       coalesce(until, 'infinity'::TIMESTAMP)
FROM changes
"""

_DEAL_ROWS = "INSERT INTO deal_rows SELECT opportunity_id, deal_row FROM deals ORDER BY deal_row"

_CHANGES = """
INSERT INTO changes
SELECT opportunity_id, field, "at",
       CASE WHEN field = 'owner_id' THEN old END,
       CASE WHEN field = 'close_date' THEN TRY_CAST(old AS DATE) END,
       CASE WHEN field = 'close_date' THEN TRY_CAST(new AS DATE) END,
       CASE WHEN field = 'amount' THEN TRY_CAST(old AS DOUBLE) END,
       CASE WHEN field = 'forecast_category' THEN old END
FROM field_history
ORDER BY opportunity_id, "at"
"""

_TOUCHPOINTS = """
INSERT INTO touchpoints
WITH known AS (
    SELECT EXISTS (FROM participants) AS guests
), placed AS (
    SELECT d.opportunity_id, m.deal_row, m.activity_row, a.activity_id, a.kind, a.direction, a.start_at,
           timezone(d.timezone, a.start_at AT TIME ZONE 'UTC')::DATE AS local_day,
           a.user_id = coalesce(t.user_id, d.owner_id) AS by_owner,
           a.user_id, a.is_auto, a.status, m.rung,
           coalesce(c.externals, 0) AS externals,
           coalesce(m.willing, c.willing, 0) AS willing
    FROM matches m
    JOIN activities a ON a.rowid = m.activity_row
    JOIN deals d ON d.deal_row = m.deal_row
    LEFT JOIN crowds c ON c.activity_row = m.activity_row
    LEFT JOIN tenures t ON t.deal_row = m.deal_row AND a.start_at >= t.since AND a.start_at < t.until
), judged AS (
    SELECT placed.*,
        CASE
            WHEN kind = 'task' THEN 'a task is not a touch'
            WHEN placed.user_id IS NULL THEN 'nobody is recorded as its author'
            WHEN NOT by_owner THEN 'by ' || coalesce(u.name, 'someone else') || ', not the owner'
            WHEN kind = 'email' AND is_auto AND direction = 'outbound' THEN 'automatic message'
            WHEN kind = 'email' AND is_auto THEN 'automatic reply'
            WHEN kind = 'email' AND direction IS NULL THEN 'not recorded whether sent or received'
            WHEN status = 'cancelled' THEN 'cancelled'
            WHEN status = 'no_show' THEN 'no-show'
            WHEN status = 'declined_by_owner' THEN 'declined by the owner'
            WHEN kind = 'email' AND direction = 'outbound' AND externals > $bulk_recipients
                THEN 'bulk mail to ' || externals || ' people outside'
            WHEN kind IN ('email', 'meeting') AND known.guests AND externals = 0
                THEN 'nobody outside the company in it'
            WHEN kind = 'meeting' AND externals > 0 AND willing = 0 THEN 'declined by every guest'
        END AS reason
    FROM placed
    CROSS JOIN known
    LEFT JOIN users u ON u.user_id = placed.user_id
)
SELECT opportunity_id, activity_id, kind, direction, start_at, local_day, coalesce(by_owner, FALSE),
       reason IS NULL, reason,
       CASE WHEN rung = 0 THEN 'recorded' WHEN rung = 10 THEN 'contact role' WHEN rung < 30 THEN 'account contact'
            WHEN rung < 50 THEN 'domain' ELSE 'account' END,
       deal_row, activity_row
FROM judged
ORDER BY deal_row, start_at, activity_row
"""

_ENGAGEMENTS = """
INSERT INTO engagements
WITH met AS (
    SELECT t.*, p.email, p.response, TRUE AS is_tied
    FROM touchpoints t
    JOIN people p USING (activity_row)
    WHERE t.match_method IN ('recorded', 'account')
    UNION ALL
    SELECT t.*, u.email, u.response, m.rung IS NOT NULL
    FROM touchpoints t
    JOIN unfiled u USING (activity_row)
    LEFT JOIN person_matches m
      ON m.activity_row = u.activity_row AND m.person = u.person AND m.deal_row = t.deal_row
    WHERE t.match_method NOT IN ('recorded', 'account')
)
SELECT opportunity_id, email, response, is_tied, kind, direction, start_at, "on", counts, deal_row, activity_row
FROM met
ORDER BY deal_row, activity_row, email
"""
