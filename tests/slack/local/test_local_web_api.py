"""The Web API as slack_sdk's own client sees it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.local import ImpossibleForAPerson, LocalSlack


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as running:
        yield running


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url)


async def error_of(call) -> str:
    with pytest.raises(SlackApiError) as refusal:
        await call
    return refusal.value.response["error"]


async def test_tokens_are_told_apart(slack, client):
    assert (await client.auth_test())["user_id"] == slack.workspace.bot_user.id
    wrong = AsyncWebClient("xoxb-of-somebody-else", base_url=slack.api_url)
    assert await error_of(wrong.auth_test()) == "invalid_auth"
    assert await error_of(AsyncWebClient(base_url=slack.api_url).auth_test()) == "not_authed"
    app_level = AsyncWebClient(slack.workspace.app_token, base_url=slack.api_url)
    assert await error_of(app_level.auth_test()) == "not_allowed_token_type"


async def test_an_unknown_method_answers_like_slack(slack, client):
    assert await error_of(client.api_call("chat.sing")) == "unknown_method"
    assert slack.calls[-1].status == 200


async def test_scopes_of_the_manifest_hold():
    manifest = {
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
        "features": {"slash_commands": [{"command": "/consult"}]},
        "settings": {"event_subscriptions": {"bot_events": ["message.im"]}},
    }
    async with LocalSlack.for_manifest(manifest) as slack:
        rep = slack.add_user("rep.one", email="rep@example.com")
        client = AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url)
        await client.chat_postMessage(channel=rep.id, text="allowed")
        assert await error_of(client.users_lookupByEmail(email="rep@example.com")) == "missing_scope"
        with pytest.raises(ImpossibleForAPerson, match="/consult"):
            await slack.slash(rep, slack.workspace.im_with(rep), "/other")


async def test_a_body_that_is_no_json_object_is_refused(slack, client):
    url, headers = f"{slack.api_url}chat.postMessage", {"Content-Type": "application/json"}
    async with aiohttp.ClientSession() as session:
        answers = [await (await session.post(url, data=data, headers=headers)).json() for data in ("{", "[]")]
    assert [answer["error"] for answer in answers] == ["invalid_json", "json_not_object"]


async def test_posting_checks_where_and_what(slack, client):
    rep = slack.add_user("rep.one")
    elsewhere = slack.add_channel("elsewhere", rep, with_bot=False)
    hidden = slack.add_channel("hidden", rep, with_bot=False, private=True)
    gone = slack.add_user("left.us", deleted=True)

    assert await error_of(client.chat_postMessage(channel="C404", text="x")) == "channel_not_found"
    assert await error_of(client.chat_postMessage(channel=hidden.id, text="x")) == "channel_not_found"
    assert await error_of(client.chat_postMessage(channel=elsewhere.id, text="x")) == "not_in_channel"
    assert await error_of(client.chat_postMessage(channel=gone.id, text="x")) == "user_disabled"
    assert await error_of(client.api_call("chat.postMessage", json={"channel": rep.id})) == "no_text"
    assert await error_of(client.chat_postMessage(channel=rep.id, text="x" * 40_001)) == "msg_too_long"
    assert await error_of(client.chat_postMessage(channel=rep.id, text="x", thread_ts="1.2")) == "thread_not_found"
    assert slack.messages(rep) == []


async def test_blocks_over_the_limit_are_refused_with_the_reason(slack, client):
    rep = slack.add_user("rep.one")
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with pytest.raises(SlackApiError) as refusal:
        await client.chat_postMessage(channel=rep.id, blocks=long, text="x")
    assert refusal.value.response["error"] == "invalid_blocks"
    assert "/blocks/0/text/text" in refusal.value.response["response_metadata"]["messages"][0]
    assert [violation.method for violation in slack.violations] == ["chat.postMessage"]


async def test_a_client_msg_id_is_kept_but_guards_nothing(slack, client):
    rep = slack.add_user("rep.one")
    for _ in range(2):
        await client.chat_postMessage(channel=rep.id, text="digest", client_msg_id="day-1")
    assert [message.client_msg_id for message in slack.messages(rep)] == ["day-1", "day-1"]


async def test_update_and_delete_touch_only_the_apps_own_messages(slack, client):
    rep = slack.add_user("rep.one")
    team = slack.add_channel("deals", rep)
    theirs = slack.write(rep, team, "mine")
    own = await client.chat_postMessage(
        channel=team.id, text="old", blocks=[{"type": "divider"}], metadata={"event_type": "card", "event_payload": {}}
    )

    assert await error_of(client.chat_update(channel=team.id, ts=theirs.ts, text="x")) == "cant_update_message"
    assert await error_of(client.chat_update(channel=team.id, ts="1.1", text="x")) == "message_not_found"
    await client.chat_update(channel=team.id, ts=own["ts"], text="new")
    changed = slack.messages(team)[-1]
    assert (changed.text, changed.blocks, changed.metadata["event_type"]) == ("new", [], "card")
    await client.chat_delete(channel=team.id, ts=own["ts"])
    assert slack.messages(team) == [theirs]


async def test_an_ephemeral_message_is_seen_by_one_and_in_no_history(slack, client):
    rep, other = slack.add_user("rep.one"), slack.add_user("rep.two")
    team = slack.add_channel("deals", rep)
    posted = await client.chat_postEphemeral(channel=team.id, user=rep.id, text="for you")

    assert [message.text for message in slack.ephemerals(rep)] == ["for you"]
    assert slack.ephemerals(other) == []
    assert (await client.conversations_history(channel=team.id))["messages"] == []
    update = client.chat_update(channel=team.id, ts=posted["message_ts"], text="x")
    assert await error_of(update) == "message_not_found"
    assert await error_of(client.chat_postEphemeral(channel=team.id, user=other.id, text="x")) == "user_not_in_channel"


async def test_metadata_is_returned_only_when_asked_for(slack, client):
    rep = slack.add_user("rep.one")
    im = (await client.conversations_open(users=rep.id))["channel"]["id"]
    meta = {"event_type": "digest", "event_payload": {"day": "1"}}
    posted = await client.chat_postMessage(channel=im, text="x", metadata=meta)

    plain = await client.conversations_replies(channel=im, ts=posted["ts"])
    full = await client.conversations_replies(channel=im, ts=posted["ts"], include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == meta
    broken = client.chat_postMessage(channel=im, text="x", metadata={"event_payload": {}})
    assert await error_of(broken) == "invalid_metadata_schema"


async def test_lists_come_in_pages(slack, client):
    rep = slack.add_user("rep.one")
    for number in range(5):
        slack.add_channel(f"deal-{number}", rep)
    names = []
    async for page in await client.conversations_list(limit=2):
        names += [channel["name"] for channel in page["channels"]]
    assert names == [f"deal-{number}" for number in range(5)]


async def test_people_are_found_by_id_and_address(slack, client):
    rep = slack.add_user("rep.one", email="Rep@example.com", tz="Europe/Berlin")
    slack.add_user("left.us", email="left@example.com", deleted=True)
    found = await client.users_lookupByEmail(email="rep@example.com")
    assert (found["user"]["id"], found["user"]["tz"]) == (rep.id, "Europe/Berlin")
    assert await error_of(client.users_lookupByEmail(email="left@example.com")) == "users_not_found"
    assert await error_of(client.users_info(user="U404")) == "user_not_found"
    stranger = slack.add_user("partner", is_stranger=True)
    assert (await client.users_info(user=stranger.id))["user"]["team_id"] != slack.workspace.team_id


async def test_a_stream_is_started_appended_and_stopped_by_the_sdk_helper(slack, client):
    rep = slack.add_user("rep.one")
    question = slack.write(rep, slack.workspace.im_with(rep), "how is it?")
    stream = await client.chat_stream(channel=question.channel, thread_ts=question.ts, buffer_size=4)
    await stream.append(markdown_text="Going ")
    assert slack.messages(rep)[-1].is_streaming
    await stream.append(markdown_text="well")
    await stream.append(chunks=[{"type": "task_update", "id": "1", "title": "Read", "status": "complete"}])
    await stream.stop(blocks=[{"type": "divider"}], session_status="active")

    written = slack.messages(rep)[-1]
    assert (written.text, written.is_streaming, written.thread_ts) == ("Going well", False, question.ts)
    assert [block["type"] for block in written.blocks] == ["markdown", "divider"]
    assert written.stream.tasks["1"]["status"] == "complete"
    assert slack.session(slack.workspace.im_with(rep), question.ts).status == "active"
    late = client.chat_appendStream(channel=question.channel, ts=written.ts, markdown_text="more")
    assert await error_of(late) == "message_not_in_streaming_state"


async def test_a_stream_in_a_channel_needs_its_recipient(slack, client):
    rep = slack.add_user("rep.one")
    team = slack.add_channel("deals", rep)
    root = slack.write(rep, team, "hello")
    start = client.chat_startStream(channel=team.id, thread_ts=root.ts)
    assert await error_of(start) == "missing_recipient_team_id"
    await client.chat_startStream(
        channel=team.id, thread_ts=root.ts, recipient_team_id=rep.team_id, recipient_user_id=rep.id
    )
    assert slack.messages(team)[-1].stream.recipient_user_id == rep.id


async def test_the_agent_surface_remembers_status_prompts_and_sessions(slack, client):
    rep = slack.add_user("rep.one")
    im = slack.workspace.im_with(rep)
    root = slack.write(rep, im, "hello")
    prompts = [{"title": "My pipeline", "message": "show my pipeline"}]

    await client.assistant_threads_setStatus(channel_id=im.id, thread_ts=root.ts, status="is reading")
    assert slack.workspace.agents.statuses == {(im.id, root.ts): "is reading"}
    await client.assistant_threads_setSuggestedPrompts(channel_id=im.id, prompts=prompts)
    assert slack.prompts(rep) == prompts
    await client.agents_sessions_setStatus(channel_id=im.id, thread_ts=root.ts, status="processing", title="Halden")
    await client.agents_sessions_rename(channel_id=im.id, thread_ts=root.ts, title="Halden risk")
    assert (slack.session(im, root.ts).status, slack.session(im, root.ts).title) == ("processing", "Halden risk")
    await client.chat_postMessage(channel=im.id, thread_ts=root.ts, text="done")
    assert slack.workspace.agents.statuses == {}
    wrong = client.agents_sessions_setStatus(channel_id=im.id, thread_ts=root.ts, status="asleep")
    assert await error_of(wrong) == "invalid_status"


async def test_a_file_is_uploaded_shared_and_fetched(slack, client):
    rep = slack.add_user("rep.one")
    im = slack.workspace.im_with(rep)
    sent = await client.files_upload_v2(channel=im.id, filename="plan.csv", content="a,b\n1,2\n", title="Plan")
    info = (await client.files_info(file=sent["file"]["id"]))["file"]
    assert (info["title"], slack.messages(rep)[-1].files[0]["name"]) == ("Plan", "plan.csv")
    async with aiohttp.ClientSession() as session:
        anonymous = await session.get(info["url_private"])
        known = await session.get(info["url_private"], headers={"Authorization": f"Bearer {client.token}"})
        assert (anonymous.status, await known.text()) == (401, "a,b\n1,2\n")


async def test_a_rate_limit_is_raised_and_honoured_by_the_retry_handler(slack, client):
    rep = slack.add_user("rep.one")
    slack.inject("chat.postMessage", status=429, retry_after_seconds=1, times=2)
    with pytest.raises(SlackApiError) as refusal:
        await client.chat_postMessage(channel=rep.id, text="x")
    assert (refusal.value.response.status_code, refusal.value.response.headers["Retry-After"]) == (429, "1")

    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    await client.chat_postMessage(channel=rep.id, text="x")
    calls = slack.calls_of("chat.postMessage")
    assert [call.status for call in calls] == [429, 429, 200]
    assert calls[2].at - calls[1].at >= 1


async def test_server_errors_refusals_and_lost_answers(slack, client):
    rep = slack.add_user("rep.one")
    slack.inject("*", status=503)
    assert await error_of(client.auth_test()) == "fatal_error"
    slack.inject("chat.postMessage", error="restricted_action")
    assert await error_of(client.chat_postMessage(channel=rep.id, text="x")) == "restricted_action"
    assert slack.messages(rep) == []
    slack.inject("chat.postMessage", status=500, applied=True)
    await error_of(client.chat_postMessage(channel=rep.id, text="x"))
    assert len(slack.messages(rep)) == 1


async def test_silence_ends_in_a_dropped_connection(slack, client):
    slack.inject("auth.test", status="timeout", hang_seconds=0.05)
    client.retry_handlers.clear()
    with pytest.raises(aiohttp.ClientError):
        await client.auth_test()
    assert slack.calls[-1].status == 0


async def test_faults_by_chance_repeat_with_the_same_seed(slack, client):
    slack.inject("api.test", status=500, probability=0.5, times=None)
    answers = []
    for _ in range(12):
        try:
            await client.api_test()
            answers.append(200)
        except SlackApiError as refusal:
            answers.append(refusal.response.status_code)
    assert set(answers) == {200, 500}
    assert [call.status for call in slack.calls_of("api.test")] == answers
