"""HubSpot's measured pitfalls, one a test, against a server that answers as HubSpot does."""

import pytest

from bot.pipeline.sources.hubspot import Portal
from bot.pipeline.sources.hubspot.changed import changed_since
from bot.pipeline.syncing import SyncState
from tests.pipeline.sources.conftest import HubSpotBench
from tests.pipeline.sources.workbench import RULES


def test_a_revoked_token_says_what_to_do_and_leaves_the_data(hubspot: HubSpotBench) -> None:
    hubspot.sync()
    status = hubspot.sync(hubspot.source("pat-revoked"))
    assert status.state is SyncState.FAILED
    assert "HUBSPOT_ACCESS_TOKEN" in status.problems[0]
    assert hubspot.deals("name") == ["Rollout"]


def test_a_missing_scope_makes_mail_unknown_and_the_rest_goes_on(hubspot: HubSpotBench) -> None:
    hubspot.server.without_scopes.add("sales-email-read")
    status = hubspot.sync()
    assert status.state is SyncState.PARTIAL
    assert "sales-email-read" in status.problems[0]
    assert hubspot.installation.rows("SELECT source, connected FROM sources ORDER BY source") == [
        ("calendar", True), ("calls", True), ("mail", False),
    ]  # fmt: skip


def test_more_changes_than_a_search_may_answer_are_all_found(
    hubspot: HubSpotBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("portal", "changed"):
        monkeypatch.setattr(f"bot.pipeline.sources.hubspot.{place}.PAGE", 5)
    hubspot.server.search_cap = 10
    made = {hubspot.portal.create("contacts", firstname=f"At once {number}") for number in range(23)}
    for number in range(12):
        hubspot.portal.tick()
        made.add(hubspot.portal.create("contacts", firstname=f"Later {number}"))
    portal = Portal("pat-local", hubspot.url)
    found = {row["id"] for page in changed_since(portal, "contacts", "lastmodifieddate", None) for row in page}
    assert found == made


def test_a_changed_deal_keeps_its_associations(hubspot: HubSpotBench) -> None:
    company = hubspot.portal.create("companies", name="Northwind")
    contacts = [hubspot.portal.create("contacts", email=f"b{n}@northwind.example") for n in range(5)]
    hubspot.portal.link(("deals", hubspot.deal), ("companies", company), "Primary")
    for contact in contacts:
        hubspot.portal.link(("deals", hubspot.deal), ("contacts", contact), "Champion")
    hubspot.sync()
    hubspot.portal.update("deals", hubspot.deal, amount="5000")
    hubspot.sync()
    assert hubspot.deals("account_name") == ["Northwind"]
    assert hubspot.installation.rows("SELECT role, count(*) FROM contact_roles GROUP BY 1") == [("Champion", 5)]


def test_stage_history_is_property_history_in_the_names_of_the_pipeline(hubspot: HubSpotBench) -> None:
    hubspot.portal.tick(86_400)
    hubspot.portal.update("deals", hubspot.deal, dealstage="s2")
    hubspot.portal.tick(86_400)
    hubspot.portal.update("deals", hubspot.deal, dealstage="won")
    hubspot.sync()
    assert [stage for (stage,) in hubspot.installation.rows("SELECT stage FROM stage_visits ORDER BY position")] == [
        "Qualification", "Discovery", "Closed Won",
    ]  # fmt: skip
    assert hubspot.deals("status") == ["won"]


def test_asked_to_slow_down_it_waits_and_goes_on(hubspot: HubSpotBench) -> None:
    hubspot.server.too_fast = 3
    assert hubspot.sync().state is SyncState.OK


def test_a_spent_day_stops_the_sync_and_the_next_goes_on(hubspot: HubSpotBench) -> None:
    hubspot.server.calls_a_day, hubspot.server.calls_used = 100, 80
    status = hubspot.sync()
    assert status.state is SyncState.FAILED
    assert "API calls of the day" in status.problems[0]
    hubspot.server.calls_used = 0
    assert hubspot.sync().state is SyncState.OK


def test_a_short_outage_is_waited_for(hubspot: HubSpotBench) -> None:
    hubspot.server.failures = [502]
    assert hubspot.sync().state is SyncState.OK


def test_archived_deals_go_and_restored_ones_return_though_no_stamp_moves(hubspot: HubSpotBench) -> None:
    other = hubspot.portal.create("deals", dealname="Other", hubspot_owner_id="1", dealstage="s1")
    hubspot.sync()
    hubspot.portal.archive("deals", other)
    hubspot.portal.tick(86_400)
    hubspot.sync()
    assert hubspot.deals("name") == ["Rollout"]
    hubspot.portal.restore("deals", other)
    hubspot.portal.tick(86_400)
    hubspot.sync()
    assert hubspot.deals("name") == ["Other", "Rollout"]


def test_a_removed_property_is_named_and_unknown(hubspot: HubSpotBench) -> None:
    hubspot.sync()
    hubspot.portal.missing.add(("deals", "amount"))
    status = hubspot.sync()
    assert status.state is SyncState.PARTIAL
    assert "amount" in status.problems[0]
    assert hubspot.deals("amount") == [None]


def test_people_of_the_playbook_win_over_the_crm(hubspot: HubSpotBench) -> None:
    hubspot.portal.owners.append({"id": "2", "email": "bo@seller.example", "firstName": "Bo", "archived": False})
    people = {"bo@seller.example": {"role": "manager"}, "Ana@Seller.example": {"manager": "bo@seller.example"}}
    hubspot.rules = RULES.model_validate(RULES.model_dump() | {"people": people})
    hubspot.sync()
    assert hubspot.installation.rows("SELECT user_id, role, manager_id FROM users ORDER BY 1") == [
        ("1", "rep", "2"), ("2", "manager", None),
    ]  # fmt: skip


def test_an_engagement_of_two_deals_belongs_to_each(hubspot: HubSpotBench) -> None:
    other = hubspot.portal.create("deals", dealname="Other", hubspot_owner_id="1", dealstage="s1")
    call = hubspot.portal.create(
        "calls", hs_timestamp="2026-03-02T10:00:00Z", hubspot_owner_id="1", hs_call_status="COMPLETED"
    )
    for deal in (hubspot.deal, other):
        hubspot.portal.link(("calls", call), ("deals", deal))
    hubspot.sync()
    assert hubspot.installation.rows("SELECT opportunity_id FROM activities ORDER BY 1") == [(hubspot.deal,), (other,)]
    hubspot.portal.unlink(("calls", call), ("deals", other))
    hubspot.sync()
    assert hubspot.installation.rows("SELECT opportunity_id FROM activities") == [(hubspot.deal,)]


@pytest.mark.parametrize(("stored", "day"), [("2026-09-30T00:00:00Z", 30), ("2026-09-30T23:30:00Z", 30)])
def test_a_close_date_at_midnight_is_a_day(hubspot: HubSpotBench, stored: str, day: int) -> None:
    hubspot.portal.update("deals", hubspot.deal, closedate=stored)
    hubspot.sync()
    assert [date.day for date in hubspot.deals("close_date")] == [day]
