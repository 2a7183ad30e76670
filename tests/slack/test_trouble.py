"""Whoever addresses the bot gets an answer or a reason, whatever breaks; strangers get no data."""

import re
import sqlite3

import pytest
from block_limits import shown_text

from bot.handbook.errors import NoIndex
from bot.pipeline.store import NoSnapshot
from bot.slack.ids import ActionId
from bot.slack.people import OUTSIDER, UNKNOWN

SECRET_WORDS = "the buyer's secret discount"
REFERENCE = re.compile(r"reference ([0-9A-F]{6})")


class BrokenError(Exception):
    """Something nobody expected."""


def reference_in(text: str) -> str:
    found = REFERENCE.search(text)
    assert found, text
    return found.group(1)


async def test_an_unexpected_failure_gives_a_reference_that_finds_the_log_line(office):
    office.coach.failure = BrokenError(f"could not parse {SECRET_WORDS}")
    reply = await office.slack.reply_to(await office.slack.dm(office.priya, SECRET_WORDS))
    (logged,) = [line for line in office.logs if line["event"] == "slack.fault"]

    assert logged["reference"] == reference_in(reply.text)
    assert logged["kind"] == "BrokenError"
    assert any("scripted_coach.py" in frame for frame in logged["stack"])
    assert "BrokenError" not in shown_text(reply.blocks) + reply.text
    assert SECRET_WORDS not in str(office.logs)
    assert "xoxb" not in str(office.logs)


async def test_a_failure_in_a_channel_is_told_to_the_asker_alone(office):
    office.coach.failure = BrokenError()
    sent = await office.slack.mention(office.priya, office.deals, "how's Norrland?")
    reply = await office.slack.reply_to(sent)

    assert reply.ephemeral_for == office.priya.id
    assert reference_in(reply.text)


async def test_a_failing_command_is_told_to_the_asker(office):
    office.coach.failure = BrokenError()
    delivery = await office.slack.slash(office.priya, office.deals, "/consult", "Norrland")
    seen = await office.slack.wait_for(lambda s: s.ephemerals(office.priya))

    assert delivery.acked
    assert reference_in(seen[0].text)


async def test_a_failing_click_keeps_the_menu_and_is_told(office):
    menu = await office.slack.reply_to(await office.slack.dm(office.priya, "gaps on the pilot?"))
    before = list(menu.blocks)
    office.coach.failure = BrokenError()
    await office.slack.click(office.priya, menu, ActionId.CHOOSE_DEAL.numbered(0))
    seen = await office.slack.wait_for(lambda s: s.ephemerals(office.priya))

    assert reference_in(seen[0].text)
    assert menu.blocks == before


async def test_a_failing_home_tab_shows_the_reference(office):
    office.coach.failure = BrokenError()
    await office.slack.open_home(office.priya)
    home = await office.slack.wait_for(lambda s: s.home(office.priya))

    assert reference_in(shown_text(home.blocks))


@pytest.mark.parametrize(
    ("failure", "words"), [(NoSnapshot("x"), "no pipeline data yet"), (NoIndex("x"), "can't read the handbook")]
)
async def test_an_expected_failure_is_plain_words_without_a_reference(http_office, failure, words):
    http_office.coach.failure = failure
    reply = await http_office.slack.reply_to(await http_office.slack.dm(http_office.priya, "how's Norrland?"))

    assert words in reply.text
    assert "reference" not in reply.text


async def test_an_unknown_person_gets_a_reason_and_no_data(office):
    nobody = office.slack.add_user("nobody", email="nobody@example.com")
    office.deals.members.append(nobody.id)
    reply = await office.slack.reply_to(await office.slack.dm(nobody, "how's Norrland?"))
    await office.slack.slash(nobody, office.deals, "/consult", "Norrland")
    seen = await office.slack.wait_for(lambda s: s.ephemerals(nobody))
    await office.slack.open_home(nobody)
    home = await office.slack.wait_for(lambda s: s.home(nobody))

    for shown in (reply.blocks, seen[0].blocks, home.blocks):
        assert UNKNOWN in shown_text(shown)
    assert office.coach.asked == []


