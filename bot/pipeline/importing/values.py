"""How the text of a column becomes a typed value: DuckDB expressions, one or two for each column.

A value that cannot be read becomes NULL here; the caller sees from the text beside it that it was not
empty. Moments keep two columns: the instant in UTC (or midnight of a plain date) and whether it is plain.
"""

from collections.abc import Callable
from pathlib import Path

from bot.pipeline.importing.contract import Column, Kind
from bot.pipeline.importing.mapping import PipelineMap

FIRST_YEAR, LAST_YEAR = 1970, 2199  # years outside are typing errors, not deals
YES = ("1", "true", "yes", "y", "t")
NO = ("0", "false", "no", "n", "f")


def quote(text: str) -> str:
    """Return `text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def literals(values: tuple[str, ...]) -> str:
    """Return `values` as the inside of an SQL IN list."""
    return ", ".join(map(quote, values))


def glob_escape(path: Path) -> str:
    """Return a path in which DuckDB finds no wildcard."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def typed(column: Column, rules: PipelineMap) -> dict[str, str]:
    """Return the staged columns of a contract column: name → expression over its text of the same name."""
    return _READERS[column.kind](column, rules)


def local_date(moment: str, zone: str) -> str:
    """Return the date of the staged column `moment` in `zone`; a plain date stays as it is."""
    shifted = f"CAST(timezone({zone}, timezone('UTC', \"{moment}\")) AS DATE)"
    return f'CASE WHEN "{moment}_plain" THEN CAST("{moment}" AS DATE) ELSE {shifted} END'


def instant(moment: str, zone: str) -> str:
    """Return the staged column `moment` as an instant in UTC; a plain date starts at midnight in `zone`."""
    midnight = f"timezone('UTC', timezone({zone}, \"{moment}\"))"
    return f'CASE WHEN "{moment}_plain" THEN {midnight} ELSE "{moment}" END'


def _as_it_is(column: Column, _: PipelineMap) -> dict[str, str]:
    return {column.sql: column.sql}


def _email(column: Column, _: PipelineMap) -> dict[str, str]:
    return {column.sql: f"lower({column.sql})"}


def _moment(column: Column, rules: PipelineMap) -> dict[str, str]:
    text = column.sql
    plain = f"NOT contains({text}, ':')"
    if column.kind is Kind.DAY:
        plain += f" OR regexp_full_match({text}, '[^ T]+[ T]00:00(:00(\\.0+)?)?')"
    return {text: _timestamp(text, rules.date_formats), f'"{column.name}_plain"': plain}


def _timestamp(text: str, formats: tuple[str, ...]) -> str:
    iso = f"CASE WHEN {text} < ':' THEN TRY_CAST({text} AS TIMESTAMPTZ) END"  # words such as "today" sort later
    parsed = f"CAST({iso} AS TIMESTAMP)"
    if formats:
        parsed = f"coalesce(try_strptime({text}, [{literals(formats)}]), {parsed})"
    years = f"year({parsed}) BETWEEN {FIRST_YEAR} AND {LAST_YEAR}"
    return f"CASE WHEN {years} THEN {parsed} END"


def _number(column: Column, rules: PipelineMap) -> dict[str, str]:
    return {column.sql: _finite(column.sql, rules.decimal)}


def _percent(column: Column, rules: PipelineMap) -> dict[str, str]:
    number = _finite(f"rtrim({column.sql}, '% ')", rules.decimal)
    return {column.sql: f"CASE WHEN ({number}) BETWEEN 0 AND 100 THEN ({number}) END"}


def _finite(text: str, decimal: str) -> str:
    """Return a reader of 1250.5, 1,250.50 and $1,250; with a decimal comma of 1250,5 and 1.250,50."""
    group = "," if decimal == "." else "."
    bare = f"regexp_replace({text}, '^([-+]?)[$€£¥]? ?', '\\1')"
    grouped = f"regexp_full_match({bare}, '[-+]?\\d{{1,3}}([{group}]\\d{{3}})+([{decimal}]\\d*)?')"
    digits = f"CASE WHEN {grouped} THEN replace({bare}, '{group}', '') ELSE {bare} END"
    number = f"TRY_CAST({digits if decimal == '.' else f'translate({digits}, $$,.$$, $$.,$$)'} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _integer(column: Column, _: PipelineMap) -> dict[str, str]:
    return {
        column.sql: f"CASE WHEN regexp_full_match({column.sql}, '[-+]?\\d+') THEN TRY_CAST({column.sql} AS INTEGER) END"
    }


def _flag(column: Column, _: PipelineMap) -> dict[str, str]:
    text = f"lower({column.sql})"
    return {
        column.sql: f"CASE WHEN {text} IN ({literals(YES)}) THEN true WHEN {text} IN ({literals(NO)}) THEN false END"
    }


def _choice(column: Column, _: PipelineMap) -> dict[str, str]:
    whens = " ".join(f"WHEN {quote(k)} THEN {quote(v)}" for k, v in column.choices.items())
    return {column.sql: f"CASE lower({column.sql}) {whens} END"}


_READERS: dict[Kind, Callable[[Column, PipelineMap], dict[str, str]]] = {
    Kind.LABEL: _as_it_is,
    Kind.TEXT: _as_it_is,
    Kind.EMAIL: _email,
    Kind.MOMENT: _moment,
    Kind.DAY: _moment,
    Kind.NUMBER: _number,
    Kind.PERCENT: _percent,
    Kind.INTEGER: _integer,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
}
