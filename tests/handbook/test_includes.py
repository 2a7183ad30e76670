"""Pages made of parts, as Jekyll, Hugo and MkDocs write them."""

from pathlib import Path

import pytest

from bot.handbook.includes import MAX_INCLUDED
from bot.handbook.load import load


def pages(folder: Path, **files: str) -> tuple[dict[str, str], list[str]]:
    for name, text in files.items():
        file = folder / name.replace("__", "/")
        file = file.with_suffix(".md")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    found, problems = load([folder])
    return {page.doc: page.text for page in found}, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    "written",
    ["{% include call.md %}", '{% include "call.md" tone="plain" %}', '{{< include "call.md" >}}', '--8<-- "call.md"'],
)
def test_a_part_is_put_in_place_and_is_no_page_of_its_own(tmp_path: Path, written: str) -> None:
    part = "---\ntitle: part\n---\nCall them first."
    text, problems = pages(tmp_path, page=f"Before.\n\n{written}\n\nAfter.", _includes__call=part)
    assert text == {"page": "Before.\n\nCall them first.\n\nAfter."}
    assert problems == []


def test_a_part_beside_the_page_wins(tmp_path: Path) -> None:
    text, _ = pages(tmp_path, deep__page="{% include_relative near.md %}", deep__near="Near.", near="Far.")
    assert text["deep/page"] == "Near."


def test_a_missing_part_is_reported_and_the_page_stays(tmp_path: Path) -> None:
    text, problems = pages(tmp_path, page="Before.\n{% include lost.md %}")
    assert text == {"page": "Before."}
    assert "includes what is not there: lost.md" in problems[0]


@pytest.mark.parametrize("name", ["../secret.md", "/etc/passwd", "link.md"])
def test_nothing_outside_the_folder_comes_in(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.md").write_text("Do not tell.")
    book = tmp_path / "book"
    book.mkdir()
    (book / "link.md").symlink_to(tmp_path / "secret.md")
    text, problems = pages(book, page=f"Before.\n{{% include {name} %}}")
    assert text == {"page": "Before."}
    assert problems


def test_parts_that_include_each_other_end(tmp_path: Path) -> None:
    text, problems = pages(tmp_path, page="{% include a.md %}x", _includes__a="{% include a.md %}{% include a.md %}y")
    assert set(text["page"]) <= {"x", "y"}
    assert problems


def test_parts_cannot_flood_a_page(tmp_path: Path) -> None:
    text, _ = pages(tmp_path, page="{% include big.md %}" * 50, _includes__big="word " * 100_000)
    assert len(text["page"]) <= MAX_INCLUDED + 1_000


def test_kramdown_leaves_only_what_is_read(tmp_path: Path) -> None:
    page = (
        "# Title {#top}\n{:toc}\n- TOC\n{:.no_toc}\nText{: .note} stays {{ site.name }}here.\n"
        "{::comment}\nnot for readers\n{:/comment}\n{% comment %}tag{% endcomment %}\n{::comment} never closed\nEnd."
    )
    text, _ = pages(tmp_path, page=page)
    assert "not for readers" not in text["page"]
    assert text["page"].endswith("End.")
    assert not set("{}") & set(text["page"]), text["page"]
