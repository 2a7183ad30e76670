"""What goes wrong with one mailbox stays with that mailbox, is said in words, and leaves its facets unknown."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

pytest.importorskip("googleapiclient", reason="the extra `google` is not installed")

from bot.pipeline.sources import SourceMisconfigured
from bot.pipeline.sources.google import ConnectedAccounts, DelegatedAccounts
from bot.pipeline.sources.google.account import keep_token
from tests.pipeline.sources.google_bench import ANA, BEN, BUYER, GoogleBench, misconfigured
from tests.servers.google.login import SCOPE, Grant
from tests.servers.google.server import LocalGoogle

METADATA, EVENTS = f"{SCOPE}gmail.metadata", f"{SCOPE}calendar.events.readonly"


def test_one_closed_mailbox_keeps_no_other_from_being_read(google: GoogleBench) -> None:
    google.server.login.suspended.add(ANA)
    google.receive(to=BEN)
    status = google.sync()
    assert status.state == "partial"
    assert [line for line in status.problems if "is the account suspended?" in line]
    assert google.feed(status, BEN, "mail").connected
    assert not google.feed(status, ANA, "mail").connected
    sources = google.installation.rows("SELECT user_id, source, connected FROM sources ORDER BY ALL")
    assert ("u1", "mail", False) in sources
    assert ("u2", "mail", True) in sources


def test_a_missing_scope_costs_its_own_service_only(google: GoogleBench) -> None:
    google.read_one_by_one()
    google.server.login.delegated = {METADATA}
    google.receive()
    status = google.sync()
    assert status.state == "partial"
    [problem] = status.problems
    assert f"calendar of {ANA}, {BEN} is not read" in problem
    assert f"needs the scope {EVENTS}" in problem
    assert google.feed(status, ANA, "mail").connected
    assert len(google.touches()) == 1
    logins = google.server.login.logins
    google.read()
    assert google.server.login.logins - logins == 3  # two mailboxes, and one calendar to learn that all are closed


def test_the_mailbox_of_somebody_who_left_is_no_problem_to_mend(google: GoogleBench) -> None:
    google.receive()
    google.read()
    google.server.login.accounts.discard(ANA)
    google.crm = replace(google.crm, inactive=frozenset({ANA}))
    google.sync_crm()
    status = google.sync()
    assert (status.state, status.problems) == ("ok", [])
    feed = google.feed(status, ANA, "mail")
    assert (feed.connected, feed.last_sync is not None) == (False, True)
    assert "deleted" in str(feed.reason)
    assert len(google.touches()) == 1  # what was read while they were here stays


def test_an_account_without_gmail_is_closed_one_without_calendar_too(google: GoogleBench) -> None:
    google.server.without_service.add(ANA)
    run = google.read()
    assert len([line for line in run.problems if f"of {ANA} is not read" in line]) == 2


@pytest.mark.parametrize(("flaw", "said"), [("absent", "Google finds no mail"), ("nonsense", "does not understand")])
def test_an_answer_nobody_foresaw_stays_with_its_mailbox(google: GoogleBench, flaw: str, said: str) -> None:
    getattr(google.server, flaw).add(ANA)
    google.receive(to=BEN)
    run = google.read()
    assert [line for line in run.problems if said in line and ANA in line]
    assert google.staged("user_email") == [(BEN,)]
    getattr(google.server, flaw).clear()
    google.receive()
    assert google.read().problems == []
    assert len(google.staged("id")) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda server: setattr(server.login, "clock_offset", 4000.0), "clock wrong"),
        (lambda server: setattr(server.login, "key_is_valid", False), "make a new one"),
        (lambda server: setattr(server.login, "delegated", set()), "Domain-wide delegation"),
        (lambda server: setattr(server, "api_is_off", True), "enable Gmail API"),
    ],
)
def test_what_closes_everything_is_said_once_for_each_service(
    google: GoogleBench, change: Callable[[LocalGoogle], None], said: str
) -> None:
    change(google.server)
    status = google.sync()
    assert misconfigured(status)
    assert sum(said in line for line in status.problems) == 2


@pytest.mark.slow
def test_while_everything_is_closed_nothing_of_a_mailbox_is_known(google: GoogleBench) -> None:
    google.receive()
    google.sync()
    google.server.login.delegated.clear()
    assert misconfigured(google.sync())
    assert len(google.touches()) == 1  # the snapshot of before stands
    google.sync_crm()  # and the next one knows that nothing of the mailbox is known
    rows = google.installation.rows("SELECT connected FROM sources WHERE user_id = 'u1' AND source = 'mail'")
    assert rows == [(False,)]


def test_a_token_that_expires_on_the_way_is_asked_for_again(google: GoogleBench) -> None:
    google.receive()
    source = google.source()
    pages = source.changes({})
    for _ in range(3):
        next(pages)
    google.server.login.tokens.clear()
    assert not [page.problems for page in pages if page.problems]


@pytest.mark.slow
def test_slowing_down_is_obeyed_and_giving_up_keeps_the_last_day(google: GoogleBench) -> None:
    google.receive()
    google.read()
    google.server.too_fast = 3
    assert google.read().problems == []
    assert google.pauses[:1] == [0.0] or max(google.pauses) <= 60
    google.pauses.clear()
    google.read_one_by_one()
    google.server.silent_for.add(ANA)
    status = google.sync()
    assert status.state == "partial"
    feed = google.feed(status, ANA, "mail")
    assert (feed.connected, feed.last_sync) == (True, google.server.now - timedelta(seconds=60))
    mail, calendar = google.pauses[:7], google.pauses[7:]
    assert len(mail) == len(calendar) == 7
    assert mail == sorted(mail)
    assert sum(mail) > 60, "a limit by the minute is waited out"
    assert len([line for line in status.problems if ANA in line]) == 2


@pytest.mark.slow
def test_google_being_down_ends_the_run_and_the_next_one_goes_on(google: GoogleBench) -> None:
    google.receive()
    google.server.silent_for |= {ANA, BEN}
    status = google.sync()
    assert status.state == "failed"
    assert "goes on from here" in status.problems[-1]
    google.server.silent_for.clear()
    assert google.sync().state == "ok"


def test_a_spent_day_ends_the_run(google: GoogleBench) -> None:
    google.server.day_is_spent = True
    status = google.sync()
    assert (status.state, len(google.pauses)) == ("failed", 0)
    assert "calls of the day are spent" in status.problems[0]


def test_page_tokens_that_are_too_old_begin_the_list_again(google: GoogleBench) -> None:
    google.read_one_by_one()
    google.server.page_size = 2
    for number in range(5):
        google.receive(days_ago=number + 1)
        google.calendar().add(google.server.now + timedelta(hours=number), BUYER)
    source = google.source()
    places = [page.cursor for page in source.changes({})]
    google.server.pages.clear()
    half = next(place for place in places if place.get("mail", {}).get(ANA, {}).get("place", {}).get("page"))
    ids = [record.id for page in source.changes(half) for record in page.records if record.kind == "activities"]
    assert len(set(ids)) == 10


def test_people_who_connect_one_by_one(google: GoogleBench) -> None:
    folder = google.installation.home / "google"
    server = google.server.login
    for address, scopes in ((ANA, {METADATA, EVENTS}), (BEN, {METADATA})):
        server.refresh_tokens[f"1//{address}"] = Grant(address, frozenset(scopes))
        keep_token(folder, address, {
            "client_id": "c", "client_secret": "s", "refresh_token": f"1//{address}", "scopes": sorted(scopes),
            "token_uri": f"{google.url}/token",
        })  # fmt: skip
    assert oct((folder / f"{ANA}.json").stat().st_mode)[-3:] == "600"
    google.receive()
    run = google.read(google.source(accounts=ConnectedAccounts(folder)))
    assert run.problems == [
        f"calendar of {BEN} is not read: {BEN} did not grant {EVENTS}; run coach connect google again"
    ]
    del server.refresh_tokens[f"1//{ANA}"]
    run = google.read(google.source(accounts=ConnectedAccounts(folder)))
    assert [line for line in run.problems if f"the access {ANA} gave was withdrawn" in line]
    (folder / f"{BEN}.json").unlink()
    with pytest.raises(SourceMisconfigured):
        google.read(google.source(accounts=ConnectedAccounts(folder)))


@pytest.mark.parametrize("content", ["", "{}", '{"type": "service_account"}', "[1]"])
def test_a_key_that_is_none_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(content)
    with pytest.raises(SourceMisconfigured, match="GOOGLE_SERVICE_ACCOUNT_FILE"):
        DelegatedAccounts(path)


def test_a_key_may_not_send_its_secret_in_the_clear(tmp_path: Path, google: GoogleBench) -> None:
    key = json.loads(google.key_file.read_text()) | {"token_uri": "http://oauth2.example/token"}
    path = tmp_path / "other.json"
    path.write_text(json.dumps(key))
    with pytest.raises(SourceMisconfigured, match="https"):
        DelegatedAccounts(path)


def test_without_a_crm_there_is_nobody_to_read(google: GoogleBench) -> None:
    source = google.source()
    source._wanted = []
    with pytest.raises(SourceMisconfigured, match="sync that first"):
        source.describe()


def test_who_is_skipped_is_forgotten(google: GoogleBench) -> None:
    google.receive()
    google.receive(to=BEN)
    google.read()
    google.rules = google.rules.model_copy(update={"skip": (ANA,)})
    google.read()
    assert google.staged("user_email") == [(BEN,)]


@pytest.mark.slow
def test_the_owner_of_a_silent_mailbox_goes_stale_and_the_facets_unknown(google: GoogleBench) -> None:
    google.receive()
    google.read()
    google.server.silent_for.add(ANA)
    google.server.now += timedelta(hours=50)
    google.sync()
    [(last_sync,)] = google.installation.rows(
        "SELECT last_sync FROM sources WHERE user_id = 'u1' AND source = 'mail' AND connected"
    )
    assert google.server.now - last_sync.replace(tzinfo=UTC) > timedelta(hours=48)
