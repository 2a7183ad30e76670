"""Word documents to Markdown: headings, lists and tables, without what is hidden or deleted."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from bot.handbook.extract import Extract, Unreadable

MAX_UNPACKED = 200 * 1024 * 1024
"""Bytes a document may unpack to; a page of text needs a thousandth of it."""

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_LIST = re.compile(r"list (?:bullet|number|paragraph)", re.IGNORECASE)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_docx(data: bytes) -> Extract:
    """Read a .docx file. Raises Unreadable if it is damaged, locked or unpacks to a flood."""
    document = _open(data)
    lines = [line for block in document.iter_inner_content() for line in _lines(block)]
    if not any(line.strip() for line in lines):
        raise Unreadable("the document holds no text", "write the page or delete the file")
    title = (document.core_properties.title or "").strip()
    return Extract("\n".join(lines), True, title or None)


def _open(data: bytes) -> Any:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            unpacked = sum(member.file_size for member in package.infolist())
        if unpacked > MAX_UNPACKED:
            raise Unreadable(f"unpacks to {unpacked / 2**20:.0f} MB", "save it without embedded media")
        return docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, PackageNotFoundError, SyntaxError, KeyError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        reason = f"the Word document is damaged or locked with a password ({type(error).__name__})"
        raise Unreadable(reason, "save a copy as .docx without a password") from error


def _lines(block: Any) -> Iterator[str]:
    if hasattr(block, "rows"):
        yield from _rows(block)
        return
    text = _text(block._p)
    style = (block.style.name if block.style is not None else "") or ""
    if not text.strip():
        yield ""
    elif heading := _HEADING.fullmatch(style):
        yield from ("", f"{'#' * min(int(heading.group(1)), 6)} {_one_line(text)}", "")
    elif style == "Title":
        yield from (f"# {_one_line(text)}", "")
    elif _LIST.match(style) or block._p.find(f"{_W}pPr/{_W}numPr") is not None:
        yield f"- {_one_line(text)}"
    else:
        yield from (text, "")


def _rows(table: Any) -> Iterator[str]:
    """A row a line; a cell merged over several columns is said once."""
    for row in table.rows:
        cells: dict[Any, str] = {}
        for cell in row.cells:
            cells.setdefault(cell._tc, _one_line(" ".join(_text(paragraph._p) for paragraph in cell.paragraphs)))
        yield " | ".join(text for text in cells.values() if text)
    yield ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _text(paragraph: Any) -> str:
    """The visible text of a paragraph, tracked insertions and links included; deleted and hidden text left out."""
    parts: list[str] = []
    for run in paragraph.iter(f"{_W}r"):
        if run.find(f"{_W}rPr/{_W}vanish") is not None:
            continue
        for child in run:
            if child.tag == f"{_W}t":
                parts.append(child.text or "")
            elif child.tag in {f"{_W}br", f"{_W}cr"}:
                parts.append("\n")
            elif child.tag == f"{_W}tab":
                parts.append(" ")
    return "".join(parts)
