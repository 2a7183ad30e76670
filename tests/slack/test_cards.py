"""The buttons of a card over the real coach: once, twice, by the wrong person, after the deal changed, later."""

import re
import shutil
from datetime import timedelta

from block_limits import shown_text
from sample_house import DEAL, DEAL_NAME, NOW, OTHER_REP, import_sample, open_house, rewrite_deal

from bot.coach.contest import DisputedFact
from bot.memory import ActionStatus
from bot.slack.cards import GONE, NOT_YOURS
from bot.slack.delivery import deliver
from bot.slack.ids import ActionId
from bot.slack.views.blocks import actions, button
from bot.slack.views.message import Message

ACCEPT = ActionId.ACCEPT_STEP.numbered(0)


def key_of(card) -> str:
    return next(e["value"] for b in card.blocks for e in b.get("elements", []) if e.get("action_id") == "explain")


async def forged(house, person, action: ActionId, value: str):
    """A message with somebody else's button in front of a person."""
    message = Message("forged", (actions([button("Press", action.value, value)]),))
    sent = await deliver(house.client, person.id, message)
    return next(each for each in house.slack.messages(person) if each.ts == sent.ts)


# Accept


async def test_a_step_is_accepted_once_and_the_card_says_so(house):
    card = await house.card()
    await house.press(card, ACCEPT)
    form = await house.modal()
    assert "Track this step" in str(form.content["title"])
    sent = await house.slack.submit_view(house.rep)
    assert sent.acked
    await house.slack.wait_for(lambda _: "Tracked for Tess Calloway" in shown_text(card.blocks), seconds=10)

    (item,) = house.memory.actions.open_of([house.asker("tess.calloway").user.id])
    assert (item.deal_name, item.status, item.moves) == (DEAL_NAME, ActionStatus.OPEN, 0)
    assert item.due >= NOW.date()
    assert ACCEPT not in str(card.blocks)


async def test_a_second_press_finds_the_step_tracked(house):
    first = await house.card()
    again = await house.card(f"And {DEAL} now?")
    await house.press(first, ACCEPT)
    await house.modal()
    await house.slack.submit_view(house.rep)
    await house.press(again, ACCEPT)
    await house.told("That step is tracked already")

    assert len(house.memory.actions.open_of([house.asker("tess.calloway").user.id])) == 1
    assert house.slack.modal(house.rep) is None


async def test_vague_words_come_back_with_two_ways_to_say_them(house):
    card = await house.card()
    await house.press(card, ACCEPT)
    await house.modal()
    await house.slack.submit_view(house.rep, entries={"text": "follow up on the contract", "done_when": "done"})
    form = await house.slack.wait_for(lambda s: (m := s.modal(house.rep)) and "Use 2" in str(m.blocks) and m)
    assert "Not concrete enough" in shown_text(form.blocks)
    assert house.memory.actions.open_of([house.asker("tess.calloway").user.id]) == []

    await house.press(form, ActionId.USE_REWRITE.numbered(1))
    better = await house.slack.wait_for(lambda s: (m := s.modal(house.rep)) and "Use 2" not in str(m.blocks) and m)
    assert "order form" in str(better.blocks)
    await house.slack.submit_view(house.rep)
    await house.eventually(lambda _: house.memory.actions.open_of([house.asker("tess.calloway").user.id]))
    assert house.slack.modal(house.rep) is None


async def test_whoever_is_given_an_action_is_told(house):
    card = await house.card(person=house.manager)
    await house.press(card, ACCEPT, house.manager)
    await house.modal(house.manager)
    owner = house.asker("tess.calloway").user.id
    await house.slack.submit_view(house.manager, entries={"owner": owner})
    await house.eventually(lambda _: house.memory.actions.open_of([owner]))
    assert "Nadia Rahimi tracked an action for you" in await house.told("tracked an action for you")


