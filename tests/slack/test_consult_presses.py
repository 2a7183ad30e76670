"""Every button of a consult: twice, by the wrong person, after the deal closed or changed hands, a day later,
after a restart; in a channel, with a message deleted, with Slack refusing.
"""

import csv
import shutil

import pytest
from block_limits import problems, shown_text
from consult_acts import (
    START,
    action_added,
    agreed,
    at_the_plan,
    at_the_questions,
    brought,
    overview_written,
    pack,
    press,
    room_of,
    sees,
    session,
    shared,
    side,
    started,
)
from sample_house import DEAL, DEAL_NAME, MANAGER, OTHER_REP, import_sample, open_house

from bot.coach.consults.errors import NOT_A_MANAGER
from bot.memory import ConsultPhase, ConsultState
from bot.slack.delivery import deliver
from bot.slack.ids import ActionId
from bot.slack.views.blocks import actions, button
from bot.slack.views.message import Message

NEXT = ActionId.CONSULT_NEXT.value
OF_A_CONSULT = (
    (ActionId.CONSULT_OPEN, "1"),
    (ActionId.CONSULT_PREPARE, "1"),
    (ActionId.CONSULT_NEXT, "1:prepared/"),
    (ActionId.CONSULT_CALL_OFF, "1"),
    (ActionId.CONSULT_OVERVIEW, "1"),
    (ActionId.CONSULT_QUESTION, "1:0"),
    (ActionId.CONSULT_SWAP, "1"),
    (ActionId.CONSULT_ACTION, "1"),
    (ActionId.CONSULT_AGREE, "1"),
    (ActionId.CONSULT_WRAP_UP, "1"),
    (ActionId.CONSULT_SHARE, "1"),
    (ActionId.CONSULT_RESULT, "1:1:1:done"),
    (ActionId.CONSULT_CLOSE, "1"),
)


async def forged(house, person, buttons):
    """A message with these buttons in front of a person."""
    row = [button("Press", action.value, value) for action, value in buttons]
    sent = await deliver(house.client, person.id, Message("forged", (actions(row),)))
    return next(each for each in house.slack.messages(person) if each.ts == sent.ts)


async def answers(house, person, message, action):
    """Press a button and return the sentence the person gets."""
    before = len(house.slack.ephemerals(person))
    await house.press(message, action.value, person)
    await house.slack.wait_for(lambda s: len(s.ephemerals(person)) > before, seconds=20)
    return house.slack.ephemerals(person)[-1].text


async def test_somebody_else_gets_no_word_about_the_deal_at_any_button(house):
    await started(house)
    other = house.people[OTHER_REP]
    message = await forged(house, other, OF_A_CONSULT)
    for action, _ in OF_A_CONSULT:
        said = await answers(house, other, message, action)
        assert said == "This consult is between Nadia Rahimi and Tess Calloway.", action
    assert house.slack.modal(other) is None
    assert DEAL not in str([m.blocks for m in house.slack.messages(other)]) + str(house.slack.ephemerals(other))
    assert session(house).state is ConsultState.PREPARED


@pytest.mark.slow
async def test_a_consult_that_never_was_gets_a_sentence(house):
    message = await forged(house, house.rep, [(action, value.replace("1", "99", 1)) for action, value in OF_A_CONSULT])
    for action, _ in OF_A_CONSULT:
        assert "no longer kept" in await answers(house, house.rep, message, action)


async def test_next_pressed_twice_enters_one_part(house):
    await started(house)
    panel = await sees(house, house.manager, "Begin the session")
    as_shown = [dict(block) for block in panel.blocks]
    await house.press(panel, NEXT, house.manager)
    await sees(house, house.manager, "Next: overview")
    panel.blocks[:] = as_shown
    await house.press(panel, NEXT, house.manager)
    await house.slack.wait_for(lambda _: "Next: overview" in shown_text(side(house, house.manager).blocks), seconds=10)

    assert session(house).phase is ConsultPhase.SETUP
    assert [change.what for change in house.memory.consults.history(1)].count("in session: setup") == 1


@pytest.mark.slow
async def test_the_seller_cannot_lead(house):
    await started(house)
    message = await forged(house, house.rep, [(ActionId.CONSULT_NEXT, "1:prepared/")])
    await house.press(message, NEXT)
    await house.slack.wait_for(lambda s: len(s.calls_of("chat.update")) >= 1, seconds=10)
    assert session(house).state is ConsultState.PREPARED


