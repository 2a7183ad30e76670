"""The SQL that turns one CSV file into one typed staging table; pure text, nothing runs here."""

from dataclasses import dataclass, field

from bot.pipeline.importing.contract import Column, Contract, Kind
from bot.pipeline.importing.files import CsvFile
from bot.pipeline.importing.mapping import PipelineMap, Source
from bot.pipeline.importing.values import glob_escape, literals, quote, typed

LONGEST_LINE = 32 << 20
READABLE_AS_THEY_ARE = frozenset({Kind.LABEL, Kind.TEXT, Kind.EMAIL})


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that is not a row of its file: where, why, and its text."""

    line: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class OpenLookup:
    """A lookup of a map with its file opened; columns are positions, `own` in the file that looks up."""

    target: str
    file: CsvFile
    key: int
    values: tuple[int, ...]
    own: int


@dataclass(slots=True)
class Part:
    """One source file of one contract file, staged in the temporary table `table`.

    `used` maps each contract column to the header columns it is made of; a column absent from it is
    unknown. `extra` are the header columns kept as custom fields, `drops` those that rule out rows.
    """

    index: int
    contract: Contract
    source: Source
    file: CsvFile
    used: dict[str, tuple[int, ...]]
    extra: tuple[int, ...] = ()
    drops: dict[int, tuple[str, ...]] = field(default_factory=dict)
    lookups: tuple[OpenLookup, ...] = ()
    rejects: list[Reject] = field(default_factory=list)

    @property
    def table(self) -> str:
        """The name of the staging table."""
        return f"part_{self.index}"

    def source_column(self, column: str) -> str:
        """Return the header behind a contract column, as whoever exported the file knows it."""
        return " + ".join(self.file.header[i] for i in self.used.get(column, ())) or column


def staging_sql(part: Part, rules: PipelineMap) -> str:
    """Return the statement that stages `part`: texts first, typed values and marks over them."""
    columns = part.contract.columns
    texts = ", ".join(f"{_text(column, part, rules)} AS {column.sql}" for column in columns)
    values = ", ".join(f"{sql} AS {name}" for c in columns for name, sql in typed(c, rules).items())
    return f"""
        CREATE OR REPLACE TEMP TABLE {part.table} AS
        SELECT {values}, {_bad_bits(columns, rules)} AS _bad, _nul, _skip, _custom
        FROM (SELECT {texts}, {_nul(part)} AS _nul, {_skip(part)} AS _skip, {_custom(part)} AS _custom
              FROM {_rows(part)})
    """


def lookup_sql(name: str, lookup: OpenLookup) -> str:
    """Return the statement that makes a lookup table with one row a key."""
    value = _joined(lookup.values)
    return f"""
        CREATE OR REPLACE TEMP TABLE {name} AS
        SELECT trim(c{lookup.key}) AS key, first({value}) AS value
        FROM {_reader(lookup.file, "ignore_errors=true")} WHERE c{lookup.key} IS NOT NULL GROUP BY ALL
    """


def raw_names(file: CsvFile) -> list[str]:
    """Return the names under which the raw columns of a file are read: c0, c1, …"""
    return [f"c{place}" for place in range(len(file.header))]


def _rows(part: Part) -> str:
    """Return the raw rows in file order, with lookups joined; the sort keeps the order a join may lose."""
    kept = "store_rejects=true, rejects_table='rejected_lines', rejects_scan='rejected_scans', rejects_limit=0"
    reader = _reader(part.file, kept)
    if not part.lookups:
        return reader
    joins = " ".join(
        f"LEFT JOIN lookup_{part.index}_{n} AS l{n} ON l{n}.key = trim(c{lookup.own})"
        for n, lookup in enumerate(part.lookups)
    )
    return f"(SELECT row_number() OVER () AS _record, * FROM {reader}) {joins} ORDER BY _record"


def _reader(file: CsvFile, errors: str) -> str:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in raw_names(file))
    return (
        f"read_csv({quote(glob_escape(file.path))}, columns={{{columns}}}, auto_detect=false, header=true, "
        f"delim={quote(file.delimiter)}, quote='\"', escape='\"', strict_mode=true, "
        f"max_line_size={LONGEST_LINE}, {errors})"
    )


def _bad_bits(columns: tuple[Column, ...], rules: PipelineMap) -> str:
    """Return an integer whose n-th bit says that the n-th column holds text that could not be read."""
    bits = [
        f"CASE WHEN {column.sql} IS NOT NULL AND ({typed(column, rules)[column.sql]}) IS NULL "
        f"THEN {1 << place} ELSE 0 END"
        for place, column in enumerate(columns)
        if column.kind not in READABLE_AS_THEY_ARE
    ]
    return " + ".join(bits) or "0"


def _text(column: Column, part: Part, rules: PipelineMap) -> str:
    """Return the text of a contract column before it is read: renamed, joined, looked up, replaced."""
    source = part.source
    if column.name in source.constants:
        return quote(source.constants[column.name])
    text = _origin(column.name, part)
    if column.kind is not Kind.TEXT:
        text = f"trim({text})"
    text = f"nullif({text}, '')"
    if rules.empty:
        text = f"CASE WHEN {text} NOT IN ({literals(rules.empty)}) THEN {text} END"
    if replaced := source.values.get(column.name):
        whens = " ".join(f"WHEN {quote(old.lower())} THEN {quote(new)}" for old, new in replaced.items())
        text = f"nullif(CASE lower({text}) {whens} ELSE {text} END, '')"
    if column.name in source.defaults:
        text = f"coalesce({text}, {quote(source.defaults[column.name])})"
    return f"CAST({text} AS VARCHAR)"


def _origin(column: str, part: Part) -> str:
    for number, lookup in enumerate(part.lookups):
        if lookup.target == column:
            return f"l{number}.value"
    places = part.used.get(column, ())
    return _joined(places) if places else "NULL"


def _joined(places: tuple[int, ...]) -> str:
    if len(places) == 1:
        return f"c{places[0]}"
    return "concat_ws(' ', " + ", ".join(f"nullif(trim(c{place}), '')" for place in places) + ")"


def _nul(part: Part) -> str:
    if not part.file.has_nul:
        return "false"
    return f"contains(concat_ws('', {', '.join(raw_names(part.file))}), chr(0))"


def _skip(part: Part) -> str:
    tests = [
        f"lower(coalesce(trim(c{place}), '')) IN ({literals(tuple(value.lower() for value in values))})"
        for place, values in part.drops.items()
    ]
    return " OR ".join(tests) or "false"


def _custom(part: Part) -> str:
    """Return a JSON object of the columns nobody mapped, without those that are empty."""
    if not part.extra:
        return "NULL::VARCHAR"
    pairs = ", ".join(f"{quote(part.file.header[i])}, nullif(trim(c{i}), '')" for i in part.extra)
    return f"nullif(json_merge_patch('{{}}', json_object({pairs}))::VARCHAR, '{{}}')"
