"""Consults in a channel, the lists behind `/consult`, and the jobs that look after consults."""

import asyncio
from datetime import timedelta

import pytest
from block_limits import problems, shown_text
from consult_acts import START, agree, agreed, brought, pack, sees, session, share, started, walk
from sample_house import DEAL, DEAL_NAME, OTHER_REP, open_house

from bot.coach.desk import Desk
from bot.jobs.consults import mark_time_up
from bot.memory import ConsultPhase
from bot.slack.consulting import Consulting
from bot.slack.delivery import deliver
from bot.slack.ids import ActionId
from bot.slack.services import Services
from bot.slack.views.message import Message

NEXT = ActionId.CONSULT_NEXT.value


def desk_channel(house, *more):
    return house.slack.add_channel("deal-desk", house.manager, house.rep, *more, with_bot=True)


def public(house, channel):
    """What everybody in the channel reads."""
    return "\n".join(f"{m.text}\n{shown_text(m.blocks)}" for m in house.slack.messages(channel))


async def ephemeral(house, person, part):
    """Wait for a message only this person sees; returns the last one that holds `part`."""

    def found(slack):
        return next((m for m in reversed(slack.ephemerals(person)) if part in shown_text(m.blocks)), None)

    return await house.slack.wait_for(found, seconds=20)


async def in_the_channel(house, channel):
    return await started(house, where="here", channel=channel)


async def test_in_a_channel_only_the_two_see_what_it_is_about(house):
    other = house.people[OTHER_REP]
    channel = desk_channel(house, other)
    await in_the_channel(house, channel)
    anchor = (await house.slack.wait_for(lambda s: s.messages(channel), seconds=20))[0]
    assert "hold a consult in this thread" in public(house, channel)
    for person, part in ((house.manager, "Begin the session"), (house.rep, "Write the overview")):
        side = await ephemeral(house, person, part)
        assert side.thread_ts == anchor.ts
    await house.press(anchor, ActionId.CONSULT_OPEN.value, other)
    await house.told("This consult is between Nadia Rahimi and Tess Calloway", other)
    await house.press(anchor, ActionId.CONSULT_OPEN.value, house.rep)
    await house.slack.wait_for(lambda s: sum(DEAL in str(m.blocks) for m in s.ephemerals(house.rep)) >= 2, seconds=20)

    assert DEAL not in public(house, channel)
    assert DEAL not in str([m.blocks for m in house.slack.ephemerals(other)])


@pytest.mark.slow
async def test_a_session_in_a_channel_goes_on_and_its_clock_is_quiet(house):
    channel = desk_channel(house)
    await in_the_channel(house, channel)
    side = await ephemeral(house, house.rep, "Write the overview")
    await house.press(side, ActionId.CONSULT_OVERVIEW.value)
    await house.modal()
    await house.slack.submit_view(house.rep, entries={"gaps": "Who signs?"})
    await house.eventually(lambda _: session(house).overview)
    side = await ephemeral(house, house.manager, "Begin the session")
    await house.press(side, NEXT, house.manager)
    await ephemeral(house, house.rep, "Purpose:")
    await house.slack.wait_for(lambda s: "Set-up, 5 min, until" in public(house, channel), seconds=20)
    assert len(house.slack.messages(channel)) == 2
    assert DEAL not in public(house, channel)


@pytest.mark.slow
async def test_a_channel_where_the_seller_is_not_or_others_read_is_not_offered(house):
    for name, options, why in (
        ("without-her", {"members": (house.manager,)}, "Tess is not in this channel"),
        ("partners", {"members": (house.manager, house.rep), "is_ext_shared": True}, "Other organisations"),
    ):
        members = options.pop("members")
        channel = house.slack.add_channel(name, *members, with_bot=True, **options)
        message = await pack(house, channel)
        await house.press(message, START, house.manager)
        form = await house.modal(house.manager)
        assert why in shown_text(form.blocks)
        assert f"In a thread of #{name}" not in str(form.blocks)
        await house.slack.close_view(house.manager)


async def test_the_wrap_up_is_shared_in_the_thread_only_on_purpose_and_once(house):
    channel = desk_channel(house)
    await in_the_channel(house, channel)
    await asyncio.to_thread(walk, house, ConsultPhase.PLAN, agree)
    await house.press(await anchor_of(house, channel), ActionId.CONSULT_OPEN.value, house.manager)
    side = await ephemeral(house, house.manager, "Send the wrap-up")
    await house.press(side, ActionId.CONSULT_WRAP_UP.value, house.manager)
    await house.modal(house.manager)
    await house.slack.submit_view(house.manager)
    await house.told("📋", house.manager)
    wrap = next(m for m in house.slack.messages(house.manager) if "📋" in str(m.blocks))
    assert "consult_share" not in str([m.blocks for m in house.slack.messages(house.rep)])
    for _ in range(2):
        await house.press(wrap, ActionId.CONSULT_SHARE.value, house.manager)
        form = await house.modal(house.manager)
        assert "2 people will read it" in shown_text(form.blocks)
        await house.slack.submit_view(house.manager)
    await house.told("shared in the thread already", house.manager)
    assert public(house, channel).count(f"Consult · {DEAL_NAME}") == 1


async def anchor_of(house, channel):
    return (await house.slack.wait_for(lambda s: s.messages(channel), seconds=20))[0]


# Lists


