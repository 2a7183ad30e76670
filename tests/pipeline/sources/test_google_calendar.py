"""Google Calendar as a source: series, answers, cancellations, and the rules of sync tokens."""

from datetime import timedelta
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("googleapiclient", reason="the extra `google` is not installed")

from bot.pipeline.sources.google.events import meeting_values
from bot.pipeline.sources.google.messages import Company
from tests.pipeline.sources.google_bench import ANA, BEN, BUYER, SECOND_BUYER, GoogleBench

COMPANY = Company(frozenset({"seller.example"}), frozenset())
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def listings(google: GoogleBench) -> list[dict[str, list[str]]]:
    asked = [urlsplit(path) for path in google.server.requests]
    return [parse_qs(path.query) for path in asked if path.path.endswith("/primary/events")]


def test_a_series_becomes_its_occurrences_each_once(google: GoogleBench) -> None:
    google.calendar().add(google.server.now - 10 * DAY, BUYER, weeks=4)
    google.sync()
    rows = google.touches("kind, match_method, counts, start_at")
    assert [row[:3] for row in rows] == [("meeting", "contact role", True)] * 4
    assert {(later[3] - sooner[3]).days for sooner, later in pairwise(rows)} == {7}


def test_one_occurrence_moved_one_cancelled(google: GoogleBench) -> None:
    calendar, start = google.calendar(), google.server.now - 10 * DAY
    series = calendar.add(start, BUYER, weeks=4)
    google.read()
    first, second, *_ = [event["id"] for event in calendar.occurrences(series)]
    calendar.change(first, start={"dateTime": (start + 3 * HOUR).isoformat()})
    calendar.cancel(second)
    assert google.read().full is False
    starts = [start_at for (start_at,) in google.staged("start_at")]
    assert len(starts) == 3
    assert starts[0].startswith((start + 3 * HOUR).strftime("%Y-%m-%dT%H"))


def test_a_series_cut_short_an_event_that_becomes_one_and_a_series_deleted(google: GoogleBench) -> None:
    calendar = google.calendar()
    cut = calendar.add(google.server.now, BUYER, weeks=6)
    grown = calendar.add(google.server.now + HOUR, BUYER)
    google.read()
    assert len(google.staged("id")) == 7
    calendar.change(cut, recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    calendar.change(grown, recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"])
    google.read()
    assert len(google.staged("id")) == 2 + 3
    calendar.cancel(cut)
    google.read()
    assert {row_id.rpartition("/")[2].partition("_")[0] for (row_id,) in google.staged("id")} == {grown}


def test_declines_cancellations_and_tentative(google: GoogleBench) -> None:
    calendar, now = google.calendar(), google.server.now
    own = {"email": ANA, "self": True}
    calendar.add(now - 5 * DAY, BUYER)
    calendar.answer(calendar.add(now - 4 * DAY, BUYER), BUYER, "declined")
    calendar.add(now - 3 * DAY, attendees=[own | {"responseStatus": "declined"}, {"email": BUYER}])
    calendar.cancel(calendar.add(now - 2 * DAY, BUYER))
    calendar.add(now - 1 * DAY, attendees=[own | {"responseStatus": "tentative"}, {"email": BUYER}])
    calendar.answer(calendar.add(now - HOUR, BUYER, SECOND_BUYER), BUYER, "declined")
    google.sync()
    assert google.touches("counts, not_counted_because") == [
        (True, None),
        (False, "declined by every guest"),
        (False, "declined by the owner"),
        (True, None),
        (True, None),  # one of two guests declined
    ]
    statuses = google.installation.rows("SELECT status, count(*) FROM activities GROUP BY 1 ORDER BY 1")
    assert statuses == [("confirmed", 3), ("declined_by_owner", 1), ("tentative", 1)]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"eventType": "outOfOffice"}, None),
        ({"attendees": [{"email": "room@resource.calendar.google.com", "resource": True}]}, None),
        ({"attendees": [{"email": BEN}]}, None),
        ({"attendees": [{"email": "not an address"}]}, None),
        ({"status": "cancelled"}, None),
        ({"visibility": "private"}, {"subject": None}),
        ({"start": {"date": "2026-03-02"}, "end": {"date": "2026-03-03"}}, {"start_at": "2026-03-02"}),
        ({"organizer": {"email": BUYER}}, {"organiser": "buyer"}),
        ({"organizer": {"email": BEN}}, {"organiser": "seller"}),
        ({"attendeesOmitted": True}, {"participants": BUYER}),
    ],
)
def test_what_an_event_means(event: dict[str, object], expected: dict[str, object] | None) -> None:
    plain: dict[str, object] = {
        "id": "e1", "status": "confirmed", "summary": "Pricing", "attendees": [{"email": BUYER.upper()}],
        "start": {"dateTime": "2026-03-02T10:00:00+01:00"}, "end": {"dateTime": "2026-03-02T11:00:00+01:00"},
    }  # fmt: skip
    values = meeting_values(plain | event, ANA, COMPANY)
    if expected is None:
        assert values is None
    else:
        assert values is not None
        assert {key: values[key] for key in expected} == expected


