"""From a file's bytes to text: Markdown, HTML, plain text and PDF.

HTML becomes Markdown headings and lists, so one splitter serves all. Nothing here follows a link.
"""

import io
import logging
import re
from collections.abc import Iterator

import yaml

from bot.handbook.clean import drop_unseen
from bot.handbook.extract import Extract, Unreadable
from bot.handbook.model import Questions, Tags

logger = logging.getLogger(__name__)

MIN_HEADINGS_OF_MARKDOWN = 2
"""A .txt file with this many `#` headings is read as Markdown."""

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ ]*\n(.*?)\n---[ ]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"\s*(?:```|~~~)\s*([\w-]*).*")
_KRAMDOWN = re.compile(r"[ ]*\{#[\w:.-]+\}|\{::?[^{}\n]*\}|\{[%#][^{}\n]*[%#]\}|\{\{[^{}\n]*\}\}")
_TOC_LINE = re.compile(r"\s*(?:[-*]\s+)?\[?\[?_?TOC_?\]?\]?\s*", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)([^\n]{1,400}?)(?<=\S)\1")
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|abbr|b|blockquote|center|code|details|div|em|figure|figcaption|font|hr|i|img|kbd|li|mark|ol|p|pre|"
    r"section|small|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_TABLE_RULE = re.compile(r"[|:\- ]*-[|:\- ]*")
_HEADING = re.compile(r"#{1,6}\s")


def decode(data: bytes) -> str:
    """Return `data` as text: UTF-8, or UTF-16 if it says so. Raises Unreadable for anything else."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in data[:8192]:
        raise Unreadable("a binary file, not text", "convert it to .md, .html, .txt, .docx or .pdf")
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start}", "save the file as UTF-8") from error


def read_plain(data: bytes) -> Extract:
    """Read a .txt file; one that is written in Markdown is read as Markdown."""
    text = decode(data)
    headings = sum(bool(_HEADING.match(line)) for line in text.splitlines())
    if _FRONT_MATTER.match(text.replace("\r\n", "\n")) or headings >= MIN_HEADINGS_OF_MARKDOWN:
        return read_markdown(data)
    return Extract(text=text, markdown=False)


def read_markdown(data: bytes) -> Extract:
    """Read Markdown: front matter becomes tags; markup that is not text (links, attributes) goes."""
    text = decode(data).replace("\r\n", "\n")
    front, body = _front_matter(text)
    title, tags, questions, warning = _meaning(front)
    return Extract(markdown_text(body), True, title, tags, questions, warning)


def _front_matter(text: str) -> tuple[str, str]:
    match = _FRONT_MATTER.match(text)
    return (match.group(1), text[match.end() :]) if match else ("", text)


def _meaning(front: str) -> tuple[str | None, Tags, Questions, tuple[str, str] | None]:
    fix = "write `key: value` lines between the two --- lines"
    try:
        values = yaml.safe_load(front) or {}
    except (yaml.YAMLError, ValueError) as error:  # an impossible date is a ValueError
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 2
        return None, Tags(), Questions(), (f"line {line}: front matter is not YAML ({_first_line(error)})", fix)
    if not isinstance(values, dict):
        return None, Tags(), Questions(), ("line 2: front matter is not a list of keys", fix)
    tags = Tags(**{name: _strings(values.get(name)) for name in Tags.model_fields})
    title = values.get("title")
    return (str(title) if title else None), tags, _questions(values.get("questions")), None


def _questions(value: object) -> Questions:
    """A list is asked of the whole page; a mapping from section names to lists, of those sections."""
    if isinstance(value, dict):
        return Questions(by_section={str(name): _strings(asked, lower=False) for name, asked in value.items()})
    return Questions(whole=_strings(value, lower=False))


def _first_line(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).split("\n")[0]


def _strings(value: object, *, lower: bool = True) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    texts = (str(one).strip() for one in values if isinstance(one, str | int | float))
    return tuple(dict.fromkeys(text.lower() if lower else text for text in texts if text))


def markdown_text(body: str) -> str:
    """Return Markdown as readable text that keeps its headings and list marks."""
    lines: list[str] = []
    fence: str | None = None
    for line in _without_comments(drop_unseen(body).split("\n")):
        if match := _FENCE.fullmatch(line):
            fence = None if fence is not None else match.group(1).lower()
        elif fence is not None:
            lines += [] if fence == "mermaid" else [f"    {line}"]
        elif not _TOC_LINE.fullmatch(line):
            lines += _inline(line)
    return "\n".join(lines)


def _without_comments(lines: list[str]) -> Iterator[str]:
    """Leave out kramdown's `{::comment}` blocks; one that is never closed loses only its own line."""
    last_end = max((at for at, line in enumerate(lines) if line.startswith("{:/")), default=-1)
    inside = False
    for at, line in enumerate(lines):
        starts, ends = line.startswith("{::comment"), line.startswith("{:/")
        if not (inside or starts or ends):
            yield line
        inside = at < last_end and (inside or starts) and not ends


