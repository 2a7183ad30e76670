"""Gmail as a source: what a mail becomes, what its history says, and what must never be asked."""

from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("googleapiclient", reason="the extra `google` is not installed")

from bot.pipeline.sources.google.messages import HEADERS, Company, mail_values
from tests.pipeline.sources.google_bench import ANA, BEN, BUYER, RULES, SECOND_BUYER, STRANGER, GoogleBench
from tests.servers.google.login import SCOPE
from tests.servers.google.mailbox import LocalMessage

COMPANY = Company(frozenset({"seller.example"}), frozenset())
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_mail_is_matched_to_the_deal_with_its_method(google: GoogleBench) -> None:
    google.receive(BUYER)
    google.send(SECOND_BUYER, days_ago=0.5)
    google.send(f"someone@{BUYER.partition('@')[2]}", days_ago=0.4)
    google.send(STRANGER, days_ago=0.3)
    status = google.sync()
    assert (status.state, status.problems) == ("ok", [])
    assert google.touches("opportunity_id, direction, match_method, counts") == [
        ("du1", "inbound", "contact role", True),
        ("du1", "outbound", "account contact", True),
        ("du1", "outbound", "domain", True),
    ]


def test_headers_only_is_all_that_is_asked_for(google: GoogleBench) -> None:
    google.receive(Subject="Terms")
    google.sync()
    asked = [path for path in google.server.requests if "/messages" in path]
    assert asked
    assert not [path for path in asked if "format=full" in path or "q=" in path or "body" in path]
    assert google.installation.rows("SELECT subject, body FROM activities") == [("Terms", None)]
    grants = google.server.login.tokens.values()
    assert {scope for grant in grants for scope in grant.scopes} == {
        f"{SCOPE}gmail.metadata", f"{SCOPE}calendar.events.readonly",
    }  # fmt: skip
    assert all(len(grant.scopes) == 1 for grant in grants)


def test_bodies_when_wanted_but_never_of_giants(google: GoogleBench) -> None:
    google.server.login.delegated = {f"{SCOPE}gmail.readonly", f"{SCOPE}calendar.events.readonly"}
    google.bodies = True
    google.box().take_in(google.server.now - timedelta(days=1), {"INBOX"}, "We accept.", From=BUYER, To=ANA)
    giant = google.box().take_in(
        google.server.now - timedelta(hours=5), {"INBOX"}, "Attached", 52_428_800, From=BUYER, To=ANA
    )
    google.sync()
    rows = google.installation.rows("SELECT activity_id, body FROM activities ORDER BY start_at")
    assert [body for _, body in rows] == ["We accept.", None]
    assert not [path for path in google.server.requests if giant in path and "format=full" in path]
    assert not [grant for grant in google.server.login.tokens.values() if f"{SCOPE}gmail.metadata" in grant.scopes]


def test_switching_bodies_off_forgets_them(google: GoogleBench) -> None:
    google.server.login.delegated.add(f"{SCOPE}gmail.readonly")
    google.bodies = True
    google.receive()
    google.read()
    assert google.staged("body") == [("Hello",)]
    google.bodies = False
    google.read()
    assert google.staged("body") == [(None,)]


def values_of(headers: dict[str, str]) -> dict[str, str | None]:
    message = LocalMessage(
        "m1", {"INBOX"}, [(n.replace("_", "-"), v) for n, v in ({"From": BUYER, "To": ANA} | headers).items()], NOON
    )
    values = mail_values(message.shown(full=False, wanted=HEADERS), ANA, COMPANY, RULES.automatic)
    assert values is not None
    return values


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Subject": "Automatic reply: Terms"},
        {"Subject": "Accepted: Kick-off @ Tue 3 Mar"},
        {"Sender": "Google Calendar <calendar-notification@google.com>"},
        {"Content_Type": 'multipart/report; report-type="delivery-status"'},
        {"Content_Type": "text/calendar; method=REPLY"},
        {"Content_Class": "urn:content-classes:calendarmessage"},
        {"Return_Path": "<>"},
        {"List_Unsubscribe": "<https://buyer.example/u>"},
        {"X_Auto_Response_Suppress": "All"},
        {"From": "No Reply <no-reply@buyer.example>"},
    ],
)
def test_what_a_machine_wrote_is_known_by_its_headers(headers: dict[str, str]) -> None:
    assert values_of(headers)["is_auto"] == "true"


