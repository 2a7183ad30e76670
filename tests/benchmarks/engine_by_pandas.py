"""The same columns as `engine_by_sql`, as an analyst would compute them in pandas."""

from datetime import timedelta

import duckdb
import numpy as np
import pandas as pd

from tests.benchmarks.engine_by_sql import COLUMNS, NOW
from tests.benchmarks.generate import AS_OF

Frames = dict[str, pd.DataFrame]

_READ = {
    "deals": "SELECT rowid AS deal_row, opportunity_id, owner_id, deal_type, stage, created_on, close_date, "
    f"timezone(timezone, TIMESTAMPTZ '{AS_OF.isoformat()}')::DATE AS today FROM opportunities WHERE status = 'open'",
    "sources": "FROM sources",
    "visits": "FROM stage_visits",
    "changes": "SELECT opportunity_id, new_close_date, old_close_date, \"at\" FROM changes WHERE field = 'close_date'",
    "touchpoints": 'SELECT deal_row, kind, direction, start_at, "on" FROM touchpoints WHERE counts',
    "engagements": 'SELECT deal_row, email, response, kind, direction, start_at, "on" FROM engagements '
    "WHERE counts AND is_tied",
}


def frames(cursor: duckdb.DuckDBPyConnection) -> Frames:
    """Load what pandas works on; days as `datetime64`, words as categories."""
    loaded = {name: cursor.execute(sql).df() for name, sql in _READ.items()}
    for name in ("touchpoints", "engagements"):
        for column in ("kind", "direction"):
            loaded[name][column] = loaded[name][column].astype("category")
    return loaded | {"yardsticks": cursor.execute("FROM yardsticks").df()}


def by_pandas(loaded: Frames) -> pd.DataFrame:
    """Return the same columns as `SQL`, one row an open deal."""
    deals = loaded["deals"].merge(loaded["yardsticks"], on="opportunity_id", how="left")
    deals = deals.merge(_climbs(loaded, deals), on="opportunity_id", how="left")
    deals = deals.merge(_pushes(loaded), on="opportunity_id", how="left")
    deals = deals.merge(_touches(loaded, deals), on="deal_row", how="left")
    deals = deals.merge(_people(loaded, deals), on="deal_row", how="left")
    sources = loaded["sources"]
    fed = sources[sources.source.isin(["mail", "calendar"])]
    broken = fed[~fed.connected | (fed.last_sync < NOW - timedelta(hours=48))].user_id
    facets = _facets(deals, ~deals.owner_id.isin(broken))
    return _health(facets)


def _days(later: pd.Series, earlier: pd.Series) -> pd.Series:
    return (later - earlier).dt.days


def _climbs(loaded: Frames, deals: pd.DataFrame) -> pd.DataFrame:
    visits = loaded["visits"].merge(deals[["opportunity_id", "today"]], on="opportunity_id")
    visits = visits[visits.entered_on <= visits.today].sort_values(["opportunity_id", "position"])
    visits["closing"] = visits.stage.str.lower().isin(["closed won", "closed lost"])
    below = visits.groupby(["opportunity_id", "closing"]).stage_order.shift()
    until = visits.left_on.fillna(visits.today).clip(upper=visits.today)
    visits["length"] = _days(until, visits.entered_on).clip(lower=0)
    last = visits.groupby("opportunity_id").tail(1).set_index("opportunity_id")
    days = visits.groupby(["opportunity_id", "stage"], observed=True).length.sum()
    found = pd.DataFrame({"visited": last.stage, "entered_on": last.entered_on})
    now_in = pd.MultiIndex.from_arrays([found.index, found.visited], names=["opportunity_id", "stage"])
    found["days_in_all_visits"] = days.reindex(now_in).to_numpy()
    for name, moved in (("last_advance", visits.stage_order > below), ("last_move_back", visits.stage_order < below)):
        found[name] = visits[moved & ~visits.closing].groupby("opportunity_id").entered_on.max()
    return found.reset_index()


def _pushes(loaded: Frames) -> pd.DataFrame:
    changes = loaded["changes"]
    later = changes[(changes.new_close_date > changes.old_close_date) & (changes["at"] <= NOW)]
    return later.groupby("opportunity_id").size().rename("pushes").reset_index()