@pytest.mark.parametrize(
    ("details", "reason"),
    [({"is_restricted": True}, OUTSIDER), ({"is_stranger": True}, OUTSIDER)],
)
async def test_guests_and_strangers_get_a_reason_even_with_a_known_address(http_office, details, reason):
    office = http_office
    person = office.slack.add_user("guest", email=office.priya.email, **details)
    office.deals.members.append(person.id)
    delivery = await office.slack.slash(person, office.deals, "/consult", "Norrland")
    seen = await office.slack.wait_for(lambda s: s.ephemerals(person))

    assert delivery.acked
    assert reason in shown_text(seen[0].blocks)
    assert office.coach.asked == []


async def test_a_channel_shared_with_another_company_sees_not_even_the_handbook(http_office):
    office = http_office
    shared = office.slack.add_channel("with-customer", office.priya, is_ext_shared=True)
    sent = await office.slack.mention(office.priya, shared, "how do I test a champion?")
    reply = await office.slack.reply_to(sent)

    assert reply.ephemeral_for == office.priya.id


@pytest.mark.parametrize("trouble", [{"status": 429, "retry_after_seconds": 0}, {"status": 503}, {"status": 500}])
async def test_a_passing_trouble_of_slack_costs_no_answer(http_office, trouble):
    http_office.slack.inject("chat.postMessage", **trouble)
    sent = await http_office.slack.dm(http_office.priya, "how's Norrland?")

    assert await http_office.slack.reply_to(sent, seconds=10)
    assert len(http_office.slack.calls_of("chat.postMessage")) == 2


async def test_a_status_that_cannot_be_shown_sinks_no_answer(http_office):
    for method in ("assistant.threads.setStatus", "agents.sessions.setStatus"):
        http_office.slack.inject(method, error="missing_scope", times=None)
    sent = await http_office.slack.dm(http_office.priya, "how's Norrland?")

    assert "At Risk" in shown_text((await http_office.slack.reply_to(sent)).blocks)
    assert [line for line in http_office.logs if line["log_level"] == "error"] == []


async def test_an_expired_response_url_is_answered_by_direct_message(http_office):
    office = http_office
    office.coach.slow_seconds = 0.3
    delivery = await office.slack.slash(office.priya, office.deals, "/consult", "Norrland")
    for _ in range(5):
        office.slack.workspace.response_urls.use(delivery.payload["response_url"].rsplit("/", 1)[1])
    reply = await office.slack.wait_for(lambda s: s.messages(office.priya))

    assert "Consult · 🟠" in shown_text(reply[0].blocks)


async def test_without_memory_nothing_is_answered_twice_and_the_person_is_told(http_office, tmp_path):
    with sqlite3.connect(tmp_path / "memory.db") as database:
        for (name,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
            database.execute(f'drop table "{name}"')
    sent = await http_office.slack.dm(http_office.priya, "how's Norrland?")
    reply = await http_office.slack.reply_to(sent)

    assert sent.acked
    assert "my own database" in reply.text.lower()
    assert http_office.coach.asked == []


async def test_channel_talk_stays_without_reaction_even_when_memory_fails(http_office, tmp_path):
    with sqlite3.connect(tmp_path / "memory.db") as database:
        for (name,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
            database.execute(f'drop table "{name}"')
    root = (await http_office.slack.say(http_office.priya, http_office.deals, "planning")).message.ts
    await http_office.slack.say(http_office.priya, http_office.deals, "more", thread_ts=root)
    await http_office.settle()

    assert http_office.posts() == []


@pytest.mark.parametrize("kind", ["event", "command"])
async def test_a_wrong_signature_is_refused(http_office, kind):
    http_office.slack.http.signing_secret = "not-the-secret"
    delivery = await send(http_office, kind)
    await http_office.settle()

    assert delivery.status == 401
    assert http_office.coach.asked == []
    assert http_office.posts() == []


@pytest.mark.parametrize("kind", ["event", "command"])
async def test_a_replayed_request_is_refused(http_office, kind):
    http_office.slack.http.clock_skew_seconds = -6 * 60
    delivery = await send(http_office, kind)
    await http_office.settle()

    assert delivery.status == 401
    assert http_office.coach.asked == []


async def test_the_url_verification_handshake_succeeds(http_office):
    assert await http_office.slack.http.verify_url()


async def send(office, kind: str):
    if kind == "event":
        return await office.slack.dm(office.priya, "how's Norrland?")
    return await office.slack.slash(office.priya, office.deals, "/consult", "Norrland")
