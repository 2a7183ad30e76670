"""A real bolt app behind a request URL, told by signed requests."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.local import LocalSlack


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as running:
        yield running


@pytest.fixture
async def app(slack: LocalSlack) -> AsyncIterator[AsyncApp]:
    """Served on a free port, and known to the local Slack by its request URL."""
    client = AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.workspace.signing_secret)
    async with TestServer(app.server(path="/slack/events").web_app) as server:
        slack.use_http(str(server.make_url("/slack/events")))
        yield app


async def test_the_request_url_is_verified(slack, app):
    assert await slack.http.verify_url()


async def test_events_arrive_and_are_answered(slack, app):
    rep = slack.add_user("rep.one")

    @app.event("message")
    async def answer(event, say):
        await say(f"heard {event['text']}")

    sent = await slack.dm(rep, "ümlaut & co")
    assert (sent.acked, sent.status) == (True, 200)
    assert (await slack.reply_to(sent)).text == "heard ümlaut & co"


async def test_a_stranger_and_a_replay_are_refused(slack, app):
    rep, seen = slack.add_user("rep.one"), []

    @app.event("message")
    async def note(event):
        seen.append(event)

    slack.http.signing_secret = "guessed"
    assert (await slack.dm(rep, "let me in")).status == 401
    slack.http.signing_secret = slack.workspace.signing_secret
    slack.http.clock_skew_seconds = -6 * 60
    assert (await slack.dm(rep, "let me in")).status == 401
    slack.http.clock_skew_seconds = 0
    assert (await slack.dm(rep, "hello")).status == 200
    assert [event["text"] for event in seen] == ["hello"]


async def test_a_redelivery_carries_the_retry_headers(slack, app):
    rep, seen = slack.add_user("rep.one"), []

    @app.event("message")
    async def note(request):
        headers = request.headers
        seen.append((headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")))

    await slack.dm(rep, "hello", event_id="Ev1")
    await slack.redeliver("Ev1", reason="connection_failed")
    assert seen == [(None, None), (["1"], ["connection_failed"])]


async def test_a_command_travels_as_a_form_and_its_words_come_back(slack, app):
    rep = slack.add_user("rep.one")
    team = slack.add_channel("deals", rep)

    @app.command("/consult")
    async def consult(ack, command):
        await ack(f"for {command['user_name']}: {command['text']}")

    await slack.slash(rep, team, "/consult", "Halden & Söhne")
    assert [message.text for message in slack.ephemerals(rep)] == ["for rep.one: Halden & Söhne"]

    @app.command("/public")
    async def public(ack):
        await ack({"text": "for all", "response_type": "in_channel"})

    await slack.slash(rep, team, "/public")
    assert [message.text for message in slack.messages(team)] == ["for all"]


async def test_a_click_and_a_submission_are_answered_in_the_response(slack, app):
    rep = slack.add_user("rep.one")
    label = {"type": "plain_text", "text": "Plan"}
    element = {"type": "plain_text_input", "action_id": "step"}
    modal = {
        "type": "modal",
        "callback_id": "plan",
        "title": label,
        "submit": label,
        "blocks": [{"type": "input", "block_id": "step", "label": label, "element": element}],
    }
    press = {"type": "button", "action_id": "open", "text": label}

    @app.action("open")
    async def open_plan(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal)

    @app.view("plan")
    async def save(ack):
        await ack(response_action="errors", errors={"step": "say when"})

    await app.client.chat_postMessage(channel=rep.id, text="x", blocks=[{"type": "actions", "elements": [press]}])
    await slack.click(rep, slack.messages(rep)[0], "open")
    await slack.wait_for(lambda s: s.modal(rep))
    refused = await slack.submit_view(rep, entries={"step": "later"})
    assert refused.errors == {"step": "say when"}


async def test_an_unreachable_app_is_not_an_error_of_slack(slack):
    rep = slack.add_user("rep.one")
    slack.use_http("http://127.0.0.1:9/slack/events")
    sent = await slack.dm(rep, "hello")
    assert (sent.acked, sent.status) == (False, None)
    with pytest.raises(TimeoutError, match=r"not acknowledged \['event_callback'\]"):
        await slack.reply_to(sent, seconds=0.02)
