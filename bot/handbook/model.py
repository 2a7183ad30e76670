"""The nouns of the handbook: page, section, passage, and the report of an indexing run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many."""


class Tags(BaseModel):
    """What the front matter of a page says it is about; empty means "not said", which fits everything."""

    model_config = ConfigDict(frozen=True)

    stage: tuple[str, ...] = ()
    element: tuple[str, ...] = ()
    motion: tuple[str, ...] = ()
    role: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Questions:
    """What the front matter says a page is asked: `whole` of the page, `by_section` of one section, by its name."""

    whole: tuple[str, ...] = ()
    by_section: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """One file, read and cleaned, not yet split.

    `doc` is the first part of every citation key: the leading three digits of a numbered file
    (`001_book.txt` gives `001`), else the path below the indexed folder without its suffix.
    """

    doc: str
    path: str
    title: str
    text: str
    markdown: bool
    tags: Tags = field(default_factory=Tags)
    questions: Questions = field(default_factory=Questions)


class Span(NamedTuple):
    """Where a passage stands in its section's text: `text[start:end]`."""

    start: int
    end: int


class Section(BaseModel):
    """What a citation key names: the text under one heading, exactly as indexed.

    `section` is the part of the key after `#`: a number (`5.3`) where the heading carries one, else
    the slug of the heading, and empty for text above the first heading.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    doc: str
    section: str
    title: str
    breadcrumb: str
    text: str
    path: str
    tags: Tags = Tags()
    questions: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()

    def passage_text(self, number: int) -> str:
        """Return the text of passage `number`: an exact substring of `text`."""
        start, end = self.spans[number]
        return self.text[start:end]

    @property
    def passages(self) -> list[str]:
        """The texts of all passages, in order."""
        return [self.text[start:end] for start, end in self.spans]

    @property
    def heading(self) -> str:
        """What the section says it is about: its titles from the page down."""
        return f"{self.breadcrumb} {self.title}".strip()

    @property
    def searchable(self) -> str:
        """Everything keyword search reads; the title twice, because it says what the section is about."""
        return "\n".join((self.breadcrumb, self.title, self.title, self.text, *self.questions))


@dataclass(frozen=True, slots=True)
class Passage:
    """A few sentences of a section, found for a question.

    `text` is an exact substring of the section's text. `score` is 0 to 1 and ranks results of one
    question only; it does not compare between questions. `url` is None unless a base URL is configured.
    """

    id: str
    key: str
    doc: str
    section: str
    title: str
    text: str
    score: float
    number: int
    url: str | None = None
    stage: tuple[str, ...] = ()
    element: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Something wrong with one file: what, and what to do. `skipped` tells whether the file was left out."""

    path: str
    reason: str
    fix: str
    skipped: bool = True

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; {self.fix}"


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one indexing run did. `embedded` counts texts the model ran on, `reused` those it did not need to.

    `degraded` is None, or the reason why the index serves keyword search only.
    """

    files: int
    sections: int
    passages: int
    embedded: int
    reused: int
    duplicates: int
    problems: tuple[FileProblem, ...]
    seconds: float
    generation: Path
    model_id: str
    degraded: str | None = None
