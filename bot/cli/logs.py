"""The log of a running coach: a line or a JSON object a record on stderr, and nothing of what people wrote.

An exception is told by its frames and its type, without variables. What it says is kept only where we wrote it
ourselves: messages of other libraries quote the value they stumbled over, which may be a mail or a token.
"""

import logging
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Literal

import structlog
from structlog.typing import Processor

LogForm = Literal["text", "json"]

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def log_to_stderr(level: str, form: LogForm = "text") -> None:
    """Log from `level` on; other libraries speak up from WARNING on. Stdout stays a command's own output."""
    processors = _processors(form)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *processors],
        )
    )
    logging.basicConfig(handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level)
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # the stream of the moment, which may be replaced
    )


def _processors(form: LogForm) -> Sequence[Processor]:
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.dev.set_exc_info,
        structlog.processors.ExceptionRenderer(discreet_traceback),
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=_in_colour()),
    ]


def _in_colour() -> bool:
    return sys.stderr.isatty()


def discreet_traceback(exc_info: _ExcInfo) -> str:
    """Return where it happened and what kind of error it was, and the same of what caused it."""
    error: BaseException | None = exc_info[1]
    told = []
    while error is not None:
        told.append("".join([*traceback.format_tb(error.__traceback__), _named(error)]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\ncaused by:\n".join(told)


def _named(error: BaseException) -> str:
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}"
    return f"{name}: {error}" if kind.__module__.partition(".")[0] == "bot" else name
