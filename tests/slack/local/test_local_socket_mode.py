"""A real bolt app over Socket Mode against the local Slack."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.local import ImpossibleForAPerson, LocalSlack, NoAppConnected, NotSubscribed


@asynccontextmanager
async def connected(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, slack.workspace.app_token, ping_interval=1)
    await handler.connect_async()
    yield handler
    await handler.close_async()


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as running:
        yield running


@pytest.fixture
def app(slack: LocalSlack) -> AsyncApp:
    return AsyncApp(client=AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url))


def plain(text):
    return {"type": "plain_text", "text": text}


def button(action_id, value=None):
    return {"type": "button", "action_id": action_id, "text": plain(action_id), "value": value or action_id}


async def test_a_direct_message_is_answered_in_its_thread(slack, app):
    rep, bodies = slack.add_user("rep.one", email="rep@example.com"), []

    @app.event("message")
    async def answer(event, say, body):
        bodies.append(body)
        await say(f"heard {event['text']}", thread_ts=event["ts"])

    async with connected(slack, app):
        sent = await slack.dm(rep, "how is it?", event_id="Ev1")
        reply = await slack.reply_to(sent)

    assert sent.acked
    assert (reply.text, reply.thread_ts) == ("heard how is it?", sent.message.ts)
    (body,) = bodies
    assert (body["event_id"], body["team_id"]) == ("Ev1", slack.workspace.team_id)
    assert body["event"]["channel_type"] == "im"
    assert body["event"]["event_ts"] == sent.message.ts
    assert body["authorizations"][0] == {
        "enterprise_id": None,
        "team_id": slack.workspace.team_id,
        "user_id": slack.workspace.bot_user.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }


async def test_a_mention_is_answered_where_it_was_made(slack, app):
    rep = slack.add_user("rep.one")
    team = slack.add_channel("deals", rep)
    without_bot = slack.add_channel("others", rep, with_bot=False)

    @app.event("app_mention")
    async def answer(event, say):
        assert "channel_type" not in event
        await say("here", thread_ts=event["ts"])

    async with connected(slack, app):
        sent = await slack.mention(rep, team, "how is Halden?")
        assert (await slack.reply_to(sent)).channel == team.id
        with pytest.raises(ImpossibleForAPerson):
            await slack.mention(rep, without_bot, "hello")
    assert sent.message.text == f"<@{slack.workspace.bot_user.id}> how is Halden?"


async def test_a_guest_in_a_shared_channel_is_announced_as_such(slack, app):
    stranger = slack.add_user("partner", is_stranger=True)
    shared = slack.add_channel("joint", stranger, is_ext_shared=True)
    seen = []

    @app.event("app_mention")
    async def note(body, context):
        seen.append((body["is_ext_shared_channel"], context["actor_team_id"], context["team_id"]))

    async with connected(slack, app):
        await slack.mention(stranger, shared, "hi")
    assert seen == [(True, stranger.team_id, slack.workspace.team_id)]


async def test_a_slash_command_responds_to_the_asker_only(slack, app):
    rep = slack.add_user("rep.one")
    team = slack.add_channel("deals", rep, with_bot=False)

    @app.command("/consult")
    async def consult(ack, respond, command):
        await ack(f"looking for {command['text']}")
        await respond(f"prepared {command['text']}")

    async with connected(slack, app):
        await slack.slash(rep, team, "/consult", "Halden")
        seen = await slack.wait_for(lambda s: len(s.ephemerals(rep)) == 2 and s.ephemerals(rep))

    assert {message.text for message in seen} == {"looking for Halden", "prepared Halden"}
    assert slack.messages(team) == []


async def test_a_response_url_serves_five_times_within_half_an_hour():
    now = [1_800_000_000.0]
    async with LocalSlack(clock=lambda: now[0]) as slack:
        rep = slack.add_user("rep.one")
        key = slack.workspace.response_urls.issue(slack.workspace.im_with(rep).id, rep.id)
        later = slack.workspace.response_urls.issue(slack.workspace.im_with(rep).id, rep.id)
        async with aiohttp.ClientSession() as session:

            async def use(key):
                answer = await session.post(slack.web_api.response_url(key), json={"text": "x"})
                return answer.status

            assert [await use(key) for _ in range(6)] == [200, 200, 200, 200, 200, 404]
            now[0] += 30 * 60 + 1
            assert await use(later) == 404
    assert [call.error for call in slack.calls][-2:] == ["used_url", "expired_url"]


async def test_a_click_updates_the_message_and_replaces_the_original(slack, app):
    rep = slack.add_user("rep.one")
    blocks = [{"type": "actions", "elements": [button("done", "a:7"), button("drop", "a:8")]}]

    @app.action("done")
    async def done(ack, body, client, action):
        await ack()
        container = body["container"]
        await client.chat_update(
            channel=container["channel_id"], ts=container["message_ts"], text=f"done {action['value']}"
        )

    @app.action("drop")
    async def drop(ack, respond):
        await ack()
        await respond("dropped", replace_original=True)

    async with connected(slack, app):
        for _ in range(2):
            await app.client.chat_postMessage(channel=rep.id, text="agreed", blocks=blocks)
        first, second = slack.messages(rep)
        clicked = await slack.click(rep, first, "done")
        await slack.click(rep, second, "drop", "a:8")
        await slack.wait_for(lambda s: [m.text for m in s.messages(rep)] == ["done a:7", "dropped"])
        with pytest.raises(ImpossibleForAPerson, match="no element done"):
            await slack.click(rep, first, "done")
        with pytest.raises(ImpossibleForAPerson, match="does not see"):
            await slack.click(slack.add_user("rep.two"), second, "done")
    assert clicked.payload["message"]["ts"] == first.ts
    assert clicked.payload["actions"][0]["block_id"]


async def test_feedback_and_selects_report_what_was_chosen(slack, app):
    rep, seen = slack.add_user("rep.one"), []
    option = {"text": plain("Halden"), "value": "d:1"}
    up, down = {"text": plain("Good"), "value": "up"}, {"text": plain("Bad"), "value": "down"}
    feedback = {"type": "feedback_buttons", "action_id": "rate", "positive_button": up, "negative_button": down}
    blocks = [
        {"type": "actions", "elements": [{"type": "static_select", "action_id": "deal", "options": [option]}]},
        {"type": "context_actions", "elements": [feedback]},
    ]

    @app.action("deal")
    @app.action("rate")
    async def note(ack, action):
        await ack()
        seen.append(action.get("value") or action["selected_option"]["value"])

    async with connected(slack, app):
        await app.client.chat_postMessage(channel=rep.id, text="which?", blocks=blocks)
        (menu,) = slack.messages(rep)
        await slack.click(rep, menu, "deal", "d:1")
        await slack.click(rep, menu, "rate", "down")
        with pytest.raises(ImpossibleForAPerson, match="offers"):
            await slack.click(rep, menu, "deal", "d:9")
    assert seen == ["d:1", "down"]


def plan_modal(**more):
    element = {"type": "plain_text_input", "action_id": "step", "max_length": 20}
    question = {"type": "input", "block_id": "step", "label": plain("Next step"), "element": element}
    shown = {"callback_id": "plan", "title": plain("Plan"), "submit": plain("Save"), "blocks": [question]}
    return {"type": "modal", **shown, **more}


async def test_a_modal_is_opened_refused_and_accepted(slack, app):
    rep, saved = slack.add_user("rep.one"), []

    @app.command("/plan")
    async def open_plan(ack, client, command):
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=plan_modal(private_metadata="d:1"))

    @app.view("plan")
    async def save(ack, view):
        step = view["state"]["values"]["step"]["step"]["value"]
        if step == "later":
            await ack(response_action="errors", errors={"step": "say when"})
            return
        await ack()
        saved.append((step, view["private_metadata"]))

    async with connected(slack, app):
        await slack.slash(rep, slack.workspace.im_with(rep), "/plan")
        await slack.wait_for(lambda s: s.modal(rep))
        with pytest.raises(ImpossibleForAPerson, match="required"):
            await slack.submit_view(rep)
        with pytest.raises(ImpossibleForAPerson, match="0 to 20"):
            await slack.submit_view(rep, entries={"step": "x" * 21})
        refused = await slack.submit_view(rep, entries={"step": "later"})
        assert (refused.errors, slack.modal(rep) is not None) == ({"step": "say when"}, True)
        await slack.submit_view(rep, entries={"step": "call Ann"})
        await slack.wait_for(lambda s: saved)
    assert saved == [("call Ann", "d:1")]
    assert slack.modal(rep) is None
    assert slack.violations == []


async def test_an_error_on_a_block_that_is_no_input_is_a_violation(slack, app):
    rep = slack.add_user("rep.one")

    @app.view("plan")
    async def save(ack):
        await ack(response_action="errors", errors={"elsewhere": "no"})

    async with connected(slack, app):
        slack.workspace.modals.open(rep.id, plan_modal())
        await slack.submit_view(rep, entries={"step": "x"})
    assert "elsewhere" in slack.violations[0].message


async def test_modals_stack_three_high_and_answers_update_push_clear(slack, app):
    rep = slack.add_user("rep.one")
    answers = iter(
        [
            {"response_action": "update", "view": plan_modal(title=plain("Two"))},
            {"response_action": "push", "view": plan_modal(title=plain("Three"))},
            {"response_action": "push", "view": plan_modal(title=plain("Four"))},
            {"response_action": "clear"},
        ]
    )

    @app.view("plan")
    async def next_step(ack):
        await ack(**next(answers))

    async with connected(slack, app):
        slack.workspace.modals.open(rep.id, plan_modal())
        heights = []
        for _ in range(3):
            await slack.submit_view(rep, entries={"step": "x"})
            heights.append((len(slack.workspace.modals.stacks[rep.id]), slack.modal(rep).content["title"]["text"]))
        await slack.submit_view(rep, entries={"step": "x"})
    assert heights == [(1, "Two"), (2, "Three"), (3, "Four")]
    assert slack.modal(rep) is None


async def test_a_trigger_opens_once_and_for_three_seconds():
    now = [1_800_000_000.0]
    async with LocalSlack(clock=lambda: now[0]) as slack:
        rep = slack.add_user("rep.one")
        client = AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url)

        async def try_open(trigger):
            args = {"trigger_id": trigger, "view": plan_modal()}
            answer = slack.web_api.answer("views.open", args, client.token)
            return answer.get("error", "ok")

        first, second = (slack.workspace.modals.issue_trigger(rep.id) for _ in range(2))
        assert [await try_open(first), await try_open(first)] == ["ok", "exchanged_trigger_id"]
        now[0] += 3.1
        assert [await try_open(second), await try_open("made-up")] == ["expired_trigger_id", "invalid_trigger_id"]


async def test_the_home_tab_is_published_and_clicked(slack, app):
    rep, seen = slack.add_user("rep.one"), []
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button("refresh")]}]}

    @app.event("app_home_opened")
    async def show(event, client):
        seen.append((event["tab"], "view" in event))
        if event["tab"] == "home":
            await client.views_publish(user_id=event["user"], view=home)

    @app.action("refresh")
    async def refresh(ack, body):
        await ack()
        seen.append(body["view"]["type"])

    async with connected(slack, app):
        await slack.open_home(rep, "messages")
        await slack.open_home(rep)
        view = await slack.wait_for(lambda s: s.home(rep))
        await slack.open_home(rep)
        await slack.click(rep, view, "refresh")
        await slack.wait_for(lambda _: len(seen) == 4)
    assert seen == [("messages", False), ("home", False), ("home", True), "home"]


async def test_an_external_select_asks_the_app_for_options(slack, app):
    rep = slack.add_user("rep.one")
    select = {"type": "external_select", "action_id": "deal", "min_query_length": 1}
    blocks = [{"type": "actions", "elements": [select]}]

    @app.options("deal")
    async def offer(ack, payload):
        await ack(options=[{"text": plain(payload["value"]), "value": "d:1"}])

    async with connected(slack, app):
        await app.client.chat_postMessage(channel=rep.id, text="which?", blocks=blocks)
        offered = await slack.suggest(rep, slack.messages(rep)[0], "deal", "Hal")
    assert offered.body["options"][0]["text"]["text"] == "Hal"


async def test_stop_ends_the_stream_and_tells_the_app(slack, app):
    rep, stops = slack.add_user("rep.one"), []
    im = slack.workspace.im_with(rep)

    @app.event("message")
    async def think(event, client):
        where = {"channel_id": event["channel"], "thread_ts": event["ts"]}
        await client.agents_sessions_setStatus(**where, status="processing")
        stream = await client.chat_stream(channel=event["channel"], thread_ts=event["ts"], buffer_size=1)
        await stream.append(markdown_text="so far")

    @app.event("agent_session_stopped")
    async def stopped(event, client):
        stops.append(event)
        where = {"channel_id": event["channel"], "thread_ts": event["thread_ts"]}
        await client.agents_sessions_setStatus(**where, status="active")

    async with connected(slack, app):
        sent = await slack.dm(rep, "think")
        await slack.wait_for(lambda s: s.calls_of("chat.startStream"))
        await slack.stop_session(rep, im, sent.message.ts)
        await slack.wait_for(lambda s: s.session(im, sent.message.ts).status == "active")
        with pytest.raises(ImpossibleForAPerson, match="no Stop button"):
            await slack.stop_session(rep, im, sent.message.ts)
    written = slack.messages(rep)[-1]
    assert stops[0]["streaming_message_ts"] == [written.ts]
    assert (written.is_streaming, written.text) == (False, "so far")


async def test_a_redelivery_carries_the_retry_and_bolt_runs_it_again(slack, app):
    rep, seen = slack.add_user("rep.one"), []

    @app.event("message")
    async def note(body, request):
        seen.append(
            (body["event_id"], request.headers.get("x-slack-retry-num"), request.headers.get("x-slack-retry-reason"))
        )

    async with connected(slack, app):
        sent = await slack.dm(rep, "hello", event_id="Ev7")
        again = await slack.redeliver("Ev7", reason="http_timeout")
        with pytest.raises(LookupError):
            await slack.redeliver("Ev404")
    assert seen == [("Ev7", ["0"], [""]), ("Ev7", ["1"], ["http_timeout"])]
    assert (sent.attempt, again.attempt, len(slack.messages(rep))) == (0, 1, 1)


async def test_edits_deletions_and_reactions_reach_the_app(slack, app):
    rep, seen = slack.add_user("rep.one"), []

    @app.event("message")
    @app.event({"type": "message", "subtype": "message_changed"})
    @app.event({"type": "message", "subtype": "message_deleted"})
    @app.event("reaction_added")
    async def note(event):
        seen.append(event.get("subtype") or event["type"])

    async with connected(slack, app):
        sent = await slack.dm(rep, "helo")
        await slack.react(rep, sent.message, "eyes")
        await slack.edit(sent.message, "hello")
        await slack.erase(sent.message)
    assert seen == ["message", "reaction_added", "message_changed", "message_deleted"]
    assert slack.messages(rep) == []


async def test_one_of_several_sockets_gets_each_payload(slack, app):
    rep, seen = slack.add_user("rep.one"), []

    @app.event("message")
    async def note(event):
        seen.append(event["text"])

    async with connected(slack, app), connected(slack, app):
        assert slack.sockets.open_sockets == 2
        for text in "abcd":
            await slack.dm(rep, text)
    assert seen == ["a", "b", "c", "d"]
    assert len(set(slack.sockets.acknowledged_by)) == 2


async def test_the_app_comes_back_after_a_requested_refresh(slack, app):
    rep = slack.add_user("rep.one")

    @app.event("message")
    async def note(event):
        pass

    async with connected(slack, app):
        await slack.sockets.disconnect("refresh_requested")
        sent = await slack.dm(rep, "still there?")
    assert sent.acked
    assert len(slack.calls_of("apps.connections.open")) == 2


async def test_a_socket_address_works_once_and_ten_sockets_are_enough(slack):
    token = slack.workspace.app_token
    urls = [slack.web_api.answer("apps.connections.open", {}, token)["url"] for _ in range(11)]
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(url) for url in urls]
        greetings = [(await socket.receive_json())["type"] for socket in sockets]
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(urls[0])
    assert greetings == ["hello"] * 10 + ["disconnect"]


async def test_an_app_that_does_not_acknowledge_in_time_is_noticed():
    async with LocalSlack(ack_seconds=0.05) as slack:
        app = AsyncApp(client=AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url))
        rep = slack.add_user("rep.one")

        @app.command("/slow")
        async def slow(ack):
            await asyncio.sleep(0.2)
            await ack("too late")

        async with connected(slack, app):
            delivery = await slack.slash(rep, slack.workspace.im_with(rep), "/slow")
        assert not delivery.acked
        assert slack.ephemerals(rep) == []


async def test_nobody_listening_and_nothing_subscribed_are_errors():
    async with LocalSlack(bot_events={"message.im"}, connect_seconds=0.02) as slack:
        rep = slack.add_user("rep.one")
        with pytest.raises(NoAppConnected):
            await slack.dm(rep, "anyone?")
        with pytest.raises(NotSubscribed, match="app_home_opened"):
            await slack.open_home(rep)
        with pytest.raises(ImpossibleForAPerson, match="has left"):
            await slack.dm(slack.add_user("left.us", deleted=True), "hello")


async def test_waiting_in_vain_tells_what_the_app_did(slack, app):
    await app.client.auth_test()
    with pytest.raises(TimeoutError, match=r"auth\.test -> ok"):
        await slack.wait_for(lambda s: s.violations, seconds=0.02)