@pytest.mark.slow
async def test_a_second_start_shows_the_consult_that_runs(house):
    first = await pack(house)
    await house.press(first, START, house.manager)
    await house.modal(house.manager)
    await house.slack.submit_view(house.manager)
    await house.eventually(lambda _: session(house))
    await house.press(first, START, house.manager)
    await house.told(f"A consult on {DEAL_NAME} runs already", house.manager)

    assert house.slack.modal(house.manager) is None
    assert house.memory.consults.find(2) is None


async def test_the_wrap_up_goes_out_once_however_often_it_is_sent(house):
    panel = await agreed(house)
    as_shown = [dict(block) for block in panel.blocks]
    await house.press(panel, ActionId.CONSULT_WRAP_UP.value, house.manager)
    await house.modal(house.manager)
    await house.slack.submit_view(house.manager)
    await house.told("📋", house.rep)
    panel.blocks[:] = as_shown
    await house.press(panel, ActionId.CONSULT_WRAP_UP.value, house.manager)
    await sees(house, house.manager, "Follow-up on")

    assert house.slack.modal(house.manager) is None
    assert sum("📋" in str(message.blocks) for message in house.slack.messages(house.rep)) == 1


@pytest.mark.slow
async def test_an_action_submitted_twice_is_one_action(house):
    await at_the_plan(house)
    await action_added(house)
    panel = await sees(house, house.manager, "Agree the plan")
    assert shown_text(panel.blocks).count("📌") == 1
    deal = session(house).deal_id
    (item,) = house.memory.actions.of_deal(deal)
    assert house.memory.actions.track(item_again(item), house.clock.now) == (item, False)


def item_again(item):
    from bot.memory import NewAction

    return NewAction(**{name: getattr(item, name) for name in NewAction.__slots__})


@pytest.mark.slow
async def test_a_result_told_elsewhere_is_caught_up_with(house):
    await shared(house)
    panel = await sees(house, house.rep, "Dropped")
    (item,) = house.memory.actions.of_deal(session(house).deal_id)
    house.memory.actions.close(
        item.id, type(item.status).DONE, version=1, by_id=item.owner_id, note="on the Home tab", now=house.clock.now
    )
    await house.press(panel, ActionId.CONSULT_RESULT.numbered(0))
    await house.told("changed or closed since you saw it")
    await sees(house, house.manager, "on the Home tab")
    assert session(house).state is ConsultState.FOLLOWED_UP


async def test_a_consult_goes_on_after_a_restart_and_a_day_later(sample_runtime, tmp_path):
    async with open_house(sample_runtime, tmp_path) as house:
        await brought(house, ConsultPhase.SETUP)
        menu = await pack(house, house.slack.add_channel("menus", house.manager, house.rep), "")
        value = next(e["value"] for b in menu.blocks if "🤝" in str(b) and (e := b.get("accessory")))

    async with open_house(sample_runtime, tmp_path) as house:
        house.clock.later(days=1)
        old = await forged(house, house.manager, [(ActionId.CONSULT_OPEN, value), (ActionId.CHOOSE_CONSULT, "SL-2004")])
        await house.press(old, ActionId.CONSULT_OPEN.value, house.manager)
        panel = await sees(house, house.manager, "its 5 minutes are over")
        await house.press(panel, NEXT, house.manager)
        panel = await sees(house, house.manager, "Next: questions")
        assert "who signs is unknown" in shown_text(panel.blocks)
        await house.press(panel, NEXT, house.manager)
        await sees(house, house.manager, "Next: action plan")
        await house.press(old, ActionId.CHOOSE_CONSULT.value, house.manager)
        await house.told("Only you see this", house.manager)


