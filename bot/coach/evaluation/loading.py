"""Reading a scenario file: JSON lines in, scenarios and named mistakes out.

A line that cannot be used never stops the others.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.coach.evaluation.expectation import Expectation, Labels
from bot.coach.evaluation.scenario import Situation

Model = TypeVar("Model", bound=BaseModel)

_FIXES = {
    "missing": "add this key",
    "date_parsing": "write YYYY-MM-DD",
    "date_from_datetime_parsing": "write YYYY-MM-DD",
    "date_from_datetime_inexact": "write YYYY-MM-DD, without a time",
    "timezone_aware": "add an offset, such as +00:00",
    "datetime_from_date_parsing": "write an instant such as 2026-01-31T09:00:00+00:00",
    "string_type": "write it in quotes",
    "enum": "use one of the names listed",
    "literal_error": "use one of the names listed",
}


class ScenarioFileError(ValueError):
    """The file as a whole cannot be read. The message names it and the fix."""


@dataclass(frozen=True, slots=True)
class LineError:
    """One mistake in a file: `key` is the path inside the line, empty if the line is no JSON object."""

    path: Path
    line: int
    key: str
    problem: str

    def __str__(self) -> str:
        """Return `file:line: key: problem`."""
        return ": ".join(part for part in (f"{self.path}:{self.line}", self.key, self.problem) if part)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One line of a file, in three parts that are kept apart.

    `situation` is all the bot may see, None if it could not be read. `expectation` is None if the line
    has none or a broken one; `errors` says what was broken.
    """

    line: int
    labels: Labels
    situation: Situation | None
    expectation: Expectation | None
    errors: tuple[LineError, ...] = ()


def load_scenarios(path: Path) -> list[Scenario]:
    """Read every line of a scenario file, blank ones left out.

    Raises ScenarioFileError if the file is missing or not UTF-8.
    """
    scenarios: list[Scenario] = []
    lines_of_ids: dict[str, int] = {}
    for number, text in _lines(path):
        scenario = _read(path, number, text)
        first = lines_of_ids.setdefault(scenario.labels.id, number)
        if first != number:
            scenario = _refused(scenario, path, f"already used on line {first}; give each line its own")
        scenarios.append(scenario)
    return scenarios


def load_replies(path: Path) -> dict[str, Mapping[str, Any]]:
    """Read a file of reply lines into a mapping by scenario id.

    Raises ScenarioFileError for a file or a line that cannot be read.
    """
    replies: dict[str, Mapping[str, Any]] = {}
    for number, text in _lines(path):
        reply = _parsed(path, number, text)
        if isinstance(reply, LineError):
            raise ScenarioFileError(str(reply))
        replies[str(reply.get("id", ""))] = reply
    return replies


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ScenarioFileError(f"{path}: {error.strerror}; name a file of JSON lines") from error
    except UnicodeDecodeError as error:
        raise ScenarioFileError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    return ((number, text) for number, text in enumerate(content.split("\n"), start=1) if text.strip())


def _parsed(path: Path, number: int, text: str) -> dict[str, Any] | LineError:
    try:
        record = json.loads(text)
    except json.JSONDecodeError as error:
        problem = f"not JSON at column {error.colno} ({error.msg}); write one object a line"
        return LineError(path, number, "", problem)
    if not isinstance(record, dict):
        return LineError(path, number, "", "not a JSON object; write one object {...} a line")
    return record


def _read(path: Path, number: int, text: str) -> Scenario:
    record = _parsed(path, number, text)
    if isinstance(record, LineError):
        return Scenario(number, Labels(id=f"line {number}"), None, None, (record,))
    labels, errors = _validated(Labels, record, path, number)
    situation, of_input = _validated(Situation, record, path, number)
    expectation, of_expected = _expectation(record.get("expected"), path, number)
    return Scenario(
        number,
        labels or Labels(id=f"line {number}"),
        situation if labels else None,
        expectation,
        (*errors, *of_input, *of_expected),
    )


def _expectation(record: object, path: Path, number: int) -> tuple[Expectation | None, tuple[LineError, ...]]:
    if record is None:
        return None, ()
    return _validated(Expectation, record, path, number, prefix="expected")


def _refused(scenario: Scenario, path: Path, problem: str) -> Scenario:
    """Keep the line in the report, under an id of its own, but answer and score nothing."""
    error = LineError(path, scenario.line, "id", f"{scenario.labels.id!r} is {problem}")
    labels = scenario.labels.model_copy(update={"id": f"{scenario.labels.id} (line {scenario.line})"})
    return Scenario(scenario.line, labels, None, None, (error, *scenario.errors))


def _validated(
    model: type[Model], record: object, path: Path, number: int, prefix: str = ""
) -> tuple[Model | None, tuple[LineError, ...]]:
    try:
        return model.model_validate(record), ()
    except ValidationError as error:
        return None, tuple(_line_error(path, number, prefix, problem) for problem in error.errors())


def _line_error(path: Path, number: int, prefix: str, problem: Mapping[str, Any]) -> LineError:
    key = ".".join(str(part) for part in (prefix, *problem["loc"]) if part != "")
    fix = _FIXES.get(problem["type"])
    said = str(problem["msg"]).removeprefix("Value error, ")
    return LineError(path, number, key, f"{said}; {fix}" if fix else said)
