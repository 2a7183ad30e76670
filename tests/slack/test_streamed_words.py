"""Facts first; then words grow under the card, each checked, until they are complete or a person presses Stop."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from sample_house import House, open_house

from bot.coach.deepen import Deepener, open_deepener
from bot.memory import Memory
from bot.runtime import Runtime
from bot.settings import Settings
from bot.slack.views.told import HEAD
from tests.servers.scripted_model import Answer, Request, Say, Script, ScriptedModel, Stall, Status, Typed, told

QUESTION = "How is Quarrybank?"
GROWTH = {"chat.startStream", "chat.appendStream"}


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with ScriptedModel().running() as running:
        yield running


@dataclass
class Talk:
    """The product over the sample company, with a model that plays a script."""

    house: House
    model: ScriptedModel

    @property
    def slack(self) -> Any:
        return self.house.slack

    def plays(self, script: Script) -> None:
        self.model.reset(script)

    async def ask(self, text: str = QUESTION, thread_ts: str | None = None) -> Any:
        """Ask and return the person's message."""
        return (await self.slack.dm(self.house.rep, text, thread_ts=thread_ts)).message

    def replies(self, root: str) -> list[Any]:
        return self.slack.messages(self.house.rep, thread_ts=root)[1:]

    def streamed(self, root: str) -> Any:
        return next((message for message in self.replies(root) if message.stream is not None), None)

    async def until(self, condition, seconds: float = 20.0) -> Any:
        return await self.house.eventually(lambda _: condition(), seconds)

    async def told_whole(self, root: str) -> Any:
        """The streamed message once it is closed."""
        return await self.until(lambda: (found := self.streamed(root)) and not found.is_streaming and found)

    def session(self, root: str) -> str:
        return self.slack.session(self.slack.workspace.im_with(self.house.rep), root).status

    async def stop(self, root: str) -> None:
        await self.slack.stop_session(self.house.rep, self.slack.workspace.im_with(self.house.rep), root)

    def calls(self, *methods: str) -> list[Any]:
        return [call for call in self.slack.calls if call.method in methods]

    def ever_shown(self) -> str:
        """Everything Slack was ever given, in all its forms."""
        return json.dumps([call.args for call in self.slack.calls], default=str, ensure_ascii=False)


@pytest_asyncio.fixture
async def talk(sample_runtime, tmp_path, model: ScriptedModel) -> AsyncIterator[Talk]:
    async with open_house(sample_runtime, tmp_path, deepener=by(model, sample_runtime)) as house:
        model.reset(slowly())
        yield Talk(house, model)
    assert model.violations == []


def by(model: ScriptedModel, runtime: Runtime) -> Callable[[Memory], Deepener]:
    """What goes on with answers by this model."""
    settings = Settings(_env_file=None, OPENAI_BASE_URL=model.url, OPENAI_API_KEY="sk-test", COACH_MODEL="scripted-1")
    return lambda memory: open_deepener(settings, runtime.coach_playbook, memory)


def slowly(pause: float = 0.02, claims=told, **how: Any) -> Script:
    """A model that finds no evidence and tells slowly."""
    return lambda request: (
        Typed({"claims": claims(request)}, pause=pause, **how) if request.job == "tell" else nothing(request)
    )


def nothing(request: Request) -> Answer:
    return Say({"items": []} if request.job == "extract" else {"claims": []})


async def test_facts_come_first_and_words_grow_beneath_them(talk):
    root = (await talk.ask()).ts
    card = await talk.until(lambda: (found := talk.replies(root)) and found[0])
    assert "nothing booked ahead" in card.text
    assert talk.streamed(root) is None, "facts before words"
    assert talk.session(root) == "processing", "Slack shows Stop"

    whole = await talk.told_whole(root)
    growth = talk.calls(*GROWTH)
    started, *appended = growth
    assert len(appended) >= 2, "it grew"
    assert (started.args["recipient_user_id"], started.args["recipient_team_id"]) == (talk.house.rep.id, "T0LOCAL01")
    assert whole.text.startswith(HEAD)
    assert whole.text.count("\n- **") >= 3
    assert "- **Champion:** Nobody has acted for us when we were not in the room.\n" in whole.text
    assert card.ts < whole.ts
    assert talk.calls("chat.update") == [], "the card's facts did not change"
    await talk.until(lambda: talk.session(root) == "active")


async def test_the_words_repeat_nothing_of_the_card(talk):
    root = (await talk.ask()).ts
    whole = await talk.told_whole(root)
    card = talk.replies(root)[0]
    lines = [line.partition(":** ")[2].rstrip(".").lower() for line in whole.text.splitlines()[1:]]

    assert lines
    assert not [line for line in lines if line in card.text.lower()]


