"""A small Salesforce org, HubSpot portal and Google Workspace over HTTP, and an installation that reads them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from bot.pipeline.sources import CrmRules
from bot.pipeline.sources.hubspot import HubSpotSource, Portal
from bot.pipeline.sources.salesforce import Credentials, Org, SalesforceSource
from bot.pipeline.syncing import SyncStatus
from tests.pipeline.sources.hubspot_life import pipeline
from tests.pipeline.sources.workbench import RULES, Installation
from tests.servers.hubspot.portal import LocalPortal
from tests.servers.hubspot.server import LocalHubSpot
from tests.servers.salesforce.org import LocalOrg
from tests.servers.salesforce.server import LocalSalesforce

if TYPE_CHECKING:
    from tests.pipeline.sources.google_bench import GoogleBench


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Undo what a command set up: its log writes to a stream that ends with the command."""
    yield
    structlog.reset_defaults()


@dataclass
class SalesforceBench:
    """One org with one deal, served, and who reads it."""

    server: LocalSalesforce
    url: str
    installation: Installation
    deal: str = ""
    rules: CrmRules = RULES

    @property
    def org(self) -> LocalOrg:
        return self.server.org

    def source(self, **credentials: Any) -> SalesforceSource:
        given = {"client_id": self.server.client_id, "client_secret": self.server.client_secret} | credentials
        org = Org(Credentials(self.url, **given), lambda: self.org.now, self.rules.keep_api_share)
        return SalesforceSource(org, self.rules)

    def sync(self, source: SalesforceSource | None = None, **options: Any) -> SyncStatus:
        self.org.tick(60)
        return self.installation.sync(source or self.source(), **options)

    def deals(self, column: str) -> list[Any]:
        return [value for (value,) in self.installation.rows(f"SELECT {column} FROM opportunities ORDER BY name")]


@pytest.fixture
def salesforce(tmp_path: Path) -> Iterator[SalesforceBench]:
    server = LocalSalesforce()
    org = server.org
    rep = org.create(
        "User", Id="005REP", Name="Ana Ruiz", Email="ana@seller.example", UserType="Standard", IsActive=True
    )
    account = org.create("Account", Name="Northwind")
    deal = org.create(
        "Opportunity", Name="Rollout", AccountId=account, OwnerId=rep, StageName="Qualification", Amount=1000.0,
        CloseDate="2026-09-30",
    )  # fmt: skip
    org.tick(3600)
    with server.serving() as url:
        yield SalesforceBench(server, url, Installation(tmp_path, lambda: org.now), deal)


@dataclass
class HubSpotBench:
    """One portal with one deal, served, and who reads it."""

    server: LocalHubSpot
    url: str
    installation: Installation
    deal: str = ""
    rules: CrmRules = RULES

    @property
    def portal(self) -> LocalPortal:
        return self.server.portal

    def source(self, token: str = "pat-local") -> HubSpotSource:
        waits: list[float] = []
        return HubSpotSource(Portal(token, self.url, self.rules.keep_api_share, waits.append), self.rules)

    def sync(self, source: HubSpotSource | None = None, **options: Any) -> SyncStatus:
        self.portal.tick(60)
        return self.installation.sync(source or self.source(), **options)

    def deals(self, column: str) -> list[Any]:
        return [value for (value,) in self.installation.rows(f"SELECT {column} FROM opportunities ORDER BY name")]


@pytest.fixture
def hubspot(tmp_path: Path) -> Iterator[HubSpotBench]:
    server = LocalHubSpot()
    portal = server.portal
    portal.pipelines.append(pipeline())
    portal.owners.append({"id": "1", "email": "ana@seller.example", "firstName": "Ana", "archived": False})
    deal = portal.create("deals", dealname="Rollout", dealstage="s1", hubspot_owner_id="1", amount="1000")
    portal.tick(3600)
    with server.serving() as url:
        yield HubSpotBench(server, url, Installation(tmp_path, lambda: portal.now), deal)


@pytest.fixture
def google(tmp_path: Path) -> "Iterator[GoogleBench]":
    pytest.importorskip("googleapiclient", reason="the extra `google` is not installed")
    from tests.pipeline.sources.google_bench import ANA, BEN, GoogleBench
    from tests.servers.google.server import LocalGoogle

    server = LocalGoogle()
    with server.serving() as url:
        server.hire(ANA)
        server.hire(BEN)
        key_file = tmp_path / "key.json"
        key_file.write_text(json.dumps(server.login.key_file(f"{url}/token")))
        bench = GoogleBench(server, url, Installation(tmp_path, lambda: server.now), key_file)
        bench.installation.read(bench.crm)
        yield bench
