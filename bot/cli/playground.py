"""`coach playground`: the whole product in a browser, over the local Slack and the sample company."""

import asyncio
import contextlib
import signal
import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli import app
from bot.cli.context import AsOf, fail, instant, out
from bot.cli.logs import log_to_stderr
from bot.cli.playground_office import Clock, open_playground
from bot.cli.playground_page import NoPage, built_page
from bot.cli.sample import open_sample, sample_runtime
from bot.pipeline.sample import SampleSummary
from bot.runtime import Runtime

PORT = 8427


@app.command()
def playground(
    as_of: AsOf = None,
    port: Annotated[int, typer.Option(help="Where to serve; 0, or a port that is taken: any free one.")] = PORT,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Try the coach in your browser: a local Slack, sample people and deals, no account needed."""
    runtime = sample_runtime()
    now = instant(as_of, runtime.settings.timezone)
    try:
        page = _page(runtime)
    except NoPage as reason:
        fail(str(reason))
    serve_playground(runtime, open_sample(runtime, now), page, now, port=port, browser=browser)


def offer_playground(runtime: Runtime, sample: SampleSummary, now: datetime) -> None:
    """Serve the playground after the transcript; where it cannot be built, a sentence says why."""
    try:
        page = _page(runtime)
    except NoPage as reason:
        out.print(f"\n{reason}", markup=False)
        return
    serve_playground(runtime, sample, page, now, port=PORT, browser=False)


def _page(runtime: Runtime) -> Path:
    return built_page(runtime.settings.home / "playground", lambda line: out.print(line, markup=False))


def serve_playground(
    runtime: Runtime, sample: SampleSummary, page: Path, now: datetime, *, port: int, browser: bool
) -> None:
    """Serve until Ctrl+C, with a clock that starts at `now`."""
    log_to_stderr("WARNING")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(runtime, sample, page, Clock(now - datetime.now(UTC)), port, browser))


async def _serve(runtime: Runtime, sample: SampleSummary, page: Path, clock: Clock, port: int, browser: bool) -> None:
    stop = asyncio.Event()
    with contextlib.suppress(NotImplementedError, RuntimeError):  # no signals on Windows or in a thread
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with open_playground(runtime, sample, page, clock, port=port) as opened:
        out.print(f"\n[bold]The playground is open:[/bold] {escape(opened.url)}   Ctrl+C ends it.")
        if browser:
            await asyncio.to_thread(webbrowser.open, opened.url)
        await stop.wait()
