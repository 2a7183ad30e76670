"""`coach audit` from the outside: what was done, out as a file, gone after its time."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app, audit  # noqa: F401 - it registers its commands
from bot.memory import Memory, NewWrite, ReplyRecord, WriteOutcome

NOW = datetime(2026, 9, 21, 14, tzinfo=UTC)
NEW = "Call Dana on +49 170 1234567 or dana@buyer.example"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which an old answer and a fresh CRM write are written down."""
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "300")
    (tmp_path / "home").mkdir()
    with Memory.open(f"sqlite:///{tmp_path / 'home' / 'memory.db'}") as memory:
        reply = ReplyRecord(
            asker_id="u-mira", surface="dm", question_kind="question", question_length=9, outcome="answer"
        )
        memory.record_reply(reply, NOW - timedelta(days=500))
        write = NewWrite(
            key="k", crm="salesforce", deal_id="006A", deal_name="Rollout", target="next_step", by_id="u-ana",
            by_name="Ana", old="=HYPERLINK(1)", new=NEW, content={}, version="v",
        )  # fmt: skip
        begun = memory.crm_writes.begin(write, NOW)
        assert begun is not None
        memory.crm_writes.finish(begun.id, WriteOutcome.WRITTEN, NOW)
    return tmp_path


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["audit", *words])
    assert result.exit_code == code, result.output
    return result.output


def test_the_list_is_newest_first_without_addresses_and_numbers() -> None:
    shown = run("list")
    assert shown.index("crm write") < shown.index("answer")
    assert "u-ana" in shown
    assert "dana@buyer.example" not in shown
    assert "1234567" not in shown
    assert [row["kind"] for row in json.loads(run("list", "--person", "u-mira", "--json"))] == ["answer"]


def test_entries_can_be_narrowed() -> None:
    def kinds(*words: str) -> list[str]:
        return [row["kind"] for row in json.loads(run("list", *words, "--json"))]

    assert kinds("--kind", "crm write") == ["crm write"]
    assert kinds("--since", "2026-09-21") == ["crm write"]
    assert kinds("--until", "2026-09-21") == ["answer"]
    assert kinds("--deal", "006A") == ["crm write"]
    assert kinds("--limit", "1") == ["crm write"]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_is_redacted_unless_asked_otherwise(home: Path, form: str) -> None:
    file = home / f"audit.{form}"
    assert "2 entries" in run("export", str(file), "--format", form)
    text = file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert "Rollout" not in text  # names of deals are not asked for
    assert "dana@buyer.example" not in text
    assert "[address-1]" in text
    assert "[phone-1]" in text
    assert "dana@buyer.example" in run("export", "-", "--format", form, "--unredacted")
    assert "is there already" in run("export", str(file), code=2)


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(run("export", "-"))))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert json.loads(rows[0]["details"])["old"] == "=HYPERLINK(1)"


def test_retention_says_what_is_kept_and_purges_what_is_older() -> None:
    assert json.loads(run("retention", "--json"))["answer"]["entries"] == 1
    arguments = ("retention", "--purge-older-than", "18m", "--as-of", NOW.isoformat())
    assert "0 rows deleted" in run(*arguments)
    arguments = ("retention", "--purge-older-than", "400d", "--as-of", NOW.isoformat())
    assert "1 rows would be deleted" in run(*arguments, "--dry-run")
    assert json.loads(run(*arguments, "--json"))["rows"]["replies"] == 1
    assert [row["kind"] for row in json.loads(run("list", "--json"))] == ["crm write"]


@pytest.mark.parametrize("age", ["soon", "0d", "-3d", "5"])
def test_an_age_that_is_none_deletes_nothing(age: str) -> None:
    assert "is no age" in run("retention", f"--purge-older-than={age}", code=2)
