"""From recorded activities to touchpoints and engagements: whose deal was it, on which day, does it count.

Runs once per snapshot, in DuckDB SQL, one set at a time; nothing here depends on the clock. The rules are
those of DOMAIN 2.2. Each step below makes one temporary table, named after what a row of it is.
"""

import duckdb

from bot.pipeline.freemail import FREE_MAIL_DOMAINS

BULK_RECIPIENTS = 10
"""Mail to more external people than this is a mailing, not outreach (DOMAIN 2.2)."""

PRELUDE_DAYS = 90
"""How long before its creation a deal is credited with mail nobody filed: the longest window of a facet."""


def derive(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `touchpoints` and `engagements` of the snapshot behind `con` from its recorded tables.

    Both tables must exist and are replaced whole. Rows are written in the order of deal and time,
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
    con.execute(_CROWDS)
    con.execute(_ADDRESSES)
    con.execute(_DOMAINS, {"free_mail": sorted(FREE_MAIL_DOMAINS)})
    con.execute(_PERSON_MATCHES, {"prelude_days": PRELUDE_DAYS})
    con.execute(_MATCHES, {"prelude_days": PRELUDE_DAYS})
    con.execute(_TENURES)
    con.execute("DELETE FROM touchpoints")
    con.execute(_TOUCHPOINTS, {"bulk_recipients": BULK_RECIPIENTS})
    con.execute("DELETE FROM engagements")
    con.execute(_ENGAGEMENTS)
    for table in ("crowds", "addresses", "domains", "person_matches", "matches", "tenures"):
        con.execute(f"DROP TABLE {table}")


_CROWDS = """
-- One row an activity with known guests: how many people outside the company, how many did not decline.
CREATE OR REPLACE TEMP TABLE crowds AS
SELECT activity_id, count(*) AS externals,
       count(*) FILTER (WHERE response IS DISTINCT FROM 'declined') AS willing
FROM participants
GROUP BY activity_id
"""

_ADDRESSES = """
-- Exact addresses and the deals they point to. The tens of `rung` are the steps of the ladder: 1 = a role on
-- the deal, 2 = a contact of the account. A role reaches the owner's other deals of the account too.
CREATE OR REPLACE TEMP TABLE addresses AS
WITH roles AS (
    SELECT DISTINCT c.email, o.opportunity_id, o.account_id, o.owner_id, o.created_on, o.closed_on
    FROM contact_roles r
    JOIN contacts c USING (contact_id)
    JOIN opportunities o USING (opportunity_id)
    WHERE c.email IS NOT NULL
)
SELECT email, opportunity_id, created_on, closed_on, 10 AS rung, 'contact role' AS method FROM roles
UNION ALL
SELECT r.email, o.opportunity_id, greatest(o.created_on, r.created_on), least(o.closed_on, r.closed_on),
       11, 'account contact'
FROM roles r
JOIN opportunities o
  ON o.account_id = r.account_id AND o.owner_id = r.owner_id AND o.opportunity_id <> r.opportunity_id
UNION ALL
SELECT DISTINCT c.email, o.opportunity_id, o.created_on, o.closed_on, 20, 'account contact'
FROM contacts c
JOIN opportunities o USING (account_id)
WHERE c.email IS NOT NULL
"""

_DOMAINS = """
-- Corporate domains and the deals they point to: 3 = seen on the deal's contacts, 4 = on the account's.
-- A domain seen at several accounts (an integrator, a law firm) names none of them.
CREATE OR REPLACE TEMP TABLE domains AS
WITH seen AS (
    SELECT split_part(email, '@', 2) AS domain, opportunity_id, created_on, closed_on, rung + 20 AS rung
    FROM addresses
    WHERE rung IN (10, 20)
), owned AS (
    SELECT domain
    FROM seen
    JOIN opportunities USING (opportunity_id)
    GROUP BY domain
    HAVING count(DISTINCT coalesce(account_id, opportunity_id)) = 1
)
SELECT DISTINCT seen.*, 'domain' AS method
FROM seen
JOIN owned USING (domain)
WHERE domain <> '' AND NOT list_contains($free_mail, domain)
"""

_PERSON_MATCHES = """
-- One row a person in an activity nobody filed, and a deal that person points to: the closest rung that was
-- open on that day.
CREATE OR REPLACE TEMP TABLE person_matches AS
WITH unfiled AS (
    SELECT a.activity_id, a.start_at, p.email, p.response
    FROM activities a
    JOIN participants p USING (activity_id)
    WHERE a.opportunity_id IS NULL
), reached AS (
    SELECT u.*, k.opportunity_id, k.created_on, k.closed_on, k.rung, k.method
    FROM unfiled u JOIN addresses k USING (email)
    UNION ALL
    SELECT u.*, k.opportunity_id, k.created_on, k.closed_on, k.rung, k.method
    FROM unfiled u JOIN domains k ON k.domain = split_part(u.email, '@', 2)
), open_then AS (
    SELECT r.*
    FROM reached r
    JOIN opportunities o USING (opportunity_id)
    WHERE timezone(o.timezone, r.start_at AT TIME ZONE 'UTC')::DATE
          BETWEEN coalesce(r.created_on - $prelude_days::INTEGER, '-infinity'::DATE)
              AND coalesce(r.closed_on, 'infinity'::DATE)
)
SELECT activity_id, email, opportunity_id, any_value(response) AS response, min(rung) AS rung,
       arg_min(method, rung) AS method
FROM (
    SELECT * FROM open_then
    QUALIFY rung // 10 = min(rung // 10) OVER (PARTITION BY activity_id, email)
)
GROUP BY activity_id, email, opportunity_id
"""

_MATCHES = """
-- One row an activity and a deal it belongs to. `willing` is known here only if persons made the match.
CREATE OR REPLACE TEMP TABLE matches AS
SELECT a.activity_id, o.opportunity_id, 'recorded' AS method, NULL::BIGINT AS willing
FROM activities a
JOIN opportunities o USING (opportunity_id)
UNION ALL
SELECT activity_id, opportunity_id, arg_min(method, rung),
       count(*) FILTER (WHERE response IS DISTINCT FROM 'declined')
FROM person_matches
GROUP BY activity_id, opportunity_id
UNION ALL
SELECT a.activity_id, o.opportunity_id, 'account', NULL
FROM activities a
JOIN opportunities o USING (account_id)
WHERE a.opportunity_id IS NULL
  AND a.activity_id NOT IN (SELECT activity_id FROM person_matches)
  AND timezone(o.timezone, a.start_at AT TIME ZONE 'UTC')::DATE
      BETWEEN coalesce(o.created_on - $prelude_days::INTEGER, '-infinity'::DATE)
          AND coalesce(o.closed_on, 'infinity'::DATE)
"""

_TENURES = """
-- Who owned a deal and when, for deals that changed hands. After the last change the record itself says.
CREATE OR REPLACE TEMP TABLE tenures AS
WITH changes AS (
    SELECT h.opportunity_id, h.old, h.new, h.at AS changed_at, o.owner_id,
           lead(h.at) OVER w AS until, row_number() OVER w AS turn
    FROM field_history h
    JOIN opportunities o USING (opportunity_id)
    WHERE h.field = 'owner_id'
    WINDOW w AS (PARTITION BY h.opportunity_id ORDER BY h.at)
)
SELECT opportunity_id, coalesce(old, new, owner_id) AS user_id, '-infinity'::TIMESTAMP AS since, changed_at AS until
FROM changes
WHERE turn = 1
UNION ALL
SELECT opportunity_id, CASE WHEN until IS NULL THEN owner_id ELSE new END, changed_at,
       coalesce(until, 'infinity'::TIMESTAMP)
FROM changes
"""

_TOUCHPOINTS = """
INSERT INTO touchpoints
WITH known AS (
    SELECT EXISTS (FROM participants) AS guests
), placed AS (
    SELECT m.opportunity_id, a.activity_id, a.kind, a.direction, a.start_at,
           timezone(o.timezone, a.start_at AT TIME ZONE 'UTC')::DATE AS local_day,
           a.user_id = coalesce(t.user_id, o.owner_id) AS by_owner,
           a.user_id, a.is_auto, a.status, m.method,
           coalesce(c.externals, 0) AS externals,
           coalesce(m.willing, c.willing, 0) AS willing
    FROM matches m
    JOIN activities a USING (activity_id)
    JOIN opportunities o ON o.opportunity_id = m.opportunity_id
    LEFT JOIN crowds c USING (activity_id)
    LEFT JOIN tenures t
      ON t.opportunity_id = m.opportunity_id AND a.start_at >= t.since AND a.start_at < t.until
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
       reason IS NULL, reason, method
FROM judged
ORDER BY opportunity_id, start_at, activity_id
"""

_ENGAGEMENTS = """
INSERT INTO engagements
SELECT m.opportunity_id, m.activity_id, p.email, p.response
FROM matches m
JOIN participants p USING (activity_id)
WHERE m.method IN ('recorded', 'account')
UNION ALL
SELECT opportunity_id, activity_id, email, response
FROM person_matches
ORDER BY opportunity_id, activity_id, email
"""
