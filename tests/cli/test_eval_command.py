"""`coach eval --with`: the same scenarios answered by code, by ours with a model, and by a naive prompt."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app, checks  # noqa: F401 - it registers its commands
from bot.coach.reply import Element
from tests.servers.scripted_model import Answer, Request, Say, ScriptedModel, Status, honest

SCENARIOS = Path(__file__).parents[1] / "coach" / "data" / "scenarios.jsonl"
GENEROUS = {
    "outcome": "answer",
    "text": "Great momentum! You are 90% there, just send the contract.",
    "health_bucket": "Good",
    "meddppicc": {element.value: "confirmed" for element in Element},
    "next_steps": [{"owner": "Ada Brandt", "due": "soon", "text": "Close it!"}],
    "citations": [],
}


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedModel]:
    with ScriptedModel().running() as running:
        yield running


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "home"))
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "COACH_MODEL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def model(server: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("COACH_MODEL", "scripted-1")
    return server


def evaluate(*options: str) -> Any:
    return CliRunner().invoke(app, ["eval", str(SCENARIOS), *options])


def generous(_: Request) -> Answer:
    return Say(GENEROUS)


def test_without_a_model_it_says_so_and_asks_nothing() -> None:
    for who in ("naive", "model"):
        done = evaluate("--with", who)
        assert done.exit_code != 0
        assert "no model is configured, so nothing was asked" in done.output


@pytest.mark.slow
def test_the_naive_prompt_holds_every_record_and_its_answer_is_taken_as_it_is(
    model: ScriptedModel, tmp_path: Path
) -> None:
    model.reset(generous)
    out = tmp_path / "naive.jsonl"
    done = evaluate("--with", "naive", "--out", str(out))

    assert done.exit_code == 1, "a generous answer fails"
    first = json.loads(out.read_text(encoding="utf-8").splitlines()[0])
    assert first["text"] == GENEROUS["text"]
    assert first["structured"]["meddppicc"]["champion"] == "confirmed"
    assert "how is Pellworm doing?" in model.requests[0].user
    assert '"facts"' in model.requests[0].user
    assert "SECRET" not in model.requests[0].user, "labels of the file are not part of its world"
    assert model.violations == []


@pytest.mark.slow
def test_both_runs_are_compared_by_the_same_command(model: ScriptedModel, tmp_path: Path) -> None:
    naive, rules = tmp_path / "naive.jsonl", tmp_path / "rules.jsonl"
    model.reset(generous)
    evaluate("--with", "naive", "--out", str(naive))
    evaluate("--out", str(rules))
    done = CliRunner().invoke(app, ["eval", str(SCENARIOS), "--compare", str(naive), str(rules)])
    assert done.exit_code == 0
    assert "naive" in done.output.splitlines()[0]
    assert "rules" in done.output.splitlines()[0]


@pytest.mark.slow
def test_a_model_that_is_down_leaves_no_naive_answer_but_ours(model: ScriptedModel) -> None:
    model.reset(lambda _: Status(500))
    assert "no reply: ModelUnavailable" in evaluate("--with", "naive").output
    ours = evaluate("--with", "model")
    assert "no reply" not in ours.output
    assert "failed" in ours.output


@pytest.mark.slow
def test_ours_with_the_model_says_what_became_of_its_answers(model: ScriptedModel) -> None:
    model.reset(honest)
    done = evaluate("--with", "model")
    assert "What became of the model's answers:" in done.output
    assert "accepted" in done.output
