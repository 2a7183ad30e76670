"""Saved views and the rota on the Home tab: narrowed, turned, and refused to those who may not see them."""

import asyncio

import pytest
from block_limits import problems, shown_text
from consult_acts import agree, share, walk
from sample_house import OTHER_REP, REP

from bot.memory import ConsultPhase
from bot.pipeline.brief import HealthBucket
from bot.slack.ids import ActionId
from bot.slack.views.home_pages import HomePage

VIEWS, OWNERS, STAGES, HEALTH = (ActionId.HOME_GO.numbered(number) for number in (80, 81, 82, 83))
SELECTS = ("static_select", "data_visualization")


async def opened(house, person):
    await house.slack.open_home(person)
    return await house.slack.wait_for(lambda s: s.home(person), seconds=20)


async def turned(house, person, action_id, value):
    """Press or choose on the Home tab and return it once it changed."""
    home = house.slack.home(person)
    seen = home.hash
    await house.slack.click(person, home, action_id, value)
    return await house.slack.wait_for(lambda s: (h := s.home(person)).hash != seen and h, seconds=20)


def drawn(home):
    return [block for block in home.blocks if not any(each in str(block) for each in SELECTS)]


async def test_a_view_is_narrowed_by_seller_stage_and_health_and_widened_again(house):
    await opened(house, house.manager)
    page = HomePage(view="words-ahead-of-deeds")
    view = await turned(house, house.manager, VIEWS, page.value)
    assert "Words ahead of deeds: 14 deals" in shown_text(view.blocks)
    assert "1 to 10 of 14 deals" in shown_text(view.blocks)
    assert any(block["type"] == "data_visualization" for block in view.blocks)
    assert problems(drawn(view), most=100) == []

    renata = house.asker(OTHER_REP).user.id
    mine = await turned(house, house.manager, OWNERS, page.narrowed(person_id=renata).value)
    assert "Renata Silva" in shown_text(mine.blocks)
    assert "Dev Malhotra  ·" not in shown_text(mine.blocks)
    narrow = page.narrowed(person_id=renata, stage="Commercial")
    both = await turned(house, house.manager, STAGES, narrow.value)
    assert "Solution  ·" not in shown_text(both.blocks)
    none = await turned(house, house.manager, HEALTH, narrow.narrowed(bucket=HealthBucket.POOR).value)
    assert "No deal of yours passes." in shown_text(none.blocks)
    wide = await turned(house, house.manager, OWNERS, HomePage(view=page.view, stage="Commercial",
                                                                bucket=HealthBucket.POOR).value)  # fmt: skip
    assert "Words ahead of deeds: 14 deals" in shown_text(wide.blocks)


@pytest.mark.slow
async def test_pages_of_a_view_are_turned(house):
    await opened(house, house.manager)
    page = HomePage(view="words-ahead-of-deeds")
    await turned(house, house.manager, VIEWS, page.value)
    second = await turned(house, house.manager, ActionId.HOME_GO.numbered(92), page.turned(1).value)
    assert "11 to 14 of 14 deals" in shown_text(second.blocks)
    home = await turned(house, house.manager, ActionId.HOME_GO.numbered(90), HomePage().value)
    assert "Your team" in shown_text(home.blocks)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (HomePage(view="words-ahead-of-deeds"), "There is no view called"),
        (HomePage(view="no-such-view"), "There is no view called"),
        (HomePage(person_id="OTHER", view="never-touched"), "I can't find that deal any more"),
    ],
)
async def test_a_view_or_person_out_of_reach_is_refused(house, page, said):
    if page.person_id:
        page = page.narrowed(person_id=house.asker(OTHER_REP).user.id)
    home = await opened(house, house.rep)
    before = shown_text(home.blocks)
    home.blocks[0]["elements"].append(
        {"type": "button", "action_id": ActionId.HOME_GO.numbered(5), "value": page.value,
         "text": {"type": "plain_text", "text": "x"}}
    )  # fmt: skip
    await house.slack.click(house.rep, home, ActionId.HOME_GO.numbered(5))
    await house.told(said)
    assert "Renata" not in before + shown_text(house.slack.home(house.rep).blocks)


@pytest.mark.slow
async def test_a_rep_finds_the_views_of_reps_only(house):
    home = await opened(house, house.rep)
    select = next(e for b in home.blocks for e in b.get("elements", ()) if e.get("action_id") == VIEWS)
    names = [HomePage.read(choice["value"]).view for choice in select["options"]]
    assert "never-touched" in names
    assert "words-ahead-of-deeds" not in names


@pytest.mark.slow
async def test_a_manager_opens_a_person_and_sees_what_was_consulted_on(house):
    await asyncio.to_thread(walk, house, ConsultPhase.PLAN, agree, share)
    await opened(house, house.manager)
    tess = house.asker(REP).user.id
    button = next(
        b["accessory"]["action_id"] for b in house.slack.home(house.manager).blocks
        if (b.get("accessory") or {}).get("value") == HomePage(tess).value
    )  # fmt: skip
    person = await turned(house, house.manager, button, HomePage(tess).value)
    shown = shown_text(person.blocks)
    assert "Consults: 1 of 3 strategic deals covered" in shown
    assert "Consult · last held today" in shown
    assert problems(drawn(person), most=100) == []