def _touches(loaded: Frames, deals: pd.DataFrame) -> pd.DataFrame:
    rows = loaded["touchpoints"].merge(deals[["deal_row", "today", "created_on"]], on="deal_row")
    past = rows.start_at <= NOW
    meeting, mail = rows.kind == "meeting", rows.kind == "email"
    outreach = past & (meeting | (rows.kind == "call") | (mail & (rows.direction == "outbound")))
    inbound = past & mail & (rows.direction == "inbound")
    held, ahead = past & meeting, ~past & meeting
    ago = _days(rows.today, rows.on)
    found = {
        "last_touch": rows[outreach].groupby("deal_row").on.max(),
        "last_inbound": rows[inbound].groupby("deal_row").on.max(),
        "last_meeting": rows[held].groupby("deal_row").on.max(),
        "next_meeting": rows[ahead].groupby("deal_row").on.min(),
    }
    counts = {
        "touches_last_14": outreach & (ago < 14),
        "inbound_last_14": inbound & (ago < 14),
        "meetings_total": held & (rows.on >= rows.created_on) & (ago >= 0),
        "meetings_last_14": held & (ago < 14),
        "meetings_last_30": held & (ago < 30),
        "meetings_last_90": held & (ago < 90),
        "meetings_next_30": ahead & (ago >= -30),
        "meetings_next_90": ahead & (ago >= -90),
    }
    found |= {name: rows[chosen].groupby("deal_row").size() for name, chosen in counts.items()}
    return pd.DataFrame(found).rename_axis("deal_row").reset_index()


def _people(loaded: Frames, deals: pd.DataFrame) -> pd.DataFrame:
    rows = loaded["engagements"].merge(deals[["deal_row", "today", "created_on"]], on="deal_row")
    meeting, mail = rows.kind == "meeting", rows.kind == "email"
    inbound = mail & (rows.direction == "inbound")
    outreach = meeting | (rows.kind == "call") | (mail & (rows.direction == "outbound"))
    kept = (rows.start_at <= NOW) & (inbound | outreach) & ~(meeting & (rows.response == "declined"))
    rows = rows.assign(
        engaged=(rows.on >= rows.created_on) & (rows.on <= rows.today),
        wrote_on=rows.on.where(inbound),
        wrote_at=rows.start_at.where(inbound),
        reached_at=rows.start_at.where(outreach),
    )[kept]
    persons = rows.groupby(["deal_row", "email"], observed=True).agg(
        first_on=("on", "min"), today=("today", "first"), engaged=("engaged", "any"), wrote_on=("wrote_on", "max"),
        wrote_at=("wrote_at", "max"), reached_at=("reached_at", "max"),
    )  # fmt: skip
    persons["is_new"] = _days(persons.today, persons.first_on) < 30
    persons["waiting"] = persons.wrote_on.where(~(persons.reached_at >= persons.wrote_at))
    found = persons.groupby("deal_row").agg(
        contacts_engaged=("engaged", "sum"), new_stakeholders_last_30=("is_new", "sum"), waiting=("waiting", "max")
    )
    return found.reset_index()


_COUNTED = (
    "touches_last_14", "inbound_last_14", "contacts_engaged", "meetings_total", "meetings_last_14", "meetings_last_30",
    "meetings_last_90", "meetings_next_30", "meetings_next_90", "new_stakeholders_last_30",
)  # fmt: skip


