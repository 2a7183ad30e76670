"""Checks of the close date: past, missing, far out, pushed (S1, S2, S11)."""

from datetime import date, timedelta

from bot.pipeline.hygiene.case import Case, Hit, Unknown, Verdict
from bot.pipeline.model import ActivityKind, FieldChange
from bot.pipeline.wording import counted, day


def close_date_past(case: Case) -> Verdict:
    """S1."""
    days = case.brief.facets.days_until_close
    if days is None or days >= 0 or case.deal.close_date is None:
        return None
    return Hit(f"the close date {day(case.deal.close_date)} passed {counted(-days, 'day')} ago")


def close_date_far(case: Case) -> Verdict:
    """S2."""
    on, months = case.deal.close_date, case.limits.far_out_months
    if on is None:
        return Hit("no close date")
    ahead = (on.year - case.brief.today.year) * 12 + on.month - case.brief.today.month
    if (ahead, on.day) <= (months, case.brief.today.day):
        return None
    return Hit(f"the close date {day(on)} is more than {months} months out")


def close_date_pushed(case: Case) -> Verdict:
    """S11: pushed again and again, or moved to a month end that nothing from the buyer explains."""
    pushes = case.brief.facets.close_date_pushes
    if pushes is None:
        return Unknown("changes of the close date are not recorded")
    if pushes >= case.limits.pushes:
        return Hit(f"the close date was pushed {counted(pushes, 'time')}")
    moved = _last_move(case)
    if moved is None or not _to_month_end(moved) or _buyer_acted_before(case, moved.on):
        return None
    return Hit(f"the close date was moved to the month end {moved.new} on {day(moved.on)}, without an act of the buyer")


def _last_move(case: Case) -> FieldChange | None:
    since = case.brief.today - timedelta(days=case.limits.look_back_days)
    moves = [change for change in case.deal.changes if change.field == "close_date" and change.on >= since]
    return moves[-1] if moves else None


def _to_month_end(change: FieldChange) -> bool:
    try:
        new = date.fromisoformat((change.new or "")[:10])
    except ValueError:
        return False
    return (new + timedelta(days=1)).day == 1


def _buyer_acted_before(case: Case, on: date) -> bool:
    """Whether mail or meeting explains the move; a source that is not connected gets the benefit of the doubt."""
    if not case.feeds_connected:
        return True
    since = on - timedelta(days=case.limits.buyer_evidence_days)
    return any(
        since <= each.on <= on and (each.direction == "inbound" or each.kind is ActivityKind.MEETING)
        for each in case.deal.activities
        if not each.is_auto
    )
