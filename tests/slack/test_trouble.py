"""Whoever addresses the bot gets an answer or a reason, whatever breaks; strangers get no data."""

import asyncio
import re
import shutil

import pytest
from block_limits import shown_text
from sample_house import DEAL_ID, DEAL_NAME, TWO_DEALS, copied, import_sample, open_house, rewrite_deal

from bot.handbook.errors import NoIndex
from bot.slack.failures import explain
from bot.slack.ids import ActionId
from bot.slack.people import OUTSIDER, UNKNOWN

SECRET_WORDS = "the buyer's secret discount"
ASKED = "How is Quarrybank looking?"
REFERENCE = re.compile(r"reference ([0-9A-F]{6})")


def reference_in(text: str) -> str:
    found = REFERENCE.search(text)
    assert found, text
    return found.group(1)


async def test_an_unexpected_failure_gives_a_reference_that_finds_the_log_line(frail):
    frail.lose_a_table(SECRET_WORDS)
    reply = await frail.slack.reply_to(await frail.slack.dm(frail.rep, f"How is Quarrybank? And {SECRET_WORDS}"))
    (logged,) = [line for line in frail.logs if line["event"] == "slack.fault"]

    assert logged["reference"] == reference_in(reply.text)
    assert logged["kind"] == "CatalogException"
    assert any("bot/pipeline/" in frame for frame in logged["stack"])
    assert "CatalogException" not in shown_text(reply.blocks) + reply.text
    assert SECRET_WORDS not in str(frail.logs) + reply.text + shown_text(reply.blocks)
    assert "deal_rows" not in str(frail.logs) + reply.text
    assert "xoxb" not in str(frail.logs)


async def test_a_failure_in_a_channel_is_told_to_the_asker_alone(frail):
    deals = frail.slack.add_channel("deals", frail.rep)
    frail.lose_a_table(SECRET_WORDS)
    sent = await frail.slack.mention(frail.rep, deals, ASKED)
    reply = await frail.slack.reply_to(sent)

    assert reply.ephemeral_for == frail.rep.id
    assert reference_in(reply.text)


async def test_a_failing_command_is_told_to_the_asker(frail):
    deals = frail.slack.add_channel("deals", frail.rep)
    frail.lose_a_table(SECRET_WORDS)
    delivery = await frail.slack.slash(frail.rep, deals, "/consult", "Quarrybank")
    seen = await frail.slack.wait_for(lambda s: s.ephemerals(frail.rep))

    assert delivery.acked
    assert reference_in(seen[0].text)


async def test_a_failing_click_keeps_the_menu_and_is_told(frail):
    menu = await frail.slack.reply_to(await frail.slack.dm(frail.rep, f"gaps on {TWO_DEALS}?"), seconds=20)
    before = list(menu.blocks)
    frail.lose_a_table(SECRET_WORDS)
    await frail.slack.click(frail.rep, menu, ActionId.CHOOSE_DEAL.numbered(0))
    seen = await frail.slack.wait_for(lambda s: s.ephemerals(frail.rep))

    assert reference_in(seen[0].text)
    assert menu.blocks == before


async def test_a_failing_home_tab_shows_the_reference(frail):
    frail.lose_a_table(SECRET_WORDS)
    await frail.slack.open_home(frail.rep)
    home = await frail.slack.wait_for(lambda s: s.home(frail.rep))

    assert reference_in(shown_text(home.blocks))


async def test_a_snapshot_that_is_no_database_is_plain_words_without_a_reference(frail):
    frail.garble_pipeline()
    reply = await frail.slack.reply_to(await frail.slack.dm(frail.rep, ASKED))

    assert "no pipeline data yet" in reply.text
    assert "reference" not in reply.text


async def test_a_handbook_that_is_damaged_costs_its_pages_not_the_facts(reading_runtime, tmp_path):
    runtime = copied(reading_runtime, tmp_path / "home")
    for file in runtime.settings.index_dir.rglob("sections.npy"):
        file.write_bytes(b"no vectors")
    async with open_house(runtime, tmp_path, transport="http") as house:
        page = await house.card("How do I test a champion?")
        facts = await house.card(ASKED)

    assert "There is no handbook to look in" in page.text
    assert "reference" not in page.text
    assert "Why: nothing booked ahead" in facts.text
    assert [line for line in house.logs if line["event"] == "slack.fault"] == []


def test_a_handbook_that_cannot_be_read_is_explained():
    assert "can't read the handbook" in str(explain(NoIndex("x")))


async def test_questions_asked_while_the_pipeline_is_swapped_are_all_answered(sample_runtime, sample_folder, tmp_path):
    folder = tmp_path / "csv"
    shutil.copytree(sample_folder, folder)
    async with open_house(copied(sample_runtime, tmp_path / "home"), tmp_path, transport="http") as house:
        before = await house.card(ASKED)
        rewrite_deal(folder, name="Quarrybank Stores - Renamed")
        swap = asyncio.create_task(asyncio.to_thread(import_sample, folder, house.settings.home))
        while not swap.done():
            await house.card(ASKED)
        await swap
        after = await house.card(ASKED)

    assert DEAL_NAME in before.text
    assert "Quarrybank Stores - Renamed" in after.text
    assert {deal for _, deal in house.answered()} == {DEAL_ID}
    assert [line for line in house.logs if line["log_level"] == "error"] == []


