"""CSV files as they really are: byte order marks, encodings, delimiters, line ends, empty files.

A file is surveyed once, byte by byte but in large pieces. One that DuckDB can read as it is stays where
it is; any other is rewritten as UTF-8 with one kind of line end, line for line, so that line numbers
in reports are those of the original.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PIECE = 1 << 20  # stays in the processor's cache while it is looked at several times
LARGEST_FIELD = 64 << 20  # a mail body with a quoted thread fits many times
DELIMITERS = (",", ";", "\t", "|")
UTF16_SHARE_OF_NULS = 0.2  # text in UTF-16 without a mark has a NUL in nearly every second byte

csv.field_size_limit(LARGEST_FIELD)


class FileUnreadable(ValueError):  # noqa: N818 - says what the file is
    """A whole file cannot be used; the message names file, place and fix. The import stops."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """One file ready to be read: `path` may be a cleaned copy, `name` is the one people know."""

    name: str
    path: Path
    delimiter: str
    header: tuple[str, ...]
    lines: int
    has_nul: bool

    def position(self, column: str) -> int | None:
        """Return the index of a column, first by exact name, then by the same letters and digits."""
        if column in self.header:
            return self.header.index(column)
        names = [fold_header(name) for name in self.header]
        return names.index(fold_header(column)) if fold_header(column) in names else None

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line on which the record starts, values), header first, blank lines left out."""
        with self.path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle, delimiter=self.delimiter)
            start = 1
            for values in reader:
                if values or len(self.header) == 1:
                    yield start, values
                start = reader.line_num + 1


@dataclass(frozen=True, slots=True)
class _Survey:
    size: int
    lines: int
    nuls: int
    newlines_differ: bool
    is_utf8: bool
    bom_encoding: str | None


def fold_header(name: str) -> str:
    """Return a column name as headers are compared: lower case, blanks and hyphens as underscores."""
    return "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())


def find_file(directory: Path, name: str) -> Path | None:
    """Return the file called `name`, whatever its case; None if there is none."""
    exact = directory / name
    if exact.is_file():
        return exact
    return next((p for p in sorted(directory.iterdir()) if p.name.lower() == name.lower()), None)


def open_csv(path: Path, *, encoding: str | None, delimiter: str | None, scratch: Path) -> CsvFile:
    """Survey a file and return it ready for reading. Raises FileUnreadable."""
    survey = _survey(path)
    if survey.size == 0:
        raise FileUnreadable(f"{path.name}: the file is empty (0 bytes); export it again, with its header row")
    readable = _readable(path, survey, encoding, scratch)
    text = _first_line(readable)
    sign = delimiter or _delimiter(text)
    header = tuple(name.strip() for name in next(csv.reader(io.StringIO(text), delimiter=sign), []))
    if not any(header):
        raise FileUnreadable(f"{path.name}, line 1: no header; the first row must hold the column names")
    return CsvFile(path.name, readable, sign, header, survey.lines, survey.nuls > 0)


def _survey(path: Path) -> _Survey:
    size = feeds = returns = pairs = nuls = 0
    last, first, is_utf8 = b"", b"", True
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as handle:
        while piece := handle.read(PIECE):
            first = first or piece[:4]
            size += len(piece)
            feeds += piece.count(b"\n")
            if b"\r" in piece or last == b"\r":
                returns += piece.count(b"\r")
                pairs += piece.count(b"\r\n") + (last == b"\r" and piece[:1] == b"\n")
            nuls += piece.count(b"\0") if b"\0" in piece else 0
            is_utf8 = is_utf8 and _decodes(decoder, piece)
            last = piece[-1:]
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    differ = bool(returns and feeds) and not feeds == returns == pairs
    lines = max(feeds, returns) + (last not in (b"\n", b"\r", b""))
    return _Survey(size, lines, nuls, differ, is_utf8, _encoding_of_mark(first))


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    if piece.isascii() and decoder.getstate()[0] == b"":
        return True
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _encoding_of_mark(first: bytes) -> str | None:
    if first.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def _readable(path: Path, survey: _Survey, encoding: str | None, scratch: Path) -> Path:
    """Return a path DuckDB reads without trouble: the file itself, or a cleaned copy in `scratch`."""
    encoding = survey.bom_encoding or encoding or "utf-8"
    if _is_utf8(path, encoding):
        _require_utf8(path, survey)
        if not survey.newlines_differ:
            return path
    return _copy(path, encoding, scratch)


def _is_utf8(path: Path, encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}
    except LookupError as error:
        raise FileUnreadable(
            f"{path.name}: unknown encoding {encoding!r} in the map; use a name such as windows-1252"
        ) from error


def _require_utf8(path: Path, survey: _Survey) -> None:
    if survey.nuls > UTF16_SHARE_OF_NULS * survey.size:
        raise FileUnreadable(
            f"{path.name}: every second byte is NUL, so this looks like UTF-16 without a byte order mark; "
            "save it as UTF-8, or set `encoding: utf-16-le` in the map"
        )
    if not survey.is_utf8:
        line, byte, value = _first_bad_byte(path)
        raise FileUnreadable(
            f"{path.name}, line {line}: byte 0x{value:02X} (byte {byte} of the file) is not UTF-8; "
            "save the file as UTF-8, or name its encoding in the map, for example `encoding: windows-1252`"
        )


def _first_bad_byte(path: Path) -> tuple[int, int, int]:
    passed = 0
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return number, passed + error.start + 1, line[error.start]
            passed += len(line)
    raise AssertionError(f"{path} is UTF-8 after all")


def _copy(path: Path, encoding: str, scratch: Path) -> Path:
    """Rewrite a file as UTF-8 with plain line feeds, line for line."""
    clean = scratch / f"{len(list(scratch.iterdir()))}-{path.name}"
    try:
        with (
            path.open(encoding=encoding, newline=None) as source,
            clean.open("w", encoding="utf-8", newline="\n") as target,
        ):
            while piece := source.read(PIECE):
                target.write(piece)
    except UnicodeError as error:
        raise FileUnreadable(
            f"{path.name}: not written in {encoding} ({getattr(error, 'reason', error)}); correct"
            " `encoding` in the map, or save the file as UTF-8"
        ) from error
    return clean


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return next((line for line in handle if line.strip()), "")


def _delimiter(line: str) -> str:
    """Return the sign that cuts the header into most columns; a comma if none does."""
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader(io.StringIO(line), delimiter=sign), [])))
