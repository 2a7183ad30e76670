"""People talk to the app; the real app answers over Socket Mode and over signed HTTP."""

from block_limits import shown_text
from samples import ANSWER, DAIRY, TIMBER

from bot.memory import FeedbackValue
from bot.slack.ids import ActionId
from bot.slack.views.notices import STOPPED


async def test_a_direct_message_is_answered_in_its_thread_with_a_card(office):
    sent = await office.slack.dm(office.priya, "how's Norrland?")
    reply = await office.slack.reply_to(sent)

    assert sent.acked
    assert reply.thread_ts == sent.message.ts
    assert "🟠 Mill control rollout · At Risk" in shown_text(reply.blocks)
    assert "no reply for 17 days" in reply.text
    assert "*" not in reply.text
    posted = office.slack.calls_of("chat.postMessage")[0].args
    assert (posted["unfurl_links"], posted["unfurl_media"]) == (False, False)


async def test_the_thread_remembers_the_deal(office):
    sent = await office.slack.dm(office.priya, "how's Norrland?")
    await office.slack.reply_to(sent)
    await office.slack.dm(office.priya, "and the gaps?", thread_ts=sent.message.ts)
    await office.slack.wait_for(lambda _: len(office.coach.asked) == 2)

    assert office.coach.asked == [("how's Norrland?", None), ("and the gaps?", TIMBER.id)]


async def test_outside_a_thread_a_direct_message_goes_on_with_the_last_deal(office):
    await office.slack.reply_to(await office.slack.dm(office.priya, "how's Norrland?"))
    await office.slack.dm(office.priya, "what next?")
    await office.slack.wait_for(lambda _: len(office.coach.asked) == 2)

    assert office.coach.asked[1] == ("what next?", TIMBER.id)


async def test_a_mention_about_a_deal_is_answered_to_the_asker_alone(office):
    colleague = office.slack.add_user("colleague", email="colleague@example.com")
    office.deals.members.append(colleague.id)
    sent = await office.slack.mention(office.priya, office.deals, "how's Norrland?")
    reply = await office.slack.reply_to(sent)

    assert reply.ephemeral_for == office.priya.id
    assert office.coach.asked == [("how's Norrland?", None)]
    assert office.slack.messages(office.deals) == [sent.message]
    assert office.slack.ephemerals(colleague) == []


async def test_a_handbook_answer_to_a_mention_is_for_everybody(office):
    sent = await office.slack.mention(office.priya, office.deals, "how do I test a champion?")
    reply = await office.slack.reply_to(sent)

    assert reply.ephemeral_for is None
    assert reply.thread_ts == sent.message.ts


async def test_a_thread_the_bot_opened_goes_on_without_a_mention_for_the_same_person_only(office):
    colleague = office.slack.add_user("colleague", email="priya@example.com")
    office.deals.members.append(colleague.id)
    opener = await office.slack.mention(office.priya, office.deals, "how do I test a champion?")
    await office.slack.reply_to(opener)
    root = opener.message.ts

    await office.slack.say(colleague, office.deals, "we talked about it", thread_ts=root)
    await office.slack.say(office.priya, office.deals, "unrelated, outside the thread")
    await office.slack.say(office.priya, office.deals, "and how's Norrland?", thread_ts=root)
    seen = await office.slack.wait_for(lambda s: s.ephemerals(office.priya))
    await office.settle()

    assert [text for text, _ in office.coach.asked] == ["how do I test a champion?", "and how's Norrland?"]
    assert [message.thread_ts for message in seen] == [root]


async def test_a_mention_inside_somebodys_thread_opens_nothing(office):
    root = (await office.slack.say(office.priya, office.deals, "planning")).message.ts
    await office.slack.mention(office.priya, office.deals, "how's Norrland?", thread_ts=root)
    await office.slack.wait_for(lambda s: s.ephemerals(office.priya))
    await office.slack.say(office.priya, office.deals, "thanks all", thread_ts=root)
    await office.settle()

    assert len(office.coach.asked) == 1


async def test_a_mention_that_also_arrives_as_a_message_is_answered_once(office):
    sent = await office.slack.mention(office.priya, office.deals, "how's Norrland?")
    await office.slack.reply_to(sent)
    await office.settle()

    assert len(office.coach.asked) == 1
    assert len(office.posts()) == 1


async def test_the_same_event_twice_is_answered_once(office):
    sent = await office.slack.dm(office.priya, "how's Norrland?", event_id="Ev1")
    await office.slack.reply_to(sent)
    again = await office.slack.redeliver("Ev1")
    await office.settle()

    assert again.acked
    assert len(office.posts()) == 1


async def test_edits_deletions_and_files_without_words_stay_unanswered(office):
    sent = await office.slack.dm(office.priya, "how's Norrland?")
    await office.slack.reply_to(sent)
    await office.slack.edit(sent.message, "how is Norrland?")
    await office.slack.erase(sent.message)
    await office.settle()

    assert len(office.coach.asked) == 1


async def test_an_empty_mention_asks_for_help(office):
    await office.slack.mention(office.priya, office.deals, "")
    await office.slack.wait_for(lambda _: office.coach.asked)

    assert office.coach.asked == [("help", None)]


