"""`coach handbook`: index the company handbook, search it, show what a citation names."""

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import TextWrapper
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import Progress, TaskID
from rich.text import Text

from bot.cli import app
from bot.cli.context import AsJson, err, existing, fail, open_runtime, out, print_json
from bot.handbook.errors import HandbookError
from bot.handbook.index import build_index
from bot.handbook.model import IndexReport, Passage
from bot.handbook.search import Finding, Handbook
from bot.handbook.tagged import Wanted

handbook = typer.Typer(help="The company handbook: index, search, show.", no_args_is_help=True)
app.add_typer(handbook, name="handbook")

MAX_LISTED_PROBLEMS = 20
MAX_LINE = 100


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
                embedder=runtime.embedder,
                chroma_url=runtime.settings.chroma_url,
                progress=_advance(bar),
            )
    except HandbookError as error:
        fail(str(error))
    if as_json:
        print_json(report)
    else:
        _print_report(report)


@handbook.command()
def search(
    question: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many sections.")] = 5,
    stage: Annotated[str | None, typer.Option(help="Leave out pages tagged for other stages.")] = None,
    element: Annotated[list[str] | None, typer.Option(help="Leave out pages tagged for other elements.")] = None,
    batch: Annotated[Path | None, typer.Option(help="JSON lines {id, question}; prints {id, results}.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find sections; nothing below the relevance floor."""
    if (question is None) == (batch is None):
        fail("give a question, or --batch FILE")
    wanted = Wanted(stage, tuple(element or ()), strict=True)
    book = _open()
    if batch:
        for case in _cases(existing(batch)):
            rows = [_row(passage) for passage in book.find(case["question"], k, wanted).passages]
            typer.echo(json.dumps({"id": case["id"], "results": rows}, ensure_ascii=False))
        return
    found = book.find(str(question), k, wanted)
    if as_json:
        print_json([_row(passage) for passage in found.passages])
    else:
        _print(found)


@handbook.command()
def show(
    key: Annotated[str, typer.Argument(help="A citation key, such as health/silent-buyer#what-silence-tells-you.")],
    as_json: AsJson = False,
) -> None:
    """Print the section a citation names, or say that it is gone."""
    book = _open()
    section = book.section(key)
    if section is None:
        title = book.gone(key)
        fail(
            f"“{title}” ({key}) is no longer in the handbook; search for its successor"
            if title
            else f"no section {key}; keys are as `coach handbook search` prints them"
        )
    if as_json:
        print_json(section)
        return
    out.print(Text.assemble((section.title, "bold"), f"  {section.key}"))
    if section.breadcrumb:
        out.print(Text(section.breadcrumb, "dim"))
    out.print(Text(f"\n{section.text}"))


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
    settings = runtime.settings
    try:
        return Handbook.open(settings.index_dir, runtime.embedder, settings.handbook_base_url, settings.playbook_dir)
    except HandbookError as error:
        fail(str(error))


def _cases(path: Path) -> list[dict[str, Any]]:
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                case = json.loads(line)
                cases.append({"id": case["id"], "question": str(case["question"])})
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


def _print_report(report: IndexReport) -> None:
    out.print(
        f"Indexed {report.files:,} files: {report.sections:,} sections, {report.passages:,} passages "
        f"({report.embedded:,} texts embedded, {report.reused:,} unchanged, {report.duplicates:,} repeats left out) "
        f"in {report.seconds:.1f} s."
    )
    if report.degraded:
        out.print(f"Keyword search only: {escape(report.degraded)}")
    for problem in report.problems[:MAX_LISTED_PROBLEMS]:
        out.print(Text(f"  {problem}"))
    if (more := len(report.problems) - MAX_LISTED_PROBLEMS) > 0:
        out.print(f"  and {more:,} more; --json lists them all")


def _indented(text: str) -> str:
    """`text` wrapped for reading, below the number of its result."""
    width = min(out.width, MAX_LINE)
    fold = TextWrapper(width, initial_indent="   ", subsequent_indent="   ", break_on_hyphens=False)
    return "\n".join(fold.fill(line) for line in text.splitlines() if line.strip())


def _print(found: Finding) -> None:
    for number, passage in enumerate(found.passages, start=1):
        out.print(Text.assemble(f"{number}. ", (passage.title, "bold"), (f"  {passage.score:.2f}", "dim")))
        out.print(Text(_indented(passage.text)))
        out.print(Text(_indented(passage.url or passage.key), "dim"))
        out.print()
    if not found.passages:
        out.print("The handbook has nothing on this.")
        if found.route:
            out.print(Text(found.route.answer))
        elif found.near:
            out.print(Text(f"Nearest page: {found.near.title} ({found.near.key})."))
