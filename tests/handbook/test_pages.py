"""The shipped handbook obeys its house rules, and the lint that says so can tell good from bad."""

from pathlib import Path

import page_lint
import pytest
from page_lint import ELEMENTS, HANDBOOK, SIGNALS, STAGES, Page

from bot.coach.reply import Element
from bot.handbook.clean import fold

PAGES = page_lint.pages()
SHARED_TEXTS = page_lint.shared_texts()

FRONT_MATTER = """---
title: A page
stage: [Discovery]
element: [champion]
motion: both
signals: [N2]
questions: {one: ["What now?", "Who decides?"]}
---
"""
SECTION = "word " * 100


@pytest.fixture(scope="module")
def sources() -> set[tuple[str, ...]]:
    return page_lint.source_runs(SHARED_TEXTS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.path.relative_to(HANDBOOK)))
def test_page_obeys_house_rules(page: Page) -> None:
    assert page_lint.problems(page, sources=set()) == []


@pytest.mark.skipif(not SHARED_TEXTS, reason="the background texts are not beside this checkout")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.path.relative_to(HANDBOOK)))
def test_page_copies_no_sentence(page: Page, sources: set[tuple[str, ...]]) -> None:
    assert list(page_lint.copy_problems(page, sources)) == []


def test_elements_are_those_of_the_product() -> None:
    assert set(ELEMENTS) == {element.value for element in Element}


def test_every_element_has_its_own_page() -> None:
    assert {page.meta["element"][0] for page in PAGES if _is_own(page, "meddppicc", "element")} == set(ELEMENTS)


def test_every_stage_has_its_own_page() -> None:
    assert {page.meta["stage"][0] for page in PAGES if _is_own(page, "stages", "stage")} == set(STAGES)


def test_every_health_code_is_explained() -> None:
    assert {code for page in PAGES for code in page.meta["signals"]} == SIGNALS


def test_no_two_pages_share_a_title_or_a_question() -> None:
    titles = [page.meta["title"] for page in PAGES]
    questions = [fold(question) for page in PAGES for question in page_lint.asked(page)]
    assert len(set(titles)) == len(titles)
    assert len(set(questions)) == len(questions)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (FRONT_MATTER.replace("champion", "hero"), "unknown ['hero']"),
        (FRONT_MATTER.replace("[Discovery]", "Discovery"), "stage must be a list"),
        (FRONT_MATTER.replace("N2", "N77"), "unknown ['N77']"),
        (FRONT_MATTER.replace("motion: both\n", ""), "fields are"),
        (FRONT_MATTER.replace(', "Who decides?"', ""), "'one' needs 2 to 4"),
        (FRONT_MATTER.replace("What now?", " "), "'one' holds one that is not plain text"),
        (FRONT_MATTER.replace("one:", "two:"), "'one' has no questions"),
        (FRONT_MATTER.replace("one:", "two:"), "'two' has no section of that heading"),
        (FRONT_MATTER.replace("{one: ", "").replace("]}", "]"), "must name each section"),
    ],
)
def test_lint_refuses_bad_front_matter(tmp_path: Path, text: str, problem: str) -> None:
    page = _written(tmp_path, f"{text}## One\n{SECTION}")
    assert any(problem in line for line in page_lint.front_matter_problems(page))


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (f"{SECTION}\n## One\n{SECTION}", "before the first"),
        (f"## One\n{SECTION}", "page has 101 words"),
        ("## One\n" + "word " * 59, "section 'One' has 59 words"),
        ("## One\n" + "word " * 181, "section 'One' has 181 words"),
        (f"## One\n{SECTION}\n## One\n{SECTION}", "share a heading"),
    ],
)
def test_lint_refuses_bad_shape(tmp_path: Path, body: str, problem: str) -> None:
    page = _written(tmp_path, FRONT_MATTER + body)
    assert any(problem in line for line in page_lint.shape_problems(page))


def test_lint_accepts_a_page_of_three_sections(tmp_path: Path) -> None:
    body = "".join(f"## {name}\n{SECTION}\n" for name in ("One", "Two", "Three"))
    front = FRONT_MATTER.replace("{one:", '{two: ["Why us?", "Why now?"], three: ["Where?", "When?"], one:')
    assert page_lint.problems(_written(tmp_path, front + body), sources=set()) == []


def test_lint_finds_dead_and_outward_links(tmp_path: Path) -> None:
    page = _written(tmp_path, f"{FRONT_MATTER}## One\n[a](page.md) [b](gone.md) [c](https://example.com/x.md)")
    assert list(page_lint.link_problems(page)) == [
        "link gone.md does not resolve",
        "link https://example.com/x.md leaves the handbook",
    ]


def test_lint_finds_copied_words_behind_punctuation_and_case(tmp_path: Path) -> None:
    source = tmp_path / "source.txt"
    source.write_text("The quick brown fox jumps over the lazy dog.", encoding="utf-8")
    copied = _written(tmp_path, f"{FRONT_MATTER}## One\nSee: the *quick* brown FOX, jumps over the lazy cat.")
    assert list(page_lint.copy_problems(copied, page_lint.source_runs([source]))) == [
        "copied words: the quick brown fox jumps over the lazy"
    ]


def test_page_without_front_matter_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bare.md"
    path.write_text("## One\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bare\.md: does not start with a front matter"):
        page_lint.read_page(path)


def _is_own(page: Page, folder: str, field: str) -> bool:
    """Whether `page` lives in `folder` and leads with the value it is named after."""
    values = page.meta[field]
    return page.path.parent.name == folder and bool(values) and _slug(values[0]) == page.path.stem


def _slug(value: str) -> str:
    return value.lower().replace("_", "-")


def _written(folder: Path, text: str) -> Page:
    path = folder / "page.md"
    path.write_text(text, encoding="utf-8")
    return page_lint.read_page(path)
