"""`coach handbook index` and `coach handbook search`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress, TaskID

from bot.cli import app
from bot.cli.context import AsJson, err, existing, fail, open_runtime, out, print_json
from bot.handbook.errors import HandbookError
from bot.handbook.index import build_index
from bot.handbook.model import Passage
from bot.handbook.search import Handbook

handbook = typer.Typer(help="The company handbook: index it, search it.", no_args_is_help=True)
app.add_typer(handbook, name="handbook")


@handbook.command()
def index(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; none = the shipped handbook.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read pages and put a new index in place of the old one."""
    runtime = open_runtime()
    chosen = [existing(path) for path in paths] if paths else [runtime.settings.handbook_dir]
    try:
        with Progress(console=err, transient=True) as bar:
            report = build_index(
                chosen,
                runtime.settings.index_dir,
                chroma_url=runtime.settings.chroma_url,
                progress=_advance(bar),
            )
    except HandbookError as error:
        fail(str(error))
    if as_json:
        print_json(report)
        return
    out.print(
        f"Indexed {report.files} files: {report.sections} sections, {report.passages} passages "
        f"({report.embedded} embedded, {report.reused} unchanged, {report.duplicates} repeats left out) "
        f"in {report.seconds:.1f} s."
    )
    if report.degraded:
        out.print(f"Keyword search only: {report.degraded}")
    for problem in report.problems:
        out.print(f"  {problem}", markup=False)


@handbook.command()
def search(
    question: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many sections.")] = 5,
    batch: Annotated[Path | None, typer.Option(help="JSON lines {id, question}; prints {id, results}.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find sections; nothing below the relevance floor."""
    if (question is None) == (batch is None):
        fail("give a question, or --batch FILE")
    book = _open()
    if batch:
        for case in _cases(existing(batch)):
            rows = [_row(passage) for passage in book.search(case["question"], k=k)]
            typer.echo(json.dumps({"id": case["id"], "results": rows}, ensure_ascii=False))
        return
    found = book.search(str(question), k=k)
    if as_json:
        print_json([_row(passage) for passage in found])
    else:
        _print(found, book, str(question))


def _advance(bar: Progress) -> Callable[[str, int, int], None]:
    """Show each step of indexing as a bar of its own."""
    tasks: dict[str, TaskID] = {}

    def advance(step: str, done: int, total: int) -> None:
        if step not in tasks:
            tasks[step] = bar.add_task(step, total=total)
        bar.update(tasks[step], completed=done, total=total)

    return advance


def _open() -> Handbook:
    runtime = open_runtime()
    try:
        return Handbook.open(runtime.settings.index_dir, base_url=runtime.settings.handbook_base_url)
    except HandbookError as error:
        fail(str(error))


def _cases(path: Path) -> list[dict[str, Any]]:
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                case = json.loads(line)
                cases.append({"id": case["id"], "question": case["question"]})
            except (ValueError, KeyError, TypeError):
                fail(f"{path}:{number}: not a JSON object with id and question")
    return cases


def _row(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "key": passage.key,
        "doc": passage.doc,
        "section": passage.section,
        "title": passage.title,
        "text": passage.text,
        "score": round(passage.score, 4),
    }


def _print(found: list[Passage], book: Handbook, question: str) -> None:
    if not found:
        near = book.nearest(question)
        out.print("The handbook has nothing on this." + (f" Nearest: {near.title} ({near.key})." if near else ""))
    for passage in found:
        out.print(f"[bold]{passage.title}[/bold]  {passage.key}  {passage.score:.2f}")
        out.print(f"  {passage.text}\n", markup=False)
