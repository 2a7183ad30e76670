"""What reaches the log, and above all what does not."""

import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from pydantic import BaseModel
from sqlalchemy import text

from bot.cli.logs import LogForm, log_to_stderr
from bot.memory.database import connect, writing
from bot.memory.errors import MemoryUnavailableError

MAIL = "please keep our price between us"


class Letter(BaseModel):
    number: int


@pytest.fixture(autouse=True)
def logs_of_others() -> Iterator[None]:
    """Leave the process as it was: the log is one for all tests."""
    before = structlog.get_config(), list(logging.root.handlers)
    yield
    structlog.configure(**before[0])
    logging.root.handlers = before[1]


def by_structlog(error: Exception) -> None:
    structlog.get_logger("bot.slack").error("card.broken", card=7, exc_info=error)


def by_a_library(error: Exception) -> None:
    logging.getLogger("apscheduler.executors").error("job %s raised", "digest", exc_info=error)


def raised(text_of_person: str) -> Exception:
    try:
        Letter.model_validate({"number": text_of_person})
    except ValueError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("log", [by_structlog, by_a_library])
def test_neither_variables_nor_other_libraries_words_are_logged(
    form: LogForm, log: Callable[[Exception], None], capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr("DEBUG", form)
    log(raised(MAIL))
    logged = capsys.readouterr().err
    assert "in raised" in logged
    assert "ValidationError" in logged
    assert MAIL not in logged


def test_what_we_say_ourselves_is_logged_with_its_cause(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO")
    try:
        raise MemoryUnavailableError("the memory database does not answer") from raised(MAIL)
    except MemoryUnavailableError as error:
        by_structlog(error)
    logged = capsys.readouterr().err
    assert "MemoryUnavailableError: the memory database does not answer" in logged
    assert "caused by" in logged
    assert MAIL not in logged


def test_json_is_an_object_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "json")
    by_structlog(raised(MAIL))
    by_a_library(raised(MAIL))
    structlog.get_logger().debug("too quiet")
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["level"], ours["card"]) == ("card.broken", "error", 7)
    assert (theirs["event"], theirs["level"]) == ("job digest raised", "error")
    assert theirs["logger"] == "apscheduler.executors"


def test_a_failing_statement_does_not_quote_what_it_was_to_write(tmp_path: object) -> None:
    engine = connect(f"sqlite:///{tmp_path}/memory.db")
    with pytest.raises(Exception, match="no such table") as caught, writing(engine) as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:mail)"), {"mail": MAIL})
    assert MAIL not in "".join(map(str, [caught.value, caught.value.__cause__]))