async def test_an_invented_number_is_never_shown_at_any_moment(talk):
    def lying(request: Request) -> list[dict[str, str]]:
        first, *rest = told(request)
        return [{**first, "text": "Gareth has a budget of $700,123 and will sign."}, *rest]

    talk.plays(slowly(claims=lying))
    root = (await talk.ask()).ts
    whole = await talk.told_whole(root)

    assert "700,123" not in talk.ever_shown()
    assert "**Economic buyer:**" in whole.text, "code says that point itself"
    assert len(talk.model.of("tell")) == 2, "after one repair"


async def test_stop_while_words_stream_ends_the_model_too(talk):
    talk.plays(slowly(pause=0.15))
    root = (await talk.ask()).ts
    await talk.until(lambda: talk.streamed(root))
    await talk.stop(root)

    stopped = await talk.until(lambda: (found := talk.streamed(root)) and "_Stopped._" in found.text and found)
    assert stopped.text.rstrip().endswith("_Stopped._")
    assert all(line.endswith(".") for line in stopped.text.splitlines() if line.startswith("- ")), "no half sentence"
    assert len(talk.replies(root)) == 2, "the card and the words, no third message"
    await talk.until(lambda: talk.model.left == 1)
    await talk.until(lambda: talk.session(root) == "active")


async def test_stop_while_the_notes_are_read(talk):
    talk.plays(lambda _: Stall(15))
    root = (await talk.ask()).ts
    await talk.until(lambda: talk.model.requests)
    await talk.stop(root)

    await talk.until(lambda: any("The facts above stand." in message.text for message in talk.replies(root)))
    await talk.until(lambda: talk.session(root) == "active")
    assert talk.calls(*GROWTH) == []


async def test_stop_while_facts_are_computed(talk, monkeypatch):
    coach = talk.house.coach
    answer = type(coach).answer

    def slow(self: Any, *args: Any, **kwargs: Any) -> Any:
        time.sleep(1.0)
        return answer(self, *args, **kwargs)

    monkeypatch.setattr(type(coach), "answer", slow)
    root = (await talk.ask()).ts
    await talk.until(
        lambda: talk.slack.workspace.agents.sessions.get((talk.slack.workspace.im_with(talk.house.rep).id, root))
    )
    await talk.until(lambda: talk.session(root) == "processing")
    await talk.stop(root)

    await talk.until(
        lambda: [message.text for message in talk.replies(root)] == ["Stopped. Ask again whenever you like."]
    )
    await asyncio.sleep(1.2)
    assert len(talk.replies(root)) == 1
    assert talk.model.requests == []


@pytest.mark.parametrize("end", [{"cut_after": 260}, {"finish": "length"}])
async def test_a_model_that_dies_half_way_leaves_a_whole_text(talk, end):
    def short(request: Request) -> Answer:
        if request.job != "tell":
            return nothing(request)
        text = json.dumps({"claims": told(request)})
        return Typed(text if "cut_after" in end else text[:-30], **end)

    talk.plays(short)
    root = (await talk.ask()).ts
    whole = await talk.told_whole(root)

    points = [row["label"] for row in talk.model.of("tell")[0].rows("points") if row["must"]]
    assert [label for label in points if f"**{label}:**" not in whole.text] == []
    assert all(line.endswith(".") for line in whole.text.splitlines() if line.startswith("- "))


@pytest.mark.parametrize("answer", [Status(401), Say("rubbish"), Say({"claims": []})])
async def test_a_model_that_says_nothing_leaves_the_card_alone(talk, answer):
    talk.plays(lambda request: answer if request.job == "tell" else nothing(request))
    root = (await talk.ask()).ts
    await talk.until(lambda: talk.model.of("tell"))
    await talk.until(lambda: talk.session(root) == "active")

    assert len(talk.replies(root)) == 1
    assert talk.calls(*GROWTH, "chat.update") == []


async def test_a_429_on_append_delays_the_words_and_doubles_none(talk):
    talk.slack.inject("chat.appendStream", status=429, retry_after_seconds=1)
    root = (await talk.ask()).ts
    whole = await talk.told_whole(root)
    lines = [line for line in whole.text.splitlines() if line.startswith("- ")]

    assert [call.status for call in talk.calls("chat.appendStream")].count(429) == 1
    assert len(lines) == len(set(lines)) >= 3


@pytest.mark.parametrize("applied", [False, True])
async def test_a_lost_append_leaves_each_line_once(talk, applied):
    talk.slack.inject("chat.appendStream", status=500, applied=applied)
    root = (await talk.ask()).ts
    await talk.until(lambda: talk.calls("chat.update"))
    await talk.until(lambda: talk.session(root) == "active")
    lines = [line for line in talk.streamed(root).text.splitlines() if line.startswith("- ")]

    assert len(lines) == len(set(lines)) >= 3