def test_a_token_is_asked_with_nothing_it_forbids_and_taken_from_the_last_page(google: GoogleBench) -> None:
    google.read_one_by_one()
    google.server.page_size = 2
    for number in range(5):
        google.calendar().add(google.server.now + number * HOUR, BUYER)
    google.read()
    whole = [asked for asked in listings(google) if "syncToken" not in asked]
    assert [("timeMin" in asked, "pageToken" in asked) for asked in whole[:3]] == [
        (True, False), (True, True), (True, True)
    ]  # fmt: skip
    google.calendar().add(google.server.now, BUYER)
    google.server.requests.clear()
    assert google.read().read["activities"] == 1
    mine, bens = listings(google)
    assert mine["syncToken"] != bens["syncToken"]
    assert mine.keys() == {"alt", "fields", "maxResults", "singleEvents", "syncToken"}


def test_a_token_that_is_gone_means_reading_all_again_and_dropping_what_was_deleted(google: GoogleBench) -> None:
    calendar = google.calendar()
    gone, kept = calendar.add(google.server.now, BUYER), calendar.add(google.server.now + HOUR, BUYER)
    series = calendar.add(google.server.now - DAY, BUYER, weeks=3)
    google.read()
    for deleted in (gone, series):
        calendar.cancel(deleted)
    calendar.forget_tokens()
    run = google.read()
    assert (run.problems, run.full) == ([], False)
    assert google.staged("activity_id") == [(kept,)]


def test_a_calendar_that_gets_no_token_is_read_whole_every_time(google: GoogleBench) -> None:
    google.server.without_tokens = True
    gone, _ = (google.calendar().add(google.server.now + n * HOUR, BUYER) for n in range(2))
    google.read()
    google.calendar().cancel(gone)
    google.read()
    assert len(google.staged("id")) == 1


def test_what_is_older_than_the_window_stays_out_also_when_it_changes(google: GoogleBench) -> None:
    old = google.calendar().add(google.server.now - 500 * DAY, BUYER)
    series = google.calendar().add(google.server.now - 405 * DAY, BUYER, weeks=2)
    google.read()
    assert len(google.staged("id")) == 1
    google.calendar().change(old, summary="Renamed")
    google.calendar().change(series, summary="Renamed")
    google.read()
    assert google.staged("subject") == [("Renamed",)]


def test_series_are_spelt_out_as_far_ahead_as_configured(google: GoogleBench) -> None:
    google.rules = google.rules.model_copy(update={"look_ahead_days": 91})
    google.calendar().add(google.server.now + HOUR, BUYER, weeks=52)
    google.read()
    assert len(google.staged("id")) == 13


def test_descriptions_come_only_with_bodies_and_never_of_private_events(google: GoogleBench) -> None:
    google.calendar().add(google.server.now, BUYER, description="Agenda: terms")
    google.calendar().add(google.server.now + HOUR, BUYER, description="Doctor", visibility="private")
    google.read()
    assert google.staged("body") == [(None,), (None,)]
    google.bodies = True
    google.server.login.delegated.add("https://www.googleapis.com/auth/gmail.readonly")
    google.read()
    assert google.staged("body") == [("Agenda: terms",), (None,)]
