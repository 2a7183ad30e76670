"""All facets and health of the open deals as somebody would write them for this one question, without the product.

One DuckDB statement. It reads the derived tables of a snapshot and gets the two benchmarks health compares with for
nothing (`yardsticks`); points and windows are written out from DOMAIN 2.3 and 2.5, not taken from the playbook.
"""

from datetime import timedelta

from bot.pipeline.facets import FACET_NAMES
from tests.benchmarks.generate import AS_OF

COLUMNS = ("opportunity_id", *FACET_NAMES, "health_bucket", "health_net_points")

NOW = AS_OF.replace(tzinfo=None)
_CLOSED = "('closed won', 'closed lost')"

SQL = f"""
WITH deal AS (
    SELECT rowid AS deal_row, *, timezone(timezone, TIMESTAMPTZ '{AS_OF.isoformat()}')::DATE AS today
    FROM opportunities
    WHERE status = 'open'
), fed AS (
    SELECT user_id,
           bool_or(NOT connected OR coalesce(last_sync < TIMESTAMP '{NOW - timedelta(hours=48)}', false)) AS broken
    FROM sources WHERE source IN ('mail', 'calendar') GROUP BY user_id
), visit AS (
    SELECT v.*, d.today, d.stage AS now_in, least(coalesce(v.left_on, d.today), d.today) AS until,
           lag(v.stage_order) OVER (PARTITION BY v.opportunity_id, lower(v.stage) IN {_CLOSED} ORDER BY position)
               AS below
    FROM stage_visits v JOIN deal d USING (opportunity_id)
    WHERE v.entered_on <= d.today
), climb AS (
    SELECT opportunity_id, max(position) AS last, arg_max(stage, position) AS stage,
           arg_max(entered_on, position) AS entered_on,
           max(entered_on) FILTER (stage_order > below AND lower(stage) NOT IN {_CLOSED}) AS last_advance,
           max(entered_on) FILTER (stage_order < below AND lower(stage) NOT IN {_CLOSED}) AS last_move_back
    FROM visit GROUP BY opportunity_id
), stay AS (
    SELECT opportunity_id, stage, sum(greatest(until - entered_on, 0)) AS days FROM visit GROUP BY ALL
), push AS (
    SELECT opportunity_id, count(*) AS pushes
    FROM changes
    WHERE field = 'close_date' AND new_close_date > old_close_date AND "at" <= TIMESTAMP '{NOW}'
    GROUP BY opportunity_id
), event AS (
    SELECT t.deal_row, t."on", t.kind, t.direction, d.today, d.created_on, t.start_at <= TIMESTAMP '{NOW}' AS past,
           past AND (t.kind IN ('meeting', 'call') OR t.kind = 'email' AND t.direction = 'outbound') AS outreach,
           past AND t.kind = 'email' AND t.direction = 'inbound' AS inbound,
           past AND t.kind = 'meeting' AS held, NOT past AND t.kind = 'meeting' AS ahead
    FROM touchpoints t JOIN deal d ON d.deal_row = t.deal_row
    WHERE t.counts
), touch AS (
    SELECT deal_row,
           max("on") FILTER (outreach) AS last_touch,
           count(*) FILTER (outreach AND "on" > today - 14) AS touches_last_14,
           max("on") FILTER (inbound) AS last_inbound,
           count(*) FILTER (inbound AND "on" > today - 14) AS inbound_last_14,
           max("on") FILTER (held) AS last_meeting, min("on") FILTER (ahead) AS next_meeting,
           count(*) FILTER (held AND "on" BETWEEN created_on AND today) AS meetings_total,
           count(*) FILTER (held AND "on" > today - 14) AS meetings_last_14,
           count(*) FILTER (held AND "on" > today - 30) AS meetings_last_30,
           count(*) FILTER (held AND "on" > today - 90) AS meetings_last_90,
           count(*) FILTER (ahead AND "on" <= today + 30) AS meetings_next_30,
           count(*) FILTER (ahead AND "on" <= today + 90) AS meetings_next_90
    FROM event GROUP BY deal_row
), person AS (
    SELECT e.deal_row, e.email, min("on") AS first_on, any_value(d.today) AS today,
           bool_or("on" BETWEEN d.created_on AND d.today) AS engaged,
           max("on") FILTER (kind = 'email' AND direction = 'inbound') AS wrote_on,
           max(start_at) FILTER (kind = 'email' AND direction = 'inbound') AS wrote_at,
           max(start_at) FILTER (kind <> 'email' OR direction = 'outbound') AS reached_at
    FROM engagements e JOIN deal d ON d.deal_row = e.deal_row
    WHERE e.counts AND e.is_tied AND e.start_at <= TIMESTAMP '{NOW}' AND e.kind IN ('email', 'meeting', 'call')
      AND (e.kind <> 'email' OR e.direction IS NOT NULL)
      AND NOT (e.kind = 'meeting' AND coalesce(e.response = 'declined', false))
    GROUP BY e.deal_row, e.email
), people AS (
    SELECT deal_row, count(*) FILTER (engaged) AS contacts_engaged,
           count(*) FILTER (first_on > today - 30) AS new_stakeholders_last_30,
           max(wrote_on) FILTER (NOT coalesce(reached_at >= wrote_at, false)) AS waiting_since
    FROM person GROUP BY deal_row
), facet AS (
    SELECT d.opportunity_id, d.deal_type, d.today, NOT coalesce(fed.broken, false) AS known,
           greatest(d.today - d.created_on, 0) AS opp_age, d.close_date - d.today AS days_until_close,
           greatest(d.today - coalesce(climb.entered_on, d.created_on), 0) AS days_in_stage,
           climb.entered_on IS NULL AS days_in_stage_estimated,
           coalesce(stay.days, greatest(d.today - coalesce(climb.entered_on, d.created_on), 0))
               AS cumulative_days_in_stage,
           last_advance, last_move_back, coalesce(last_advance > d.today - 30, false) AS advanced_last_30,
           coalesce(last_move_back > d.today - 30, false) AS moved_back_last_30,
           coalesce(pushes, 0) AS close_date_pushes,
           CASE WHEN known THEN d.today - last_touch END AS days_untouched,
           CASE WHEN known THEN coalesce(touches_last_14, 0) END AS touches_last_14,
           CASE WHEN known THEN next_meeting END AS next_meeting, CASE WHEN known THEN last_meeting END AS last_meeting,
           CASE WHEN known THEN d.today - last_inbound END AS days_since_inbound,
           CASE WHEN known THEN coalesce(inbound_last_14, 0) END AS inbound_last_14,
           CASE WHEN known THEN coalesce(contacts_engaged, 0) END AS contacts_engaged,
           CASE WHEN known THEN coalesce(meetings_total, 0) END AS meetings_total,
           CASE WHEN known THEN coalesce(meetings_last_14, 0) END AS meetings_last_14,
           CASE WHEN known THEN coalesce(meetings_last_30, 0) END AS meetings_last_30,
           CASE WHEN known THEN coalesce(meetings_last_90, 0) END AS meetings_last_90,
           CASE WHEN known THEN coalesce(meetings_next_30, 0) END AS meetings_next_30,
           CASE WHEN known THEN coalesce(meetings_next_90, 0) END AS meetings_next_90,
           CASE WHEN known THEN d.today - waiting_since END AS unanswered_inbound_days,
           CASE WHEN known THEN coalesce(new_stakeholders_last_30, 0) END AS new_stakeholders_last_30,
           opp_age / typical_cycle AS age_ratio, typical_contacts_won
    FROM deal d
    LEFT JOIN fed ON fed.user_id = d.owner_id
    LEFT JOIN climb USING (opportunity_id)
    LEFT JOIN stay ON stay.opportunity_id = d.opportunity_id AND stay.stage = climb.stage
    LEFT JOIN push ON push.opportunity_id = d.opportunity_id
    LEFT JOIN touch ON touch.deal_row = d.deal_row
    LEFT JOIN people ON people.deal_row = d.deal_row
    LEFT JOIN yardsticks y ON y.opportunity_id = d.opportunity_id
), input AS (
    SELECT *, CASE WHEN known THEN coalesce(days_untouched, opp_age) END AS untouched, next_meeting - today AS ahead,
           contacts_engaged / typical_contacts_won AS ratio, coalesce(days_since_inbound, 10000) AS silent,
           days_until_close BETWEEN 0 AND 30 AS closing
    FROM facet
), scored AS (
    SELECT *,
        CASE WHEN closing AND untouched >= 30 THEN -4 ELSE 0 END AS e1,
        CASE WHEN closing AND silent >= 90 THEN -4 ELSE 0 END AS e2,
        CASE WHEN deal_type = 'New Business' THEN
            CASE WHEN untouched >= 60 THEN -4 WHEN untouched >= 30 THEN -2 WHEN untouched <= 7 THEN 1 ELSE 0 END
          + CASE WHEN ahead IS NULL THEN -2 WHEN ahead <= 30 THEN 2 WHEN ahead <= 90 THEN 1 ELSE 0 END
          + CASE WHEN meetings_last_30 >= 2 THEN 1 WHEN meetings_last_90 = 0 THEN -2 WHEN meetings_last_30 = 0 THEN -1
                 ELSE 0 END
          + CASE WHEN inbound_last_14 >= 2 THEN 2 WHEN silent < 14 THEN 1 WHEN silent < 30 THEN 0
                 WHEN silent < 90 THEN -1 ELSE -2 END
          + CASE WHEN moved_back_last_30 THEN -2 WHEN advanced_last_30 THEN 1 WHEN opp_age >= 30 THEN -1 ELSE 0 END
          + CASE WHEN age_ratio >= 3 THEN -4 WHEN age_ratio >= 2 THEN -3 WHEN age_ratio >= 1.5 THEN -1 ELSE 0 END
          + CASE WHEN touches_last_14 >= 3 THEN 1 ELSE 0 END
          + CASE WHEN days_until_close < 0 THEN -2 ELSE 0 END
          + CASE WHEN ratio >= 1 THEN 1 WHEN ratio < 0.5 AND opp_age >= 30 THEN -1 ELSE 0 END
        ELSE e1 + e2
          + CASE WHEN e1 < 0 THEN 0 WHEN untouched >= 60 THEN -2 WHEN untouched >= 30 THEN -1 WHEN untouched <= 7 THEN 1
                 ELSE 0 END
          + CASE WHEN ahead <= 30 THEN 2 WHEN ahead <= 90 THEN 1
                 WHEN ahead IS NULL AND days_until_close BETWEEN 0 AND 60 THEN -2 ELSE 0 END
          + CASE WHEN meetings_last_90 >= 1 THEN 1 ELSE -1 END
          + CASE WHEN silent < 14 THEN 2 WHEN silent < 30 THEN 1 WHEN silent >= 90 AND e2 = 0 THEN -1 ELSE 0 END
          + CASE WHEN moved_back_last_30 THEN -2 WHEN advanced_last_30 THEN 1 ELSE 0 END
          + CASE WHEN days_until_close < 0 THEN -3 ELSE 0 END
          + CASE WHEN touches_last_14 >= 3 THEN 1 ELSE 0 END
        END AS net
    FROM input
), capped AS (
    SELECT *, deal_type = 'New Business' AS fresh, least(
        CASE WHEN net >= 5 THEN 3 WHEN net >= -3 THEN 2 WHEN net >= -9 THEN 1 ELSE 0 END,
        CASE WHEN fresh AND ahead IS NULL OR days_until_close < 0 OR meetings_last_30 = 0 AND silent >= 30 THEN 2
             ELSE 3 END,
        CASE WHEN fresh AND (untouched >= 60 OR age_ratio >= 2 AND (ahead IS NULL OR NOT advanced_last_30))
                  OR NOT fresh AND (e1 < 0 OR e2 < 0) THEN 1 ELSE 3 END) AS best
    FROM scored
)
SELECT {", ".join(f'"{name}"' for name in ("opportunity_id", *FACET_NAMES))},
       CASE WHEN opp_age < 14 OR NOT known THEN 'Average'
            WHEN fresh AND age_ratio >= 2 AND meetings_last_30 = 0 AND ahead IS NULL AND silent >= 30 THEN 'Poor'
            ELSE ['Poor', 'At Risk', 'Average', 'Good'][1 + best] END AS health_bucket,
       CASE WHEN opp_age >= 14 AND known THEN net END AS health_net_points
FROM capped
"""
