"""The `--map` file: how somebody else's export becomes the pipeline CSV, without a line of code.

For each contract file it names the source files and says which of their columns mean what.
Contract files that a map does not name are still read under their own names.
"""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.pipeline.importing.contract import CONTRACTS
from bot.playbook import PlaybookError, load_playbook
from bot.resources import shipped


def _as_text(value: object) -> object:
    """Let YAML's bare numbers and booleans stand for the text a CSV holds."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float | date) else value


def _inside_the_folder(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise ValueError(f"{name!r} must be a file inside the imported folder")
    return name


Text = Annotated[str, BeforeValidator(_as_text)]
FileName = Annotated[str, Field(min_length=1), AfterValidator(_inside_the_folder)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Lookup(_Strict):
    """A value fetched from another file: the row of `file` whose `key` equals our `column`."""

    file: FileName
    column: str
    key: str
    value: str | tuple[str, ...]


class Source(_Strict):
    """One file that feeds one contract file. Column names on the right are those of the source.

    `columns` renames, a list being joined with blanks; without it columns keep their names. `values`
    replaces whole values whatever their case ("" = nothing recorded), `defaults` fill what is empty,
    `constants` are the same in every row, `drop_rows` leaves out rows whose column holds one of the
    values ("" = empty), `distinct` keeps the first row of each id, and `custom` names the opportunity
    columns to keep as custom fields (absent = all others).
    """

    file: FileName
    columns: Mapping[str, str | tuple[str, ...]] = {}
    lookups: Mapping[str, Lookup] = {}
    constants: Mapping[str, Text] = {}
    values: Mapping[str, Mapping[Text, Text]] = {}
    defaults: Mapping[str, Text] = {}
    drop_rows: Mapping[str, tuple[Text, ...]] = {}
    distinct: bool = False
    custom: tuple[str, ...] | None = None

    @property
    def targets(self) -> set[str]:
        """The contract columns this source says something about."""
        return {*self.columns, *self.lookups, *self.constants, *self.values, *self.defaults}


class MappedStage(_Strict):
    """A stage of the CRM itself, when its names shall stay instead of the playbook's."""

    name: Text
    order: int
    is_closed: bool = False
    is_won: bool = False
    aliases: tuple[Text, ...] = ()


class PipelineMap(_Strict):
    """A whole map. `as_of` is the day the data ends, shown to the person who imports it.

    `date_formats` are strftime patterns tried before ISO 8601, `empty` lists words that mean nothing
    is recorded, `decimal` is the decimal sign of numbers. Raises ValidationError for table or column
    names that are not in the contract.
    """

    description: str = ""
    as_of: date | None = None
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    decimal: str = Field(default=".", pattern=r"^[.,]$")
    date_formats: tuple[str, ...] = ()
    empty: tuple[Text, ...] = ()
    stages: tuple[MappedStage, ...] = ()
    tables: Mapping[str, Annotated[tuple[Source, ...], Field(min_length=1)]] = {}

    @model_validator(mode="after")
    def speak_the_contract(self) -> Self:
        """Refuse names the contract does not know, with the nearest one it does."""
        for table, sources in self.tables.items():
            if table not in CONTRACTS:
                raise ValueError(f"tables.{table}: no such table{nearest(table, CONTRACTS)}")
            known = CONTRACTS[table].column_names
            for source in sources:
                for column in sorted(source.targets - set(known)):
                    raise ValueError(f"tables.{table}: no column {column!r}{nearest(column, known)}")
        return self


def load_map(path: Path) -> PipelineMap:
    """Read a map file. Raises PlaybookError naming file, line, field and fix."""
    return load_playbook(path, PipelineMap)


def find_map(name_or_path: str) -> Path:
    """Return a map by path, or a shipped one by its name, for example `maven_crm`.

    Raises PlaybookError listing the shipped names if there is neither.
    """
    path = Path(name_or_path)
    if path.is_file():
        return path
    folder = shipped("knowledge") / "maps"
    named = folder / f"{name_or_path}.yaml"
    if path.name == name_or_path and named.is_file():
        return named
    names = ", ".join(sorted(p.stem for p in folder.glob("*.yaml")))
    raise PlaybookError(f"{name_or_path}: no such map file; shipped maps are {names}")


def nearest(name: str, known: Mapping[str, object] | tuple[str, ...] | list[str]) -> str:
    """Return "; did you mean …?" for the known name most like `name`, or nothing."""
    close = get_close_matches(name.lower(), [str(k) for k in known], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


__all__ = ["Lookup", "MappedStage", "PipelineMap", "PlaybookError", "Source", "find_map", "load_map", "nearest"]