def _inline(line: str) -> list[str]:
    line = _KRAMDOWN.sub("", line)
    line = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", _IMAGE.sub("", line)))
    if line.lstrip().startswith("|"):
        return _table_row(line)
    return _TAG.sub("", _BREAK.sub("\n", line)).split("\n")


def _table_row(line: str) -> list[str]:
    """A row of a table, one line; a cell that holds lines of its own puts every cell on its own line."""
    if _TABLE_RULE.fullmatch(line.strip()):
        return []
    cells = [_TAG.sub("", cell).strip() for cell in line.strip().strip("|").split("|")]
    if not any(_BREAK.search(cell) for cell in cells):
        return [" | ".join(cell for cell in cells if cell)]
    return [part for cell in cells for part in _BREAK.split(cell) if part]


def read_html(data: bytes) -> Extract:
    """Read an HTML page: what a reader sees of it, without navigation, scripts and hidden parts."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(decode(data), "lxml")
    title = soup.title.get_text(" ", strip=True) if soup.title else None
    for element in soup.select(
        "script, style, template, noscript, iframe, nav, header, footer, aside, form, svg, head, [hidden],"
        " [aria-hidden=true], [style*='display:none'], [style*='display: none'], [style*='visibility:hidden']"
    ):
        element.decompose()
    for level in range(1, 7):
        for heading in soup.find_all(f"h{level}"):
            heading.replace_with(f"\n\n{'#' * level} {heading.get_text(' ', strip=True)}\n\n")
    for item in soup.find_all("li"):
        item.insert(0, "\n- ")
    for cell in soup.find_all(["td", "th"]):
        cell.append(" | ")
    for block in soup.find_all(["p", "div", "tr", "br", "ul", "ol", "table", "section", "blockquote", "pre"]):
        block.insert_before("\n")
        block.insert_after("\n")
    lines = (re.sub(r"[ \t]+", " ", line).strip(" |") for line in soup.get_text().split("\n"))
    return Extract("\n".join(lines), True, title or None)


def read_pdf(data: bytes) -> Extract:
    """Read the text of a PDF. Raises Unreadable if it is locked, damaged or only scanned pictures."""
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("the PDF asks for a password", "save a copy without a password")
        text = "\n".join(page.extract_text() or "" for page in reader.pages)
    except Unreadable:
        raise
    except Exception as error:  # a damaged PDF fails in many ways; one file must not sink the rest
        logger.warning("pdf could not be read", exc_info=error)
        raise Unreadable(f"the PDF is damaged ({type(error).__name__})", "export it again") from error
    if not text.strip():
        raise Unreadable("the PDF holds no text, only pictures", "run text recognition (OCR) and save it again")
    return Extract(unwrap(text), False)


def unwrap(text: str) -> str:
    """Return `text` with lines that the page width broke joined again; bare page numbers go."""
    lines: list[str] = []
    for line in (line.strip() for line in text.split("\n")):
        if line.isdigit():
            continue
        if lines and line[:1].islower() and lines[-1] and lines[-1][-1] not in ".:;!?":
            joined = lines[-1][:-1] if lines[-1].endswith("-") else lines[-1] + " "
            lines[-1] = joined + line
        else:
            lines.append(line)
    return "\n".join(lines)
