"""`coach demo`: the main job on a sample company, without a key, an account or a network."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rich.markup import escape
from rich.rule import Rule

from bot.cli import app
from bot.cli.answers import asker, show
from bot.cli.context import AsJson, AsOf, fail, instant, out, print_json, print_message
from bot.coach.digest import digest_text
from bot.coach.reply import CoachReply
from bot.handbook.index import build_index
from bot.jobs.digests import build_for
from bot.jobs.snapshots import record_health
from bot.pipeline.importing import import_directory
from bot.pipeline.sample import SampleSummary, write_sample
from bot.runtime import Runtime
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange of the transcript: who asks what, and why it is worth watching."""

    email: str
    message: str
    about: str
    is_consult: bool = False


@app.command()
def demo(as_json: AsJson = False, as_of: AsOf = None) -> None:
    """Sample pipeline in, handbook indexed, questions answered, a digest built: all on this machine."""
    base = Settings()
    runtime = Runtime(base.model_copy(update={"home": base.home / "demo", "memory_url": None}))
    now = instant(as_of, runtime.settings.timezone)
    sample = _prepare(runtime, now, quiet=as_json)
    exchanges = [(turn, _answer(runtime, turn, now)) for turn in _script(sample)]
    digest = build_for(runtime, asker(runtime, sample.rep_email).user, now)
    if as_json:
        print_json({"transcript": [_exchange(turn, reply) for turn, reply in exchanges], "digest": digest})
        return
    for turn, reply in exchanges:
        _print_turn(turn, reply)
    out.print(Rule(f"The morning digest of {sample.rep_email}", align="left"))
    print_message(digest_text(digest))
    _print_outlook(sample, runtime)


def _prepare(runtime: Runtime, now: datetime, *, quiet: bool) -> SampleSummary:
    """Bring sample data and handbook in by the same doors as real ones, and remember yesterday's health."""
    folder = runtime.settings.home / "sample"
    sample = write_sample(folder, as_of=now)
    report = import_directory(
        folder, runtime.store, stages=runtime.rules.stages, workspace_zone=runtime.settings.timezone
    )
    if not report.ok:
        fail("\n".join(report.summary_lines()))
    index = build_index([runtime.settings.handbook_dir], runtime.settings.index_dir, embedder=runtime.embedder)
    record_health(runtime, now - timedelta(days=1))
    if not quiet:
        out.print(f"[bold]{sample.company}[/bold] sells {escape(sample.product)}. Nothing of it is real.")
        out.print(f"Imported {sum(sample.rows.values()):,} rows; indexed {index.sections} handbook sections.\n")
    return sample


def _script(sample: SampleSummary) -> Iterator[Turn]:
    for slug in ("happy_ears", "cancelled_slot", "lively"):
        story = sample.story(slug)
        yield Turn(story.owner_email, story.question, story.about)
    yield Turn(sample.rep_email, f"How is {sample.ambiguous_name} doing?", "Two deals share the name.")
    yield Turn(
        sample.rep_email, f"How is {sample.hidden_deal} doing?", "The deal exists, but is not this rep's to see."
    )
    yield Turn(sample.rep_email, "How do I test my champion?", "A question for the handbook, not about a deal.")
    yield Turn(sample.manager_email, "How is the pipeline?", "A manager sees the team's deals.")
    consult = sample.story("paper_hearsay")
    yield Turn(sample.manager_email, consult.deal, "The manager prepares a consult.", is_consult=True)


def _answer(runtime: Runtime, turn: Turn, now: datetime) -> CoachReply:
    person = asker(runtime, turn.email)
    if turn.is_consult:
        return runtime.coach.consult(person, turn.message, now=now)
    return runtime.coach.answer(person, turn.message, now=now)


def _exchange(turn: Turn, reply: CoachReply) -> dict[str, Any]:
    return {"asker": turn.email, "message": turn.message, "consult": turn.is_consult, "reply": reply}


def _print_turn(turn: Turn, reply: CoachReply) -> None:
    typed = f"/consult {turn.message}" if turn.is_consult else turn.message
    out.print(Rule(f"[dim]{escape(turn.about)}[/dim]", align="left"))
    out.print(f"[cyan]{turn.email}[/cyan]  {escape(typed)}\n")
    show(reply, as_json=False)
    out.print()


def _print_outlook(sample: SampleSummary, runtime: Runtime) -> None:
    home = runtime.settings.home
    out.print(Rule("Go on", align="left"))
    out.print(f'  COACH_HOME={home} coach ask --as {sample.rep_email} "how is <deal> doing?"', markup=False)
    out.print(f"  COACH_HOME={home} coach facets", markup=False)
    out.print("  coach import DIR && coach handbook index DIR   # your own data and pages", markup=False)
