"""Mailboxes beside a CRM: one mail or meeting told twice counts once, and strangers' mail stays where it is.

What a mailbox says is a row that names its user by address. Where the CRM logged the same mail or meeting of the
same person, the mailbox's row stands, for it knows the hour, the answers and the guests, and takes over the deal
it was filed under in the CRM.
"""

import duckdb

from bot.pipeline.freemail import FREE_MAIL_DOMAINS
from bot.pipeline.importing.values import literals

SECONDS_APART = 300
"""CRMs round the time of what they log, to the minute or to five."""

_PREFIXES = r"^(\s|(re|fw|fwd|aw|wg|email)\s*:|\[(in|out)\]|<<|>>|→|←)+"


def find_copies(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary tables `copies` and `known_mail` of what is staged."""
    con.execute(_COPIES).fetchall()
    con.execute(_KNOWN_MAIL).fetchall()


_COPIES = f"""
-- One row a mail or meeting of the CRM that a mailbox tells too: (source, id) of the CRM's, (of_source, of_id) of
-- the mailbox's, the closest if several fit. Meetings of one person at one time are one meeting; mails also need
-- the same subject or a person in common, and the subject where the CRM knows only the day.
CREATE OR REPLACE TEMP TABLE copies AS
WITH people AS (
    SELECT lower(email) AS email, min(user_id) AS user_id FROM users WHERE email IS NOT NULL GROUP BY 1
), told AS (
    SELECT t.source, t.id, coalesce(t.user_id, u.user_id) AS user_id, t.kind, t.direction, t.user_email,
           left(t.start_at, 10) AS day, length(t.start_at) = 10 AS is_day, TRY_CAST(t.start_at AS TIMESTAMPTZ) AS at,
           trim(regexp_replace(lower(t.subject), '{_PREFIXES}', '')) AS subject,
           string_split(lower(t.participants), ';') AS participants
    FROM activities AS t LEFT JOIN people AS u ON u.email = lower(t.user_email)
    WHERE t.kind IN ('email', 'meeting') AND EXISTS (FROM activities WHERE user_email IS NOT NULL)
)
SELECT DISTINCT ON (c.source, c.id) c.source, c.id, m.source AS of_source, m.id AS of_id
FROM told AS c
JOIN told AS m ON m.user_id = c.user_id AND m.kind = c.kind AND m.day = c.day
WHERE c.user_email IS NULL AND m.user_email IS NOT NULL AND coalesce(c.direction = m.direction, true)
  AND (c.is_day OR abs(epoch(c.at) - epoch(m.at)) <= {SECONDS_APART})
  AND (coalesce(c.subject = m.subject AND c.subject <> '', false)
       OR (NOT c.is_day AND (c.kind = 'meeting' OR coalesce(list_has_any(c.participants, m.participants), false))))
ORDER BY c.source, c.id, abs(epoch(c.at) - epoch(m.at)), m.source, m.id
"""

_KNOWN_MAIL = f"""
-- Rows of mailboxes that may concern a deal: with somebody of the CRM or of a company of theirs, or logged there.
CREATE OR REPLACE TEMP TABLE known_mail AS
WITH contacted AS (
    SELECT DISTINCT lower(trim(email)) AS email FROM contacts WHERE email IS NOT NULL
), met AS (
    SELECT source, id, unnest(string_split(participants, ';')) AS email FROM activities WHERE user_email IS NOT NULL
)
SELECT source, id FROM met WHERE email IN (FROM contacted) OR split_part(email, '@', 2) IN (
    SELECT split_part(email, '@', 2) FROM contacted
    WHERE split_part(email, '@', 2) NOT IN ({literals(tuple(sorted(FREE_MAIL_DOMAINS)))})
)
UNION
SELECT of_source, of_id FROM copies
"""
