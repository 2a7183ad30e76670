"""The engagement and stage facets of DOMAIN 2.3 once more, in plain Python, as literally as they read."""

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

HELD = {"confirmed", "tentative"}
Event = dict


def by_hand(zone: str, born: date, happened: list[Event], as_of: datetime) -> dict:
    """Return the engagement facets of a deal born on `born`, owned by R, in which `happened` happened."""
    today = as_of.astimezone(ZoneInfo(zone)).date()
    events = [_dated(each, zone) for each in happened if _counts(each)]
    done = [e for e in events if e["start_at"] <= as_of]
    ahead = [e["on"] for e in events if e["start_at"] > as_of and e["kind"] == "meeting"]
    inbound = [e["on"] for e in done if e["direction"] == "inbound"]
    outreach = [e["on"] for e in done if e["direction"] != "inbound"]
    held = [e["on"] for e in done if e["kind"] == "meeting"]

    def within(days: list[date], window: int) -> int:
        return sum(0 <= (today - day).days <= window - 1 for day in days)

    def ago(days: list[date]) -> int | None:
        return (today - max(days)).days if days else None

    return {
        "days_untouched": ago(outreach),
        "touches_last_14": within(outreach, 14),
        "next_meeting": min(ahead, default=None),
        "last_meeting": max(held, default=None),
        "days_since_inbound": ago(inbound),
        "inbound_last_14": within(inbound, 14),
        "contacts_engaged": len({email for e in done if e["on"] >= born for email in e["present"]}),
        "meetings_total": sum(day >= born for day in held),
        "meetings_last_14": within(held, 14),
        "meetings_last_30": within(held, 30),
        "meetings_last_90": within(held, 90),
        "meetings_next_30": sum((day - today).days <= 30 for day in ahead),
        "meetings_next_90": sum((day - today).days <= 90 for day in ahead),
        "unanswered_inbound_days": ago(_waiting_since(done)),
        "new_stakeholders_last_30": within(_first_days(done), 30),
    }


def _counts(each: Event) -> bool:
    if each["user_id"] != "R" or each["kind"] == "task" or each["is_auto"]:
        return False
    if each["kind"] == "meeting":
        return each["status"] in HELD and bool(_present(each))
    return each["kind"] == "call" or bool(each["guests"])


def _present(each: Event) -> list[str]:
    return [email for email in each["guests"] if email not in each["declined"]]


def _dated(each: Event, zone: str) -> Event:
    return each | {"on": each["start_at"].astimezone(ZoneInfo(zone)).date(), "present": _present(each)}


def _persons(done: list[Event]) -> set[str]:
    return {email for e in done for email in e["present"]}


def _first_days(done: list[Event]) -> list[date]:
    return [min(e["on"] for e in done if email in e["present"]) for email in _persons(done)]


def _waiting_since(done: list[Event]) -> list[date]:
    """Days of the newest mail of everybody who got no mail, call or meeting from then on."""
    days = []
    for email in _persons(done):
        theirs = [e for e in done if email in e["present"]]
        wrote = max((e["start_at"] for e in theirs if e["direction"] == "inbound"), default=None)
        answered = any(e["direction"] != "inbound" and wrote and e["start_at"] >= wrote for e in theirs)
        if wrote and not answered:
            days += [e["on"] for e in theirs if e["start_at"] == wrote]
    return days


Visit = tuple[str, int, date, date | None]
"""Stage, its order, first day, day of leaving."""

CLOSED = {"Closed Won", "Closed Lost"}


def stages_by_hand(visits: list[Visit], today: date) -> dict:
    """Return the stage facets of a deal with these visits, in the order in which they happened."""
    so_far = [each for each in visits if each[2] <= today]
    stage, _, entered, _ = so_far[-1]
    climb = [(order, day) for name, order, day, _ in so_far if name not in CLOSED]
    steps = list(pairwise(climb))
    return {
        "days_in_stage": (today - entered).days,
        "cumulative_days_in_stage": sum(
            (min(left or today, today) - first).days for name, _, first, left in so_far if name == stage
        ),
        "last_advance": max((day for (before, _), (after, day) in steps if after > before), default=None),
        "last_move_back": max((day for (before, _), (after, day) in steps if after < before), default=None),
    }


def pushes_by_hand(moves: list[tuple[date, date, datetime]], as_of: datetime) -> int:
    """Return how often a close date was moved to a later day; a move is old date, new date and instant."""
    return sum(new > old and at <= as_of for old, new, at in moves)
