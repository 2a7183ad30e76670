"""The whole product over a CRM that was synced: a local Salesforce or HubSpot, the real writer, the real app.

The same four people and one deal in both. The pipeline is synced once; each test has a server of its own, in the
state that was synced.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from block_limits import shown_text
from sample_house import MANIFEST

from bot.memory import CrmWrite, Memory
from bot.pipeline.sources import load_crm_rules, make_source
from bot.pipeline.syncing import Syncing, SyncState
from bot.resources import shipped
from bot.runtime import Runtime
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.local import LocalSlack, Message, User, View
from bot.slack.serve import connected
from bot.slack.services import Services
from tests.pipeline.sources.hubspot_life import pipeline as hubspot_pipeline
from tests.servers.hubspot.server import LocalHubSpot
from tests.servers.salesforce.server import LocalSalesforce

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANA, TOM, MIRA, OLGA = "ana", "tom", "mira", "olga"
"""The owner, a colleague, the manager of both, sales operations."""
STAGES = ("Qualification", "Discovery", "Commercial", "Closed Won", "Closed Lost")


@dataclass
class SalesforceCrm:
    """The one deal in a local Salesforce."""

    server: LocalSalesforce = field(default_factory=LocalSalesforce)
    title: str = "Salesforce"
    deal: str = "006HALDEN"
    fields: dict[str, str] = field(
        default_factory=lambda: {
            "next_step": "NextStep", "close_date": "CloseDate", "stage": "StageName", "metrics": "Metrics__c",
            "owner": "OwnerId",
        }
    )  # fmt: skip

    def __post_init__(self) -> None:
        org = self.server.org
        org.custom_fields["Opportunity"] = {"Metrics__c": "textarea"}
        titles = {ANA: None, TOM: None, MIRA: "Sales Manager", OLGA: "Sales Operations"}
        for name, words in titles.items():
            manager = self.user(MIRA) if name in (ANA, TOM) else None
            org.create(
                "User", Id=self.user(name), Name=f"{name.capitalize()} Ruiz", Email=f"{name}@seller.example",
                UserType="Standard", IsActive=True, Title=words, ManagerId=manager,
            )  # fmt: skip
        for order, stage in enumerate(STAGES):
            closed = stage.startswith("Closed")
            org.create(
                "OpportunityStage", ApiName=stage, MasterLabel=stage, IsActive=True, SortOrder=order, IsClosed=closed,
                IsWon=stage == "Closed Won",
            )  # fmt: skip
        account = org.create("Account", Name="Halden Mills")
        org.create(
            "Opportunity", Id=self.deal, Name="Halden Mills - Looms", AccountId=account, OwnerId=self.user(ANA),
            StageName="Discovery", Amount=90_000.0, CloseDate="2026-04-30", NextStep="Call Dana",
            Metrics__c="12 hours a week",
        )  # fmt: skip
        org.tick(3600)

    def user(self, name: str) -> str:
        return f"005{name.upper()}"

    def settings(self, url: str) -> dict[str, str]:
        return {
            "SALESFORCE_LOGIN_URL": url, "SALESFORCE_CLIENT_ID": "consumer-key",
            "SALESFORCE_CLIENT_SECRET": "consumer-secret",
        }  # fmt: skip

    def value(self, name: str) -> Any:
        return self.server.org.tables["Opportunity"][self.deal][self.fields[name]]

    def edit(self, **values: Any) -> None:
        """Somebody else changes the deal in the CRM itself."""
        self.server.org.tick(5)
        named = {self.fields[name]: value for name, value in values.items()}
        self.server.org.update("Opportunity", self.deal, **named)

    def close(self) -> None:
        self.server.org.tick(5)
        self.server.org.update("Opportunity", self.deal, StageName="Closed Won", IsClosed=True)

    def lose_permission(self) -> None:
        self.server.locked.add(self.deal)

    def down(self) -> None:
        self.server.fail("", 503, times=1000)

    def up(self) -> None:
        self.server.failures.clear()

    def added(self, target: str) -> list[str]:
        """The texts of the notes or tasks on the deal."""
        sobject, text = {"note": ("Note", "Body"), "task": ("Task", "Subject")}[target]
        return [row[text] for row in self.server.org.rows(sobject, with_deleted=False)]

    def edit_added(self, target: str) -> None:
        self.server.org.tick(5)
        sobject, text = {"note": ("Note", "Body"), "task": ("Task", "Subject")}[target]
        for row in self.server.org.rows(sobject, with_deleted=False):
            self.server.org.update(sobject, row["Id"], **{text: "edited"})

    @property
    def writes(self) -> int:
        kinds = ("PATCH", "DELETE", "POST /services/data")
        return sum(request.startswith(kinds) for request in self.server.requests)


@dataclass
class HubSpotCrm:
    """The one deal in a local HubSpot."""

    server: LocalHubSpot = field(default_factory=LocalHubSpot)
    title: str = "HubSpot"
    deal: str = "1002"
    fields: dict[str, str] = field(
        default_factory=lambda: {
            "next_step": "hs_next_step", "close_date": "closedate", "stage": "dealstage",
            "metrics": "closed_lost_reason", "owner": "hubspot_owner_id",
        }
    )  # fmt: skip
    _stages: dict[str, str] = field(
        default_factory=lambda: {"s1": "Qualification", "s2": "Discovery", "s3": "Commercial"}
    )

    def __post_init__(self) -> None:
        portal = self.server.portal
        portal.pipelines.append(hubspot_pipeline())
        for name in (ANA, TOM, MIRA, OLGA):
            portal.owners.append(
                {"id": self.user(name), "email": f"{name}@seller.example", "firstName": name.capitalize(),
                 "lastName": "Ruiz", "archived": False}
            )  # fmt: skip
        company = portal.create("companies", name="Halden Mills")
        deal = portal.create(
            "deals", dealname="Halden Mills - Looms", pipeline="default", hubspot_owner_id=self.user(ANA),
            dealstage="s2", amount="90000", closedate="2026-04-30T00:00:00Z", hs_next_step="Call Dana",
            closed_lost_reason="12 hours a week",
        )  # fmt: skip
        assert deal == self.deal
        portal.link(("deals", deal), ("companies", company), "Primary")
        portal.tick(3600)

    def user(self, name: str) -> str:
        return {ANA: "1", TOM: "2", MIRA: "3", OLGA: "4"}[name]

    def settings(self, url: str) -> dict[str, str]:
        return {"HUBSPOT_API_URL": url, "HUBSPOT_ACCESS_TOKEN": "pat-local"}

    def value(self, name: str) -> Any:
        said = self.server.portal.objects["deals"][self.deal]["properties"][self.fields[name]]
        if name == "close_date" and said:
            return said[:10]
        return self._stages.get(said, said) if name == "stage" else said

    def edit(self, **values: Any) -> None:
        """Somebody else changes the deal in the CRM itself."""
        self.server.portal.tick(5)
        keys = {label: key for key, label in self._stages.items()}
        named = {self.fields[name]: keys.get(value, value) for name, value in values.items()}
        self.server.portal.update("deals", self.deal, **named)

    def close(self) -> None:
        self.server.portal.tick(5)
        self.server.portal.update("deals", self.deal, dealstage="won")

    def lose_permission(self) -> None:
        self.server.locked.add(self.deal)

    def down(self) -> None:
        self.server.failures += [503] * 1000

    def up(self) -> None:
        self.server.failures.clear()

    def added(self, target: str) -> list[str]:
        """The texts of the notes or tasks on the deal."""
        kind, text = {"note": ("notes", "hs_note_body"), "task": ("tasks", "hs_task_subject")}[target]
        rows = self.server.portal.objects[kind].values()
        return [row["properties"][text] for row in rows if not row["archived"]]

    def edit_added(self, target: str) -> None:
        self.server.portal.tick(5)
        kind, text = {"note": ("notes", "hs_note_body"), "task": ("tasks", "hs_task_body")}[target]
        for row in self.server.portal.objects[kind].values():
            self.server.portal.update(kind, row["id"], **{text: "edited"})

    @property
    def writes(self) -> int:
        posts = [f"POST /crm/v3/objects/{kind}" for kind in ("notes", "tasks", "deals")]
        return sum(request.startswith(("PATCH", "DELETE")) or request in posts for request in self.server.requests)


Crm = SalesforceCrm | HubSpotCrm
CRMS = {"salesforce": SalesforceCrm, "hubspot": HubSpotCrm}


def playbook(folder: Path) -> Path:
    """The shipped playbook, with a MEDDPPICC field mapped and the roles HubSpot does not know."""
    target = folder / "playbook"
    target.mkdir()
    for file in (shipped("knowledge") / "playbook").iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    rules = (target / "crm.yaml").read_text()
    salesforce, hubspot = rules.split("\nhubspot:\n")
    salesforce = salesforce.replace("command_plan: {}", "command_plan: {metrics: Metrics__c}")
    hubspot = hubspot.replace("command_plan: {}", "command_plan: {metrics: closed_lost_reason}")
    hubspot = hubspot.replace("loss_reason: closed_lost_reason", "loss_reason: null")
    people = (
        "people:\n  mira@seller.example: {role: manager}\n  olga@seller.example: {role: sales operations}\n"
        "  ana@seller.example: {manager: mira@seller.example, slack_user_id: U0ANA0ANA}\n"
        "  tom@seller.example: {manager: mira@seller.example}\n"
    )
    assert "people: {}" in salesforce
    (target / "crm.yaml").write_text(salesforce.replace("people: {}", people) + "\nhubspot:\n" + hubspot)
    return target


def synced(name: str, folder: Path) -> Path:
    """Sync the CRM called `name` into a home below `folder`; returns the home."""
    crm, home = CRMS[name](), folder / "home"
    with crm.server.serving() as url:
        settings = Settings(_env_file=None, COACH_HOME=home, COACH_PLAYBOOK_DIR=playbook(folder), **crm.settings(url))
        runtime = Runtime(settings)
        syncing = Syncing(settings.sources_dir, runtime.store, runtime.rules.stages)
        rules = load_crm_rules(settings.playbook_dir)
        clock = lambda: NOW - timedelta(hours=1)  # noqa: E731
        status = syncing.sync(make_source(name, settings, rules, clock), clock)
    assert status.state is SyncState.OK, status.problems
    return home


@dataclass
class CrmHouse:
    """The running product and its people."""

    slack: LocalSlack
    crm: Crm
    runtime: Runtime
    client: Any
    now: datetime = NOW
    people: dict[str, User] = field(default_factory=dict)

    @property
    def memory(self) -> Memory:
        return self.runtime.memory

    @property
    def ana(self) -> User:
        return self.people[ANA]

    def asker(self, name: str = ANA) -> Any:
        return self.runtime.coach.asker_for_email(f"{name}@seller.example")

    def audit(self) -> list[CrmWrite]:
        return self.memory.crm_writes.of_deal(self.crm.deal)

    async def card(self, text: str = "How is Halden looking?", person: User | None = None) -> Message:
        return await self.slack.reply_to(await self.slack.dm(person or self.ana, text), seconds=30)

    async def modal(self, part: str, person: User | None = None) -> View:
        """Wait for a form that shows `part`."""
        who = person or self.ana

        def found(slack: LocalSlack) -> View | None:
            front = slack.modal(who)
            return front if front and part in shown_text(front.blocks) else None

        try:
            return await self.slack.wait_for(found, seconds=15)
        except TimeoutError as error:
            front = self.slack.modal(who)
            raise AssertionError(f"{part!r} is not in {shown_text(front.blocks) if front else None!r}") from error

    async def preview(self, text: str, person: User | None = None) -> View:
        """Ask for a change and open its preview."""
        card = await self.card(text, person)
        await self.slack.click(person or self.ana, card, "write_card")
        return await self.modal("Then", person)

    async def confirm(self, part: str, person: User | None = None) -> View:
        """Press the button of the preview and wait for what becomes of it."""
        await self.slack.submit_view(person or self.ana)
        return await self.modal(part, person)

    async def told(self, part: str, person: User | None = None) -> Message:
        """Wait for a message that shows `part`."""
        who = person or self.ana

        def found(slack: LocalSlack) -> Message | None:
            shown = [*slack.messages(who), *slack.ephemerals(who)]
            return next((m for m in reversed(shown) if part in f"{m.text}\n{shown_text(m.blocks)}"), None)

        return await self.slack.wait_for(found, seconds=15)

    async def settle(self) -> None:
        await asyncio.sleep(0.3)


@asynccontextmanager
async def open_crm_house(name: str, home: Path, folder: Path, *, write_back: str = "on") -> AsyncIterator[CrmHouse]:
    """Run the product on a synced home, with a CRM and a memory of its own."""
    crm = CRMS[name]()
    async with LocalSlack.for_manifest(MANIFEST) as slack:
        with crm.server.serving() as url:
            settings = Settings(
                _env_file=None,
                COACH_HOME=home,
                COACH_PLAYBOOK_DIR=home.parent / "playbook",
                COACH_MEMORY_URL=f"sqlite:///{folder}/memory.db",
                SLACK_API_URL=slack.api_url,
                SLACK_BOT_TOKEN=slack.workspace.bot_token,
                SLACK_APP_TOKEN=slack.workspace.app_token,
                WRITE_BACK=write_back,
                **crm.settings(url),
            )
            runtime = Runtime(settings)
            house = CrmHouse(slack, crm, runtime, None)
            services = Services(runtime.coach, runtime.memory, writing=runtime.writing)
            app = build_app(settings, services, lambda: house.now)
            house.client = app.client
            async with connected(app, settings):
                for each in (ANA, TOM, MIRA, OLGA):
                    account = {"id": "U0ANA0ANA"} if each == ANA else {}
                    house.people[each] = slack.add_user(each, email=f"{each}@seller.example", **account)
                yield house
            runtime.memory.close()
        assert slack.violations == []
