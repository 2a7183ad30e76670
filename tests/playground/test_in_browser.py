"""People use the coach in a browser: every click is a real payload through the shipped app."""

import re

import pytest
from browser_tab import COLLEAGUE, GUEST, MANAGER, REP

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

DEAL, QUESTION = "Quarrybank Stores - Weekend cover", "How is Quarrybank looking?"
CHANNEL = "mid-market-deals"
NOTES = """Call with Quarrybank, Wednesday afternoon
Gareth Winslow said the weekend overtime costs them 180,000 a year and hurts every store.
The CFO, Hannah Price, signs anything above 50,000 and approved the budget for this year.
"""
ATTACK = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>'


async def test_a_rep_asks_and_the_answer_comes_in_a_thread(tab):
    card = await tab.ask(QUESTION)

    assert DEAL in await card.inner_text()
    assert "They did" in await card.inner_text()
    await tab.picture("answer")


async def test_a_step_is_accepted_and_stands_on_the_home_tab(tab, office):
    card = await tab.ask(QUESTION)
    await card.locator("[data-action^=accept_step]").first.click()
    await tab.modal.get_by_role("button", name="Track").wait_for()
    await tab.picture("accept")
    await tab.modal.get_by_role("button", name="Track").click()

    await tab.modal.wait_for(state="detached")
    await tab.page.get_by_text("Tracked for").last.wait_for()
    await tab.tab("Home")
    await tab.page.get_by_text("Your actions").wait_for()
    await tab.picture("home")
    assert len(office.runtime.memory.actions.open_of([office.user_id(REP)])) == 1


async def test_a_vague_step_comes_back_with_better_words_and_keeps_what_was_entered(tab):
    card = await tab.ask("How is Foxley Parcel looking?")
    await card.locator("[data-action^=accept_step]").first.click()
    for label, words in (("What", "follow up"), ("With whom (optional)", ""), ("Done when (optional)", "")):
        await tab.modal.get_by_label(label, exact=True).fill(words)
    await tab.modal.get_by_role("button", name="Track").click()

    await tab.modal.locator("[data-action^=use_rewrite]").first.wait_for()
    assert await tab.modal.get_by_label("What", exact=True).input_value() == "follow up"
    await tab.picture("vague")


async def test_a_fact_is_contested_and_both_verdicts_are_shown(tab, office):
    card = await tab.ask("How is Foxley Parcel looking?")
    await card.locator("[data-action=contest]").click()
    await tab.modal.get_by_role("button", name="Compute").click()
    await tab.modal.get_by_text("Please complete this required field.").wait_for()
    await tab.modal.get_by_label("Something else to know").check()
    await tab.modal.get_by_role("button", name="Compute").click()
    await tab.modal.get_by_text("Write what one should know.").wait_for()
    await tab.picture("contest_objection")
    await tab.modal.get_by_label("What should one know?").fill("Their buyer is on leave until December.")
    await tab.modal.get_by_role("button", name="Compute").click()

    await tab.modal.get_by_text("Tess Calloway").first.wait_for()
    await tab.picture("contest")
    assert "on leave until December" in str(office.contests("Foxley"))


async def test_a_manager_runs_a_consult_from_the_keyboard_and_nobody_else_sees_it(tab):
    await tab.become(MANAGER)
    await tab.go(CHANNEL)
    await tab.page.get_by_label(f"Message #{CHANNEL}").focus()
    await tab.page.keyboard.type("/cons")
    await tab.page.keyboard.press("Tab")
    await tab.page.keyboard.type("Quarrybank")
    await tab.page.keyboard.press("Enter")

    pack = tab.page.locator(".message.ephemeral").last
    await pack.get_by_text("Consult ·").wait_for()
    assert "Only visible to you" in await pack.inner_text()
    await tab.picture("consult")
    await tab.become(COLLEAGUE)
    await tab.go(CHANNEL)
    await tab.page.get_by_role("heading", name=CHANNEL).first.wait_for()
    assert await tab.page.locator(".message", has_text="Consult ·").count() == 0
    assert await tab.page.locator(".message.ephemeral").count() == 0