async def test_the_menu_offers_whose_turn_it_is_and_still_works_later(house):
    channel = desk_channel(house)
    menu = await pack(house, channel, "")
    shown = shown_text(menu.blocks)
    assert "Whose turn it is" in shown
    assert problems([b for b in menu.blocks if "static_select" not in str(b)]) == []
    assert {"Team", "Forecast", "Help"} <= {e["text"]["text"] for b in menu.blocks for e in b.get("elements", ())
                                            if e.get("type") == "button"}  # fmt: skip
    house.clock.later(days=1)
    before = len(house.slack.ephemerals(house.manager))
    await house.press(menu, ActionId.CONSULT_LIST.numbered(1), house.manager)
    await house.slack.wait_for(lambda s: len(s.ephemerals(house.manager)) > before, seconds=20)
    assert "Consults of your team" in shown_text(house.slack.ephemerals(house.manager)[-1].blocks)
    await house.press(menu, ActionId.CHOOSE_CONSULT.numbered(0), house.manager)
    await house.told("Only you see this", house.manager)


@pytest.mark.slow
async def test_a_view_opens_by_name_turns_its_page_and_is_unknown_to_other_roles(house):
    channel = desk_channel(house)
    view = await pack(house, channel, "view words-ahead-of-deeds")
    assert "Words ahead of deeds: 14 deals" in shown_text(view.blocks)
    assert problems(view.blocks) == []
    await house.press(view, ActionId.OPEN_VIEW.numbered(2), house.manager)
    await house.slack.wait_for(lambda _: "9 to 14 of 14" in shown_text(view.blocks), seconds=20)
    await pack(house, channel, "view words-ahead-of-deeds", house.rep)
    assert "There is no view called" in await house.told("There is no view called")

    listed = await pack(house, channel, "view")
    assert "Words ahead of deeds" in shown_text(listed.blocks)
    assert problems(listed.blocks) == []
    mine = await pack(house, channel, "view never touched", house.rep)
    assert "Never touched" in shown_text(mine.blocks)


@pytest.mark.slow
async def test_team_covers_consults_and_lists_what_was_not_followed_up(house):
    channel = desk_channel(house)
    await asyncio.to_thread(walk, house, ConsultPhase.PLAN, agree, share)
    assert "1 of 3 strategic deals covered" in shown_text((await pack(house, channel, "team")).blocks)
    house.clock.later(days=9)
    late = await pack(house, channel, "team")
    assert "not followed up*, due 2 days ago" in shown_text(late.blocks)
    assert problems(late.blocks) == []
    rep = await pack(house, channel, "team", house.rep)
    assert "Renata" not in shown_text(rep.blocks)


@pytest.mark.slow
async def test_open_menus_still_ask_what_was_asked_after_a_restart(sample_runtime, tmp_path):
    async with open_house(sample_runtime, tmp_path) as house:
        plain = await house.card("When did Bellamy last write?", house.manager)
        light = await pack(house, desk_channel(house), "light Bellamy")
        assert "Choose" in shown_text(plain.blocks)
    async with open_house(sample_runtime, tmp_path) as house:
        house.clock.later(days=1)
        for menu, action, part in (
            (plain, ActionId.CHOOSE_DEAL, "Bellamy Foods - Dayton plant"),
            (light, ActionId.CHOOSE_CONSULT, "Light review · "),
        ):
            kept = [{key: value for key, value in block.items() if value is not None} for block in menu.blocks]
            sent = await deliver(house.client, house.manager.id, Message("menu", tuple(kept)))
            shown = next(m for m in house.slack.messages(house.manager) if m.ts == sent.ts)
            await house.press(shown, action.numbered(0), house.manager)
            await house.slack.wait_for(lambda _, m=shown: "Choose" not in shown_text(m.blocks), seconds=20)
            assert part in shown_text(shown.blocks)
        assert "Why" not in shown_text(house.slack.messages(house.manager)[0].blocks)


@pytest.mark.slow
async def test_light_forecast_and_help(house):
    channel = desk_channel(house)
    light = await pack(house, channel, f"light {DEAL}")
    assert "Light review · 🟡" in shown_text(light.blocks)
    assert "Weighted forecast" in (await pack(house, channel, "forecast")).text
    assert "light Acme" in shown_text((await pack(house, channel, "help")).blocks)
    await pack(house, channel, "Globex")
    await house.told("I can't find a deal by that name", house.manager)


# Jobs


async def test_the_end_of_a_part_is_shown_in_place_and_once(house):
    await brought(house, ConsultPhase.SETUP)
    await sees(house, house.manager, "Next: overview")
    consulting = Consulting(Services(house.coach, house.memory), Desk(house.coach))
    posted = len(house.slack.calls_of("chat.postMessage"))
    assert await mark_time_up(house.client, consulting, house.clock.now + timedelta(minutes=4)) == 0
    late = house.clock.now + timedelta(minutes=6)
    assert await mark_time_up(house.client, consulting, late) == 1
    assert await mark_time_up(house.client, consulting, late) == 0
    await sees(house, house.rep, "its 5 minutes are over")
    assert len(house.slack.calls_of("chat.postMessage")) == posted


@pytest.mark.slow
async def test_home_shows_consults_views_and_the_rota_of_a_person(house):
    await agreed(house)
    await house.slack.open_home(house.manager)
    home = await house.slack.wait_for(lambda s: s.home(house.manager), seconds=20)
    assert "the wrap-up is not sent yet" in shown_text(home.blocks)
    assert "consults on 0 of 15 strategic deals" in shown_text(home.blocks)
    seen = home.hash
    await house.slack.click(house.manager, home, ActionId.HOME_GO.numbered(80), "0:pushed-again:::")
    view = await house.slack.wait_for(lambda s: (h := s.home(house.manager)).hash != seen and h, seconds=20)
    assert "Pushed again" in shown_text(view.blocks)