async def test_an_unknown_person_gets_a_reason_and_no_data(office):
    nobody = office.slack.add_user("nobody", email="nobody@example.com")
    deals = office.slack.add_channel("deals", office.rep, nobody)
    reply = await office.slack.reply_to(await office.slack.dm(nobody, ASKED))
    await office.slack.slash(nobody, deals, "/consult", "Quarrybank")
    seen = await office.slack.wait_for(lambda s: s.ephemerals(nobody))
    await office.slack.open_home(nobody)
    home = await office.slack.wait_for(lambda s: s.home(nobody))

    for shown in (reply.blocks, seen[0].blocks, home.blocks):
        assert UNKNOWN in shown_text(shown)
    assert office.answered() == []


@pytest.mark.parametrize(
    ("details", "reason"),
    [({"is_restricted": True}, OUTSIDER), ({"is_stranger": True}, OUTSIDER)],
)
async def test_guests_and_strangers_get_a_reason_even_with_a_known_address(http_office, details, reason):
    office = http_office
    person = office.slack.add_user("guest", email=office.rep.email, **details)
    deals = office.slack.add_channel("deals", office.rep, person)
    delivery = await office.slack.slash(person, deals, "/consult", "Quarrybank")
    seen = await office.slack.wait_for(lambda s: s.ephemerals(person))

    assert delivery.acked
    assert reason in shown_text(seen[0].blocks)
    assert office.answered() == []


async def test_a_channel_shared_with_another_company_sees_not_even_the_handbook(http_office):
    office = http_office
    shared = office.slack.add_channel("with-customer", office.rep, is_ext_shared=True)
    sent = await office.slack.mention(office.rep, shared, "How do I test a champion?")
    reply = await office.slack.reply_to(sent)

    assert reply.ephemeral_for == office.rep.id


@pytest.mark.parametrize("trouble", [{"status": 429, "retry_after_seconds": 0}, {"status": 503}, {"status": 500}])
async def test_a_passing_trouble_of_slack_costs_no_answer(http_office, trouble):
    http_office.slack.inject("chat.postMessage", **trouble)
    sent = await http_office.slack.dm(http_office.rep, ASKED)

    assert await http_office.slack.reply_to(sent, seconds=10)
    assert len(http_office.slack.calls_of("chat.postMessage")) == 2


async def test_a_status_that_cannot_be_shown_sinks_no_answer(http_office):
    for method in ("assistant.threads.setStatus", "agents.sessions.setStatus"):
        http_office.slack.inject(method, error="missing_scope", times=None)
    sent = await http_office.slack.dm(http_office.rep, ASKED)

    assert f"{DEAL_NAME} · Average" in shown_text((await http_office.slack.reply_to(sent)).blocks)
    assert [line for line in http_office.logs if line["log_level"] == "error"] == []


async def test_an_expired_response_url_is_answered_by_direct_message(http_office):
    office = http_office
    office.slack.inject("users.info", status=429, retry_after_seconds=1)
    delivery = await office.slack.slash(
        office.manager, office.slack.add_channel("deals", office.manager), "/consult", "Quarrybank"
    )
    for _ in range(5):
        office.slack.workspace.response_urls.use(delivery.payload["response_url"].rsplit("/", 1)[1])
    reply = await office.slack.wait_for(lambda s: s.messages(office.manager))

    assert "Consult · 🟡" in shown_text(reply[0].blocks)


async def test_without_memory_nothing_is_answered_twice_and_the_person_is_told(http_office):
    http_office.lose_memory()
    sent = await http_office.slack.dm(http_office.rep, ASKED)
    reply = await http_office.slack.reply_to(sent)

    assert sent.acked
    assert "my own database" in reply.text.lower()
    assert len(http_office.posts()) == 1
    assert DEAL_NAME not in str(http_office.posts())


async def test_channel_talk_stays_without_reaction_even_when_memory_fails(http_office):
    http_office.lose_memory()
    deals = http_office.slack.add_channel("deals", http_office.rep)
    root = (await http_office.slack.say(http_office.rep, deals, "planning")).message.ts
    await http_office.slack.say(http_office.rep, deals, "more", thread_ts=root)
    await http_office.settle()

    assert http_office.posts() == []


@pytest.mark.parametrize("kind", ["event", "command"])
async def test_a_wrong_signature_is_refused(http_office, kind):
    http_office.slack.http.signing_secret = "not-the-secret"
    delivery = await send(http_office, kind)
    await http_office.settle()

    assert delivery.status == 401
    assert http_office.answered() == []
    assert http_office.posts() == []


@pytest.mark.parametrize("kind", ["event", "command"])
async def test_a_replayed_request_is_refused(http_office, kind):
    http_office.slack.http.clock_skew_seconds = -6 * 60
    delivery = await send(http_office, kind)
    await http_office.settle()

    assert delivery.status == 401
    assert http_office.answered() == []


async def test_the_url_verification_handshake_succeeds(http_office):
    assert await http_office.slack.http.verify_url()


async def send(office, kind: str):
    if kind == "event":
        return await office.slack.dm(office.rep, ASKED)
    return await office.slack.slash(office.rep, office.slack.add_channel("deals", office.rep), "/consult", "Quarrybank")
