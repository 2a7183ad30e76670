"""`coach doctor` and `coach eval`: is the installation sound, are the answers."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table

from bot.cli import app
from bot.cli.context import AsJson, AsOf, err, existing, fail, instant, open_runtime, out, print_json
from bot.cli.doctor import examine
from bot.coach.evaluation.answering import answer_world
from bot.coach.evaluation.loading import ScenarioFileError
from bot.coach.evaluation.page import as_page, compared
from bot.coach.evaluation.runner import Answer, run, score_replies
from bot.coach.llm.rules import NO_LIMIT
from bot.handbook.search import Handbook
from bot.memory import Memory
from bot.runtime import Runtime

_EVER = datetime(2000, 1, 1, tzinfo=UTC)


class AnswersBy(StrEnum):
    """Who answers the scenarios of an evaluation."""

    RULES = "rules"
    MODEL = "model"
    NAIVE = "naive"


@app.command()
def doctor(as_json: AsJson = False, as_of: AsOf = None) -> None:
    """Check configuration, tokens, scopes, store, index and model; say the fix for each failure."""
    runtime = open_runtime()
    findings = asyncio.run(examine(runtime, instant(as_of, runtime.settings.timezone)))
    if as_json:
        print_json(findings)
    else:
        table = Table("", "check", "found", "fix", box=None)
        for finding in findings:
            mark = {"ok": "[green]ok[/green]", "off": "[dim]off[/dim]", "bad": "[red]bad[/red]"}[finding.state]
            table.add_row(mark, finding.check, finding.found, finding.fix)
        out.print(table)
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(1)


@app.command(name="eval")
def evaluate(
    file: Annotated[Path, typer.Argument(help="Scenarios, one JSON object a line.")],
    replies: Annotated[Path | None, typer.Option("--out", help="Write the reply lines here.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the report as a page here.")] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", help="Score two files of reply lines side by side instead of answering."),
    ] = None,
    answers_by: Annotated[
        AnswersBy,
        typer.Option("--with", help="Who answers: code alone, ours with the model, or the model with a naive prompt."),
    ] = AnswersBy.RULES,
    as_json: AsJson = False,
) -> None:
    """Answer every scenario of a file and score the answers."""
    if compare:
        _compare(existing(file), compare, html)
        return
    runtime = open_runtime()
    if answers_by is not AnswersBy.RULES and not runtime.settings.has_model:
        fail("no model is configured, so nothing was asked: set OPENAI_API_KEY or OPENAI_BASE_URL, and COACH_MODEL")
    handbook = runtime.coach.open_handbook()
    try:
        with _bot(answers_by, runtime, handbook) as answer:
            report = run(existing(file), answer, out=replies)
    except ScenarioFileError as error:
        fail(str(error))
    if as_json:
        print_json(report.as_json())
    else:
        out.print(report.as_text(), markup=False)
        if handbook is None:
            out.print("No handbook is indexed, so no answer could cite one: run `coach handbook index` first.")
    if html:
        html.write_text(as_page({"this run": report}, file.name), encoding="utf-8")
    if not report.passed:
        raise typer.Exit(1)


@contextmanager
def _bot(answers_by: AnswersBy, runtime: Runtime, handbook: Handbook | None) -> Iterator[Answer]:
    """Who answers. What a model is asked for an evaluation is remembered nowhere."""
    if answers_by is AnswersBy.NAIVE:
        from bot.coach.evaluation.naive import open_naive

        yield open_naive(runtime.settings, runtime.rules).answer
        return
    playbook = runtime.coach_playbook
    if answers_by is AnswersBy.RULES:
        yield lambda world: answer_world(world, runtime.rules, playbook, handbook)
        return
    from bot.coach.deepen import open_deepener

    with TemporaryDirectory() as folder, Memory.open(f"sqlite:///{folder}/memory.db") as memory:
        deepener = open_deepener(runtime.settings, playbook, memory)
        unlimited = deepener.client.rules.model_copy(update={"per_person_and_day": NO_LIMIT})
        deepener = replace(deepener, client=replace(deepener.client, rules=unlimited))
        yield lambda world: answer_world(world, runtime.rules, playbook, handbook, deepener)
        counts = ", ".join(f"{count} {outcome}" for outcome, count in memory.verdict_tally(_EVER).items())
        err.print(f"What became of the model's answers: {counts or 'none was asked for'}.")


def _compare(file: Path, replies: tuple[Path, Path], html: Path | None) -> None:
    """Print, and write as a page if wanted, how two runs over one file of scenarios did; named by their files."""
    try:
        runs = {path.stem: score_replies(file, existing(path)) for path in replies}
    except ScenarioFileError as error:
        fail(str(error))
    out.print(compared(runs), markup=False)
    if html:
        html.write_text(as_page(runs, file.name), encoding="utf-8")
