"""Opening the files of a folder and matching their headers with the contract, before anything is read."""

from dataclasses import dataclass, field
from pathlib import Path

from bot.pipeline.importing.contract import CONTRACTS, Contract
from bot.pipeline.importing.files import CsvFile, FileUnreadable, find_file, fold_header, open_csv
from bot.pipeline.importing.mapping import Lookup, PipelineMap, Source, nearest
from bot.pipeline.importing.report import ImportReport
from bot.pipeline.importing.staging import OpenLookup, Part

FILES_NAMED = 8  # of a folder, when one is missing


class ImportStopped(Exception):  # noqa: N818 - the import is stopped, the data of before stands
    """The import cannot go on. `reasons` name files, places and fixes, all that were found at once."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def open_parts(directory: Path, rules: PipelineMap, scratch: Path, report: ImportReport) -> dict[str, list[Part]]:
    """Return the parts of every contract file that is there. Raises ImportStopped with every reason."""
    if not directory.is_dir():
        raise ImportStopped(
            [f"{directory} is not a folder; name the folder that holds users.csv and opportunities.csv"]
        )
    opener = _Opener(directory, rules, scratch, report)
    parts = {name: opener.parts_of(contract) for name, contract in CONTRACTS.items()}
    if opener.reasons:
        raise ImportStopped(opener.reasons)
    return {name: found for name, found in parts.items() if found}


@dataclass
class _Opener:
    directory: Path
    rules: PipelineMap
    scratch: Path
    report: ImportReport
    reasons: list[str] = field(default_factory=list)
    opened: dict[str, CsvFile] = field(default_factory=dict)
    count: int = 0

    def parts_of(self, contract: Contract) -> list[Part]:
        """Return the parts of one contract file; what is wrong is added to `reasons`."""
        parts = []
        for source in self._sources(contract):
            self.count += 1
            try:
                parts.append(self._part(contract, source))
            except FileUnreadable as error:
                self.reasons.append(str(error))
        return parts

    def _sources(self, contract: Contract) -> list[Source]:
        mapped = self.rules.tables.get(contract.name)
        if mapped is not None:
            return list(mapped)
        if contract.must_exist or find_file(self.directory, contract.file):
            return [Source(file=contract.file)]
        return []

    def _part(self, contract: Contract, source: Source) -> Part:
        file = self._open(source.file)
        used = self._mapped(source, file) if source.columns else self._by_name(contract, file)
        lookups = tuple(self._lookup(file, target, lookup) for target, lookup in source.lookups.items())
        drops = {require_column(file, name): values for name, values in source.drop_rows.items()}
        self._require_columns(contract, source, file, used)
        part = Part(self.count, contract, source, file, used, drops=drops, lookups=lookups)
        part.extra = self._extra(part)
        return part

    def _open(self, name: str) -> CsvFile:
        if name not in self.opened:
            path = find_file(self.directory, name)
            if path is None:
                raise FileUnreadable(f"{name}: no such file in {self.directory}{self._what_is_there()}")
            self.opened[name] = open_csv(
                path, encoding=self.rules.encoding, delimiter=self.rules.delimiter, scratch=self.scratch
            )
        return self.opened[name]

    def _what_is_there(self) -> str:
        names = sorted(path.name for path in self.directory.iterdir() if path.suffix.lower() == ".csv")
        if not names:
            return ", which holds no CSV files"
        shown = ", ".join(names[:FILES_NAMED]) + (" …" if len(names) > FILES_NAMED else "")
        return f", which holds {shown}; add the file, or describe yours with --map"

    def _mapped(self, source: Source, file: CsvFile) -> dict[str, tuple[int, ...]]:
        return {
            target: tuple(require_column(file, name) for name in _names(columns))
            for target, columns in source.columns.items()
        }

    def _by_name(self, contract: Contract, file: CsvFile) -> dict[str, tuple[int, ...]]:
        places = {column: file.position(column) for column in contract.column_names}
        return {column: (place,) for column, place in places.items() if place is not None}

    def _lookup(self, file: CsvFile, target: str, lookup: Lookup) -> OpenLookup:
        other = self._open(lookup.file)
        values = tuple(require_column(other, name) for name in _names(lookup.value))
        return OpenLookup(target, other, require_column(other, lookup.key), values, require_column(file, lookup.column))

    def _require_columns(
        self, contract: Contract, source: Source, file: CsvFile, used: dict[str, tuple[int, ...]]
    ) -> None:
        known = {*used, *source.lookups, *source.constants, *source.defaults}
        free = [name for place, name in enumerate(file.header) if (place,) not in used.values()]
        missing = [column.name for column in contract.columns if column.required and column.name not in known]
        for name in missing:
            self.reasons.append(
                f"{file.name}, line 1: the column {name!r} is missing{nearest(name, free)}"
                f" (the header is {', '.join(file.header)})"
            )

    def _extra(self, part: Part) -> tuple[int, ...]:
        """Return the columns kept as custom fields; of other files, warn about columns that look misspelt."""
        if part.source.custom is not None:
            return tuple(require_column(part.file, name) for name in part.source.custom)
        taken = {place for places in part.used.values() for place in places}
        taken |= {*part.drops, *(lookup.own for lookup in part.lookups)}
        free = tuple(
            i
            for i, name in enumerate(part.file.header)
            if name and i not in taken and part.file.header.index(name) == i
        )
        unknown = [c for c in part.contract.column_names if c not in part.used]
        if not part.source.columns:
            self._warn_of_misspellings(part, free, unknown)
        return free if part.contract.name == "opportunities" else ()

    def _warn_of_misspellings(self, part: Part, free: tuple[int, ...], unknown: list[str]) -> None:
        for place in free:
            name = part.file.header[place]
            if meant := nearest(fold_header(name), unknown):
                self.report.warnings.append(f"{part.file.name}: the column {name!r} is not read{meant}")


def require_column(file: CsvFile, name: str) -> int:
    """Return the position of a column. Raises FileUnreadable with the nearest header there is."""
    place = file.position(name)
    if place is None:
        raise FileUnreadable(
            f"{file.name}, line 1: the column {name!r}, named by the map, is missing{nearest(name, list(file.header))}"
        )
    return place


def _names(columns: str | tuple[str, ...]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else columns