async def test_a_consult_is_led_to_its_action_plan(tab, office):
    await tab.become(MANAGER)
    await tab.go(CHANNEL)
    await tab.write("/consult Quarrybank", f"Message #{CHANNEL}")
    await tab.page.locator(".message.ephemeral").last.locator("[data-action^=consult_start]").first.click()
    await tab.modal.get_by_role("button", name="Invite Tess").click()
    await tab.modal.wait_for(state="detached")

    await tab.become(REP)
    await tab.press("consult_overview")
    await tab.modal.get_by_role("heading", name="Overview").wait_for()
    await tab.picture("consult_overview")
    await tab.modal.get_by_role("button", name="Send", exact=True).click()
    await tab.modal.wait_for(state="detached")

    await tab.become(MANAGER)
    for part in ("Set-up", "Overview", "Questions"):
        await tab.press("consult_next")
        await tab.page.locator(".message", has_text=f"{part},").last.wait_for()
    await tab.press("consult_question")
    await tab.modal.get_by_label("Tess's own reading").fill("Gareth only; nobody above him has been met.")
    await tab.modal.get_by_role("button", name="Write down").click()
    await tab.modal.get_by_text("On record").wait_for()
    await tab.picture("consult_question")
    await tab.modal.get_by_label("What you agree on").fill("We do not know who signs.")
    await tab.modal.get_by_role("button", name="Save").click()
    await tab.modal.wait_for(state="detached")

    await tab.press("consult_next")
    await tab.press("consult_action")
    await tab.modal.get_by_label("What", exact=True).fill("Ask Gareth Winslow for 30 minutes with the finance director")
    await tab.modal.get_by_label("By when").fill("2026-12-01")
    await tab.modal.get_by_label("Done when (optional)").fill("the invitation is accepted by the finance director")
    await tab.modal.get_by_role("button", name="Track").click()
    await tab.modal.wait_for(state="detached")
    await tab.press("consult_agree")
    await tab.modal.get_by_label("The strategy in two sentences").fill("Reach the money. Then agree the dates.")
    await tab.modal.get_by_role("button", name="Agree", exact=True).click()
    await tab.page.locator("[data-action=consult_wrap_up]").last.wait_for()
    await tab.picture("consult_plan")
    assert "Reach the money" in await tab.page.locator(".message").last.inner_text()


async def test_a_guest_is_told_why_there_is_nothing_to_see(tab):
    await tab.become(GUEST)
    await tab.write(QUESTION)

    await tab.thread.get_by_text("not with guests").wait_for()
    assert DEAL not in await tab.page.inner_text("body")
    await tab.picture("guest")


async def test_the_digest_comes_when_asked_for(tab):
    await tab.become(MANAGER)
    await tab.page.get_by_role("button", name="Send my morning digest").click()

    digest = tab.page.locator(".message", has_text=re.compile("at risk", re.IGNORECASE)).last
    await digest.wait_for()
    assert await digest.locator("[data-action]").count() > 2
    await tab.picture("digest")


async def test_a_dropped_file_is_read_for_evidence_and_kept_with_a_click(tab):
    await tab.drop("call.txt", NOTES)

    proposal = tab.thread.locator(".message", has=tab.page.locator("[data-action=keep_evidence]"))
    await proposal.get_by_text("180,000").wait_for()
    await tab.thread.locator(".file", has_text="call.txt").wait_for()
    await tab.picture("file")
    await tab.press("keep_evidence")
    await tab.thread.get_by_text("under your name").wait_for()


