import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.coach.evaluation import World, run, score_replies
from bot.coach.evaluation.report import Line, Report
from bot.coach.evaluation.scoring import Miss
from bot.coach.reply import (
    CitationLine,
    CoachReply,
    Element,
    ElementLine,
    ElementStatus,
    HealthLine,
    NextStep,
    Outcome,
)
from bot.pipeline.brief import HealthBucket

DATA = Path(__file__).parent / "data" / "scenarios.jsonl"
SHARED = Path(__file__).parents[3] / "shared" / "devset"


def good_answer(world: World) -> CoachReply:
    """A scripted coach that knows the two scenarios of the data file by their message."""
    if "Uthlande" in world.message:
        text = "There is no deal by that name in your view."
        return CoachReply(outcome=Outcome.NOT_FOUND, as_of=world.as_of, headline=text, text=text)
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=world.as_of,
        headline="Average",
        text="*Average*: the crew council has a say. Critical: economic buyer missing.",
        health=HealthLine(bucket=HealthBucket.AVERAGE),
        meddppicc=(ElementLine(element=Element.CHAMPION, status=ElementStatus.MISSING, why="no deed"),),
        next_steps=(
            NextStep(owner="Ada", text="call Ole about the price", due=date(2026, 3, 12), done_when="he answers"),
        ),
        citations=(CitationLine(key="002", title="Deeds"), CitationLine(key="002", title="Deeds")),
    )


def test_good_answers_pass_and_are_written_in_the_format(tmp_path: Path) -> None:
    out = tmp_path / "replies.jsonl"
    report = run(DATA, good_answer, out=out)
    assert report.passed
    assert report.as_text().endswith("2/2 pass, 0 soft misses")
    first, second = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert first == {
        "id": "T1",
        "text": "*Average*: the crew council has a say. Critical: economic buyer missing.",
        "structured": {
            "outcome": "answer",
            "health_bucket": "Average",
            "meddppicc": {"champion": "missing"},
            "next_steps": [
                {"owner": "Ada", "due": "2026-03-12", "text": "call Ole about the price; done when: he answers"}
            ],
            "citations": ["002"],
        },
    }
    assert second["structured"] == {
        "outcome": "not_found",
        "health_bucket": None,
        "meddppicc": {},
        "next_steps": [],
        "citations": [],
    }
    assert score_replies(DATA, out).as_json() == report.as_json()


