"""The `coach` command: every surface of the product from a terminal (DESIGN, Contracts)."""

import importlib
import sys

import typer
from pydantic import ValidationError
from rich.console import Console

from bot.playbook import PlaybookError

app = typer.Typer(
    name="coach",
    help="A Slack sales coach: facts by code, honest gaps, next steps.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

_COMMANDS = (
    "answers",
    "mailings",
    "data",
    "backtest",
    "sync",
    "audit",
    "connect",
    "handbook",
    "reports",
    "hygiene",
    "views",
    "checks",
    "demo",
    "playground",
    "serving",
)


def main() -> None:
    """Run the command line; a known mistake ends with one readable line and exit code 2."""
    for name in _COMMANDS:
        importlib.import_module(f"bot.cli.{name}")
    try:
        app()
    except (PlaybookError, ValidationError) as error:
        _fail(_settings_words(error) if isinstance(error, ValidationError) else str(error))


def _settings_words(error: ValidationError) -> str:
    return "\n".join(f"setting {problem['loc'][0]}: {problem['msg']}" for problem in error.errors())


def _fail(message: str) -> None:
    Console(stderr=True).print(message, style="red", markup=False, highlight=False)
    sys.exit(2)