async def test_status_stop_and_streamed_words_are_shown_as_they_come(tab, office):
    await tab.ask(QUESTION)
    channel, thread = tab.place["in"], tab.place["thread"]
    await office.client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status="is thinking…")
    await office.client.agents_sessions_setStatus(channel_id=channel, thread_ts=thread, status="processing")
    await tab.thread.locator(".status", has_text="is thinking…").wait_for()
    stream = {"channel": channel, "thread_ts": thread}
    ts = (await office.client.chat_startStream(**stream, markdown_text="First **words**"))["ts"]
    await tab.thread.locator(".streaming strong", has_text="words").wait_for()
    await office.client.chat_appendStream(channel=channel, ts=ts, markdown_text=", then more")
    await tab.thread.locator(".streaming", has_text="First words, then more").wait_for()
    await tab.picture("streaming")

    await tab.thread.get_by_role("button", name="Stop").click()
    await tab.thread.get_by_role("button", name="Stop").wait_for(state="detached")
    await tab.thread.locator(".streaming").wait_for(state="detached")
    await tab.thread.locator(".message", has_text="First words, then more").wait_for()


async def test_nothing_anybody_writes_becomes_markup(tab, office):
    await tab.write(ATTACK)
    await tab.thread.get_by_text("window.hacked=1").first.wait_for()
    rep = office.slack.workspace.users[office.slack_id(REP)]
    await office.client.chat_postMessage(channel=rep.id, text="x", blocks=hostile_blocks())
    await tab.page.locator(".message", has_text="hostile header").first.wait_for()

    assert await tab.page.evaluate("window.hacked") is None
    assert await tab.page.locator(".message :is([onerror], script, iframe, img[src^='x'])").count() == 0
    assert await tab.page.locator("a[href^='javascript']").count() == 0


def hostile_blocks():
    return [
        {"type": "header", "text": {"type": "plain_text", "text": f"hostile header {ATTACK}"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": f"{ATTACK} <javascript:alert(1)|click me>"}},
        {"type": "markdown", "text": f"{ATTACK} [click](javascript:alert(1)) ![x](javascript:alert(1))"},
        {"type": "actions", "elements": [
            {"type": "button", "action_id": "b", "text": {"type": "plain_text", "text": ATTACK[:70]}, "value": "1"}
        ]},
    ]  # fmt: skip


async def test_modal_and_menu_are_worked_by_keys_alone(tab):
    card = await tab.ask(QUESTION)
    await card.locator("[data-action=evidence]").focus()
    await tab.page.keyboard.press("Enter")
    await tab.modal.get_by_role("heading", name="Evidence").wait_for()
    await tab.page.keyboard.press("Tab")
    assert await tab.page.evaluate("document.activeElement.closest('dialog') !== null")
    await tab.page.keyboard.press("Escape")
    await tab.modal.wait_for(state="detached")
    await tab.page.keyboard.press("Escape")
    await tab.thread.wait_for(state="detached")


async def test_on_a_narrow_screen_the_thread_covers_the_conversation(narrow_tab):
    tab = narrow_tab
    await tab.ask(QUESTION)
    assert not await tab.page.get_by_label("Message Sales Coach").is_visible()
    assert await tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await tab.picture("narrow_answer")
    await tab.page.get_by_label("Back").click()
    await tab.page.get_by_label("Message Sales Coach").wait_for()
    await tab.tab("Home")
    await tab.page.get_by_text("most urgent first").wait_for()
    assert await tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await tab.picture("narrow_home")


async def test_where_one_looked_survives_a_reload(tab):
    await tab.become(MANAGER)
    await tab.go(CHANNEL)
    await tab.page.reload()
    await tab.page.get_by_label(f"Message #{CHANNEL}").wait_for()
    assert "Nadia Rahimi" in await tab.page.locator(".sidebar-head").inner_text()


async def test_time_can_be_skipped_and_says_so(tab, office):
    before = office.clock()
    await tab.page.get_by_role("button", name="Skip to tomorrow morning").click()
    await tab.page.get_by_text("The sample's data stayed where it was").wait_for()
    assert (office.clock() - before).total_seconds() > 3600