async def test_a_stream_that_slack_ended_is_put_right_as_a_whole(talk):
    talk.slack.inject("chat.appendStream", error="message_not_in_streaming_state", times=None)
    talk.slack.inject("chat.stopStream", error="message_not_in_streaming_state", applied=True)
    root = (await talk.ask()).ts
    await talk.until(lambda: talk.calls("chat.update"))

    assert talk.streamed(root).text.count("\n- **") >= 3
    await talk.until(lambda: talk.session(root) == "active")


async def test_where_slack_knows_no_streams_the_card_is_reworded_instead(talk):
    def script(request: Request) -> Answer:
        if request.job == "reword":
            line = next(row for row in request.rows("draft") if row["line"].startswith("*Why"))
            fact = next(row["fact"] for row in request.rows("facts") if row["id"] in line["holds"])
            claim = {"text": f"There is {fact}.", "fact_ids": line["holds"], "quote_ids": [], "citation_keys": []}
            return Say({"claims": [claim]})
        return slowly()(request)

    talk.plays(script)
    talk.slack.inject("chat.startStream", error="unknown_method", times=None)
    for asked in (QUESTION, "How is Foxley Parcel?"):
        root = (await talk.ask(asked)).ts
        await talk.until(lambda: talk.slack.workspace.agents.sessions)
        await talk.until(lambda root=root: talk.replies(root) and talk.session(root) == "active")
        assert len(talk.replies(root)) == 1
    await talk.until(lambda: talk.calls("chat.update"))
    assert "There is nothing booked ahead" in talk.ever_shown()
    assert len(talk.calls("chat.startStream")) == 1, "it is not tried again"


async def test_a_new_question_closes_the_words_before_its_answer(talk):
    talk.plays(slowly(pause=0.15))
    root = (await talk.ask()).ts
    first = await talk.until(lambda: talk.streamed(root))
    talk.plays(slowly())
    await talk.ask("and Foxley Parcel?", thread_ts=root)
    await talk.until(lambda: len(talk.replies(root)) >= 5 and not talk.replies(root)[-1].is_streaming)

    own = [message for message in talk.replies(root) if message.from_bot]
    assert [message.stream is not None for message in own] == [False, True, False, True]
    assert not first.is_streaming
    assert "Stopped" not in first.text, "nobody asked for that"
    order = [call.method for call in talk.calls("chat.postMessage", "chat.stopStream", *GROWTH)]
    assert order.index("chat.stopStream") < order.index("chat.postMessage", 1)
    await talk.until(lambda: talk.session(root) == "active")


async def test_found_evidence_changes_the_card_and_is_said(talk):
    def script(request: Request) -> Answer:
        if request.job != "extract":
            return slowly()(request)
        rows = request.rows("statements")
        row = next((row for row in rows if "Sign-off" in row["sentence"]), rows[0])
        item = {
            "element": "paper_process",
            "trait": "step",
            "quote": row["sentence"],
            **{k: row[k] for k in ("source", "speaker", "date")},
        }
        return Say({"items": [item]})

    talk.plays(script)
    root = (await talk.ask()).ts
    await talk.told_whole(root)
    assert len(talk.calls("chat.update")) == (1 if "Changed above" in talk.streamed(root).text else 0)


async def test_slow_words_do_not_delay_the_next_facts(talk):
    talk.plays(lambda _: Stall(8))
    for _ in range(5):
        await talk.ask()
    began = time.monotonic()
    root = (await talk.ask("How is Foxley Parcel?")).ts
    await talk.until(lambda: talk.replies(root))
    assert time.monotonic() - began < 5


async def test_what_only_the_asker_sees_in_a_channel_is_not_gone_on_with(talk):
    channel = talk.slack.add_channel("deals", talk.house.rep)
    await talk.slack.mention(talk.house.rep, channel, QUESTION)
    await talk.until(lambda: talk.slack.ephemerals(talk.house.rep))
    await asyncio.sleep(0.3)
    assert talk.model.requests == []


async def test_without_a_model_nothing_streams(sample_runtime, tmp_path):
    async with open_house(sample_runtime, tmp_path) as house:
        root = (await house.slack.dm(house.rep, QUESTION)).message.ts
        await house.eventually(lambda slack: len(slack.messages(house.rep, thread_ts=root)) == 2)
        await asyncio.sleep(0.3)
        assert [call for call in house.slack.calls if call.method in GROWTH] == []


async def test_the_end_of_the_process_closes_what_is_being_said(sample_runtime, tmp_path, model):
    async with open_house(sample_runtime, tmp_path, deepener=by(model, sample_runtime)) as house:
        model.reset(slowly(pause=0.2))
        talk = Talk(house, model)
        root = (await talk.ask()).ts
        await talk.until(lambda: talk.streamed(root))
    assert not talk.streamed(root).is_streaming
    assert talk.session(root) == "active"