def _facets(deals: pd.DataFrame, known: pd.Series) -> pd.DataFrame:
    today = deals.today
    entered = deals.entered_on.fillna(deals.created_on)
    deals["opp_age"] = _days(today, deals.created_on).clip(lower=0)
    deals["days_until_close"] = _days(deals.close_date, today)
    deals["days_in_stage"] = _days(today, entered).clip(lower=0)
    deals["days_in_stage_estimated"] = deals.entered_on.isna()
    deals["cumulative_days_in_stage"] = deals.days_in_all_visits.fillna(deals.days_in_stage)
    deals["advanced_last_30"] = _days(today, deals.last_advance) < 30
    deals["moved_back_last_30"] = _days(today, deals.last_move_back) < 30
    deals["close_date_pushes"] = deals.pushes.fillna(0)
    for name in _COUNTED:
        deals[name] = deals[name].fillna(0).where(known)
    for name, day in (("days_untouched", "last_touch"), ("days_since_inbound", "last_inbound"),
                      ("unanswered_inbound_days", "waiting")):  # fmt: skip
        deals[name] = _days(today, deals[day]).where(known)
    deals["next_meeting"], deals["last_meeting"] = deals.next_meeting.where(known), deals.last_meeting.where(known)
    deals["age_ratio"] = deals.opp_age / deals.typical_cycle
    return deals.assign(known=known)


def _health(deals: pd.DataFrame) -> pd.DataFrame:
    d = deals
    untouched = d.days_untouched.fillna(d.opp_age).where(d.known)
    ahead, silent = _days(d.next_meeting, d.today), d.days_since_inbound.fillna(10_000)
    ratio, none_ahead = d.contacts_engaged / d.typical_contacts_won, d.next_meeting.isna()
    closing = d.days_until_close.between(0, 30)

    def points(*lines: tuple[pd.Series, int]) -> np.ndarray:
        return np.select([holds for holds, _ in lines], [each for _, each in lines], 0)

    moved = ((d.moved_back_last_30, -2), (d.advanced_last_30, 1))
    steady = points((d.touches_last_14 >= 3, 1))
    e1, e2 = points((closing & (untouched >= 30), -4)), points((closing & (silent >= 90), -4))
    new = (
        points((untouched >= 60, -4), (untouched >= 30, -2), (untouched <= 7, 1))
        + points((none_ahead, -2), (ahead <= 30, 2), (ahead <= 90, 1))
        + points((d.meetings_last_30 >= 2, 1), (d.meetings_last_90 == 0, -2), (d.meetings_last_30 == 0, -1))
        + points((d.inbound_last_14 >= 2, 2), (silent < 14, 1), (silent < 30, 0), (silent < 90, -1), (silent >= 90, -2))
        + points(*moved, (d.opp_age >= 30, -1))
        + points((d.age_ratio >= 3, -4), (d.age_ratio >= 2, -3), (d.age_ratio >= 1.5, -1))
        + steady
        + points((d.days_until_close < 0, -2))
        + points((ratio >= 1, 1), ((ratio < 0.5) & (d.opp_age >= 30), -1))
    )
    existing = (
        e1 + e2 + steady
        + points((pd.Series(e1 < 0), 0), (untouched >= 60, -2), (untouched >= 30, -1), (untouched <= 7, 1))
        + points((ahead <= 30, 2), (ahead <= 90, 1), (none_ahead & d.days_until_close.between(0, 60), -2))
        + np.where(d.meetings_last_90 >= 1, 1, -1)
        + points((silent < 14, 2), (silent < 30, 1), ((silent >= 90) & (e2 == 0), -1))
        + points(*moved)
        + points((d.days_until_close < 0, -3))
    )  # fmt: skip
    fresh = d.deal_type == "New Business"
    net = np.where(fresh, new, existing)
    rank = np.select([net >= 5, net >= -3, net >= -9], [3, 2, 1], 0)
    quiet = (d.meetings_last_30 == 0) & (silent >= 30)
    old = fresh & (d.age_ratio >= 2)
    rank = np.where((fresh & none_ahead) | (d.days_until_close < 0) | quiet, np.minimum(rank, 2), rank)
    at_risk = (
        (fresh & (untouched >= 60)) | (old & (none_ahead | ~d.advanced_last_30)) | (~fresh & ((e1 < 0) | (e2 < 0)))
    )
    rank = np.where(at_risk, np.minimum(rank, 1), rank)
    rank = np.where(old & quiet & none_ahead, 0, rank)
    enough = d.known & (d.opp_age >= 14)
    d["health_bucket"] = np.where(enough, np.array(["Poor", "At Risk", "Average", "Good"])[rank], "Average")
    d["health_net_points"] = pd.Series(net).where(enough)
    return d[list(COLUMNS)]