def test_what_a_machine_wrote_counts_for_nothing(google: GoogleBench) -> None:
    google.receive(BUYER, Auto_Submitted="auto-replied")
    google.sync()
    assert google.touches("direction, counts, not_counted_because") == [("inbound", False, "automatic reply")]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"},
        {"Precedence": "list", "List_Unsubscribe": "<mailto:u@buyer.example>"},  # a group the buyers write through
        {"Subject": "Re: out of scope"},
        {"Return_Path": f"<{BUYER}>"},
    ],
)
def test_what_a_person_wrote_is_not_taken_for_a_machine(headers: dict[str, str]) -> None:
    assert values_of(headers)["is_auto"] == "false"


@pytest.mark.slow
def test_bulk_mail_is_no_touch(google: GoogleBench) -> None:
    google.send(BUYER, *(f"p{number}@buyer.example" for number in range(10)))
    google.sync()
    assert google.touches("counts, not_counted_because") == [(False, "bulk mail to 11 people outside")]


def test_a_colleague_is_no_buyer_and_inner_mail_is_not_stored(google: GoogleBench) -> None:
    google.receive(BEN, Cc=BUYER)  # Ben wrote to the buyer and copied Ana: Ben's mailbox tells it
    google.send(BEN)
    google.receive("unlisted@seller.example")
    google.read()
    assert google.staged("id") == []


def test_a_received_mail_is_with_its_author_a_sent_one_with_everybody(google: GoogleBench) -> None:
    google.receive(BUYER, Cc=f"{SECOND_BUYER}, x@buyer.example")
    google.send(BUYER, Cc=f"Jon <{SECOND_BUYER}>, {BEN}", days_ago=0.5)
    google.sync()
    query = "SELECT direction, email FROM activities JOIN participants USING (activity_id) ORDER BY 1, 2"
    assert google.installation.rows(query) == [("inbound", BUYER), ("outbound", BUYER), ("outbound", SECOND_BUYER)]


@pytest.mark.slow
def test_the_clock_of_a_sender_does_not_date_a_mail(google: GoogleBench) -> None:
    google.receive(Date="Tue, 19 Jan 2038 03:14:07 +0000")
    google.sync()
    [(start_at,)] = google.touches("start_at")
    assert start_at.date() == (google.server.now - timedelta(days=1)).date()


def test_increments_follow_what_happens_to_a_message(google: GoogleBench) -> None:
    kept, binned, gone = google.receive(), google.receive(days_ago=2), google.receive(days_ago=3)
    draft = google.box().take_in(google.server.now, {"DRAFT"}, From=ANA, To=BUYER)
    assert google.read().read["activities"] == 3
    google.box().label(kept, "STARRED")
    google.box().unlabel(kept, "UNREAD")
    google.box().label(binned, "TRASH")
    google.box().delete(gone)
    google.box().delete(draft)
    google.send()
    before = len(google.server.requests)
    assert google.read().read["activities"] == 1
    assert not [path for path in google.server.requests[before:] if kept in path]  # nothing that matters happened
    assert google.staged("direction") == [("inbound",), ("outbound",)]
    google.box().unlabel(binned, "TRASH")
    google.read()
    assert len(google.staged("id")) == 3


def test_a_history_that_is_gone_means_reading_all_again_and_dropping_what_was_deleted(google: GoogleBench) -> None:
    kept, gone = google.receive(), google.receive(days_ago=2)
    google.read()
    google.box().delete(gone)
    google.box().forget_history()
    run = google.read()
    assert (run.problems, run.full) == ([], False)
    assert google.staged("activity_id") == [(kept,)]


def test_reading_stops_at_the_horizon(google: GoogleBench) -> None:
    google.server.page_size = 2
    google.receive()
    for number in range(7):
        google.receive(days_ago=500 + number)
    assert google.read().read["activities"] == 1
    assert len([path for path in google.server.requests if "/messages?" in path]) == 3  # one page of old mail is enough


def test_parts_of_a_batch_that_were_too_fast_are_asked_again(google: GoogleBench) -> None:
    for number in range(5):
        google.receive(days_ago=number + 1)
    google.server.parts_too_fast = 3
    assert google.read().read["activities"] == 5
    assert [path for path in google.server.requests if path.startswith("BATCH")] == ["BATCH of 5", "BATCH of 3"]
    assert google.pauses


@pytest.mark.slow
def test_a_hostile_header_does_not_break_the_row(google: GoogleBench) -> None:
    google.receive(Subject='=cmd|"x";\n\0,<b>' + "y" * 300)
    google.send('"a;b"@buyer.example', BUYER, days_ago=0.5)
    status = google.sync()
    assert (status.state, [line for line in status.warnings if "could not" in line]) == ("ok", [])
    assert google.touches("direction, counts") == [("inbound", True), ("outbound", True)]
