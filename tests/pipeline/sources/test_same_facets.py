"""The same deals by CSV, from Salesforce and from HubSpot are the same facets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.pipeline.service import Pipeline, PipelineRules
from bot.pipeline.store import SnapshotStore
from tests.pipeline.csv_folders import Imported, folder
from tests.pipeline.sources.conftest import HubSpotBench, SalesforceBench
from tests.pipeline.sources.workbench import PLAYBOOK

AS_OF = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
OPENED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MOVES = ((20, "Discovery", 40_000), (45, "Solution", 40_000), (60, "Solution", 52_000))
CLOSE = "2026-04-10"

USERS = "user_id,name,email\nana,Ana Ruiz,ana@seller.example\n"
DEAL = (
    "opportunity_id,name,account_id,account_name,owner_id,type,stage,amount,close_date,created_at,next_step\n"
    f"d1,Rollout,a1,Northwind,ana,New Business,Solution,52000,{CLOSE},2026-01-05T09:00:00Z,Send terms\n"
)
STAGE_HISTORY = (
    "opportunity_id,stage,entered_at\nd1,Qualification,2026-01-05T09:00:00Z\n"
    "d1,Discovery,2026-01-25T09:00:00Z\nd1,Solution,2026-02-19T09:00:00Z\n"
)
FIELD_HISTORY = "opportunity_id,field,old,new,at\nd1,amount,40000,52000,2026-03-06T09:00:00Z\n"
CONTACTS = "contact_id,account_id,name,title,email\nc1,a1,Eva Berg,CFO,eva@northwind.example\n"
ROLES = "opportunity_id,contact_id,role\nd1,c1,Champion\n"
ACTIVITIES = """\
activity_id,opportunity_id,user_id,kind,direction,start_at,end_at,status,participants
1,d1,ana,call,,2026-03-18T10:00:00Z,2026-03-18T10:10:00Z,,eva@northwind.example
2,d1,ana,meeting,,2026-03-12T09:00:00Z,2026-03-12T10:00:00Z,confirmed,eva@northwind.example
3,d1,ana,meeting,,2026-03-26T09:00:00Z,2026-03-26T10:00:00Z,confirmed,eva@northwind.example
4,d1,ana,email,inbound,2026-03-17T08:00:00Z,,,eva@northwind.example
5,d1,ana,task,,2026-03-19T08:00:00Z,,,
"""


def facets(store: SnapshotStore) -> dict[str, Any]:
    """Return everything measured of the one deal, without the ids each CRM gives."""
    pipeline = Pipeline(store.open_current().con, PipelineRules.load(PLAYBOOK))
    [row] = pipeline.facet_rows(AS_OF)
    return {key: value for key, value in row.items() if key not in ("id", "owner")}


def by_csv(path: Path) -> dict[str, Any]:
    files = {
        "users": USERS, "opportunities": DEAL, "stage_history": STAGE_HISTORY, "field_history": FIELD_HISTORY,
        "contacts": CONTACTS, "contact_roles": ROLES, "activities": ACTIVITIES,
    }  # fmt: skip
    imported = Imported(folder(path / "csv", **files))
    assert imported.report.ok
    return facets(imported.store)


def by_salesforce(bench: SalesforceBench) -> dict[str, Any]:
    org = bench.org
    for table in ("Opportunity", "OpportunityHistory", "Account", "User"):
        org.tables[table].clear()
    org.now = OPENED
    ana = org.create("User", Name="Ana Ruiz", Email="ana@seller.example", UserType="Standard", IsActive=True)
    account = org.create("Account", Name="Northwind")
    contact = org.create("Contact", Name="Eva Berg", Title="CFO", AccountId=account, Email="eva@northwind.example")
    deal = org.create(
        "Opportunity", Name="Rollout", AccountId=account, OwnerId=ana, StageName="Qualification", Amount=40000.0,
        CloseDate=CLOSE, Type="New Business", NextStep="Send terms",
    )  # fmt: skip
    org.create("OpportunityContactRole", OpportunityId=deal, ContactId=contact, Role="Champion")
    for days, stage, amount in MOVES:
        org.now = OPENED + timedelta(days=days)
        org.update("Opportunity", deal, StageName=stage, Amount=float(amount))
    filed = {"OwnerId": ana, "WhatId": deal, "WhoId": contact}
    done = {"IsClosed": True}
    org.create(
        "Task", TaskSubtype="Call", CompletedDateTime="2026-03-18T10:00:00.000+0000", CallDurationInSeconds=600.0,
        **filed, **done,
    )  # fmt: skip
    for day in ("12", "26"):
        org.create(
            "Event", StartDateTime=f"2026-03-{day}T09:00:00.000+0000", EndDateTime=f"2026-03-{day}T10:00:00.000+0000",
            **filed,
        )  # fmt: skip
    mail = org.create("Task", TaskSubtype="Email", CompletedDateTime="2026-03-17T08:00:00.000+0000", **filed, **done)
    org.create("EmailMessage", ActivityId=mail, Incoming=True, FromAddress="eva@northwind.example")
    org.create("Task", CompletedDateTime="2026-03-19T08:00:00.000+0000", OwnerId=ana, WhatId=deal, **done)
    org.now = AS_OF
    assert not bench.sync().problems
    return facets(bench.installation.store)


def by_hubspot(bench: HubSpotBench) -> dict[str, Any]:
    portal = bench.portal
    portal.objects["deals"].clear()
    portal.owners[0]["lastName"] = "Ruiz"
    portal.pipelines[0]["stages"][2]["label"] = "Solution"
    portal.now = OPENED
    company = portal.create("companies", name="Northwind")
    contact = portal.create(
        "contacts", firstname="Eva", lastname="Berg", jobtitle="CFO", email="eva@northwind.example",
        associatedcompanyid=company,
    )  # fmt: skip
    deal = portal.create(
        "deals", dealname="Rollout", dealstage="s1", hubspot_owner_id="1", amount="40000", dealtype="newbusiness",
        closedate=f"{CLOSE}T00:00:00Z", hs_next_step="Send terms",
    )  # fmt: skip
    portal.link(("deals", deal), ("companies", company), "Primary")
    portal.link(("deals", deal), ("contacts", contact), "Champion")
    for days, stage, amount in MOVES:
        portal.now = OPENED + timedelta(days=days)
        portal.update("deals", deal, dealstage={"Discovery": "s2", "Solution": "s3"}[stage], amount=str(amount))
    owner = {"hubspot_owner_id": "1"}
    made = [
        ("calls", portal.create("calls", hs_timestamp="2026-03-18T10:00:00Z", hs_call_duration="600000", **owner)),
        ("emails", portal.create(
            "emails", hs_timestamp="2026-03-17T08:00:00Z", hs_email_direction="INCOMING_EMAIL",
            hs_email_from_email="eva@northwind.example", hs_email_to_email="ana@seller.example", **owner)),
        ("tasks", portal.create("tasks", hs_timestamp="2026-03-19T08:00:00Z", **owner)),
        *(("meetings", portal.create(
            "meetings", hs_meeting_start_time=f"2026-03-{day}T09:00:00Z",
            hs_meeting_end_time=f"2026-03-{day}T10:00:00Z", hs_meeting_outcome="SCHEDULED", **owner))
          for day in ("12", "26")),
    ]  # fmt: skip
    for kind, engagement in made:
        portal.link((kind, engagement), ("deals", deal))
        if kind != "tasks":
            portal.link((kind, engagement), ("contacts", contact))
    portal.now = AS_OF
    assert not bench.sync().problems
    return facets(bench.installation.store)


def test_three_ways_of_reading_the_same_deal_agree(
    tmp_path: Path, salesforce: SalesforceBench, hubspot: HubSpotBench
) -> None:
    salesforce.installation.home = tmp_path / "salesforce"
    hubspot.installation.home = tmp_path / "hubspot"
    expected = by_csv(tmp_path)
    assert expected["days_in_stage"] == 29
    assert expected["touches_last_14"] == 2
    assert expected["inbound_last_14"] == 1
    assert expected["contacts_engaged"] == 1
    assert by_salesforce(salesforce) == expected
    assert by_hubspot(hubspot) == expected
