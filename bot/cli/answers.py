"""`coach ask`, `coach consult`: the same answers as in Slack."""

from typing import Annotated

import typer

from bot.cli import app
from bot.cli.context import As, AsJson, AsOf, fail, instant, open_runtime, print_json, print_message
from bot.coach.access import Asker
from bot.coach.reply import CoachReply
from bot.memory import ConsultKind
from bot.pipeline.store import NoSnapshot
from bot.runtime import Runtime


@app.command()
def ask(
    text: str,
    email: As,
    as_json: AsJson = False,
    as_of: AsOf = None,
    no_model: Annotated[bool, typer.Option("--no-model", help="Leave a configured language model out.")] = False,
) -> None:
    """Ask about a deal, your pipeline or the handbook."""
    runtime = open_runtime()
    now, person = instant(as_of, runtime.settings.timezone), asker(runtime, email)
    reply = runtime.coach.answer(person, text, now=now)
    better = None if no_model else runtime.coach.deepen(person, reply, text, now=now)
    show(better or reply, as_json=as_json)


@app.command()
def consult(
    deal: Annotated[str, typer.Argument(help="The deal to prepare.")],
    email: As,
    light: Annotated[bool, typer.Option("--light", help="A review of ten minutes instead of fifty.")] = False,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> None:
    """Prepare an opportunity consult."""
    runtime = open_runtime()
    now = instant(as_of, runtime.settings.timezone)
    kind = ConsultKind.LIGHT if light else ConsultKind.FULL
    show(runtime.coach.consult(asker(runtime, email), deal, now=now, kind=kind), as_json=as_json)


def asker(runtime: Runtime, who: str) -> Asker:
    """The person with this e-mail address, user id or full name, or the end of the command with what to do."""
    try:
        found = runtime.coach.asker_for_email(who) or runtime.coach.asker_for_user(_user_id(runtime, who))
    except NoSnapshot as error:
        fail(str(error))
    if found is None:
        fail(f"nobody active in users.csv has the e-mail address, id or name {who!r}")
    return found


def _user_id(runtime: Runtime, who: str) -> str:
    """The id of the only person called `who`; `who` itself if that is no name, so that ids work too."""
    users = runtime.coach.open_pipeline().users
    named = [user.id for user in users.values() if user.name.casefold() == who.casefold()]
    return named[0] if len(named) == 1 else who


def show(reply: CoachReply, *, as_json: bool) -> None:
    """Print a reply as its text with its sources, or as JSON."""
    if as_json:
        print_json(reply)
        return
    print_message(reply.text)
    for number, source in reply.numbered_sources.items():
        print_message(f"   [{number}] {source.title} ({source.url or source.key})")
