"""Two hundred people ask at once while the model takes ten seconds: acknowledged, answered, none lost or doubled.

The clock starts when Slack sends; a fact is "first" when the first message of an answer is posted. Slack and the
people are a process of their own, as they are in life: what is measured is the app.
"""

import asyncio
import json
import math
import multiprocessing
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "slack"))

from bot.coach.access import Asker
from bot.coach.halt import Halt
from bot.coach.hearing import Hear, Sentence
from bot.coach.reply import CoachReply
from bot.memory import Memory
from bot.pipeline.model import User
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.local import Call, LocalSlack
from bot.slack.serve import connected
from bot.slack.services import Services

PEOPLE = 200
MODEL_SECONDS = 10.0
FACTS_SECONDS = 0.02
"""What the judgement of one deal takes on an idle core; the pipeline's own benchmark measures that."""
SECOND_ANSWER_SECONDS = 2.0
"""How long a second answer to the same question is waited for."""
LOOKS, LOOK_SECONDS = 600, 0.1


class SlowModelCoach:
    """Facts as the coach gives them; better words only after ten seconds."""

    deepener = object()

    def __init__(self, reply: CoachReply) -> None:
        self._reply = reply

    def asker_for_slack(self, slack_user_id: str, email: str | None, now: datetime | None = None) -> Asker | None:
        user = User(id=slack_user_id, name=str(email), email=email)
        return Asker(user, frozenset({slack_user_id}))

    def answer(self, asker: Asker, text: str, *, now: datetime, focus: str | None = None) -> CoachReply:
        time.sleep(FACTS_SECONDS)
        return self._reply

    def tell(
        self, asker: Asker, reply: CoachReply, text: str, *, now: datetime, hear: Hear, halt: Halt | None = None
    ) -> None:
        time.sleep(MODEL_SECONDS)
        hear(Sentence("Champion", "Nobody has acted for us."))


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Storm:
    """What the people saw: seconds until acknowledged, seconds until the first fact, answers by channel."""

    acks: list[float]
    facts: list[float]
    answers: dict[str, int]


@pytest.mark.slow
async def test_two_hundred_at_once(tmp_path, capsys):
    from samples import ANSWER

    busy = _busy()
    here, there = multiprocessing.Pipe()
    people = multiprocessing.get_context("spawn").Process(target=slack_and_people, args=(there,), daemon=True)
    people.start()
    settings = Settings(_env_file=None, **await asyncio.to_thread(here.recv))
    with Memory.open(f"sqlite:///{tmp_path}/memory.db") as memory:
        app = build_app(settings, Services(SlowModelCoach(ANSWER), memory), lambda: datetime.now(UTC))
        async with connected(app, settings):
            began = time.process_time()
            storm: Storm = await asyncio.to_thread(here.recv)
            spent = time.process_time() - began
    people.join(10)
    with capsys.disabled():
        print(f"\n{PEOPLE} direct messages at once, model {MODEL_SECONDS:g} s")
        print(f"processor time of the app: {spent:.1f} s; machine: {busy or 'quiet'}")
        print(f"acknowledged: p50 {percentile(storm.acks, 0.5):.3f} s, p99 {percentile(storm.acks, 0.99):.3f} s")
        print(f"first facts:  p50 {percentile(storm.facts, 0.5):.3f} s, p95 {percentile(storm.facts, 0.95):.3f} s")
        print(f"answered {len(storm.answers)} of {PEOPLE}, most answers to one person {max(storm.answers.values())}")
    assert len(storm.answers) == PEOPLE
    assert set(storm.answers.values()) == {1}
    if busy:
        pytest.skip(
            f"nothing lost, nothing doubled; the times say nothing: other work keeps this machine busy ({busy})"
        )
    assert percentile(storm.acks, 0.99) < 1.0
    assert percentile(storm.facts, 0.95) < 3.0


def _busy() -> str:
    """The load of a machine that has more to do than it has cores; empty if it is quiet enough to measure on."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    return f"load {load:.1f} on {cores} cores" if load > cores else ""


def slack_and_people(line: Connection) -> None:
    """The other process: tells how to reach it, then what its people saw."""
    asyncio.run(_serve_and_ask(line))


async def _serve_and_ask(line: Connection) -> None:
    manifest = json.loads((Path(__file__).parents[2] / "manifest.json").read_text(encoding="utf-8"))
    async with LocalSlack.for_manifest(manifest, connect_seconds=60) as slack:
        workspace = slack.workspace
        line.send({
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
        })  # fmt: skip
        line.send(await _storm(slack))


async def _storm(slack: LocalSlack) -> Storm:
    newcomer = await slack.dm(slack.add_user("first", email="first@example.com"), "How is Norrland?")
    await slack.reply_to(newcomer, seconds=30)  # an app that runs has said hello to Slack before the storm
    people = [slack.add_user(f"p{number}", email=f"p{number}@example.com") for number in range(PEOPLE)]
    channels = {slack.workspace.im_with(person).id for person in people}
    began, wall = time.monotonic(), time.time()

    async def ask(person):
        sent = await slack.dm(person, "How is Norrland?")
        assert sent.acked
        return time.monotonic() - began

    acks = await asyncio.gather(*(ask(person) for person in people))
    await _until_all_are_answered(slack, channels)
    await asyncio.sleep(SECOND_ANSWER_SECONDS)
    first: dict[str, float] = {}
    for call in _answers(slack, channels):
        first.setdefault(call.args["channel"], call.at - wall)
    answers = Counter(call.args["channel"] for call in _answers(slack, channels))
    return Storm(list(acks), list(first.values()), dict(answers))


async def _until_all_are_answered(slack: LocalSlack, channels: set[str]) -> None:
    for _ in range(LOOKS):
        if len(_answers(slack, channels)) >= len(channels):
            return
        await asyncio.sleep(LOOK_SECONDS)


def _answers(slack: LocalSlack, channels: set[str]) -> list[Call]:
    return [call for call in slack.calls_of("chat.postMessage") if call.ok and call.args["channel"] in channels]
