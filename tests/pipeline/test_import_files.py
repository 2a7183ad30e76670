"""Whole files: encodings, headers, missing and empty ones. What stops an import leaves the data of before."""

from pathlib import Path

import pytest
from csv_folders import DEALS, STAGES, USERS, Imported, folder

from bot.pipeline.importing import import_directory
from bot.pipeline.store import SnapshotStore

UMLAUT = DEALS.replace("Northwind rollout", "Müller Ausbau")


def names(done: Imported) -> list[tuple[str]]:
    return done.rows("SELECT name FROM opportunities ORDER BY opportunity_id")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marked_encodings_need_no_setting(tmp_path: Path, encoding: str) -> None:
    done = Imported(folder(tmp_path / "in", opportunities=UMLAUT.encode(encoding)))
    assert names(done) == [("Müller Ausbau",), ("Fabrikam renewal",)]


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16-le", "mac-roman"])
def test_any_encoding_may_be_named_by_the_map(tmp_path: Path, encoding: str) -> None:
    place = folder(tmp_path / "in", opportunities=UMLAUT.encode(encoding), users=USERS.encode(encoding))
    chart = tmp_path / "map.yaml"
    chart.write_text(f"encoding: {encoding}\n")
    assert names(Imported(place, map_file=chart)) == [("Müller Ausbau",), ("Fabrikam renewal",)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lines_are_true_with_line_ends_and_marks_of_every_system(tmp_path: Path, line_end: str, encoding: str) -> None:
    bad = DEALS + "\n" + "d3,short\n" + "d4,Odd,a3,Odd,u1,,,oops,,,\n"
    done = Imported(folder(tmp_path / "in", opportunities=bad.replace("\n", line_end).encode(encoding)))
    assert len(names(done)) == 2
    assert done.left_out == [("opportunities.csv", 5, ""), ("opportunities.csv", 6, "amount")]


def test_mixed_line_ends_and_semicolons(tmp_path: Path) -> None:
    mixed = DEALS.replace("\n", "\r\n", 1)
    done = Imported(folder(tmp_path / "in", opportunities=mixed, users=USERS.replace(",", ";")))
    assert len(names(done)) == 2


def test_headers_match_whatever_their_case_and_signs(tmp_path: Path) -> None:
    loud = DEALS.replace("opportunity_id,name", "Opportunity ID,NAME", 1)
    assert len(names(Imported(folder(tmp_path / "in", opportunities=loud)))) == 2


STOPPED = {
    "empty file": ({"opportunities": b""}, ["opportunities.csv", "0 bytes", "export it again"]),
    "empty optional file": ({"notes": b""}, ["notes.csv", "0 bytes"]),
    "header only": ({"opportunities": DEALS.splitlines()[0]}, ["opportunities.csv", "header and no rows"]),
    "no people": ({"users": USERS.splitlines()[0]}, ["users.csv", "header and no rows"]),
    "missing column": (
        {"opportunities": DEALS.replace("owner_id", "owner")},
        ["opportunities.csv, line 1", "'owner_id'", "did you mean 'owner'"],
    ),
    "wrong encoding": (
        {"opportunities": UMLAUT.encode("latin-1")},
        ["opportunities.csv, line 2", "0xFC", "encoding: windows-1252"],
    ),
    "unmarked UTF-16": ({"opportunities": DEALS.encode("utf-16-le")}, ["opportunities.csv", "utf-16-le"]),
    "only bad rows": (
        {"opportunities": DEALS.replace("u1", "x").replace("u2", "y")},
        ["opportunities.csv", "no row could be loaded", "line 2", "owner_id"],
    ),
}


@pytest.mark.parametrize("case", STOPPED)
def test_a_file_that_cannot_be_used_stops_the_import_and_the_old_data_stands(tmp_path: Path, case: str) -> None:
    files, words = STOPPED[case]
    store = SnapshotStore(tmp_path / "store")
    assert import_directory(folder(tmp_path / "good"), store, stages=STAGES).ok
    before = store.current()
    report = import_directory(folder(tmp_path / "bad", **files), store, stages=STAGES)
    assert not report.ok
    assert len(report.fatal) == 1
    for word in words:
        assert word in report.fatal[0]
    assert store.current() == before
    assert "the data of before still stands" in report.summary_lines()[0]
    assert not list(store.directory.glob("*.building*"))


def test_every_unusable_file_is_named_in_one_go(tmp_path: Path) -> None:
    done = Imported(folder(tmp_path / "in", opportunities=b"", users="id,label\n1,2\n"))
    assert len(done.report.fatal) == 3  # the empty file, and two columns


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    done = Imported(tmp_path / "nowhere")
    assert "is not a folder" in done.report.fatal[0]


def test_a_folder_without_deals(tmp_path: Path) -> None:
    place = folder(tmp_path / "in")
    (place / "opportunities.csv").rename(place / "deals.csv")
    [reason] = Imported(place).report.fatal
    assert "opportunities.csv" in reason
    assert "deals.csv" in reason


def test_an_optional_file_with_a_header_only_is_a_warning(tmp_path: Path) -> None:
    done = Imported(folder(tmp_path / "in", contacts="contact_id,name\n"))
    assert done.report.ok
    assert any("contacts.csv holds a header and no rows" in warning for warning in done.report.warnings)


def test_a_folder_whose_name_holds_wildcards_and_quotes(tmp_path: Path) -> None:
    assert len(names(Imported(folder(tmp_path / "it's [1] *")))) == 2


def test_an_unknown_workspace_zone_is_refused(tmp_path: Path) -> None:
    [reason] = Imported(folder(tmp_path / "in"), zone="Europe/Atlantis").report.fatal
    assert "Europe/Atlantis" in reason
