"""Mailboxes beside the CRM of the company: told twice counts once, and strangers stay out of the pipeline."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.pipeline.sources import Record
from tests.pipeline.sources.workbench import Installation

pytest.importorskip("googleapiclient", reason="the extra `google` is not installed")

from tests.pipeline.sources.google_bench import BUYER, STRANGER, GoogleBench

HOUR = timedelta(hours=1)


@pytest.fixture
def logged(google: GoogleBench) -> GoogleBench:
    """Ana mailed and met Eva a day ago, and the CRM logged both on her deal."""
    google.send(BUYER, Subject="Terms")
    google.calendar().add(google.server.now - 24 * HOUR, BUYER)
    google.installation.read(google.source())
    return google


def log(google: GoogleBench, kind: str, minutes: float, **values: str | None) -> Record:
    at = google.server.now - timedelta(days=1) + timedelta(minutes=minutes)
    plain = {
        "activity_id": "t1", "user_id": "u1", "kind": kind, "opportunity_id": "du1",
        "start_at": at.strftime("%Y-%m-%dT%H:%M:%S.000000Z"), "status": None,
    }  # fmt: skip
    return Record("activities", f"t-{kind}-{minutes}", plain | values, "all")


def exported(google: GoogleBench, *records: Record) -> list[tuple[str, str, str]]:
    google.crm = replace(google.crm, more=records)
    google.sync_crm()
    query = "SELECT kind, split_part(activity_id, ':', 1), opportunity_id FROM activities ORDER BY 1, 2, 3"
    return google.installation.rows(query)


def test_a_meeting_the_crm_logged_too_counts_once_and_keeps_its_deal(logged: GoogleBench) -> None:
    found = exported(logged, log(logged, "meeting", 2, subject="Something else"))
    assert found == [("email", "google", None), ("meeting", "google", "du1")]
    query = "SELECT kind, match_method, counts FROM touchpoints ORDER BY kind"
    assert logged.installation.rows(query) == [("email", "contact role", True), ("meeting", "recorded", True)]


@pytest.mark.parametrize(
    ("values", "is_copy"),
    [
        ({"subject": "[out] Re: Terms", "direction": "outbound"}, True),
        ({"subject": "Other words", "participants": BUYER}, True),
        ({"subject": "Other words", "participants": STRANGER}, False),
        ({"subject": "Terms", "direction": "inbound"}, False),
        ({"subject": "Terms", "user_id": "u2"}, False),
        ({"subject": "Terms", "start_at": "2026-03-01"}, True),
        ({"subject": "Other", "start_at": "2026-03-01", "participants": BUYER}, False),
        ({"subject": None, "participants": None}, False),
    ],
)
def test_when_a_mail_of_the_crm_is_the_mailboxs(
    logged: GoogleBench, values: dict[str, str | None], is_copy: bool
) -> None:
    logged.crm = replace(logged.crm, more=(log(logged, "email", 3, **values),))
    logged.installation.read(logged.crm)
    rows = activities_csv(logged.installation)
    assert sum(",email," in row for row in rows) == (1 if is_copy else 2)
    assert any(row.startswith("google:mail") and ",du1," in row for row in rows) is is_copy


@pytest.mark.slow
def test_what_is_an_hour_away_is_another_meeting(logged: GoogleBench) -> None:
    assert exported(logged, log(logged, "meeting", 60))[1:] == [("meeting", "crm", "du1"), ("meeting", "google", None)]


def test_a_copy_brings_its_text_and_its_other_deals(logged: GoogleBench) -> None:
    record = log(logged, "meeting", 0, opportunity_id=None, deal_ids="du1;du2", body="They said yes")
    logged.crm = replace(logged.crm, more=(record,))
    logged.installation.read(logged.crm)
    meetings = [row for row in activities_csv(logged.installation) if ",meeting," in row]
    assert [("du1" in row, "du2" in row, "They said yes" in row) for row in meetings] == [
        (True, False, True), (False, True, True)
    ]  # fmt: skip


def test_mail_with_strangers_stays_out_of_the_pipeline_until_the_crm_knows_them(google: GoogleBench) -> None:
    google.send(STRANGER)
    google.receive("mum@gmail.com")
    google.send("anybody@buyer.example", days_ago=0.5)
    google.read()
    assert len(google.staged("id")) == 3
    assert len(activities_csv(google.installation)) == 1
    friend = Record("contacts", "c9", {"contact_id": "c9", "account_id": "au1", "email": "mum@gmail.com"}, "all")
    google.crm = replace(google.crm, more=(friend,))
    google.installation.read(google.crm)
    assert sorted("mum@gmail.com" in row for row in activities_csv(google.installation)) == [False, True]


def test_free_mail_is_matched_by_its_whole_address_only(google: GoogleBench) -> None:
    friend = Record("contacts", "c9", {"contact_id": "c9", "account_id": "au1", "email": "eva@gmail.com"}, "all")
    google.crm = replace(google.crm, more=(friend,))
    google.installation.read(google.crm)
    google.receive("eva@gmail.com")
    google.receive("stranger@gmail.com")
    google.read()
    assert len(activities_csv(google.installation)) == 1


def activities_csv(installation: Installation) -> list[str]:
    return installation.files()["activities.csv"].splitlines()[1:]


def test_names_of_colleagues_come_from_the_crm(google: GoogleBench) -> None:
    google.receive()
    google.read()
    [row] = activities_csv(google.installation)
    assert ",u1," in row
