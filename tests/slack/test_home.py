"""The Home tab over the real coach: actions, trend, pages, team, preferences; each button twice and by others."""

import copy
from datetime import date, timedelta

from block_limits import problems, shown_text
from sample_house import MANAGER, NOW, OTHER_REP, REP

from bot.memory import ActionStatus, HealthRow, NewAction
from bot.slack.ids import ActionId
from bot.slack.listeners.action_items import PAST
from bot.slack.views.home_pages import HomePage

TODAY = NOW.date()


def track(house, text, due, owner=REP, key=None):
    user = house.asker(owner).user
    new = NewAction(
        deal_id="SL-2004", deal_name="Quarrybank Stores - Weekend cover", source="advice", source_key=key or text,
        advice=None, owner_id=user.id, owner_name=user.name, counterpart=None, text=text, due=due,
        done_when="the invitation is accepted", created_by=user.id,
    )  # fmt: skip
    return house.memory.actions.track(new, NOW)[0]


async def opened(house, person=None):
    who = person or house.rep
    before = house.slack.home(who)
    seen = before.hash if before else None
    await house.slack.open_home(who)
    return await house.slack.wait_for(lambda s: (h := s.home(who)) and h.hash != seen and h, seconds=20)


async def turned(house, home, action_id, person, value=None):
    """Press a button of the Home tab and return it once it changed."""
    seen = home.hash
    await house.slack.click(person, home, action_id, value)
    return await house.slack.wait_for(lambda s: (h := s.home(person)).hash != seen and h, seconds=20)


def menu_of(home, item):
    return ActionId.ACTION_MENU.numbered(item.id)


async def test_overdue_actions_come_first_and_are_counted(house):
    track(house, "sends the order form", TODAY + timedelta(days=4))
    track(house, "asks Gareth for a slot", TODAY - timedelta(days=2))
    shown = shown_text((await opened(house)).blocks)

    assert "Your actions (1 overdue)" in shown
    assert shown.index("2 days overdue") < shown.index("asks Gareth") < shown.index("sends the order form")


async def test_a_page_turned_to_while_the_first_one_is_put_together_stays(house):
    track(house, "sends the order form", TODAY + timedelta(days=4))
    before = await opened(house)
    late = {"type": "app_home_opened", "user": house.rep.id, "tab": "home", "view": {"hash": "older"}}
    await house.slack.send_event({**late, "channel": house.slack.workspace.im_with(house.rep).id, "event_ts": "1.2"})
    refused = await house.slack.wait_for(
        lambda s: [call for call in s.calls if call.method == "views.publish" and call.args.get("hash") == "older"]
    )

    assert len(refused) == 1
    assert house.slack.home(house.rep).hash == before.hash


async def test_an_action_is_done_with_its_proof_once(house):
    item = track(house, "asks Gareth for a slot", TODAY)
    home = await opened(house)
    on_screen = copy.deepcopy(home.blocks)
    await house.slack.click(house.rep, home, menu_of(home, item), f"done:{item.id}:{item.version}")
    await house.modal()
    await house.slack.submit_view(house.rep, entries={"note": "Gareth accepted Thursday"})
    await house.slack.wait_for(lambda s: "asks Gareth" not in shown_text(s.home(house.rep).blocks), seconds=20)
    (_, closed) = house.memory.actions.history(item.id)
    assert (closed.what, closed.note) == ("done", "Gareth accepted Thursday")

    home.content["blocks"] = on_screen
    await house.slack.click(house.rep, home, menu_of(home, item), f"drop:{item.id}:{item.version}")
    await house.told("changed or closed since you saw it")
    assert house.memory.actions.find(item.id).status is ActionStatus.DONE


async def test_an_action_is_moved_and_a_past_day_is_sent_back(house):
    item = track(house, "asks Gareth for a slot", TODAY - timedelta(days=1))
    home = await opened(house)
    await house.slack.click(house.rep, home, menu_of(home, item), f"move:{item.id}:{item.version}")
    await house.modal()
    past = (TODAY - timedelta(days=3)).isoformat()
    sent = await house.slack.submit_view(house.rep, entries={"due": past})
    assert sent.body["errors"] == {"due:0": PAST}

    await house.slack.submit_view(house.rep, entries={"due": (TODAY + timedelta(days=5)).isoformat()})
    moved = await house.eventually(lambda _: (i := house.memory.actions.find(item.id)).moves and i)
    assert (moved.due, moved.status) == (TODAY + timedelta(days=5), ActionStatus.OPEN)
    await house.slack.wait_for(lambda s: "moved 1×" in shown_text(s.home(house.rep).blocks), seconds=20)


async def test_somebody_elses_action_cannot_be_closed(house):
    item = track(house, "asks Gareth for a slot", TODAY)
    other = house.people[OTHER_REP]
    own = track(house, "own", TODAY, owner=OTHER_REP)
    home = await opened(house, other)
    for block in home.blocks:
        for choice in (block.get("accessory") or {}).get("options", []):
            choice["value"] = choice["value"].replace(f":{own.id}:", f":{item.id}:")
    await house.slack.click(other, home, menu_of(home, own), f"drop:{item.id}:{item.version}")
    await house.told("belongs to somebody whose deals you may not see", other)
    assert house.memory.actions.find(item.id).status is ActionStatus.OPEN