@pytest.mark.slow
async def test_a_deal_that_closed_or_changed_hands_ends_its_consult(sample_folder, tmp_path):
    folder, home, memory = tmp_path / "csv", tmp_path / "home", tmp_path / "memory"
    shutil.copytree(sample_folder, folder)
    memory.mkdir()
    async with open_house(import_sample(folder, home), memory) as house:
        await started(house)
        rewrite(folder, owner_id=house.asker(OTHER_REP).user.id)
        import_sample(folder, home)
        seller = await forged(house, house.rep, [(ActionId.CONSULT_OVERVIEW, "1")])
        assert "I can't find that deal any more" in await answers(house, house.rep, seller, ActionId.CONSULT_OVERVIEW)
        manager = await forged(house, house.manager, [(ActionId.CONSULT_NEXT, "1:prepared/")])
        said = await answers(house, house.manager, manager, ActionId.CONSULT_NEXT)
        assert said.startswith(f"{DEAL_NAME} belongs to Renata Silva now")
        await sees(house, house.manager, "the deal changed hands")
        assert session(house).state is ConsultState.CLOSED

        tess = house.asker("tess.calloway").user.id
        rewrite(folder, owner_id=tess, is_closed="true", is_won="true", stage="Closed Won",
                 closed_at="2026-11-17T09:00:00Z", close_date="2026-11-17")  # fmt: skip
        house.memory.consults.open(again(session(house)), "U", house.clock.now)
        import_sample(folder, home)
        message = await forged(
            house, house.rep, [(ActionId.CONSULT_OPEN, "2"), (ActionId.CONSULT_START, "full:SL-2004")]
        )
        assert f"{DEAL_NAME} was won" in await answers(house, house.rep, message, ActionId.CONSULT_OPEN)
        assert f"{DEAL_NAME} was won" in await answers(house, house.rep, message, ActionId.CONSULT_START)
        assert house.memory.consults.find(2).ended_because == "the deal was won"


def again(consult):
    from bot.memory import NewConsult

    return NewConsult(**{name: getattr(consult, name) for name in NewConsult.__slots__})


def rewrite(folder, **changes):
    """Change the deal's row, as a later export would."""
    path = folder / "opportunities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = reader.fieldnames, list(reader)
    for row in rows:
        row.update(changes if row["name"] == DEAL_NAME else {})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.slow
async def test_a_seller_asks_and_the_manager_prepares(house):
    message = await pack(house, person=house.rep)
    await house.press(message, START)
    form = await house.modal()
    assert "Ask for a consult" in str(form.content["title"])
    await house.slack.submit_view(house.rep)
    panel = await sees(house, house.manager, "asks you for a consult")
    assert session(house).state is ConsultState.REQUESTED
    await house.press(panel, ActionId.CONSULT_PREPARE.value, house.manager)
    await sees(house, house.rep, "Write the overview")
    assert session(house).state is ConsultState.PREPARED


@pytest.mark.slow
async def test_calling_off_ends_it_for_both_and_frees_the_deal(house):
    await started(house)
    await press(house, house.rep, ActionId.CONSULT_CALL_OFF.value, "Call it off")
    await sees(house, house.manager, "called off by Tess Calloway")
    assert session(house).state is ConsultState.CLOSED
    assert house.memory.consults.running(session(house).deal_id) is None


@pytest.mark.slow
async def test_a_side_that_was_deleted_is_shown_anew(house):
    await started(house)
    panel = await sees(house, house.manager, "Begin the session")
    panel.deleted = True
    await overview_written(house)
    anew = await sees(house, house.manager, "who signs is unknown")
    assert anew.ts != panel.ts


@pytest.mark.slow
async def test_only_the_sellers_managers_start_one(house):
    for name in ("pilar.montoya", "jonas.weidmann"):
        email = f"{name}@fernhall.example"
        person = house.slack.add_user(name, email=email, id=house.coach.asker_for_email(email).user.slack_user_id)
        message = await forged(house, person, [(ActionId.CONSULT_START, "full:SL-2004")])
        said = await answers(house, person, message, ActionId.CONSULT_START)
        assert said in {NOT_A_MANAGER, "I can't find that deal any more among the deals you can see."}
        assert house.slack.modal(person) is None


@pytest.mark.slow
async def test_the_way_on_stays_however_much_was_written(house):
    await at_the_questions(house)
    for number in range(len(session(house).questions)):
        question = session(house).questions[number]
        seat = room_of(house).door.enter(house.asker(MANAGER), 1, house.clock.now)
        room_of(house).answer(seat, number, question.text, "word " * 190, "sign " * 190, house.clock.now)
    message = await forged(house, house.manager, [(ActionId.CONSULT_OPEN, "1")])
    await house.press(message, ActionId.CONSULT_OPEN.value, house.manager)
    panel = await sees(house, house.manager, "word word")
    assert "Next: action plan" in shown_text(panel.blocks)
    assert problems(panel.blocks) == []
