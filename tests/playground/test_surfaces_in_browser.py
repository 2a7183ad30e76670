"""The surfaces around a conversation, in a browser: Home tab, digest, notes, sharing, the `/consult` menu."""

import re

import pytest
from browser_tab import GUEST, MANAGER, REP, Tab

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

DEALS, SHARED = "mid-market-deals", "partner-lounge"
MENTION = "@Sales Coach How is Quarrybank looking?"
NOTES = """Call with Quarrybank, Wednesday afternoon
Gareth Winslow said the weekend overtime costs them 180,000 a year and hurts every store.
"""


async def test_a_manager_goes_from_the_team_to_a_person_to_more_deals_and_back(tab):
    await tab.become(MANAGER)
    await tab.tab("Home")
    await tab.page.get_by_role("heading", name=re.compile("^Your team")).wait_for()
    await tab.picture("home_of_a_manager")
    await tab.page.get_by_role("button", name="More →").click()
    await tab.page.get_by_text(re.compile(r"^11 to 20 of \d+ open deals$")).wait_for()

    await tab.page.get_by_role("button", name="Open", exact=True).first.click()
    await tab.page.get_by_role("heading", name=re.compile("'s pipeline$")).wait_for()
    await tab.picture("home_drill_down")
    await tab.page.get_by_role("button", name="← Everybody").click()
    await tab.page.get_by_text(re.compile(r"^1 to 10 of \d+ open deals$")).wait_for()


async def test_a_saved_view_is_opened_and_narrowed_on_the_home_tab(tab):
    await tab.become(MANAGER)
    await tab.tab("Home")
    await tab.choose("Open a saved view", "Clean your room")
    await tab.page.get_by_role("button", name="← Home").wait_for()
    rows = tab.page.get_by_role("button", name=re.compile("^Look at"))
    of_all = await rows.count()
    await tab.choose("Every seller", "Aoife Brennan")
    await rows.nth(of_all - 1).wait_for(state="detached")
    await tab.picture("home_view")
    assert await rows.count() > 0
    assert await tab.page.locator(".toast.bad").count() == 0


async def test_preferences_are_kept(tab, office):
    await tab.become(REP)
    await tab.tab("Home")
    await tab.page.get_by_role("button", name=re.compile("^Digest, quiet hours")).click()
    await tab.modal.get_by_label("Digest at").fill("07:15")
    await tab.picture("preferences")
    await tab.modal.get_by_role("button", name="Save").click()
    await tab.modal.wait_for(state="detached")

    wishes = office.runtime.memory.preferences.of(office.user_id(REP))
    assert wishes.digest_at is not None
    assert wishes.digest_at.strftime("%H:%M") == "07:15"


async def test_a_deal_of_the_digest_is_put_to_sleep(tab, office):
    await tab.page.get_by_role("button", name="Send my morning digest").click()
    digest = tab.page.locator(".message", has=tab.page.locator("[data-action^=digest_snooze]")).last
    await digest.wait_for()
    await tab.picture("digest_of_a_rep")
    await digest.locator("[data-action^=digest_snooze]").first.click()
    await tab.modal.wait_for()
    await tab.picture("digest_snooze")
    await tab.modal.get_by_label("Why may it wait?").fill("Bruno is on leave")
    await tab.modal.get_by_role("button", name="Snooze").click()
    await tab.modal.wait_for(state="detached")
    assert office.runtime.memory.preferences.snoozed(office.user_id(REP), office.clock().date())


async def test_notes_are_about_the_deal_they_name_and_some_are_kept(tab):
    await tab.ask("How is Foxley Parcel looking?")
    await tab.page.get_by_label("Close thread").click()
    await tab.drop("wednesday.txt", NOTES)

    proposal = tab.thread.locator(".message", has=tab.page.locator("[data-action=keep_evidence]"))
    await proposal.get_by_text("on Quarrybank Stores - Weekend cover").wait_for()
    await tab.press("discard_evidence")
    await proposal.wait_for(state="detached")


async def test_a_card_is_shared_after_its_readers_are_named(tab):
    await tab.become(MANAGER)
    card = await _mentioned(tab, DEALS)
    await card.locator("[data-action=share]").click()
    await tab.modal.get_by_text("people will read it").wait_for()
    await tab.picture("share")
    await tab.modal.get_by_role("button", name="Share", exact=True).click()
    await tab.modal.wait_for(state="detached")
    await tab.page.get_by_text("Shared by").last.wait_for()
    await tab.picture("shared")


async def test_nothing_is_shared_where_a_guest_reads(tab):
    await tab.become(MANAGER)
    await tab.go(SHARED)
    await tab.write(MENTION, f"Message #{SHARED}")
    await tab.page.locator(".message.ephemeral [data-action=share]").last.click()
    await tab.modal.get_by_text("Guests or people of other organisations").wait_for()
    await tab.picture("not_shared")
    await tab.page.keyboard.press("Escape")
    await tab.become(GUEST)
    await tab.go(SHARED)
    assert await tab.page.locator(".message", has_text="Weekend cover").count() == 0


async def test_the_consult_menu_leads_to_the_team_and_back_to_a_deal(tab):
    await tab.become(MANAGER)
    await tab.go(DEALS)
    await tab.write("/consult", f"Message #{DEALS}")
    menu = tab.page.locator(".message.ephemeral", has=tab.page.locator("[data-action^=consult_list]")).last
    await menu.get_by_text("Whose turn it is").wait_for()
    await tab.picture("consult_menu")
    await menu.locator("[data-action^=consult_list]").first.click()
    await tab.page.locator(".message.ephemeral", has_text="strategic deals had their consult").last.wait_for()
    await tab.picture("consult_list")


async def test_on_a_narrow_screen_team_and_menu_fit(narrow_tab):
    tab = narrow_tab
    await tab.become(MANAGER)
    await tab.tab("Home")
    await tab.page.get_by_role("heading", name=re.compile("^Your team")).wait_for()
    assert await tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await tab.picture("narrow_home_of_a_manager")


async def _mentioned(tab: Tab, channel: str):
    """The card only the asker sees after a mention in a channel."""
    await tab.go(channel)
    await tab.write(MENTION, f"Message #{channel}")
    card = tab.page.locator(".message.ephemeral", has=tab.page.locator("[data-action=share]")).last
    await card.wait_for()
    return card
