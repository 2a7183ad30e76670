"""Live sources by the clock: when due, never twice at once, one failure apart from the others, and said to people."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from typer.testing import CliRunner

import bot.cli.connect
import bot.cli.sync  # noqa: F401 - two commands: one alone would be the whole program
from bot.cli import app
from bot.coach.live_sources import lines_of, source_lines
from bot.jobs import sync as syncing_job
from bot.jobs.sync import sync_due_sources, sync_source
from bot.pipeline.sources import SourceMisconfigured
from bot.pipeline.syncing import FeedStatus, SyncRunning, SyncState, SyncStatus, read_status
from bot.runtime import Runtime
from bot.settings import Settings
from tests.pipeline.sources.conftest import SalesforceBench

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def opened(tmp_path: Path, salesforce: SalesforceBench) -> Callable[..., Runtime]:
    """Opens an installation that reads the local Salesforce; several share the memory if asked to."""

    def open_one(home: str = "home", **settings: Any) -> Runtime:
        given = {
            "COACH_HOME": tmp_path / home,
            "COACH_MEMORY_URL": f"sqlite:///{tmp_path / 'shared.db'}",
            "SALESFORCE_LOGIN_URL": salesforce.url,
            "SALESFORCE_CLIENT_ID": salesforce.server.client_id,
            "SALESFORCE_CLIENT_SECRET": salesforce.server.client_secret,
        }
        return Runtime(Settings(_env_file=None, **(given | settings)))

    return open_one


def test_a_source_is_read_when_its_time_has_come(opened: Callable[..., Runtime], salesforce: SalesforceBench) -> None:
    runtime, org = opened(), salesforce.org
    [first] = sync_due_sources(runtime, lambda: org.now)
    assert (first.state, first.full) == (SyncState.OK, True)
    org.tick(29 * 60)
    assert sync_due_sources(runtime, lambda: org.now) == []
    org.tick(60)
    [second] = sync_due_sources(runtime, lambda: org.now)
    assert (second.state, second.full) == (SyncState.OK, False)


def test_one_source_that_fails_keeps_no_other_from_being_read(
    opened: Callable[..., Runtime], salesforce: SalesforceBench
) -> None:
    runtime = opened(COACH_WAREHOUSE_URL="nonsense://nowhere", GOOGLE_SERVICE_ACCOUNT_FILE="/nowhere/key.json")
    done = {status.source: status for status in sync_due_sources(runtime, lambda: salesforce.org.now)}
    assert done["salesforce"].state is SyncState.OK
    assert done["warehouse"].state is done["google"].state is SyncState.FAILED
    kept = read_status(runtime.settings.sources_dir, "google")
    assert kept is not None
    assert kept.last_failure_at == salesforce.org.now
    assert "GOOGLE_SERVICE_ACCOUNT_FILE" in str(kept.last_failure)


@pytest.mark.slow
def test_two_replicas_never_read_a_source_at_once(opened: Callable[..., Runtime], salesforce: SalesforceBench) -> None:
    one, other = opened("one"), opened("other")
    refused = []

    def meanwhile(_: str, __: int) -> None:
        if not refused:
            with pytest.raises(SyncRunning):
                sync_source(other, "salesforce", lambda: salesforce.org.now)
            refused.append(sync_due_sources(other, lambda: salesforce.org.now))

    assert sync_source(one, "salesforce", lambda: salesforce.org.now, progress=meanwhile).state is SyncState.OK
    assert refused == [[]]
    [status] = sync_due_sources(other, lambda: salesforce.org.now)  # its turn comes as soon as the first is done
    assert status.state is SyncState.OK


@pytest.mark.slow
def test_a_process_that_died_holds_nobody_up_for_long(
    opened: Callable[..., Runtime], salesforce: SalesforceBench
) -> None:
    runtime, org = opened(), salesforce.org
    runtime.memory.leases.take("sync salesforce", "dead", org.now, syncing_job.LEASE)
    assert sync_due_sources(runtime, lambda: org.now) == []
    org.tick(syncing_job.LEASE.total_seconds())
    assert [status.state for status in sync_due_sources(runtime, lambda: org.now)] == [SyncState.OK]


def test_a_reading_that_is_stopped_goes_on_where_it_was(
    opened: Callable[..., Runtime], salesforce: SalesforceBench
) -> None:
    runtime, org = opened(), salesforce.org
    stop = Event()
    stop.set()
    assert sync_due_sources(runtime, lambda: org.now, stop) == []
    assert read_status(runtime.settings.sources_dir, "salesforce").state is SyncState.RUNNING  # type: ignore[union-attr]
    org.tick(HALF_HOUR.total_seconds())
    [status] = sync_due_sources(runtime, lambda: org.now, Event())
    assert (status.state, status.full) == (SyncState.OK, False)


def test_the_last_error_stays_known_when_all_is_well_again(
    opened: Callable[..., Runtime], salesforce: SalesforceBench
) -> None:
    runtime, org = opened(), salesforce.org
    secret, salesforce.server.client_secret = salesforce.server.client_secret, "changed"
    failed = sync_source(runtime, "salesforce", lambda: org.now)
    salesforce.server.client_secret = secret
    org.tick(60)
    status = sync_source(runtime, "salesforce", lambda: org.now)
    assert (status.state, status.last_success_at) == (SyncState.OK, org.now)
    assert (status.last_failure_at, status.last_failure) == (failed.finished_at, failed.problems[0])


def test_status_on_the_command_line(
    opened: Callable[..., Runtime], salesforce: SalesforceBench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    runtime = opened()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COACH_HOME", str(runtime.settings.home))
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat-1")
    sync_source(runtime, "salesforce", lambda: salesforce.org.now)
    said = CliRunner().invoke(app, ["sync", "--status"]).output
    assert "never read" in said
    assert f"{salesforce.org.now:%Y-%m-%d %H:%M} UTC" in said
    nothing = CliRunner().invoke(app, ["sync"])
    assert (nothing.exit_code, "--status" in nothing.output) == (2, True)


def status(state: SyncState = SyncState.OK, **more: Any) -> SyncStatus:
    times = {"started_at": NOON, "finished_at": NOON, "last_success_at": NOON}
    return SyncStatus(source="google", state=state, **(times | more))


def test_home_says_when_a_source_was_read_and_when_it_is_next() -> None:
    now = NOON + timedelta(minutes=10)
    lines = source_lines([status()], ["google", "hubspot"], HALF_HOUR, None, now)
    assert [(line.text, line.is_well) for line in lines] == [
        ("google: read 12:00 UTC, next 12:30 UTC", True),
        ("hubspot: never read, next within minutes", False),
    ]  # fmt: skip
    [line] = source_lines([status(SyncState.FAILED)], ["google"], timedelta(0), None, now + timedelta(days=1))
    assert (line.text, line.is_well) == (
        "google: could not be read 2 Mar 12:00 UTC, last whole reading 2 Mar 12:00 UTC",
        False,
    )


def test_home_tells_people_of_their_own_mailbox_only() -> None:
    feeds = [
        FeedStatus(address="ana@seller.example", feed="mail", connected=False, reason="revoked"),
        FeedStatus(address="ben@seller.example", feed="mail", connected=False, reason="suspended"),
    ]
    lines = source_lines([status(SyncState.PARTIAL, feeds=feeds)], ["google"], HALF_HOUR, "Ana@seller.example", NOON)
    assert [line.text for line in lines][1:] == ["Your mail is not read: revoked"]


def test_home_asks_anew_each_time(opened: Callable[..., Runtime], salesforce: SalesforceBench) -> None:
    runtime = opened()
    lines = lines_of(runtime.settings)
    assert not lines(None, salesforce.org.now)[0].is_well
    sync_source(runtime, "salesforce", lambda: salesforce.org.now)
    assert lines(None, salesforce.org.now)[0].is_well


def test_an_unknown_source_is_a_mistake(opened: Callable[..., Runtime]) -> None:
    with pytest.raises(SourceMisconfigured, match="google"):
        sync_source(opened(), "pipedrive", lambda: NOON)
