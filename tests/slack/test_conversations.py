"""People talk to the app; the real app answers over Socket Mode and over signed HTTP, the real coach behind it."""

from dataclasses import replace

from block_limits import shown_text
from sample_house import DEAL_ID, DEAL_NAME, OTHER_REP, THEIR_DEAL, TWO_DEALS
from samples import DIGEST

from bot.memory import FeedbackValue
from bot.slack.delivery import deliver
from bot.slack.ids import ActionId
from bot.slack.views.blocks import actions, button
from bot.slack.views.digest import digest_message
from bot.slack.views.message import Message
from bot.slack.views.notices import STOPPED

ASKED = "How is Quarrybank looking?"
CHAMPION = "How do I test a champion?"
ABOUT_THE_DEAL = ("answer", DEAL_ID)
FROM_THE_HANDBOOK = ("answer_handbook", None)
TOLEDO = ("answer", "SL-2013")


async def test_a_direct_message_is_answered_in_its_thread_with_a_card(office):
    sent = await office.slack.dm(office.rep, ASKED)
    reply = await office.slack.reply_to(sent)

    assert sent.acked
    assert reply.thread_ts == sent.message.ts
    assert f"🟡 {DEAL_NAME} · Average" in shown_text(reply.blocks)
    assert "Figures as of" in shown_text(reply.blocks)
    assert "Why: nothing booked ahead" in reply.text
    assert "*" not in reply.text
    posted = office.slack.calls_of("chat.postMessage")[0].args
    assert (posted["unfurl_links"], posted["unfurl_media"]) == (False, False)


async def test_the_thread_remembers_the_deal(office):
    sent = await office.slack.dm(office.rep, ASKED)
    await office.slack.reply_to(sent)
    further = await office.slack.reply_to(await office.slack.dm(office.rep, "and the gaps?", thread_ts=sent.message.ts))

    assert office.answered() == [ABOUT_THE_DEAL, ABOUT_THE_DEAL]
    assert "decision criteria, decision process" in shown_text(further.blocks)


async def test_outside_a_thread_a_direct_message_goes_on_with_the_last_deal(office):
    await office.slack.reply_to(await office.slack.dm(office.rep, ASKED))
    await office.slack.reply_to(await office.slack.dm(office.rep, "what next?"))

    assert office.answered() == [ABOUT_THE_DEAL, ABOUT_THE_DEAL]


async def test_a_mention_about_a_deal_is_answered_to_the_asker_alone(office):
    colleague = office.people[OTHER_REP]
    deals = office.slack.add_channel("deals", office.rep, colleague)
    sent = await office.slack.mention(office.rep, deals, ASKED)
    reply = await office.slack.reply_to(sent)

    assert reply.ephemeral_for == office.rep.id
    assert office.answered() == [ABOUT_THE_DEAL]
    assert office.slack.messages(deals) == [sent.message]
    assert office.slack.ephemerals(colleague) == []


async def test_a_handbook_answer_to_a_mention_is_for_everybody(office):
    sent = await office.slack.mention(office.rep, office.slack.add_channel("deals", office.rep), CHAMPION)
    reply = await office.slack.reply_to(sent)

    assert reply.ephemeral_for is None
    assert reply.thread_ts == sent.message.ts
    assert office.answered() == [FROM_THE_HANDBOOK]
    assert "https://handbook.example.com/" not in reply.text
    assert "champion" in reply.text


async def test_a_thread_the_bot_opened_goes_on_without_a_mention_for_the_same_person_only(office):
    colleague = office.people[OTHER_REP]
    deals = office.slack.add_channel("deals", office.rep, colleague)
    opener = await office.slack.mention(office.rep, deals, CHAMPION)
    await office.slack.reply_to(opener)
    root = opener.message.ts

    await office.slack.say(colleague, deals, f"How is {THEIR_DEAL}?", thread_ts=root)
    await office.slack.say(office.rep, deals, "unrelated, outside the thread")
    await office.slack.say(office.rep, deals, "and how is Quarrybank?", thread_ts=root)
    seen = await office.slack.wait_for(lambda s: s.ephemerals(office.rep))
    await office.settle()

    assert office.answered() == [FROM_THE_HANDBOOK, ABOUT_THE_DEAL]
    assert [message.thread_ts for message in seen] == [root]
    assert office.slack.ephemerals(colleague) == []


async def test_a_mention_inside_somebodys_thread_opens_nothing(office):
    deals = office.slack.add_channel("deals", office.rep)
    root = (await office.slack.say(office.rep, deals, "planning")).message.ts
    await office.slack.mention(office.rep, deals, ASKED, thread_ts=root)
    await office.slack.wait_for(lambda s: s.ephemerals(office.rep))
    await office.slack.say(office.rep, deals, "How is Pennard?", thread_ts=root)
    await office.settle()

    assert office.answered() == [ABOUT_THE_DEAL]


