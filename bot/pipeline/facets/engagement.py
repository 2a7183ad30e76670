"""What owner and buyer did with each other: mail, calls and meetings, folded to one row a deal (DOMAIN 2.3)."""

import ibis
import ibis.expr.types as ir

from bot.pipeline.tables import DERIVED

_CLOCK_COLUMNS = (
    "deal_row", "today", "as_of", "since_14", "since_30", "since_90", "until_30", "until_90",
    "booked_until", "created_on", "counted_to",
)  # fmt: skip


_READ = {
    "touchpoints": ("deal_row", "kind", "direction", "start_at", "on", "counts"),
    "engagements": ("deal_row", "kind", "direction", "start_at", "on", "counts", "email", "response", "is_tied"),
}


def _counted(name: str, deals: ir.Table) -> ir.Table:
    """Rows of a derived table that feed facets, each marked as outreach, inbound mail, held or future meeting.

    A mark may be NULL, which counts as no: filling it in takes engines longer than all the rest.
    """
    clocks = deals.select(*_CLOCK_COLUMNS)
    rows = ibis.table(DERIVED[name], name=name).select(*_READ[name]).inner_join(clocks, "deal_row")
    rows = rows.filter(rows.counts)
    past, meeting, mail = rows.start_at <= rows.as_of, rows.kind == "meeting", rows.kind == "email"
    outbound, inbound = mail & (rows.direction == "outbound"), mail & (rows.direction == "inbound")
    born = rows.created_on.isnull() | (rows.on >= rows.created_on)
    booked = rows.booked_until.isnull() | (rows.start_at <= rows.booked_until)
    return rows.mutate(
        is_outreach=past & (meeting | (rows.kind == "call") | outbound),
        is_inbound=past & inbound,
        is_held=past & meeting,
        is_ahead=~past & meeting & booked,
        while_open=born & (rows.on <= rows.counted_to),
    )


def touch_facets(deals: ir.Table) -> ir.Table:
    """One row a deal with counted touchpoints: last days and counts per window."""
    rows = _counted("touchpoints", deals)
    in_14, in_30, in_90 = (rows.on >= rows[f"since_{days}"] for days in (14, 30, 90))
    return rows.group_by("deal_row").aggregate(
        touched=(rows.is_outreach | rows.is_inbound).cast("int32").max(),
        last_touch=rows.on.max(where=rows.is_outreach),
        touches_last_14=rows.count(where=rows.is_outreach & in_14),
        last_inbound=rows.on.max(where=rows.is_inbound),
        inbound_last_14=rows.count(where=rows.is_inbound & in_14),
        last_meeting=rows.on.max(where=rows.is_held),
        next_meeting=rows.on.min(where=rows.is_ahead),
        meetings_total=rows.count(where=rows.is_held & rows.while_open),
        meetings_last_14=rows.count(where=rows.is_held & in_14),
        meetings_last_30=rows.count(where=rows.is_held & in_30),
        meetings_last_90=rows.count(where=rows.is_held & in_90),
        meetings_next_30=rows.count(where=rows.is_ahead & (rows.on <= rows.until_30)),
        meetings_next_90=rows.count(where=rows.is_ahead & (rows.on <= rows.until_90)),
    )


def people_facets(deals: ir.Table) -> ir.Table:
    """One row a deal with known counterparts: who was engaged, who is new, who still waits for a reply."""
    people = _people(deals).inner_join(deals.select("deal_row", "since_30"), "deal_row")
    answered = (people.last_outreach_at >= people.last_inbound_at).fill_null(False)
    return people.group_by("deal_row").aggregate(
        contacts_engaged=people.engaged_while_open.sum(),
        new_stakeholders_last_30=people.count(where=people.first_on >= people.since_30),
        waiting_since=people.last_inbound_on.max(where=~answered),
    )


def _people(deals: ir.Table) -> ir.Table:
    """One row a deal and an external person the owner mailed, called or met; who declined did not meet."""
    rows = _counted("engagements", deals)
    met = (rows.kind != "meeting") | rows.response.isnull() | (rows.response != "declined")
    rows = rows.filter(rows.is_tied, met, rows.is_outreach | rows.is_inbound)
    return rows.group_by(["deal_row", "email"]).aggregate(
        first_on=rows.on.min(),
        engaged_while_open=rows.while_open.cast("int32").max(),
        last_inbound_on=rows.on.max(where=rows.is_inbound),
        last_inbound_at=rows.start_at.max(where=rows.is_inbound),
        last_outreach_at=rows.start_at.max(where=rows.is_outreach),
    )