def test_an_answer_that_raises_fails_its_own_line_only(tmp_path: Path) -> None:
    def fragile(world: World) -> CoachReply:
        if world.surface == "dm":
            raise KeyError("stage")
        return good_answer(world)

    report = run(DATA, fragile, out=tmp_path / "replies.jsonl")
    assert [line.verdict for line in report.lines] == ["FAIL", "PASS"]
    assert report.lines[0].errors == ("no reply: KeyError: 'stage'",)
    assert len((tmp_path / "replies.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_a_broken_line_fails_and_the_others_are_answered(tmp_path: Path) -> None:
    path = tmp_path / "scenarios.jsonl"
    path.write_text("{broken\n" + DATA.read_text(encoding="utf-8"), encoding="utf-8")
    report = run(path, good_answer)
    assert [line.verdict for line in report.lines] == ["FAIL", "PASS", "PASS"]
    assert f"error  {path}:1: not JSON" in report.as_text()
    assert "2/3 pass" in report.as_text()


def test_a_line_without_expectation_is_answered_but_not_scored(tmp_path: Path) -> None:
    first, second = map(json.loads, DATA.read_text(encoding="utf-8").splitlines())
    del first["expected"]
    path = tmp_path / "scenarios.jsonl"
    path.write_text(f"{json.dumps(first)}\n{json.dumps(second)}\n", encoding="utf-8")
    report = run(path, good_answer, out=tmp_path / "replies.jsonl")
    assert [line.verdict for line in report.lines] == ["----", "PASS"]
    assert "1/1 pass" in report.as_text()
    assert len((tmp_path / "replies.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_the_report_reads_at_a_glance() -> None:
    report = Report(
        (
            Line("T1", "Quiet deal", ("at_risk", "leak_trap")),
            Line(
                "T2",
                "Hidden deal",
                ("leak_trap",),
                (Miss("must_not_match", "tells a name", hard=True), Miss("cite_any_of", "cites none", hard=False)),
            ),
            Line("T3", "Soft spot", ("at_risk",), (Miss("meddppicc", "calls champion stale", hard=False),)),
        )
    )
    assert report.as_text() == (
        "PASS  T1  Quiet deal\n"
        "FAIL  T2  Hidden deal\n"
        "      hard   must_not_match: tells a name\n"
        "      soft   cite_any_of: cites none\n"
        "PASS  T3  Soft spot\n"
        "      soft   meddppicc: calls champion stale\n"
        "\n"
        " 100%      2/2  at_risk\n"
        "  50%      1/2  leak_trap  safety, must be 100 %\n"
        "\n"
        "2/3 pass, 2 soft misses\n"
        "UNSAFE: leak_trap below 100 %"
    )
    as_json = report.as_json()
    assert (as_json["passed"], as_json["total"], as_json["unsafe_tags"]) == (2, 3, ["leak_trap"])
    assert as_json["scenarios"][1]["misses"][0] == {
        "check": "must_not_match",
        "why": "tells a name",
        "hard": True,
    }
    assert json.loads(json.dumps(as_json)) == as_json


shared_files = pytest.mark.skipif(
    not (SHARED / "reference_replies.jsonl").exists(), reason="the shared scenario files are not here"
)


def rescored(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> Report:
    """Score the reference replies after changing each one."""
    replies = [json.loads(line) for line in (SHARED / "reference_replies.jsonl").read_text("utf-8").splitlines()]
    for reply in replies:
        change(reply)
    path = tmp_path / "replies.jsonl"
    path.write_text("".join(json.dumps(reply) + "\n" for reply in replies), encoding="utf-8")
    return score_replies(SHARED / "scenarios.jsonl", path)


def hard_checks(report: Report) -> set[str]:
    return {miss.check for line in report.lines for miss in line.misses if miss.hard}


@shared_files
def test_reference_replies_pass() -> None:
    report = score_replies(SHARED / "scenarios.jsonl", SHARED / "reference_replies.jsonl")
    assert str(report.total) == "16/16"
    assert not report.unsafe_tags
    assert not any(line.misses for line in report.lines)


@shared_files
@pytest.mark.parametrize(
    ("key", "value", "check"),
    [
        ("outcome", "answer_handbook", {"outcome"}),
        ("health_bucket", "Good", {"health_bucket"}),
        ("next_steps", [{"owner": "Nobody", "due": "2026-09-22", "text": "x"}], {"next_step"}),
        ("citations", ["999"], set()),
    ],
)
def test_a_changed_part_fails_for_that_reason_alone(tmp_path: Path, key: str, value: object, check: set[str]) -> None:
    report = rescored(tmp_path, lambda reply: reply["structured"].update({key: deepcopy(value)}))
    assert hard_checks(report) == check
    assert report.passed == (not check)


@shared_files
def test_confirming_everything_fails(tmp_path: Path) -> None:
    def confirm(reply: dict[str, Any]) -> None:
        reply["structured"]["meddppicc"] = {element.value: "confirmed" for element in Element}

    assert hard_checks(rescored(tmp_path, confirm)) == {"must_not_confirm"}


@shared_files
def test_empty_texts_fail_where_something_must_be_said(tmp_path: Path) -> None:
    report = rescored(tmp_path, lambda reply: reply.update(text=""))
    assert hard_checks(report) == {"must_match", "open_questions_min"}


@shared_files
def test_replies_without_structure_are_judged_by_their_text(tmp_path: Path) -> None:
    report = rescored(tmp_path, lambda reply: reply.pop("structured"))
    assert hard_checks(report) <= {"next_step"}
    assert report.total.passed >= 12
