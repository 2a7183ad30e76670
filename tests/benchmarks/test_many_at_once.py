"""Two hundred people ask at once while the model takes ten seconds: acknowledged, answered, none lost or doubled.

The clock starts when Slack sends; a fact is "first" when the first message of an answer is posted.
"""

import asyncio
import json
import math
import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "slack"))

from bot.coach.access import Asker
from bot.coach.reply import CoachReply
from bot.memory import Memory
from bot.pipeline.model import User
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.local import LocalSlack
from bot.slack.serve import connected
from bot.slack.services import Services

PEOPLE = 200
MODEL_SECONDS = 10.0
FACTS_SECONDS = 0.02
"""What the judgement of one deal takes on an idle core; the pipeline's own benchmark measures that."""


class SlowModelCoach:
    """Facts as the coach gives them; better words only after ten seconds."""

    deepener = object()

    def __init__(self, reply: CoachReply) -> None:
        self._reply = reply
        self.deepened = 0

    def asker_for_slack(self, slack_user_id: str, email: str | None) -> Asker | None:
        user = User(id=slack_user_id, name=str(email), email=email)
        return Asker(user, frozenset({slack_user_id}))

    def answer(self, asker: Asker, text: str, *, now: datetime, focus: str | None = None) -> CoachReply:
        time.sleep(FACTS_SECONDS)
        return self._reply

    def deepen(self, asker: Asker, reply: CoachReply, text: str, *, now: datetime) -> CoachReply | None:
        time.sleep(MODEL_SECONDS)
        self.deepened += 1
        return None


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


@pytest.mark.slow
async def test_two_hundred_at_once(tmp_path, capsys):
    from samples import ANSWER

    busy = _busy()
    manifest = json.loads((Path(__file__).parents[2] / "manifest.json").read_text(encoding="utf-8"))
    async with LocalSlack.for_manifest(manifest) as slack:
        settings = Settings(
            _env_file=None,
            SLACK_API_URL=slack.api_url,
            SLACK_BOT_TOKEN=slack.workspace.bot_token,
            SLACK_APP_TOKEN=slack.workspace.app_token,
        )
        with Memory.open(f"sqlite:///{tmp_path}/memory.db") as memory:
            app = build_app(settings, Services(SlowModelCoach(ANSWER), memory), lambda: datetime.now(UTC))
            async with connected(app, settings):
                began = time.process_time()
                acks, facts, answers = await _storm(slack)
                spent = time.process_time() - began
                await asyncio.sleep(2)
                answers = _answers(slack)
    with capsys.disabled():
        print(f"\n{PEOPLE} direct messages at once, model {MODEL_SECONDS:g} s")
        print(f"processor time of app and local Slack together: {spent:.1f} s; machine: {busy or 'quiet'}")
        print(f"acknowledged: p50 {percentile(acks, 0.5):.3f} s, p99 {percentile(acks, 0.99):.3f} s")
        print(f"first facts:  p50 {percentile(facts, 0.5):.3f} s, p95 {percentile(facts, 0.95):.3f} s")
        print(f"answered {len(answers)} of {PEOPLE}, most answers to one person {max(answers.values())}")
    assert len(answers) == PEOPLE
    assert set(answers.values()) == {1}
    if busy:
        pytest.skip(
            f"nothing lost, nothing doubled; the times say nothing: other work keeps this machine busy ({busy})"
        )
    assert percentile(acks, 0.99) < 1.0
    assert percentile(facts, 0.95) < 3.0


def _busy() -> str:
    """The load of a machine that has more to do than it has cores; empty if it is quiet enough to measure on."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    return f"load {load:.1f} on {cores} cores" if load > cores else ""


async def _storm(slack: LocalSlack) -> tuple[list[float], list[float], Counter[str]]:
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
    await slack.wait_for(lambda _: len(_answers(slack)) == PEOPLE, seconds=60)
    first: dict[str, float] = {}
    for call in slack.calls_of("chat.postMessage"):
        if call.ok and call.args["channel"] in channels:
            first.setdefault(call.args["channel"], call.at - wall)
    return list(acks), list(first.values()), _answers(slack)


def _answers(slack: LocalSlack) -> Counter[str]:
    channels = [call.args["channel"] for call in slack.calls_of("chat.postMessage") if call.ok]
    return Counter(channels[1:])  # the first one was the greeting before the storm
