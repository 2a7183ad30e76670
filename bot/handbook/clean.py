"""What a page carries that is not guidance: diagrams, tables of contents, placeholders, repeats, scripts."""

import re

from bot.handbook.repair import repair_characters

MIN_CONTENTS_LINES = 4
"""A shorter list that repeats headings is more likely prose than a table of contents."""

MIN_CONTENTS_SHARE = 0.5
"""Share of the lines of a list that must reappear as lines of their own for it to be a table of contents."""

MIN_REPEAT_LENGTH = 80
"""Characters from which a repeated paragraph is an accident; shorter lines repeat on purpose."""

MAX_PATTERN_LINE = 200
"""Patterns with several open repeats are only tried on lines up to this length, so no line can stall them."""

_UNSEEN_START = re.compile(r"<(script|style|iframe|template|noscript)\b[^<>]*>|<!--", re.IGNORECASE)
_UNSEEN_TAG = re.compile(r"</?(?:script|style|iframe|template|noscript)\b[^<>]*>", re.IGNORECASE)
_MIND_MAP = re.compile(r"mind maps?\b.*|.*\bmind map(?: for [\w ,'’-]+)?", re.IGNORECASE)
_CONTENTS_HEADINGS = frozenset({"on this page", "table of contents", "contents"})
_MARKER_ALONE = re.compile(r"[-–—*•·|]+")
_LIST_ITEM = re.compile(r"\s*(?:[-*•]|\d+[.)])\s+(.*)")
_DOTTED_ENTRY = re.compile(r".{2,90}?[ .·…]*\.{4,}[ .·…]*\d{1,4}")
_DIAGRAM_START = re.compile(
    r"\s*(?:flowchart|graph)\s+(?:TB|TD|BT|RL|LR)\s*;?|\s*(?:mindmap|sequenceDiagram|stateDiagram(?:-v2)?|gantt)"
)
_DIAGRAM_LINE = re.compile(r".*(?:--+>|---|-\.->|==+>|\|.*\|).*|\s*\w+\s*[\[({].*[\])}]\s*;?|\s*(?:subgraph|end)\b.*")
_NOT_WORD = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    """Return `text` as it is indexed: mended characters, no noise, at most one blank line in a row."""
    text = repair_characters(text)
    text = drop_unseen(text)
    lines = [line.rstrip() for line in text.split("\n")]
    lines = drop_diagrams(lines)
    lines = drop_contents(lines)
    lines = [line for line in join_lone_markers(lines) if not _is_placeholder(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def drop_unseen(text: str) -> str:
    """Return `text` without what a browser does not show: scripts, styles, frames and comments.

    A tag that is never closed loses only itself: prose may speak of `<script>`.
    """
    kept: list[str] = []
    at, unclosed = 0, set[str]()
    while opening := _UNSEEN_START.search(text, at):
        closing = _closing(text, opening, unclosed)
        kept.append(text[at : opening.start()])
        at = closing.end() if closing else opening.end()
    return _UNSEEN_TAG.sub("", "".join((*kept, text[at:])))


def _closing(text: str, opening: re.Match[str], unclosed: set[str]) -> re.Match[str] | None:
    """Find what closes `opening`; a kind of tag once seen unclosed is not searched for again."""
    name = (opening.group(1) or "").lower()
    if name in unclosed:
        return None
    pattern = rf"</{name}\s*>" if name else "-->"
    closing = re.compile(pattern, re.IGNORECASE).search(text, opening.end())
    if closing is None:
        unclosed.add(name)
    return closing


def drop_diagrams(lines: list[str]) -> list[str]:
    """Return `lines` without diagram source that stands outside a code fence."""
    kept, in_diagram = [], False
    for line in lines:
        starts = bool(_DIAGRAM_START.fullmatch(line))
        in_diagram = starts or (in_diagram and len(line) <= MAX_PATTERN_LINE and _draws(line))
        if not in_diagram:
            kept.append(line)
    return kept


def _draws(line: str) -> bool:
    return bool(_DIAGRAM_LINE.fullmatch(line))


def join_lone_markers(lines: list[str]) -> list[str]:
    """Return `lines` with a list marker that stands alone put before the text of the next line."""
    kept: list[str] = []
    pending = False
    for line in lines:
        if _MARKER_ALONE.fullmatch(line.strip()):
            pending = line.strip() == "-"
            continue
        kept.append(f"- {line.lstrip()}" if pending and line.strip() and not _LIST_ITEM.match(line) else line)
        pending = False
    return kept


def _is_placeholder(line: str) -> bool:
    bare = line.strip(" #*:")
    if bare.lower() in _CONTENTS_HEADINGS:
        return True
    return len(bare) <= MIN_REPEAT_LENGTH and bool(_MIND_MAP.fullmatch(bare))


def drop_contents(lines: list[str]) -> list[str]:
    """Return `lines` without tables of contents: lists that only repeat headings, or lines with page numbers."""
    headings = {fold(line.lstrip("# ")) for line in lines if not _LIST_ITEM.match(line) and line.strip()}
    kept: list[str] = []
    for run in _runs(lines):
        if not (_is_list(run) and _repeats_headings(run, headings)):
            kept += [line for line in run if not _is_dotted_entry(line.strip())]
    return kept


def _is_dotted_entry(line: str) -> bool:
    return len(line) <= MAX_PATTERN_LINE and bool(_DOTTED_ENTRY.fullmatch(line))


def fold(text: str) -> str:
    """Return `text` as words only, lower case: what makes two titles or paragraphs the same."""
    return _NOT_WORD.sub(" ", text.replace("’", "'")).strip().casefold()


def _is_list(run: list[str]) -> bool:
    return bool(_LIST_ITEM.match(run[0]))


def _runs(lines: list[str]) -> list[list[str]]:
    """Group neighbouring lines by whether they are list items."""
    runs: list[list[str]] = []
    for line in lines:
        if runs and _is_list(runs[-1]) == bool(_LIST_ITEM.match(line)):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _repeats_headings(run: list[str], headings: set[str]) -> bool:
    items = [match.group(1) for line in run if (match := _LIST_ITEM.match(line))]
    known = sum(fold(item) in headings for item in items)
    return len(items) >= MIN_CONTENTS_LINES and known >= MIN_CONTENTS_SHARE * len(items)


def drop_repeats(text: str) -> str:
    """Return `text` with a long paragraph that comes again kept the first time only."""
    seen: set[str] = set()
    kept = []
    for line in text.split("\n"):
        key = fold(line)
        if len(key) >= MIN_REPEAT_LENGTH and key in seen:
            continue
        seen.add(key)
        kept.append(line)
    return "\n".join(kept).strip()
