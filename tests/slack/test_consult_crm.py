"""The wrap-up of a consult goes into the CRM as a note: offered to whoever sends it, previewed, and then confirmed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from crm_house import ANA, MIRA, NOW, CrmHouse, open_crm_house, synced

from bot.coach.consults.follow_up import source_key
from bot.coach.consults.room import ConsultRoom
from bot.coach.consults.seats import place_of
from bot.coach.desk import Desk
from bot.memory import ConsultKind, ConsultPhase, NewAction
from bot.slack.ids import ActionId


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synced("salesforce", tmp_path_factory.mktemp("consult_crm"))


@pytest_asyncio.fixture
async def house(home: Path, tmp_path: Path) -> AsyncIterator[CrmHouse]:
    async with open_crm_house("salesforce", home, tmp_path) as opened:
        yield opened


def agreed(house: CrmHouse) -> None:
    """A consult of Mira with Ana whose actions are agreed."""
    room = ConsultRoom(Desk(house.runtime.coach), house.memory)
    ana, mira = house.asker(ANA), house.asker(MIRA)
    consult, _ = room.door.open(ana, house.crm.deal, ConsultKind.FULL, NOW)
    consult = room.prepare(room.door.enter(mira, consult.id, NOW), NOW)
    room.write_overview(room.door.enter(ana, consult.id, NOW), {"gaps": "Who signs?"}, NOW)
    while consult.phase is not ConsultPhase.PLAN:
        consult = room.go_on(room.door.enter(mira, consult.id, NOW), place_of(consult), NOW)
    action = NewAction(
        deal_id=consult.deal_id, deal_name=consult.deal_name, source="consult", source_key=source_key(consult.id, "a"),
        advice=None, owner_id=ana.user.id, owner_name=ana.user.name, counterpart="Dana", text="asks Dana who signs",
        due=NOW.date() + timedelta(days=2), done_when="the name is in writing", created_by=ana.user.id,
    )  # fmt: skip
    house.memory.actions.track(action, NOW)
    room.agree(room.door.enter(ana, consult.id, NOW), "Signer first.", NOW.date() + timedelta(days=7), NOW)


@pytest.mark.slow
async def test_the_wrap_up_becomes_a_note_only_after_its_preview_was_confirmed(house: CrmHouse) -> None:
    await asyncio.to_thread(agreed, house)
    await house.slack.open_home(house.ana)
    home = await house.slack.wait_for(lambda s: s.home(house.ana), seconds=20)
    await house.slack.click(house.ana, home, ActionId.CONSULT_OPEN.numbered(1))
    side = await house.told("Send the wrap-up")
    await house.slack.click(house.ana, side, ActionId.CONSULT_WRAP_UP.value)
    await house.modal("This goes to")
    await house.slack.submit_view(house.ana)
    wrap = await house.told("the agenda of the next contact")
    assert house.crm.added("note") == []

    await house.slack.click(house.ana, wrap, ActionId.WRITE_PROPOSAL.value)
    await house.modal("Signer first.")
    assert house.crm.added("note") == []
    await house.slack.submit_view(house.ana)
    await house.slack.wait_for(lambda _: house.crm.added("note"), seconds=20)
    (note,) = house.crm.added("note")
    assert "Strategy: Signer first." in note
    assert "asks Dana who signs" in note
