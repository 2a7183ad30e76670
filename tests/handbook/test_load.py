"""A file that cannot be used costs a line in the report that says why and what to do."""

import io
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from bot.handbook import load as loading
from bot.handbook.load import load


def problem(folder: Path) -> str:
    pages, problems = load([folder])
    assert not pages
    assert len(problems) == 1
    assert problems[0].skipped
    return str(problems[0])


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    assert "no .md, .html, .txt, .docx or .pdf file" in problem(tmp_path)


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "no such file or folder" in problem(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("page.txt", b"\x7fELF\0\0\0\1", "binary"),
        ("page.md", "prix élevé".encode("latin-1"), "not UTF-8 at byte 5"),
        ("page.md", b"  \n", "empty"),
        ("page.pdf", b"%PDF-1.7 nonsense", "damaged"),
        ("page.docx", b"PK", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(data)
    pages, problems = load([tmp_path])
    assert not pages
    assert any(reason in str(one) and name in one.path for one in problems)


def test_a_huge_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "MAX_BYTES", 100)
    (tmp_path / "dump.txt").write_text("word " * 100)
    assert "too large" in str(load([tmp_path])[1][0])


def test_one_bad_file_does_not_cost_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\0\1\2")
    (tmp_path / "good.txt").write_text("Call before you mail.")
    pages, problems = load([tmp_path])
    assert [page.doc for page in pages] == ["good"]
    assert len(problems) == 1


def test_utf16_and_marks_are_understood(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Größe zählt".encode("utf-16"))
    (tmp_path / "b.txt").write_bytes("\ufeffGröße zählt".encode())
    assert [page.text for page in load([tmp_path])[0]] == ["Größe zählt", "Größe zählt"]


def test_broken_front_matter_costs_the_tags_not_the_page(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: [unclosed\nstage: x\n---\n# A\nBody text.")
    pages, problems = load([tmp_path])
    assert pages[0].text.endswith("Body text.")
    assert "line " in str(problems[0])
    assert not problems[0].skipped


def test_two_files_with_one_number_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "001_a.txt").write_text("First.")
    (tmp_path / "001_b.txt").write_text("Second.")
    pages, problems = load([tmp_path])
    assert [page.doc for page in pages] == ["001", "001-2"]
    assert "cited as 001-2" in str(problems[0])


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("Not for the handbook.")
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    pages, problems = load([folder])
    assert not pages
    assert "leads out of the folder" in str(problems[0])


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "notes.txt").write_text("internal")
    (tmp_path / "a.txt").write_text("Public.")
    assert [page.doc for page in load([tmp_path])[0]] == ["a"]


def pdf(lines: list[str]) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject(
        {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
         NameObject("/BaseFont"): NameObject("/Helvetica")}
    )  # fmt: skip
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    stream = DecodedStreamObject()
    drawn = "".join(f"({line}) Tj 0 -14 Td " for line in lines)
    stream.set_data(f"BT /F1 12 Tf 20 250 Td {drawn} ET".encode())
    page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_is_read_and_its_lines_are_joined(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["Call the buyer before", "the quarter ends.", "Then write it down.", "7"]))
    page = load([tmp_path])[0][0]
    assert page.text == "Call the buyer before the quarter ends.\nThen write it down."


def test_a_pdf_without_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(pdf([]))
    assert "OCR" in str(load([tmp_path])[1][0])
