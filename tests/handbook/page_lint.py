"""House rules of the shipped handbook: what every page under knowledge/handbook must satisfy.

Run `python tests/handbook/page_lint.py` to list every problem by file; `test_pages.py` runs the same checks.
Lengths are in words; a word is a run of letters or digits, apostrophes included.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.handbook.headings import slug

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = ROOT / "knowledge" / "handbook"
SHARED = ROOT.parent / "shared"

STAGES = ("Qualification", "Discovery", "Solution", "Commercial", "Commitment")
ELEMENTS = (
    "metrics",
    "economic_buyer",
    "decision_criteria",
    "decision_process",
    "paper_process",
    "partner",
    "identify_pain",
    "champion",
    "competition",
)
MOTIONS = ("new_business", "existing_business", "both")
SIGNALS = frozenset(
    [f"N{n}" for n in range(1, 10)] + [f"E{n}" for n in range(1, 10)] + [f"C{n}" for n in range(1, 8)] + ["P1"]
)
FIELDS = ("title", "stage", "element", "motion", "signals", "questions")

PAGE_WORDS = range(250, 701)
SECTION_WORDS = range(60, 181)
QUESTION_COUNT = range(2, 5)
"""For each section: fewer leave it unfound, more crowd out its neighbours."""

NGRAM = 8
"""Eight words in a row are no longer a coincidence of the trade's vocabulary."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.md")
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Section:
    """One `##` section: what the search returns and a reply cites."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One handbook page. `meta` is the front matter as written, not yet checked."""

    path: Path
    meta: dict[str, Any]
    preamble: str
    sections: tuple[Section, ...]

    @property
    def body(self) -> str:
        """Headings and text, without the front matter."""
        return "\n".join([self.preamble, *(f"{part.heading}\n{part.text}" for part in self.sections)])


def words(text: str) -> list[str]:
    """Return the words of `text`, lower-cased, link targets and markup left out."""
    visible = re.sub(r"\]\([^)]*\)", "]", text)
    return [word.lower().replace("’", "'") for word in _WORD.findall(visible)]


def read_page(path: Path) -> Page:
    """Read one page. Raises ValueError naming the file if it has no front matter of `key: value` pairs."""
    text = path.read_text(encoding="utf-8")
    parts = text.split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise ValueError(f"{path}: does not start with a front matter between two '---' lines")
    meta = yaml.safe_load(parts[1])
    if not isinstance(meta, dict):
        raise ValueError(f"{path}: the front matter is not a list of 'key: value' lines")
    preamble, *blocks = re.split(r"^## ", parts[2], flags=re.MULTILINE)
    return Page(path, meta, preamble.strip(), tuple(_section(block) for block in blocks))


def _section(block: str) -> Section:
    heading, _, text = block.partition("\n")
    return Section(heading.strip(), text.strip())


def pages(folder: Path = HANDBOOK) -> list[Page]:
    """Return every page under `folder`, ordered by path."""
    return [read_page(path) for path in sorted(folder.rglob("*.md"))]


def front_matter_problems(page: Page) -> Iterator[str]:
    """Yield what is wrong with the fields the index filters on."""
    if set(page.meta) != set(FIELDS):
        yield f"fields are {sorted(page.meta)}, expected {sorted(FIELDS)}"
        return
    yield from _foreign(page, "stage", STAGES)
    yield from _foreign(page, "element", ELEMENTS)
    yield from _foreign(page, "signals", SIGNALS)
    if page.meta["motion"] not in MOTIONS:
        yield f"motion {page.meta['motion']!r} is not one of {MOTIONS}"
    if not _is_text(page.meta["title"]):
        yield "title is empty"
    yield from question_problems(page)


def question_problems(page: Page) -> Iterator[str]:
    """Yield sections without questions of their own, and questions without a section."""
    questions = page.meta["questions"]
    if not isinstance(questions, dict):
        yield "questions must name each section: `anchor-of-the-heading: [...]`"
        return
    anchors = {slug(section.heading) for section in page.sections}
    for name in sorted(anchors ^ set(questions)):
        yield f"questions: {name!r} has " + ("no questions" if name in anchors else "no section of that heading")
    for name, asked in questions.items():
        if not isinstance(asked, list) or len(asked) not in QUESTION_COUNT:
            yield f"questions: {name!r} needs {QUESTION_COUNT.start} to {QUESTION_COUNT.stop - 1}"
        elif not all(_is_text(question) for question in asked):
            yield f"questions: {name!r} holds one that is not plain text; put it in quotes"


