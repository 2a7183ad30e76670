"""The sample company in a home of its own, for the demo and the playground."""

from datetime import datetime, timedelta

from rich.markup import escape

from bot.cli.context import fail, out
from bot.handbook.index import build_index
from bot.jobs.snapshots import record_health
from bot.pipeline.importing import import_directory
from bot.pipeline.sample import SampleSummary, write_sample
from bot.runtime import Runtime
from bot.settings import Settings

REMEMBERED_DAYS = (7, 1)
"""The days before now whose health is remembered: yesterday for the digest, a week ago for the trend."""


def sample_runtime() -> Runtime:
    """An installation beside the configured one, so that nothing of the sample meets real data."""
    base = Settings()
    return Runtime(base.model_copy(update={"home": base.home / "demo", "memory_url": None}))


def open_sample(runtime: Runtime, now: datetime, *, quiet: bool = False) -> SampleSummary:
    """Bring sample data and handbook in by the same doors as real ones.

    Ends the command if the sample cannot be imported.
    """
    sample = import_sample(runtime, now)
    index = build_index([runtime.settings.handbook_dir], runtime.settings.index_dir, embedder=runtime.embedder)
    if not quiet:
        out.print(f"[bold]{sample.company}[/bold] sells {escape(sample.product)}. Nothing of it is real.")
        out.print(f"Imported {sum(sample.rows.values()):,} rows; indexed {index.sections} handbook sections.\n")
    return sample


def import_sample(runtime: Runtime, now: datetime) -> SampleSummary:
    """Write and import the sample's data as of `now`, and remember the health of days before.

    Ends the command if the sample cannot be imported.
    """
    folder = runtime.settings.home / "sample"
    sample = write_sample(folder, as_of=now)
    report = import_directory(
        folder, runtime.store, stages=runtime.rules.stages, workspace_zone=runtime.settings.timezone
    )
    if not report.ok:
        fail("\n".join(report.summary_lines()))
    for days in REMEMBERED_DAYS:
        record_health(runtime, now - timedelta(days=days))
    return sample
