"""`coach demo`: the main job on a sample company, without a key, an account or a network."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.rule import Rule

from bot.cli import app
from bot.cli.answers import asker, show
from bot.cli.context import AsJson, AsOf, instant, out, print_json, print_message
from bot.cli.playground import offer_playground
from bot.cli.sample import open_sample, sample_runtime
from bot.coach.digest import digest_text
from bot.coach.reply import CoachReply
from bot.jobs.digests import build_for
from bot.pipeline.sample import SampleSummary
from bot.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange of the transcript: who asks what, and why it is worth watching."""

    email: str
    message: str
    about: str
    is_consult: bool = False


@app.command()
def demo(
    as_json: AsJson = False,
    as_of: AsOf = None,
    playground: Annotated[
        bool | None,
        typer.Option(help="Go on in a browser (default: only on a terminal)."),
    ] = None,
) -> None:
    """Sample pipeline in, handbook indexed, questions answered, a digest built: all on this machine."""
    runtime = sample_runtime()
    now = instant(as_of, runtime.settings.timezone)
    sample = open_sample(runtime, now, quiet=as_json)
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
    if on_a_terminal() if playground is None else playground:
        offer_playground(runtime, sample, now)


def on_a_terminal() -> bool:
    """Whether a person sits there: a script or a build server must never wait for a page to be closed."""
    return sys.stdin.isatty() and sys.stdout.isatty()


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
    out.print(Rule())
    out.print(f"[dim]{escape(turn.about)}[/dim]")  # not in the rule, which would cut it
    out.print(f"[cyan]{turn.email}[/cyan]  {escape(typed)}\n")
    show(reply, as_json=False)
    out.print()


def _print_outlook(sample: SampleSummary, runtime: Runtime) -> None:
    home, coach = runtime.settings.home, _command()
    out.print(Rule("Go on", align="left"))
    out.print(f"  {coach} playground   # the same in your browser, with buttons", markup=False)
    out.print(f'  COACH_HOME={home} {coach} ask --as {sample.rep_email} "how is <deal> doing?"', markup=False)
    out.print(f"  COACH_HOME={home} {coach} facets", markup=False)
    out.print(f"  {coach} import DIR && {coach} handbook index DIR   # your own data and pages", markup=False)


def _command() -> str:
    """What to type for this program: its name where the shell finds it, else the path it was started by."""
    return "coach" if shutil.which("coach") else sys.argv[0]
