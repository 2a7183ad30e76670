"""Answer every scenario of a file, keep the replies, score them."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.coach.evaluation.loading import Scenario, load_replies, load_scenarios
from bot.coach.evaluation.report import Line, Report
from bot.coach.evaluation.scoring import score
from bot.coach.evaluation.world import World, build_world
from bot.coach.reply import CoachReply, NextStep

log = logging.getLogger(__name__)

Answer = Callable[[World], CoachReply | Mapping[str, Any]]
"""A bot: a reply of the coach, or `text` and `structured` of a reply line as another bot gives them."""
ReplyLine = Mapping[str, Any]


def run(path: Path, answer: Answer, *, out: Path | None = None) -> Report:
    """Answer every line of the scenario file `path` and return the score.

    With `out`, the reply lines are written there as JSON lines. An `answer` that raises is logged and
    counts as no reply; the other lines are still answered. Raises ScenarioFileError for a file that
    cannot be read.
    """
    scenarios = load_scenarios(path)
    replies: dict[str, ReplyLine] = {}
    crashes: dict[str, str] = {}
    for scenario in scenarios:
        try:
            if (reply := _answered(scenario, answer)) is not None:
                replies[scenario.labels.id] = reply
        except Exception as error:  # one scenario must not sink the rest
            log.exception("no reply to scenario %s", scenario.labels.id)
            crashes[scenario.labels.id] = f"no reply: {type(error).__name__}: {error}"
    if out is not None:
        write_replies(out, list(replies.values()))
    return _report(scenarios, replies, crashes)


def score_replies(path: Path, replies_path: Path) -> Report:
    """Score replies that were written earlier, by this bot or another.

    Raises ScenarioFileError for a file that cannot be read.
    """
    return _report(load_scenarios(path), load_replies(replies_path), {})


def write_replies(path: Path, replies: Sequence[ReplyLine]) -> None:
    """Write reply lines as JSON lines, in UTF-8."""
    lines = (json.dumps(reply, ensure_ascii=False) + "\n" for reply in replies)
    path.write_text("".join(lines), encoding="utf-8")


def reply_line(scenario_id: str, reply: CoachReply) -> dict[str, Any]:
    """Return a reply in the shape of the file format."""
    return {
        "id": scenario_id,
        "text": reply.text,
        "structured": {
            "outcome": reply.outcome.value,
            "health_bucket": reply.health.bucket.value if reply.health and reply.health.bucket else None,
            "meddppicc": {line.element.value: line.status.value for line in reply.meddppicc},
            "next_steps": [_step(step) for step in reply.next_steps],
            "citations": list(dict.fromkeys(citation.key for citation in reply.citations)),
        },
    }


def _step(step: NextStep) -> dict[str, str]:
    return {"owner": step.owner, "due": step.due.isoformat(), "text": f"{step.text}; done when: {step.done_when}"}


def _answered(scenario: Scenario, answer: Answer) -> ReplyLine | None:
    if scenario.situation is None:
        return None
    reply = answer(build_world(scenario.situation))
    if isinstance(reply, CoachReply):
        return reply_line(scenario.labels.id, reply)
    return {"id": scenario.labels.id, **reply}


def _report(scenarios: Sequence[Scenario], replies: Mapping[str, ReplyLine], crashes: Mapping[str, str]) -> Report:
    return Report(tuple(_line(scenario, replies, crashes) for scenario in scenarios))


def _line(scenario: Scenario, replies: Mapping[str, ReplyLine], crashes: Mapping[str, str]) -> Line:
    labels, expectation = scenario.labels, scenario.expectation
    crash = crashes.get(labels.id)
    return Line(
        id=labels.id,
        title=labels.title,
        tags=labels.tags,
        misses=score(expectation, replies.get(labels.id)) if expectation else (),
        errors=(*map(str, scenario.errors), *([crash] if crash else [])),
        scored=expectation is not None,
    )