async def test_a_mention_that_also_arrives_as_a_message_is_answered_once(office):
    sent = await office.slack.mention(office.rep, office.slack.add_channel("deals", office.rep), ASKED)
    await office.slack.reply_to(sent)
    await office.settle()

    assert len(office.answered()) == 1
    assert len(office.posts()) == 1


async def test_the_same_event_twice_is_answered_once(office):
    sent = await office.slack.dm(office.rep, ASKED, event_id="Ev1")
    await office.slack.reply_to(sent)
    again = await office.slack.redeliver("Ev1")
    await office.settle()

    assert again.acked
    assert len(office.posts()) == 1


async def test_edits_deletions_and_files_without_words_stay_unanswered(office):
    sent = await office.slack.dm(office.rep, ASKED)
    await office.slack.reply_to(sent)
    await office.slack.edit(sent.message, "How is Pennard?")
    await office.slack.erase(sent.message)
    await office.settle()

    assert office.answered() == [ABOUT_THE_DEAL]


async def test_an_empty_mention_asks_for_help(office):
    sent = await office.slack.mention(office.rep, office.slack.add_channel("deals", office.rep), "")
    reply = await office.slack.reply_to(sent)

    assert office.answered() == [FROM_THE_HANDBOOK]
    assert "What you can ask" in shown_text(reply.blocks)


async def test_consult_shows_the_pack_to_the_asker_alone(office):
    deals = office.slack.add_channel("deals", office.manager, office.rep)
    delivery = await office.slack.slash(office.manager, deals, "/consult", "Quarrybank")
    seen = await office.slack.wait_for(lambda s: s.ephemerals(office.manager))

    assert delivery.acked
    assert f"Consult · 🟡 {DEAL_NAME}" in shown_text(seen[0].blocks)
    assert office.slack.messages(deals) == []


async def test_consult_without_a_name_says_how_to_ask(office):
    await office.slack.slash(office.rep, office.slack.add_channel("deals", office.rep), "/consult", "help")
    seen = await office.slack.wait_for(lambda s: s.ephemerals(office.rep))

    assert "/consult Acme" in shown_text(seen[0].blocks)
    assert office.answered() == []


async def test_consult_works_where_the_bot_is_no_member(office):
    elsewhere = office.slack.add_channel("elsewhere", office.rep, with_bot=False)
    await office.slack.slash(office.rep, elsewhere, "/consult", "Quarrybank")

    assert await office.slack.wait_for(lambda s: s.ephemerals(office.rep))


async def test_choosing_from_a_menu_answers_the_first_question_for_the_chosen_deal(office):
    menu = await office.slack.reply_to(await office.slack.dm(office.rep, f"What are the gaps on {TWO_DEALS}?"))
    assert "Bellamy Freight" not in shown_text(menu.blocks), "a colleague's deal"
    await office.slack.click(office.rep, menu, ActionId.CHOOSE_DEAL.numbered(1))
    await office.slack.wait_for(lambda _: "Bellamy Foods - Toledo plant · " in shown_text(menu.blocks))

    assert office.answered()[-1] == TOLEDO
    assert "Which" not in shown_text(menu.blocks)


async def test_choosing_from_a_consult_menu_prepares_that_consult(office):
    deals = office.slack.add_channel("deals", office.manager)
    await office.slack.slash(office.manager, deals, "/consult", "Bellamy Foods")
    (menu,) = await office.slack.wait_for(lambda s: s.ephemerals(office.manager))
    await office.slack.click(office.manager, menu, ActionId.CHOOSE_CONSULT.numbered(1))
    await office.slack.wait_for(lambda _: "Consult · 🟢 Bellamy Foods - Toledo plant" in shown_text(menu.blocks))

    assert office.answered()[-1] == TOLEDO


async def test_a_rating_is_recorded_once_a_person_and_answer(office):
    reply = await office.slack.reply_to(await office.slack.dm(office.rep, ASKED))
    for _ in range(2):
        await office.slack.click(office.rep, reply, ActionId.FEEDBACK, f"{FeedbackValue.HELPFUL.value}:1")
    await office.slack.wait_for(lambda s: len(s.ephemerals(office.rep)) == 2)
    assert office.memory.feedback_tally() == {FeedbackValue.HELPFUL: 1, FeedbackValue.NOT_HELPFUL: 0}

    await office.slack.click(office.rep, reply, ActionId.FEEDBACK, f"{FeedbackValue.NOT_HELPFUL.value}:1")
    await office.slack.wait_for(lambda s: s.modal(office.rep))
    assert office.memory.feedback_tally() == {FeedbackValue.HELPFUL: 0, FeedbackValue.NOT_HELPFUL: 1}

    sent = await office.slack.submit_view(office.rep, entries={"reason": "wrong fact", "words": "Elin left"})
    assert sent.acked
    assert office.slack.modal(office.rep) is None
    assert office.memory.feedback_reasons() == ["wrong fact: Elin left"]


