"""Salesforce's measured pitfalls, one a test, against a server that answers as Salesforce does."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.pipeline.sources import SourceMisconfigured
from bot.pipeline.sources.salesforce import Credentials, Org
from bot.pipeline.syncing import SyncState
from tests.pipeline.sources.conftest import SalesforceBench
from tests.pipeline.sources.workbench import RULES, Crash, Crashing

REP = "005REP"


def _keys(path: Path) -> tuple[Path, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = path / "server.key"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return file, public.decode()


def test_logs_in_with_a_signed_assertion(salesforce: SalesforceBench, tmp_path: Path) -> None:
    file, salesforce.server.public_key = _keys(tmp_path)
    source = salesforce.source(client_secret=None, username="integration@seller.example", private_key_file=file)
    assert salesforce.sync(source).state is SyncState.OK


def test_a_clock_that_is_wrong_is_named(salesforce: SalesforceBench, tmp_path: Path) -> None:
    file, salesforce.server.public_key = _keys(tmp_path)
    credentials = Credentials(
        salesforce.url, salesforce.server.client_id, username="integration@seller.example", private_key_file=file
    )
    late = Org(credentials, lambda: salesforce.org.now - timedelta(hours=1))
    with pytest.raises(SourceMisconfigured, match="refused the login"):
        late.fields_of("Opportunity")


def test_logs_in_with_user_name_and_password(salesforce: SalesforceBench) -> None:
    source = salesforce.source(username="integration@seller.example", password="word+token")
    assert salesforce.sync(source).state is SyncState.OK


def test_a_wrong_password_says_what_to_check_and_leaves_the_data(salesforce: SalesforceBench) -> None:
    salesforce.sync()
    status = salesforce.sync(salesforce.source(username="integration@seller.example", password="wrong"))
    assert status.state is SyncState.FAILED
    assert "security token" in status.problems[0]
    assert status.last_success_at is not None
    assert status.last_success_at < status.started_at
    assert salesforce.deals("name") == ["Rollout"]


def test_nothing_is_sent_in_the_clear() -> None:
    with pytest.raises(SourceMisconfigured, match="https"):
        Org(Credentials("http://login.salesforce.example", "key", "secret"), lambda: None)  # type: ignore[arg-type, return-value]


def test_an_expired_session_is_renewed_in_the_middle(salesforce: SalesforceBench) -> None:
    source = salesforce.source()
    salesforce.sync(source)
    salesforce.server.expire_sessions()
    assert salesforce.sync(source).state is SyncState.OK


def test_a_removed_field_is_named_and_unknown_for_every_deal(salesforce: SalesforceBench) -> None:
    salesforce.sync()
    salesforce.server.hidden.add(("Opportunity", "Amount"))
    status = salesforce.sync()
    assert status.state is SyncState.PARTIAL
    assert "Opportunity.Amount (amount)" in status.problems[0]
    assert salesforce.deals("amount") == [None]
    salesforce.server.hidden.clear()
    assert salesforce.sync().state is SyncState.OK
    assert salesforce.deals("amount") == [1000.0]


def test_a_new_custom_field_is_read_for_deals_that_did_not_change(salesforce: SalesforceBench) -> None:
    salesforce.sync()
    salesforce.org.custom_fields["Opportunity"] = {"Metrics__c": "textarea", "Region__c": "string"}
    salesforce.org.tables["Opportunity"][salesforce.deal] |= {"Metrics__c": "Saves 40 hours", "Region__c": "North"}
    ours = RULES.salesforce.model_copy(
        update={"command_plan": {"metrics": "Metrics__c"}, "custom": {"Sales region": "Region__c"}}
    )
    salesforce.rules = RULES.model_copy(update={"salesforce": ours})
    salesforce.org.tick(86_400)
    assert salesforce.sync().state is SyncState.OK
    assert salesforce.installation.rows("SELECT field, text FROM command_plans") == [("metrics", "Saves 40 hours")]
    assert salesforce.deals("custom::JSON ->> 'Sales region'") == ["North"]


def test_activities_nobody_may_read_are_unknown_and_not_zero(salesforce: SalesforceBench) -> None:
    salesforce.org.create("Task", OwnerId=REP, WhatId=salesforce.deal, IsClosed=True, TaskSubtype="Call")
    salesforce.sync()
    connected = "SELECT source, connected FROM sources ORDER BY source"
    assert salesforce.installation.rows(connected) == [("calendar", True), ("calls", True), ("mail", True)]
    salesforce.server.absent |= {"Task", "Event"}
    status = salesforce.sync()
    assert any(warning.startswith("Task cannot be read") for warning in status.warnings)
    assert salesforce.installation.rows(connected) == [("calendar", False), ("calls", False), ("mail", False)]


def test_without_the_deals_themselves_the_sync_fails(salesforce: SalesforceBench) -> None:
    salesforce.server.absent.add("Opportunity")
    status = salesforce.sync()
    assert status.state is SyncState.FAILED
    assert "View All on Opportunities" in status.problems[0]


def test_a_row_published_late_with_an_old_stamp_is_found(salesforce: SalesforceBench) -> None:
    salesforce.org.create("Account", Name="Newer")
    salesforce.sync()
    salesforce.org.lateness = timedelta(minutes=10)
    salesforce.org.create("Opportunity", Name="Late", OwnerId=REP, StageName="Discovery")
    salesforce.sync()
    assert salesforce.deals("name") == ["Late", "Rollout"]


def test_rows_that_share_the_stamp_of_the_cursor_are_found(salesforce: SalesforceBench) -> None:
    rules = RULES.model_copy(update={"overlap_minutes": 1})
    salesforce.rules = rules
    salesforce.installation.sync(salesforce.source())
    stamp = salesforce.org.tables["Opportunity"][salesforce.deal]["SystemModstamp"]
    twin = salesforce.org.create("Opportunity", Name="Twin", OwnerId=REP, StageName="Discovery")
    salesforce.org.tables["Opportunity"][twin]["SystemModstamp"] = stamp
    salesforce.installation.sync(salesforce.source())
    assert salesforce.deals("name") == ["Rollout", "Twin"]


def test_history_rows_of_one_stage_are_one_visit_and_their_dates_are_changes(salesforce: SalesforceBench) -> None:
    salesforce.org.tick(86_400)
    salesforce.org.update("Opportunity", salesforce.deal, CloseDate="2026-11-30")
    salesforce.org.tick(86_400)
    salesforce.org.update("Opportunity", salesforce.deal, StageName="Discovery")
    salesforce.sync()
    assert salesforce.installation.rows("SELECT stage FROM stage_visits ORDER BY position") == [
        ("Qualification",), ("Discovery",),
    ]  # fmt: skip
    assert salesforce.installation.rows("SELECT field, old, new FROM field_history") == [
        ("close_date", "2026-09-30", "2026-11-30")
    ]


def test_a_change_of_owner_comes_from_field_history(salesforce: SalesforceBench) -> None:
    other = salesforce.org.create("User", Name="Ken Sato", UserType="Standard", Email="ken@seller.example")
    salesforce.org.update("Opportunity", salesforce.deal, OwnerId=other)
    salesforce.sync()
    assert salesforce.installation.rows("SELECT old, new FROM field_history") == [(REP, other)]


def test_without_history_objects_changes_are_observed_at_each_sync(salesforce: SalesforceBench) -> None:
    salesforce.server.absent |= {"OpportunityHistory", "OpportunityFieldHistory"}
    other = salesforce.org.create("User", Name="Ken Sato", UserType="Standard", Email="ken@seller.example")
    salesforce.sync()
    assert salesforce.installation.rows("SELECT stage FROM stage_visits") == []
    salesforce.org.tick(86_400)
    salesforce.org.update("Opportunity", salesforce.deal, StageName="Discovery", OwnerId=other)
    salesforce.sync()
    salesforce.sync()
    today = salesforce.org.now.date()
    assert salesforce.installation.rows("SELECT stage, entered_on FROM stage_visits") == [("Discovery", today)]
    assert salesforce.installation.rows("SELECT field, old, new FROM field_history") == [("owner_id", REP, other)]


@pytest.mark.parametrize("address", ["OpportunityHistory/describe", "q=SELECT+Id%2C+OpportunityId%2C+StageName"])
def test_a_query_that_times_out_is_a_problem_and_the_rest_goes_on(salesforce: SalesforceBench, address: str) -> None:
    salesforce.server.fail(address, 400, "QUERY_TIMEOUT", times=9)
    status = salesforce.sync()
    assert status.state is SyncState.PARTIAL
    assert "QUERY_TIMEOUT" in status.problems[0]
    assert salesforce.deals("name") == ["Rollout"]


def test_a_short_outage_is_waited_for(salesforce: SalesforceBench) -> None:
    salesforce.server.fail("/query/?q=SELECT+Id%2C+Name%2C+Email", 503, times=1)
    assert salesforce.sync().state is SyncState.OK


def test_an_answer_whose_place_was_lost_is_asked_for_again(salesforce: SalesforceBench) -> None:
    salesforce.server.batch_size = 2
    for number in range(7):
        salesforce.org.tick()
        salesforce.org.create("Account", Name=f"Account {number}")
    salesforce.server.fail("/query/01g", 400, "INVALID_QUERY_LOCATOR", times=2)
    assert salesforce.sync().state is SyncState.OK
    with_accounts = salesforce.installation.files()["opportunities.csv"]
    assert "Northwind" in with_accounts
    assert len(salesforce.server.queries) > len({query.split(" WHERE ")[0] for query in salesforce.server.queries})


def test_stops_before_the_days_calls_are_spent_and_goes_on_the_next_day(salesforce: SalesforceBench) -> None:
    salesforce.server.calls_a_day, salesforce.server.calls_used = 100, 72
    status = salesforce.sync()
    assert status.state is SyncState.FAILED
    assert "API calls of the day are spent" in status.problems[0]
    assert salesforce.server.calls_used <= 91
    salesforce.server.calls_used = 0
    assert salesforce.sync().state is SyncState.OK
    assert salesforce.deals("name") == ["Rollout"]


def test_deleted_restored_and_purged_deals(salesforce: SalesforceBench) -> None:
    other = salesforce.org.create("Opportunity", Name="Other", OwnerId=REP, StageName="Discovery")
    salesforce.sync()
    salesforce.org.delete("Opportunity", salesforce.deal)
    salesforce.sync()
    assert salesforce.deals("name") == ["Other"]
    salesforce.org.undelete("Opportunity", salesforce.deal)
    salesforce.sync()
    assert salesforce.deals("name") == ["Other", "Rollout"]
    assert salesforce.installation.rows("SELECT count(*) FROM stage_visits") == [(2,)]
    salesforce.org.purge("Opportunity", other)
    salesforce.sync()
    assert salesforce.deals("name") == ["Other", "Rollout"]  # nobody can be asked what was purged
    salesforce.sync(full=True)
    assert salesforce.deals("name") == ["Rollout"]


def test_what_was_not_read_whole_for_long_is_read_whole(salesforce: SalesforceBench) -> None:
    salesforce.sync()
    salesforce.org.tick(86_400 * 15)
    assert salesforce.sync().full


def test_a_dry_run_reads_and_writes_nothing(salesforce: SalesforceBench) -> None:
    salesforce.sync()
    salesforce.org.update("Opportunity", salesforce.deal, Name="Renamed")
    status = salesforce.sync(dry_run=True)
    assert status.read["opportunities"] == 1
    assert salesforce.deals("name") == ["Rollout"]
    salesforce.sync()
    assert salesforce.deals("name") == ["Renamed"]


def test_a_full_reading_that_dies_goes_on_and_still_finds_what_is_gone(salesforce: SalesforceBench) -> None:
    other = salesforce.org.create("Opportunity", Name="Other", OwnerId=REP, StageName="Discovery")
    salesforce.sync()
    salesforce.org.purge("Opportunity", other)
    with pytest.raises(Crash):
        salesforce.installation.sync(Crashing(salesforce.source(), 9), full=True)
    status = salesforce.sync()
    assert not status.full
    assert salesforce.deals("name") == ["Rollout"]


def test_tasks_are_touches_only_when_the_crm_says_so(salesforce: SalesforceBench) -> None:
    deal = {"OwnerId": REP, "WhatId": salesforce.deal, "ActivityDate": "2026-03-02"}
    salesforce.org.create("Task", TaskSubtype="Call", IsClosed=True, **deal)
    salesforce.org.create("Task", TaskSubtype="Call", IsClosed=False, **deal)
    salesforce.org.create("Task", Type="LinkedIn", IsClosed=True, **deal)
    salesforce.org.create("Task", TaskSubtype="Email", Subject="[Out] Hello", IsClosed=True, **deal)
    salesforce.org.create("Task", TaskSubtype="Task", IsRecurrence=True, **deal)
    salesforce.sync()
    kinds = salesforce.installation.rows("SELECT kind, direction FROM activities ORDER BY kind, direction")
    assert kinds == [("call", None), ("email", "outbound"), ("task", None), ("task", None)]