async def test_consult_shows_the_pack_to_the_asker_alone(office):
    delivery = await office.slack.slash(office.priya, office.deals, "/consult", "Norrland")
    seen = await office.slack.wait_for(lambda s: s.ephemerals(office.priya))

    assert delivery.acked
    assert "Consult · 🟠 Mill control rollout" in shown_text(seen[0].blocks)
    assert office.slack.messages(office.deals) == []


async def test_consult_without_a_name_says_how_to_ask(office):
    await office.slack.slash(office.priya, office.deals, "/consult", "help")
    seen = await office.slack.wait_for(lambda s: s.ephemerals(office.priya))

    assert "/consult Acme" in shown_text(seen[0].blocks)
    assert office.coach.asked == []


async def test_consult_works_where_the_bot_is_no_member(office):
    elsewhere = office.slack.add_channel("elsewhere", office.priya, with_bot=False)
    await office.slack.slash(office.priya, elsewhere, "/consult", "Norrland")

    assert await office.slack.wait_for(lambda s: s.ephemerals(office.priya))


async def test_choosing_from_a_menu_answers_the_first_question_for_the_chosen_deal(office):
    menu = await office.slack.reply_to(await office.slack.dm(office.priya, "gaps on the pilot?"))
    await office.slack.click(office.priya, menu, ActionId.CHOOSE_DEAL.numbered(1))
    await office.slack.wait_for(lambda _: "At Risk" in shown_text(menu.blocks))

    assert office.coach.asked[-1] == ("gaps on the pilot?", DAIRY.id)
    assert "Choose" not in shown_text(menu.blocks)


async def test_choosing_from_a_consult_menu_prepares_that_consult(office):
    await office.slack.slash(office.priya, office.deals, "/consult", "pilot")
    (menu,) = await office.slack.wait_for(lambda s: s.ephemerals(office.priya))
    await office.slack.click(office.priya, menu, ActionId.CHOOSE_CONSULT.numbered(0))
    await office.slack.wait_for(lambda _: "Consult · 🟠" in shown_text(menu.blocks))

    assert office.coach.asked[-1] == (TIMBER.id, None)


async def test_a_rating_is_recorded_once_a_person_and_answer(office):
    reply = await office.slack.reply_to(await office.slack.dm(office.priya, "how's Norrland?"))
    for _ in range(2):
        await office.slack.click(office.priya, reply, ActionId.FEEDBACK, f"{FeedbackValue.HELPFUL.value}:1")
    await office.slack.wait_for(lambda s: len(s.ephemerals(office.priya)) == 2)
    assert office.memory.feedback_tally() == {FeedbackValue.HELPFUL: 1, FeedbackValue.NOT_HELPFUL: 0}

    await office.slack.click(office.priya, reply, ActionId.FEEDBACK, f"{FeedbackValue.NOT_HELPFUL.value}:1")
    await office.slack.wait_for(lambda s: s.modal(office.priya))
    assert office.memory.feedback_tally() == {FeedbackValue.HELPFUL: 0, FeedbackValue.NOT_HELPFUL: 1}

    sent = await office.slack.submit_view(office.priya, entries={"reason": "wrong fact", "words": "Elin left"})
    assert sent.acked
    assert office.slack.modal(office.priya) is None
    assert office.memory.feedback_reasons() == ["wrong fact: Elin left"]


async def test_the_home_tab_lists_deals_and_a_press_answers_by_direct_message(office):
    await office.slack.open_home(office.priya)
    home = await office.slack.wait_for(lambda s: s.home(office.priya))
    assert "no reply for 17 days" in shown_text(home.blocks).lower()

    await office.slack.click(office.priya, home, ActionId.CHOOSE_DEAL.numbered(0))
    await office.slack.wait_for(lambda s: len(s.messages(office.priya)) == 2)
    assert office.coach.asked[-1][1] == TIMBER.id


async def test_the_messages_tab_offers_prompts_from_the_persons_own_deals(office):
    await office.slack.open_home(office.priya, tab="messages")
    offered = await office.slack.wait_for(lambda s: s.prompts(office.priya))

    assert [prompt["message"] for prompt in offered] == ["How is Mill control rollout doing?"]


async def test_stop_ends_the_work_and_says_so(office):
    office.coach.slow_seconds = 1.0
    sent = await office.slack.dm(office.priya, "how's Norrland?")
    im, thread = office.slack.workspace.im_with(office.priya), sent.message.ts
    await office.slack.wait_for(lambda s: (found := s.session(im, thread)) and found.status == "processing")
    await office.slack.stop_session(office.priya, im, thread)
    reply = await office.slack.reply_to(sent)

    assert reply.text == STOPPED
    assert office.slack.session(im, thread).status == "active"
    assert ANSWER.deal.name not in str(office.slack.messages(office.priya))


async def test_a_status_is_shown_while_working_and_gone_afterwards(office):
    sent = await office.slack.dm(office.priya, "how's Norrland?")
    await office.slack.reply_to(sent)
    im = office.slack.workspace.im_with(office.priya)
    await office.slack.wait_for(lambda s: (found := s.session(im, sent.message.ts)) and found.status == "active")

    statuses = [call.args["status"] for call in office.slack.calls_of("assistant.threads.setStatus")]
    assert statuses[0].startswith("is looking")
    assert statuses[-1] == ""