async def test_somebody_elses_card_is_refused_at_every_button(house):
    key = key_of(await house.card())
    other = house.people[OTHER_REP]
    for action, value in (
        (ActionId.EXPLAIN, key), (ActionId.EVIDENCE, key), (ActionId.CONTEST, key), (ActionId.SHARE, key),
    ):  # fmt: skip
        message = await forged(house, other, action, value)
        before = len(house.slack.ephemerals(other))
        await house.press(message, action.value, other)
        await house.slack.wait_for(lambda s, n=before: len(s.ephemerals(other)) > n, seconds=10)
        assert house.slack.ephemerals(other)[-1].text == NOT_YOURS
    assert house.slack.modal(other) is None
    assert DEAL not in str(house.slack.ephemerals(other))


async def test_a_key_that_was_guessed_opens_nothing(house):
    message = await forged(house, house.rep, ActionId.EXPLAIN, "0" * 24)
    await house.press(message, ActionId.EXPLAIN.value)
    await house.told(GONE)


async def test_a_day_later_the_step_is_due_in_the_future(house):
    card = await house.card()
    house.clock.later(days=5)
    await house.press(card, ACCEPT)
    form = await house.modal()
    due = next(block["element"]["initial_date"] for block in form.blocks if block.get("block_id", "").startswith("due"))

    assert due >= house.clock.now.date().isoformat()
    assert "Since that answer" in shown_text(form.blocks)


async def test_after_a_week_the_card_has_run_out(house):
    card = await house.card()
    house.clock.later(days=8)
    for action in (ACCEPT, "explain", "evidence", "contest"):
        before = len(house.slack.ephemerals(house.rep))
        await house.press(card, action)
        await house.slack.wait_for(lambda s, n=before: len(s.ephemerals(house.rep)) > n, seconds=10)
        assert house.slack.ephemerals(house.rep)[-1].text == GONE


async def test_a_deal_that_closed_or_left_meanwhile(sample_folder, tmp_path):
    folder, home, memory = tmp_path / "csv", tmp_path / "home", tmp_path / "memory"
    shutil.copytree(sample_folder, folder)
    memory.mkdir()
    runtime = import_sample(folder, home)
    async with open_house(runtime, memory) as house:
        card = await house.card()
        rewrite_deal(
            folder,
            is_closed="true",
            is_won="true",
            stage="Closed Won",
            closed_at="2026-11-17T09:00:00Z",
            close_date="2026-11-17",
        )
        import_sample(folder, home)
        for action in (ACCEPT, "explain", "contest"):
            before = len(house.slack.ephemerals(house.rep))
            await house.press(card, action)
            await house.slack.wait_for(lambda s, n=before: len(s.ephemerals(house.rep)) > n, seconds=30)
            assert f"{DEAL_NAME} was won" in house.slack.ephemerals(house.rep)[-1].text

        rewrite_deal(folder, owner_id=house.asker(OTHER_REP).user.id)
        import_sample(folder, home)
        await house.press(card, "evidence")
        await house.told("I can't find that deal any more")
        assert house.slack.modal(house.rep) is None


async def test_a_trigger_that_ran_out_gets_a_sentence(house):
    card = await house.card()
    house.slack.inject("views.open", error="expired_trigger_id")
    await house.press(card, "explain")
    await house.told("Please press again")


async def test_a_storm_of_rate_limits_gets_a_sentence(house):
    card = await house.card()
    house.slack.inject("views.open", status=429, retry_after_seconds=0, times=None)
    await house.press(card, "explain")
    await house.told("Slack is slowing me down")


async def test_a_revoked_token_gets_a_sentence_where_slack_still_lets_one_through(house):
    card = await house.card()
    house.slack.inject("views.open", error="token_revoked")
    await house.press(card, "evidence")
    await house.told("My access to this workspace was taken away")


async def test_a_card_that_was_deleted_is_confirmed_by_direct_message(house):
    card = await house.card()
    await house.press(card, ACCEPT)
    await house.modal()
    house.slack.inject("response_url", status=500, times=None)
    card.deleted = True
    await house.slack.submit_view(house.rep)
    await house.eventually(lambda _: house.memory.actions.open_of([house.asker("tess.calloway").user.id]))
    assert house.slack.modal(house.rep) is None


