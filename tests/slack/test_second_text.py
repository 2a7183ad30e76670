"""Facts first, words second: the answer is out at once, and is replaced where it stands when better words arrive."""

import time
from dataclasses import dataclass, field

import pytest
from samples import ANSWER

from bot.coach.reply import CoachReply

BETTER = ANSWER.model_copy(update={"text": "*Mill control rollout: At Risk*\n*Why:* No reply for 17 days."})


@dataclass
class ScriptedDeepening:
    """What the coach's model path does: return, dawdle or break."""

    result: CoachReply | None = BETTER
    slow_seconds: float = 0.0
    failure: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def deepen(self, asker: object, reply: CoachReply, text: str, *, now: object, halt: object) -> CoachReply | None:
        self.asked.append(text)
        time.sleep(self.slow_seconds)
        if self.failure is not None:
            raise self.failure
        return self.result


@pytest.fixture
def deepening(office, monkeypatch):
    scripted = ScriptedDeepening()
    monkeypatch.setattr(office.coach, "deepener", scripted)
    monkeypatch.setattr(office.coach, "deepen", scripted.deepen, raising=False)
    return scripted


async def test_the_first_text_stands_at_once_and_is_then_replaced(office, deepening):
    deepening.slow_seconds = 0.5
    sent = await office.slack.dm(office.priya, "how's Norrland?")
    first = await office.slack.reply_to(sent)
    first_text, first_ts = first.text, first.ts

    await office.slack.wait_for(lambda slack: slack.calls_of("chat.update"))
    (updated,) = office.slack.calls_of("chat.update")

    assert "41 days in Proposal" in first_text
    assert updated.args["ts"] == first_ts
    assert "No reply for 17 days." in updated.args["text"]
    assert len(office.posts()) == 1, "no second message"


@pytest.mark.parametrize("trouble", [{"result": None}, {"failure": RuntimeError("model")}])
async def test_a_failing_model_leaves_the_first_text(office, deepening, trouble):
    for name, value in trouble.items():
        setattr(deepening, name, value)
    reply = await office.slack.reply_to(await office.slack.dm(office.priya, "how's Norrland?"))
    await office.slack.wait_for(lambda _: deepening.asked)
    await office.settle()

    assert "41 days in Proposal" in reply.text
    assert office.slack.calls_of("chat.update") == []
    assert len(office.posts()) == 1


async def test_slow_words_do_not_delay_the_next_answer(office, deepening):
    deepening.slow_seconds = 1.5
    for _ in range(5):
        await office.slack.dm(office.priya, "how's Norrland?")
    began = time.monotonic()
    await office.slack.reply_to(await office.slack.dm(office.priya, "how do I test a champion?"))

    assert time.monotonic() - began < 5


async def test_what_only_the_asker_sees_in_a_channel_cannot_be_replaced_so_nothing_is_asked(office, deepening):
    await office.slack.reply_to(await office.slack.mention(office.priya, office.deals, "how's Norrland?"))
    await office.settle()

    assert deepening.asked == []
