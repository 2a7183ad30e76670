"""What an import did, told to the person who ran it: counts, what was left out and why, what to mend."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

from bot.pipeline.wording import counted

PROBLEMS_KEPT = 1000  # in memory and in report.json; quarantine.csv holds all of them
PROBLEMS_SHOWN_A_FILE = 8
LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One value or row that could not be used: where it stands, why, and how to mend it.

    `line` is the line of the file on which the row starts. With `left_out` the whole row was left
    out; otherwise only the value was, and the row was loaded without it.
    """

    file: str
    line: int
    column: str
    value: str
    reason: str
    fix: str
    left_out: bool

    def __str__(self) -> str:
        what = " ".join(part for part in (self.column, f'"{self.value}"' if self.value else "") if part)
        return f"line {self.line}: {what or 'the row'} {self.reason}; {self.fix}"


@dataclass(frozen=True, slots=True)
class FileCount:
    """How many rows of one file were read, loaded, left out as unusable, and skipped because a map says so."""

    table: str
    file: str
    read: int
    loaded: int
    left_out: int
    skipped: int


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """The outcome of one import. With anything in `fatal` the data of before still stands.

    `problems` holds the first thousand; `problem_count` counts all, and `quarantine` is the file that
    lists all. `as_of` is the day on which the imported data ends, if its map says so.
    """

    directory: Path
    map_name: str | None = None
    as_of: date | None = None
    counts: list[FileCount] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    warnings: list[str] = field(default_factory=list)
    fatal: list[str] = field(default_factory=list)
    snapshot: Path | None = None
    quarantine: Path | None = None

    @property
    def ok(self) -> bool:
        """Whether the imported data is now the current data."""
        return not self.fatal

    @property
    def left_out(self) -> int:
        """How many rows of all files were left out as unusable."""
        return sum(count.left_out for count in self.counts)

    def add(self, problem: Problem) -> None:
        """Count a problem and keep it while there is room."""
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(problem)

    def to_json(self) -> str:
        """Return the report as JSON, for scripts."""
        content = asdict(self) | {"ok": self.ok, "left_out": self.left_out}
        return json.dumps(content, default=str, ensure_ascii=False, indent=2)

    def summary_lines(self) -> list[str]:
        """Return the report as lines for a terminal."""
        if self.fatal:
            return [f"Nothing was imported from {self.directory}; the data of before still stands.", ""] + [
                f"  {line}" for line in self.fatal
            ]
        lines = [f"Imported {self.directory}{f' with the map {self.map_name}' if self.map_name else ''}", ""]
        lines += _count_table(self.counts)
        if self.warnings:
            lines += ["", "Please note"] + [f"  - {warning}" for warning in self.warnings]
        return lines + self._problem_lines() + self._closing_lines()

    def _problem_lines(self) -> list[str]:
        if not self.problem_count:
            return []
        lines = ["", f"To mend: {counted(self.problem_count, 'problem')}, {counted(self.left_out, 'row')} left out"]
        for file, group in groupby(self.problems, key=lambda problem: problem.file):
            found = list(group)
            lines += [f"  {file}"] + [f"    {problem}" for problem in found[:PROBLEMS_SHOWN_A_FILE]]
            if len(found) > PROBLEMS_SHOWN_A_FILE:
                lines.append(f"    … and {len(found) - PROBLEMS_SHOWN_A_FILE:,} more of this file")
        return [*lines, f"  All of them: {self.quarantine}"]

    def _closing_lines(self) -> list[str]:
        if not self.as_of:
            return []
        return ["", f"This data ends on {self.as_of}: ask with --as-of {self.as_of} to see it as on that day."]


def shortened(value: str) -> str:
    """Return a value on one line and short enough for a report."""
    flat = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    return flat if len(flat) <= LONGEST_VALUE else flat[: LONGEST_VALUE - 1] + "…"


def _count_table(counts: Sequence[FileCount]) -> list[str]:
    width = max((len(count.table) for count in counts), default=0)
    lines = []
    for count in counts:
        extras = [
            f"{number:,} {word}"
            for number, word in ((count.left_out, "left out"), (count.skipped, "skipped by the map"))
            if number
        ]
        line = f"  {count.table:<{width}}  {count.loaded:>9,} of {count.read:>9,} rows  {count.file}"
        lines.append(line + (f"  ({', '.join(extras)})" if extras else ""))
    return lines
