"""One import, from a folder of CSV files to the current snapshot, or to a reason why not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from bot.pipeline.importing import deals, problems, records, remarks
from bot.pipeline.importing.contract import CONTRACTS
from bot.pipeline.importing.files import FileUnreadable
from bot.pipeline.importing.mapping import PipelineMap, PlaybookError, load_map
from bot.pipeline.importing.parts import ImportStopped, open_parts
from bot.pipeline.importing.quarantine import problems_of, write_quarantine
from bot.pipeline.importing.report import FileCount, ImportReport, Problem
from bot.pipeline.importing.scan import stage
from bot.pipeline.importing.staging import Part
from bot.pipeline.importing.values import quote
from bot.pipeline.stages import StageModel
from bot.pipeline.store import Draft, SnapshotStore


def import_directory(
    directory: Path,
    store: SnapshotStore,
    *,
    stages: StageModel,
    map_file: Path | None = None,
    workspace_zone: str = "UTC",
) -> ImportReport:
    """Import a folder of pipeline CSV files and make it the current snapshot (DESIGN, Pipeline CSV).

    Bad rows are left out and reported; a file that cannot be used at all stops the import, is named in
    `fatal`, and leaves the snapshot of before in place. Beside the snapshot stand `.report.json` and
    `.quarantine.csv`. Raises ImportRunning if another import into `store` is under way.
    """
    report = ImportReport(directory=directory)
    try:
        rules = load_map(map_file) if map_file else PipelineMap()
        report.map_name = map_file.stem if map_file else None
        report.as_of = rules.as_of
        with TemporaryDirectory(prefix="coach-import-") as scratch, store.draft() as draft:
            parts = open_parts(directory, rules, Path(scratch), report)
            _Import(draft, parts, rules, stages, workspace_zone, Path(scratch), report).run()
    except ImportStopped as stopped:
        report.fatal += stopped.reasons
    except (FileUnreadable, PlaybookError) as error:
        report.fatal.append(str(error))
    return report


@dataclass
class _Import:
    """The steps of one import, in the order in which later ones need earlier ones."""

    draft: Draft
    parts: dict[str, list[Part]]
    rules: PipelineMap
    stages: StageModel
    zone: str
    scratch: Path
    report: ImportReport
    con: duckdb.DuckDBPyConnection = field(init=False)

    def run(self) -> None:
        """Stage, check and load every table, then write down what was left out."""
        self.con = self.draft.con
        problems.prepare(self.con)
        self._require_zone()
        for name in CONTRACTS:
            self._stage(name)
        self._load()
        self._count()
        self._write_reports()

    def _require_zone(self) -> None:
        if self.zone not in deals.known_zones(self.con):
            raise ImportStopped(
                [f"{self.zone!r} is no IANA time zone; set COACH_TIMEZONE to one such as Europe/Berlin"]
            )

    def _stage(self, name: str) -> None:
        contract, parts = CONTRACTS[name], self.parts.get(name, [])
        for part in parts:
            stage(self.con, part, self.rules, self.scratch)
            problems.mark_values(self.con, part)
        problems.define_sound(self.con, contract, parts)
        problems.mark_duplicates(self.con, contract)

    def _load(self) -> None:
        zone = quote(self.zone)
        deals.load_users(self.con)
        deals.load_stage_names(self.con, self.stages, self.rules)
        problems.mark_references(self.con, "opportunities")
        deals.prepare_deals(self.con, self.stages, self.zone)
        deals.load_deals(self.con)
        self._require_rows()
        records.load_contacts(self.con)
        for name in CONTRACTS:
            if name != "opportunities":
                problems.mark_references(self.con, name)
        records.load_activities(self.con, zone)
        records.load_role_history(self.con)
        records.load_rest(self.con, zone)
        if "activities" not in self.parts:
            records.disconnect_sources(self.con)
        self.report.warnings += remarks.remarks(self.con, self.parts)

    def _require_rows(self) -> None:
        """Refuse an import without people or deals: it would wipe out what is known."""
        for name in ("users", "opportunities"):
            [(loaded,)] = self.con.execute(f"SELECT count(*) FROM {name}").fetchall()
            if not loaded:
                raise ImportStopped(self._why_empty(name))

    def _why_empty(self, name: str) -> list[str]:
        reasons = []
        for part in self.parts[name]:
            first = next(problems_of(self.con, part), None)
            if first is None:
                reasons.append(f"{part.file.name}: a header and no rows to load; export it again with its rows")
            else:
                reasons.append(f"{part.file.name}: no row could be loaded; the first problem is {first}")
        return reasons

    def _count(self) -> None:
        for name, parts in self.parts.items():
            for part in parts:
                self.report.counts.append(self._count_of(name, part))

    def _count_of(self, name: str, part: Part) -> FileCount:
        [(staged, skipped)] = self.con.execute(
            f"SELECT count(*), count(*) FILTER (WHERE _skip) FROM {part.table}"
        ).fetchall()
        [(bad,)] = self.con.execute(
            'SELECT count(DISTINCT "row") FROM problems WHERE left_out AND part = ?', [part.index]
        ).fetchall()
        rejected = len(part.rejects)
        return FileCount(
            table=name,
            file=part.file.name,
            read=staged + rejected,
            loaded=staged - skipped - bad,
            left_out=bad + rejected,
            skipped=skipped,
        )

    def _write_reports(self) -> None:
        self.report.quarantine = self.draft.beside("quarantine.csv")
        for problem in write_quarantine(self.report.quarantine, self._problems()):
            self.report.add(problem)
        self.report.snapshot = self.draft.path
        self.draft.beside("report.json").write_text(self.report.to_json(), encoding="utf-8")

    def _problems(self) -> Iterator[Problem]:
        for parts in self.parts.values():
            for part in parts:
                yield from problems_of(self.con, part)