# Explain and Evidence


async def test_the_points_add_up_to_the_net(house):
    card = await house.card()
    await house.press(card, "explain")
    page = await house.modal()
    pairs = [[field["text"] for field in block["fields"]] for block in page.blocks if "fields" in block]
    rows = next(block["text"]["text"] for block in page.blocks if block["type"] == "section" and "text" in block)
    points = [int(found.replace("−", "-")) for found in re.findall(r"\*([+−]\d+)\*", rows)]
    brief = house.coach.briefs([house.memory.offers.find(key_of(card), NOW).deal_id], NOW)[0]

    assert sum(points) == brief.health.net
    assert str(abs(brief.health.net)) in pairs[-1][0]
    assert "Good from +5" in pairs[-1][1]
    assert "Since that answer" not in shown_text(page.blocks)


async def test_the_ledger_shows_quotes_with_day_person_source_and_grade(house):
    card = await house.card("How is Pennard?")
    await house.press(card, "evidence")
    shown = shown_text((await house.modal()).blocks)

    assert re.search(r"“.+”\n_.*\d{4} · (email|note by .+|call) · grade [ABC]_", shown)
    assert "Economic buyer" in shown


# Contest


async def test_a_correction_is_computed_beside_the_verdict_and_kept(house):
    card = await house.card()
    await house.press(card, "contest")
    await house.modal()
    day = (NOW + timedelta(days=10)).date().isoformat()
    await house.slack.submit_view(house.rep, entries={"fact": "meeting_booked", "day": day, "context": "Gareth agreed"})
    page = await house.slack.wait_for(lambda s: (m := s.modal(house.rep)) and "As recorded" in str(m.blocks) and m)
    shown = shown_text(page.blocks)
    assert "With your correction" in shown
    assert "next meeting" in shown
    assert "Tess Calloway" in shown

    deal_id = house.memory.offers.find(key_of(card), NOW).deal_id
    (kept,) = house.memory.contests.of_deal(deal_id, NOW - timedelta(days=1))
    assert (kept.by_name, kept.context, kept.at) == ("Tess Calloway", "Gareth agreed", NOW)
    assert kept.after_net > kept.before_net
    assert house.coach.briefs([deal_id], NOW)[0].facets.next_meeting is None

    again = await house.card(f"And {DEAL} now?")
    assert "✋" in shown_text(again.blocks)
    assert "Gareth agreed" in shown_text(again.blocks)


async def test_a_recorded_meeting_can_be_struck(house):
    card = await house.card()
    await house.press(card, "contest")
    form = await house.modal()
    assert all(fact.label in str(form.blocks) for fact in DisputedFact)
    deal_id = house.memory.offers.find(key_of(card), NOW).deal_id
    last = house.coach.briefs([deal_id], NOW)[0].facets.last_meeting
    await house.slack.submit_view(house.rep, entries={"fact": "not_held", "day": last.isoformat()})
    page = await house.slack.wait_for(lambda s: (m := s.modal(house.rep)) and "As recorded" in str(m.blocks) and m)
    shown = shown_text(page.blocks)
    assert "A recorded meeting did not take place" in shown
    assert re.search(rf"last meeting: \s*{last} →", shown)


async def test_an_impossible_correction_is_sent_back_beside_its_field(house):
    card = await house.card()
    await house.press(card, "contest")
    await house.modal()
    past = (NOW - timedelta(days=3)).date().isoformat()
    for entries, part in (
        ({"fact": "meeting_booked", "day": past}, "lies ahead"),
        ({"fact": "they_wrote"}, "Pick the day"),
        ({"fact": "people", "number": "many"}, "as a number"),
        ({"fact": "not_held", "day": past}, "There is no meeting held on that day. On record: "),
        ({"fact": "context"}, "Write what one should know"),
    ):
        sent = await house.slack.submit_view(house.rep, entries=entries)
        assert sent.body["response_action"] == "errors"
        assert part in str(sent.body["errors"])
        house.slack.modal(house.rep).values = {}
