"""Questions in the front matter of a page: of the whole page, or of the section that answers them."""

from pathlib import Path

import pytest

from bot.handbook.embed import LexicalOnly
from bot.handbook.index import build_index, gather
from bot.handbook.model import IndexReport
from bot.handbook.search import Handbook

BODY = """---
# Couriers

## How parcels leave the house
The courier comes at four. Put the parcel on the table by the door, label up.

## How parcels come back
The desk opens each parcel, writes the sender in the book and calls the owner.
"""


def book(folder: Path, questions: str) -> Path:
    (folder / "book").mkdir()
    (folder / "book" / "couriers.md").write_text(f"---\nquestions:\n{questions}\n{BODY}")
    return folder / "book"


def indexed(tmp_path: Path, questions: str) -> tuple[IndexReport, Handbook]:
    report = build_index([book(tmp_path, questions)], tmp_path / "index")
    return report, Handbook.open(tmp_path / "index")


@pytest.mark.parametrize("name", ["how-parcels-come-back", "How parcels come back", "how parcels come back?"])
def test_a_question_counts_for_the_section_it_is_written_for(tmp_path: Path, name: str) -> None:
    report, handbook = indexed(tmp_path, f'  "{name}":\n    - "rma not in yet who do i nag"')
    assert report.problems == ()
    assert handbook.search("rma not in yet, who do I nag?")[0].key == "couriers#how-parcels-come-back"
    section = handbook.section("couriers#how-parcels-leave-the-house")
    assert section is not None
    assert section.questions == ()


def test_a_plain_list_is_asked_of_the_page_and_goes_where_it_is_answered(tmp_path: Path) -> None:
    report, handbook = indexed(tmp_path, '  - "Who calls me when a returned parcel arrives?"')
    assert report.problems == ()
    section = handbook.section("couriers#how-parcels-come-back")
    assert section is not None
    assert section.questions == ("Who calls me when a returned parcel arrives?",)


def test_a_name_that_fits_no_heading_is_told_with_file_field_and_fix(tmp_path: Path) -> None:
    report, handbook = indexed(tmp_path, '  how-parcels-come-bak: ["rma?"]\n  how-parcels-leave-the-house: ["pickup?"]')
    assert [str(problem) for problem in report.problems] == [
        "couriers.md: front matter, questions: no section with text is called 'how-parcels-come-bak'; "
        "use a heading of this page: how-parcels-come-back, how-parcels-leave-the-house"
    ]
    section = handbook.section("couriers#how-parcels-leave-the-house")
    assert section is not None
    assert section.questions == ("pickup?",), "the other questions of the page still serve"


def test_an_empty_list_is_told(tmp_path: Path) -> None:
    problem = gather([book(tmp_path, "  how-parcels-come-back: []")]).problems[0]
    assert "'how-parcels-come-back' holds no question" in str(problem)


def test_a_page_without_headings_is_told_to_use_a_list(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text('---\nquestions:\n  anything: ["when?"]\n---\nThe courier comes at four.\n')
    assert "write a plain list" in str(gather([tmp_path]).problems[0])


def test_without_a_model_own_questions_are_keywords_of_their_section(tmp_path: Path) -> None:
    folder = book(tmp_path, '  how-parcels-come-back: ["rma not in yet who do i nag"]')
    build_index([folder], tmp_path / "index", embedder=LexicalOnly("the model is not installed"))
    assert Handbook.open(tmp_path / "index").search("rma")[0].key == "couriers#how-parcels-come-back"