async def test_a_deal_that_fell_within_a_week_says_so(house):
    house.memory.record_health([HealthRow("SL-2004", "Poor", -12)], TODAY - timedelta(days=7))
    shown = shown_text((await opened(house)).blocks)

    assert "↗ _Poor a week ago_" in shown


async def test_three_weeks_of_health_are_drawn_and_two_are_not(house):
    for weeks, bucket in ((1, "Poor"), (2, "At Risk")):
        house.memory.record_health([HealthRow("SL-2004", bucket, -5)], TODAY - timedelta(weeks=weeks))
        drawn = [b for b in (await opened(house)).blocks if b["type"] == "data_visualization"]
        assert len(drawn) == (weeks == 2)
    names = {each["name"]: [point["value"] for point in each["data"]] for each in drawn[0]["chart"]["series"]}
    assert (names["At Risk"][0], names["Poor"][:2]) == (1, [0, 1])
    assert drawn[0]["chart"]["axis_config"]["categories"] == ["4 Nov", "11 Nov", "18 Nov"]


async def test_a_manager_sees_the_team_and_opens_one_person(house):
    home = await opened(house, house.manager)
    shown = shown_text(home.blocks)
    assert "Your team" in shown
    assert any(block["type"] == "data_visualization" for block in home.blocks)
    assert problems([b for b in home.blocks if b["type"] != "data_visualization"], most=100) == []

    tess = house.asker(REP).user.id
    page = next(
        block["accessory"]["action_id"]
        for block in home.blocks
        if (block.get("accessory") or {}).get("value") == HomePage(tess).value
    )
    person = await turned(house, home, page, house.manager)
    assert "Tess Calloway's pipeline" in shown_text(person.blocks)
    assert "Renata" not in shown_text(person.blocks)
    back = await turned(house, person, ActionId.HOME_GO.numbered(90), house.manager)
    assert "Your team" in shown_text(back.blocks)


async def test_a_page_of_somebody_out_of_sight_is_not_shown(house):
    home = await opened(house)
    home.blocks[0]["elements"].append(
        {"type": "button", "action_id": ActionId.HOME_GO.numbered(5), "text": {"type": "plain_text", "text": "x"},
         "value": HomePage(house.asker(OTHER_REP).user.id).value}
    )  # fmt: skip
    await house.slack.click(house.rep, home, ActionId.HOME_GO.numbered(5))
    await house.told("I can't find that deal any more")
    assert "Renata" not in shown_text(house.slack.home(house.rep).blocks)


async def test_more_deals_than_fit_are_turned_page_by_page(house):
    home = await opened(house, house.manager)
    first = shown_text(home.blocks)
    second = await turned(house, home, ActionId.HOME_GO.numbered(92), house.manager)

    assert "1 to 10 of" in first
    assert "11 to 20 of" in shown_text(second.blocks)
    assert "← Back" in shown_text(second.blocks)


async def test_preferences_are_kept_and_shown_again(house):
    home = await opened(house)
    await house.slack.click(house.rep, home, ActionId.PREFERENCES.value)
    form = await house.modal()
    deal = next(
        e["options"][0]["value"] for b in form.blocks if (e := b.get("element", {})).get("action_id") == "snoozed"
    )
    sent = await house.slack.submit_view(house.rep, entries={"from": "18:00"})
    assert sent.body["errors"] == {"until:0": "Give both times, or neither."}

    await house.slack.submit_view(
        house.rep, entries={"digest": "off", "at": "07:45", "from": "18:00", "until": "07:00", "snoozed": [deal]}
    )
    await house.slack.wait_for(lambda s: "quiet until" in shown_text(s.home(house.rep).blocks), seconds=20)
    user = house.asker(REP).user.id
    wishes = house.memory.preferences.of(user)
    assert (wishes.digest_on, f"{wishes.digest_at:%H:%M}") == (False, "07:45")
    assert wishes.is_quiet(wishes.quiet_from)
    assert house.memory.preferences.snoozed(user, TODAY)[deal].until == TODAY + timedelta(days=7)
    assert house.memory.preferences.snoozed(user, date(2030, 1, 1)) == {}

    await house.slack.click(house.rep, house.slack.home(house.rep), ActionId.PREFERENCES.value)
    await house.modal()
    await house.slack.submit_view(house.rep, entries={"snoozed": []})
    await house.eventually(lambda _: not house.memory.preferences.snoozed(user, TODAY))


async def test_a_stranger_gets_a_reason_on_the_home_tab(house):
    stranger = house.slack.add_user("stranger", email="stranger@elsewhere.example")
    await house.slack.open_home(stranger)
    home = await house.slack.wait_for(lambda s: s.home(stranger))
    assert "I don't know you yet" in shown_text(home.blocks)
    assert house.asker(MANAGER).user.name not in shown_text(home.blocks)
