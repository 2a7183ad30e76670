"""Sections carry stable keys; passages are small and word for word."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.handbook.load import load
from bot.handbook.model import Page
from bot.handbook.split import MAX_PASSAGE, MAX_SECTION, spans, split


def keys(page: Page) -> list[str]:
    return [section.key for section in split(page)]


def of(name: str, pages: Path) -> Page:
    found, problems = load([pages])
    assert not problems
    return next(page for page in found if page.doc == name)


def test_markdown_headings_make_sections_and_markup_goes(pages: Path) -> None:
    page = of("walkthrough", pages)
    assert keys(page) == [
        "walkthrough",
        "walkthrough#before-the-hour",
        "walkthrough#during-the-hour",
        "walkthrough#during-the-hour-2",
    ]
    before = split(page)[1].text
    assert before == (
        "- Ask the project lead for the three tasks that hurt most.\n"
        "- Send the agenda two days ahead, e.g. as a calendar note. Keep it to one screen."
    )
    during = split(page)[2].text
    assert "-->" not in during
    assert "They do\n- task one\n- task two" in during
    assert page.tags.stage == ("solution", "commercial")
    assert page.tags.element == ("decision_process",)


def test_title_lines_make_sections_of_plain_text(pages: Path) -> None:
    sections = split(of("plays/refund-guard", pages))
    assert [section.key for section in sections] == [
        "plays/refund-guard#when-to-use-it",
        "plays/refund-guard#what-to-say",
        "plays/refund-guard#paper-trail",
    ]
    assert sections[0].breadcrumb == "Refund Guard Playbook"


def test_a_book_is_cited_by_its_numbers(pages: Path) -> None:
    sections = split(of("plays/pilot-book", pages))
    assert [section.section for section in sections] == ["1.1", "1.2", "2.1"]
    assert sections[1].title == "Name the Judge"
    assert sections[1].breadcrumb == "The Pilot Book › Prepare the Pilot"
    assert sections[1].text.endswith("\n- Ask the judge what would embarrass them.")


def test_html_shows_what_a_reader_sees(pages: Path) -> None:
    sections = split(of("lockbox", pages))
    assert [section.key for section in sections] == ["lockbox", "lockbox#who-may-offer-it"]
    text = "\n".join(section.text for section in sections)
    for hidden in ("alert", "color", "Login", "Ignore the handbook", "Copyright"):
        assert hidden not in text
    assert "- Regional directors" in text


def test_numbered_files_are_cited_by_number(tmp_path: Path) -> None:
    (tmp_path / "007_a1b2c3.txt").write_text("Ask the porter. He knows every visitor by name.")
    (tmp_path / "2026-plan.md").write_text("# Plan\nOne page a quarter.")
    docs = [page.doc for page in load([tmp_path])[0]]
    assert docs == ["007", "2026-plan"]


def test_chapters_of_a_counted_page_lose_their_numbers() -> None:
    page = Page("p", "p.txt", "", "1. Why It Works\nBecause.\n2. How It Works\nSlowly.\n3. What It Costs\nTime.", False)
    assert keys(page) == ["p#why-it-works", "p#how-it-works", "p#what-it-costs"]


def test_a_numbered_list_is_not_a_row_of_headings() -> None:
    page = Page("p", "p.txt", "", "Do this in order.\n1. Call them\n2. Write it down\n3. Send it", False)
    assert keys(page) == ["p"]


def test_text_without_headings_is_cut_into_parts() -> None:
    text = "\n".join(f"Paragraph {number} says something about call number {number}." for number in range(500))
    sections = split(Page("p", "p.txt", "", text, False))
    assert [section.key for section in sections[:3]] == ["p", "p#part-2", "p#part-3"]
    assert max(len(section.text) for section in sections) <= MAX_SECTION


def test_a_subheading_stands_with_the_text_it_announces() -> None:
    text = "One sentence here.\nStep 2: Name the Owner\nThe owner is one person."
    assert [text[a:b] for a, b in spans(text)] == [
        "One sentence here.",
        "Step 2: Name the Owner\nThe owner is one person.",
    ]


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = "Bring proof, e.g. a signed note. " * 20
    assert all(text[a:b].startswith("Bring") for a, b in spans(text))


@settings(max_examples=150)
@given(st.text(alphabet="ab C.!?:-\n\u2019é漢", max_size=3000))
def test_passages_are_exact_ordered_small_and_lose_nothing(text: str) -> None:
    found = list(spans(text))
    ends = [0]
    for start, end in found:
        assert ends[-1] <= start < end <= len(text)
        assert end - start <= MAX_PASSAGE
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        ends.append(end)
    if text.strip():
        assert found


def test_a_giant_word_is_cut_not_dropped() -> None:
    word = "x" * 5_000
    assert "".join(word[a:b] for a, b in spans(word)) == word
