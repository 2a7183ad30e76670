"""`coach doctor` on writing back: off, on with rights, on without, and what somebody has to look at."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.doctor import examine
from bot.memory import NewWrite
from bot.runtime import Runtime
from bot.settings import Settings
from tests.servers.hubspot.server import LocalHubSpot
from tests.servers.salesforce.server import LocalSalesforce

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def hubspot() -> Iterator[tuple[LocalHubSpot, dict[str, str]]]:
    server = LocalHubSpot()
    with server.serving() as url:
        yield server, {"HUBSPOT_API_URL": url, "HUBSPOT_ACCESS_TOKEN": "pat-local"}


async def finding(home: Path, memory: bool = False, **settings: Any) -> Any:
    runtime = Runtime(Settings(_env_file=None, COACH_HOME=home, **settings))
    if memory:
        write = NewWrite(
            key="k", crm="hubspot", deal_id="1", deal_name="Rollout", target="note", by_id="1", by_name="Ana",
            old=None, new="x", content={}, version="v",
        )  # fmt: skip
        runtime.memory.crm_writes.begin(write, NOW - timedelta(hours=1))
    found = next(each for each in await examine(runtime, NOW) if each.check == "write back")
    runtime.memory.close()
    return found


async def test_off_is_fine(tmp_path: Path) -> None:
    assert (await finding(tmp_path)).state == "off"


async def test_on_without_a_crm_is_not(tmp_path: Path) -> None:
    found = await finding(tmp_path, WRITE_BACK="on")
    assert found.state == "bad"
    assert "neither Salesforce nor HubSpot" in found.found


async def test_what_may_be_written_is_named(tmp_path: Path, hubspot: tuple[LocalHubSpot, dict[str, str]]) -> None:
    server, settings = hubspot
    found = await finding(tmp_path, WRITE_BACK="on", **settings)
    assert found.state == "ok"
    assert "hubspot: next step, close date, stage, note, task can be written" in found.found
    assert not any(request.startswith(("PATCH", "DELETE")) for request in server.requests)


async def test_a_missing_scope_is_named_with_what_still_works(
    tmp_path: Path, hubspot: tuple[LocalHubSpot, dict[str, str]]
) -> None:
    server, settings = hubspot
    server.without_scopes.add("crm.objects.contacts.write")
    found = await finding(tmp_path, WRITE_BACK="on", **settings)
    assert found.state == "bad"
    assert "next step, close date, stage can be written" in found.found
    assert "grant the private app the scope crm.objects.contacts.write" in found.found


async def test_a_refused_login_is_named(tmp_path: Path) -> None:
    with LocalSalesforce().serving() as url:
        found = await finding(
            tmp_path, WRITE_BACK="on", SALESFORCE_LOGIN_URL=url, SALESFORCE_CLIENT_ID="wrong",
            SALESFORCE_CLIENT_SECRET="wrong",
        )  # fmt: skip
    assert found.state == "bad"
    assert "refused the login" in found.found


async def test_a_write_that_never_ended_is_somebodys_to_look_at(
    tmp_path: Path, hubspot: tuple[LocalHubSpot, dict[str, str]]
) -> None:
    _, settings = hubspot
    found = await finding(tmp_path, memory=True, WRITE_BACK="on", **settings)
    assert found.state == "bad"
    assert "1 writes were begun and never ended" in found.found
