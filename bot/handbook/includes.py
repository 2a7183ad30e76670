"""Pages made of parts: Jekyll, Hugo and MkDocs includes are put in place before a page is read.

Only text files inside the indexed folder are taken in; anything else stays out and is reported.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MAX_DEPTH = 4
"""Parts of parts of parts; deeper is a loop."""

MAX_INCLUDED = 1_000_000
"""Characters all parts may add to one page, so that parts that include parts cannot flood it."""

SUFFIXES = frozenset({".md", ".markdown", ".html", ".htm", ".txt"})

_INCLUDE = re.compile(
    r"\{%-?[ ]*include(?P<relative>_relative)?[ ]+[\"']?(?P<jekyll>[\w./-]+)[^{}\n]*%\}"
    r"|\{\{[<%][ ]*(?:include|readfile|partial)[ ]+(?:file=)?[\"']?(?P<hugo>[\w./-]+)[^{}\n]*[>%]\}\}"
    r"|^-{1,}8<-{1,}[ ]+[\"'](?P<snippet>[\w./-]+)[\"'][ ]*$",
    re.MULTILINE,
)
_FRONT_MATTER = re.compile(r"\A---[ ]*\n.*?\n---[ ]*(?:\n|\Z)", re.DOTALL)


@dataclass
class Inclusion:
    """Puts the parts of one page in place. `missing` names those that could not be taken in."""

    root: Path
    missing: list[str] = field(default_factory=list)
    room: int = MAX_INCLUDED

    def resolve(self, text: str, file: Path, depth: int = 0) -> str:
        """Return `text` of `file` with every include replaced by the text it names, or by nothing."""
        return _INCLUDE.sub(lambda match: self._part(match, file, depth), text)

    def _part(self, match: re.Match[str], file: Path, depth: int) -> str:
        name = match.group("jekyll") or match.group("hugo") or match.group("snippet")
        part = self._find(name, file) if depth < MAX_DEPTH else None
        text = self._read(part) if part else None
        if part is None or text is None or len(text) > self.room:
            self.missing.append(name)
            return ""
        self.room -= len(text)
        return self.resolve(_FRONT_MATTER.sub("", text), part, depth + 1)

    def _find(self, name: str, file: Path) -> Path | None:
        inside = self.root.resolve()
        for candidate in self._candidates(name.lstrip("/"), file):
            real = candidate.resolve()
            if real.suffix.lower() in SUFFIXES and real.is_relative_to(inside) and real.is_file():
                return real
        return None

    def _candidates(self, name: str, file: Path) -> Iterator[Path]:
        yield file.parent / name
        yield self.root / "_includes" / name
        yield self.root / name

    def _read(self, part: Path) -> str | None:
        try:
            return part.read_text(encoding="utf-8-sig") if part.stat().st_size <= self.room else None
        except (OSError, UnicodeDecodeError):
            return None
