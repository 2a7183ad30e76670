"""Stage, element and role: lift by default, shut out when asked strictly; untagged pages always stay."""

from pathlib import Path

import pytest

from bot.handbook.index import build_index
from bot.handbook.search import Handbook
from bot.handbook.tagged import Wanted

TEXT = "Ask who signs the contract and how long the signature took last time."


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Handbook:
    folder = tmp_path_factory.mktemp("tagged")
    pages = {
        "early": "stage: [Discovery]\nelement: [champion]",
        "late": "stage: [Commitment]\nelement: [paper_process]",
        "manager": "role: [manager]",
        "plain": "title: Plain",
    }
    for number, (name, front) in enumerate(pages.items()):
        (folder / f"{name}.md").write_text(f"---\n{front}\n---\n{TEXT} Variant {number} of the contract advice.")
    build_index([folder], folder / "index")
    return Handbook.open(folder / "index")


def docs(book: Handbook, **asked: object) -> list[str]:
    return [passage.doc for passage in book.search("who signs the contract", **asked)]  # type: ignore[arg-type]


def test_tags_lift_and_shut_nothing_out(book: Handbook) -> None:
    assert docs(book, stage="commitment")[0] == "late"
    assert docs(book, elements=("Champion",))[0] == "early"
    assert docs(book, role="manager")[0] == "manager"
    assert len(docs(book, stage="commitment")) == 4


def test_strict_leaves_out_pages_for_something_else(book: Handbook) -> None:
    assert set(docs(book, stage="commitment", strict=True)) == {"late", "manager", "plain"}
    assert set(docs(book, stage="commitment", elements=("champion",), strict=True)) == {"manager", "plain"}
    assert set(docs(book, strict=True)) == {"early", "late", "manager", "plain"}


def test_an_unknown_stage_leaves_the_untagged(book: Handbook) -> None:
    assert set(docs(book, stage="nirvana", strict=True)) == {"manager", "plain"}


def test_a_filtered_search_finds_what_the_nearest_of_all_would_hide(tmp_path: Path) -> None:
    """More near passages of other stages than the search looks at by itself."""
    many = "\n\n".join(
        f"## Part {n}\nAsk who signs the contract at step {n} and write the name down." for n in range(250)
    )
    (tmp_path / "many.md").write_text(f"---\nstage: Discovery\n---\n{many}")
    (tmp_path / "one.md").write_text("---\nstage: Commitment\n---\nThe signature page needs a witness.")
    build_index([tmp_path], tmp_path / "index")
    book = Handbook.open(tmp_path / "index")
    found = book.find("who signs the contract", 5, Wanted(stage="commitment", strict=True))
    assert [passage.doc for passage in found.passages] in (["one"], [])
    assert found.passages or found.near