async def test_the_home_tab_lists_deals_and_a_press_answers_by_direct_message(office):
    await office.slack.open_home(office.rep)
    home = await office.slack.wait_for(lambda s: s.home(office.rep))
    shown = shown_text(home.blocks)
    assert "nothing booked ahead" in shown.lower()
    assert THEIR_DEAL not in shown

    buttons = [(block.get("accessory") or {}) for block in home.blocks]
    first = next(each for each in buttons if each.get("action_id") == ActionId.CHOOSE_DEAL.numbered(0))
    await office.slack.click(office.rep, home, ActionId.CHOOSE_DEAL.numbered(0))
    await office.slack.wait_for(lambda s: len(s.messages(office.rep)) == 2)
    assert office.answered() == [("answer", first["value"])]


async def test_the_messages_tab_offers_prompts_from_the_persons_own_deals(office):
    await office.slack.open_home(office.rep, tab="messages")
    offered = await office.slack.wait_for(lambda s: s.prompts(office.rep))

    own = {each.name for each in office.coach.open_pipeline().deal_names({office.asker("tess.calloway").user.id})}
    asked = [prompt["message"] for prompt in offered]
    assert asked[-1] == "How is my pipeline?"
    assert asked[:-1]
    assert all(text.removeprefix("How is ").removesuffix(" doing?") in own for text in asked[:-1])


async def test_stop_ends_the_work_and_says_so(office):
    office.slack.inject("users.info", status=429, retry_after_seconds=1)
    sent = await office.slack.dm(office.rep, ASKED)
    im, thread = office.slack.workspace.im_with(office.rep), sent.message.ts
    await office.slack.wait_for(lambda s: (found := s.session(im, thread)) and found.status == "processing")
    await office.slack.stop_session(office.rep, im, thread)
    reply = await office.slack.reply_to(sent)

    assert reply.text == STOPPED
    assert office.slack.session(im, thread).status == "active"
    assert DEAL_NAME not in str(office.slack.messages(office.rep))


async def test_a_status_is_shown_while_working_and_gone_afterwards(office):
    sent = await office.slack.dm(office.rep, ASKED)
    await office.slack.reply_to(sent)
    im = office.slack.workspace.im_with(office.rep)
    await office.slack.wait_for(lambda s: (found := s.session(im, sent.message.ts)) and found.status == "active")

    statuses = [call.args["status"] for call in office.slack.calls_of("assistant.threads.setStatus")]
    assert statuses[0].startswith("is looking")
    assert statuses[-1] == ""


# What one may see


async def test_a_colleagues_deal_and_no_deal_read_the_same(house):
    hidden = await house.card(f"How is {THEIR_DEAL} looking?")
    missing = await house.card("How is Zanzibar Traders looking?")

    assert shown_text(hidden.blocks) == shown_text(missing.blocks)
    assert "Housekeeping" not in shown_text(hidden.blocks)
    assert f"{THEIR_DEAL} Hotels - Housekeeping" in shown_text(
        (await house.card(f"How is {THEIR_DEAL} looking?", house.manager)).blocks
    )


async def test_a_button_for_a_deal_one_may_not_see_opens_nothing(house):
    hidden = Message("forged", (actions([button("Open", ActionId.CHOOSE_DEAL.numbered(0), "SL-2002")]),))
    sent = await deliver(house.client, house.rep.id, hidden)
    (message,) = house.slack.messages(house.rep)
    await house.slack.click(house.rep, message, ActionId.CHOOSE_DEAL.numbered(0))
    said = await house.told("I can't find that deal any more among the deals you can see.")

    assert "Housekeeping" not in said
    assert THEIR_DEAL not in said
    assert house.slack.messages(house.rep, thread_ts=sent.ts)[1:] == []
    assert house.answered() == []


async def test_a_digest_may_lead_to_a_deal_of_ones_own(house):
    item = DIGEST.items[0]
    own = item.deal.model_copy(update={"id": DEAL_ID, "name": DEAL_NAME})
    sent = await deliver(house.client, house.rep.id, digest_message(replace(DIGEST, items=(replace(item, deal=own),))))
    (message,) = house.slack.messages(house.rep)
    await house.slack.click(house.rep, message, ActionId.CHOOSE_DEAL.numbered(0))
    thread = await house.slack.wait_for(lambda s: s.messages(house.rep, thread_ts=sent.ts)[1:])
    assert f"{DEAL_NAME} · Average" in shown_text(thread[-1].blocks)
