"""From folders and files to pages. A file that cannot be used costs a line in the report, never the run."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot.handbook.checkout import files_below
from bot.handbook.clean import clean
from bot.handbook.extract import Extract, Unreadable
from bot.handbook.formats import decode, read_html, read_markdown, read_pdf, read_plain
from bot.handbook.includes import Inclusion
from bot.handbook.model import FileProblem, Page
from bot.handbook.word import read_docx

MAX_BYTES = 20 * 1024 * 1024
"""Larger files are dumps, not handbooks; one of them would take minutes to index."""

READERS = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".txt": read_plain,
    ".docx": read_docx,
    ".pdf": read_pdf,
}

MARKDOWN = frozenset({".md", ".markdown"})

OTHER_DOCUMENTS = frozenset({".doc", ".odt", ".rtf", ".ppt", ".pptx", ".key", ".xls", ".xlsx", ".epub"})
"""Left out, but named in the report: people expect them to be read. Pictures and code are passed over."""

_NUMBERED_FILE = re.compile(r"(\d{3})(?!\d)")


def load(paths: Sequence[Path]) -> tuple[list[Page], list[FileProblem]]:
    """Read every page below `paths` (folders, recursively, or single files), in a stable order.

    Hidden files and folders are passed over; a link that leads out of an indexed folder is refused.
    """
    pages: list[Page] = []
    problems: list[FileProblem] = []
    taken: set[str] = set()
    for file, name, root in _files(paths, problems):
        parts = Inclusion(root)
        try:
            extract = _read(file, parts)
        except Unreadable as error:
            problems.append(FileProblem(str(file), error.reason, error.fix))
            continue
        wanted = _wanted_doc(name)
        doc = _unused(wanted, taken)
        if doc != wanted:
            reason = f"the key {wanted} is taken by another file, so this one is cited as {doc}"
            problems.append(FileProblem(str(file), reason, "rename one of the two files", skipped=False))
        if parts.missing:
            reason = f"includes what is not there: {', '.join(dict.fromkeys(parts.missing))}"
            problems.append(FileProblem(str(file), reason, "index the folder that holds the parts", skipped=False))
        if extract.warning:
            problems.append(FileProblem(str(file), *extract.warning, skipped=False))
        pages.append(_page(doc, name, extract))
    return pages, problems


def _files(paths: Iterable[Path], problems: list[FileProblem]) -> Iterator[tuple[Path, Path, Path]]:
    """Yield each file once with the name it is known by, its path below the given folder, and that folder."""
    seen: set[Path] = set()
    for root in paths:
        if not root.exists():
            problems.append(FileProblem(str(root), "no such file or folder", "check the path"))
            continue
        found = sorted(files_below(root)) if root.is_dir() else [root]
        usable = [file for file in found if _is_wanted(file, root, problems)]
        if root.is_dir() and not usable:
            problems.append(FileProblem(str(root), "no .md, .html, .txt, .docx or .pdf file in it", "check the path"))
        for file in usable:
            if (real := file.resolve()) not in seen:
                seen.add(real)
                yield (file, file.relative_to(root), root) if root.is_dir() else (file, Path(file.name), file.parent)


def _is_wanted(file: Path, root: Path, problems: list[FileProblem]) -> bool:
    suffix, alone = file.suffix.lower(), file == root
    if suffix not in READERS:
        if alone or suffix in OTHER_DOCUMENTS:
            fix = "convert it to .md, .html, .txt, .docx or .pdf"
            problems.append(FileProblem(str(file), f"files of type {suffix or 'unknown'} are not read", fix))
        return False
    if not alone and not file.resolve().is_relative_to(root.resolve()):
        problems.append(FileProblem(str(file), "a link that leads out of the folder", "copy the file instead"))
        return False
    return True


def _read(file: Path, parts: Inclusion) -> Extract:
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            fix = f"split it; the limit is {MAX_BYTES // 2**20} MB"
            raise Unreadable(f"{size / 2**20:.0f} MB is too large for a page", fix)
        data = file.read_bytes()
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be opened", "check its permissions") from error
    if not data.strip():
        raise Unreadable("the file is empty", "write the page or delete the file")
    if file.suffix.lower() in MARKDOWN:
        data = parts.resolve(decode(data).replace("\r\n", "\n"), file).encode()
    return READERS[file.suffix.lower()](data)


def _wanted_doc(name: Path) -> str:
    """Three leading digits of the file name, else its path without the suffix."""
    if number := _NUMBERED_FILE.match(name.name):
        return number.group(1)
    return name.with_suffix("").as_posix().replace(" ", "-").replace("#", "-")


def _unused(wanted: str, taken: set[str]) -> str:
    doc, copy = wanted, 1
    while doc in taken:
        copy += 1
        doc = f"{wanted}-{copy}"
    taken.add(doc)
    return doc


def _page(doc: str, name: Path, extract: Extract) -> Page:
    return Page(
        doc=doc,
        path=name.as_posix(),
        title=extract.title or "",
        text=clean(extract.text),
        markdown=extract.markdown,
        tags=extract.tags,
        questions=extract.questions,
    )