def asked(page: Page) -> list[str]:
    """Return every question of the page's front matter."""
    questions = page.meta.get("questions")
    lists = questions.values() if isinstance(questions, dict) else []
    return [str(question) for one in lists if isinstance(one, list) for question in one]


def _foreign(page: Page, field: str, allowed: tuple[str, ...] | frozenset[str]) -> Iterator[str]:
    values = page.meta[field]
    if not isinstance(values, list):
        yield f"{field} must be a list, [] if none"
        return
    if strangers := [value for value in values if value not in allowed]:
        yield f"{field} holds unknown {strangers}"
    if len(set(values)) != len(values):
        yield f"{field} names a value twice"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def shape_problems(page: Page) -> Iterator[str]:
    """Yield unstable names, and pages and sections too short to stand alone or too long for a phone."""
    if not _KEBAB.fullmatch(page.path.name):
        yield "file names are ids: lower-case words joined by '-'"
    if page.preamble:
        yield "text before the first '##' would be cited without a heading; move it into a section"
    if (length := len(words(page.body))) not in PAGE_WORDS:
        yield f"page has {length} words, expected {PAGE_WORDS.start} to {PAGE_WORDS.stop - 1}"
    for section in page.sections:
        if (length := len(words(section.text))) not in SECTION_WORDS:
            yield (
                f"section {section.heading!r} has {length} words, "
                f"expected {SECTION_WORDS.start} to {SECTION_WORDS.stop - 1}"
            )
    headings = [section.heading for section in page.sections]
    if len(set(headings)) != len(headings):
        yield "two sections share a heading, so a citation would be ambiguous"


def link_problems(page: Page) -> Iterator[str]:
    """Yield relative links that lead nowhere, and any link that leaves the handbook."""
    for target in _LINK.findall(page.body):
        if not target.endswith(".md") or "://" in target:
            yield f"link {target} leaves the handbook"
        elif not (page.path.parent / target).resolve().is_file():
            yield f"link {target} does not resolve"


def shared_texts(shared: Path = SHARED) -> list[Path]:
    """Return the background texts nothing may be copied from; [] where they are not at hand."""
    return sorted([*(shared / "seeds").glob("*.txt"), *shared.glob("DOMAIN.md")])


def runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of `NGRAM` consecutive normalised words."""
    found = words(text)
    return {tuple(found[at : at + NGRAM]) for at in range(len(found) - NGRAM + 1)}


def source_runs(paths: list[Path]) -> set[tuple[str, ...]]:
    """Return the word runs of all background texts, broken characters read leniently."""
    found: set[tuple[str, ...]] = set()
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        found |= runs(text) | runs(_without_mojibake(text))
    return found


def _without_mojibake(text: str) -> str:
    """Drop the leftovers of double-encoded quotes, which would otherwise hide a copied sentence."""
    return re.sub(r"[^\x00-\x7f]+", " ", text)


def copy_problems(page: Page, sources: set[tuple[str, ...]]) -> Iterator[str]:
    """Yield every run of words that also stands in a background text; the front matter counts too."""
    meta = "\n".join([str(page.meta.get("title")), *asked(page)])
    for run in sorted((runs(page.body) | runs(meta)) & sources):
        yield f"copied words: {' '.join(run)}"


def problems(page: Page, sources: set[tuple[str, ...]]) -> list[str]:
    """Return everything wrong with one page, each line starting with its file name."""
    name = page.path.relative_to(HANDBOOK) if page.path.is_relative_to(HANDBOOK) else page.path
    checks = (
        front_matter_problems(page),
        shape_problems(page),
        link_problems(page),
        copy_problems(page, sources),
    )
    return [f"{name}: {problem}" for check in checks for problem in check]


def main() -> int:
    """Print every problem of the shipped handbook; return 1 if there is any."""
    sources = source_runs(shared_texts())
    found = [problem for page in pages() for problem in problems(page, sources)]
    print("\n".join(found) or "handbook: no problem found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
