"""`coach connect google`: a person gives access to their own mailbox and calendar."""

import webbrowser
from typing import Annotated

import typer

from bot.cli import app
from bot.cli.context import err, fail, open_runtime, out
from bot.pipeline.sources import SourceMisconfigured

LANDING_PORT = 8085


@app.command()
def connect(
    name: Annotated[str, typer.Argument(help="google.")],
    port: Annotated[
        int, typer.Option("--port", help="Where on this machine the browser comes back to; 0 = any free port.")
    ] = LANDING_PORT,
) -> None:
    """Give the coach access to your own mailbox and calendar, read-only, in your browser."""
    settings = open_runtime().settings
    if name != "google":
        fail(f"nothing is connected person by person but google; for {name} see docs/sources.md")
    if settings.google_client_file is None:
        fail('set GOOGLE_CLIENT_FILE to the JSON of an OAuth client of type "Desktop app"; see docs/sources.md')
    try:
        from bot.pipeline.sources.google.connect import connect as connect_google

        address = connect_google(
            settings.google_client_file, settings.google_tokens_dir, _show,
            bodies=settings.google_read_bodies, port=port, api_url=settings.google_api_url,
        )  # fmt: skip
    except ModuleNotFoundError as error:
        fail(f"google needs the package {error.name}; pip install 'slack-sales-coach[google]'")
    except (SourceMisconfigured, OSError) as error:
        fail(str(error))
    out.print(f"{address} is connected; coach sync google reads it from now on")


def _show(url: str) -> None:
    err.print("Open this address in the browser of the person whose mailbox it is:\n", markup=False)
    err.print(url, markup=False)
    webbrowser.open(url)
