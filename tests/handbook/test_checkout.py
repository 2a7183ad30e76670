"""A git checkout is read as git sees it; any other folder file by file."""

import os
import subprocess
from pathlib import Path

import pytest

from bot.handbook.checkout import files_below
from bot.handbook.load import load


def git(folder: Path, *words: str) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, env=clean)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("kept.md", "new page.md", "drafts/secret.md", "build/copy.md", "gone.md", "_includes/part.md"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("Some guidance.")
    (tmp_path / ".gitignore").write_text("drafts/\nbuild/\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "kept.md", "gone.md", ".gitignore")
    (tmp_path / "gone.md").unlink()
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in files_below(folder))


def test_ignored_deleted_and_hidden_files_are_passed_over(checkout: Path) -> None:
    assert names(checkout) == ["kept.md", "new page.md"]
    assert [page.doc for page in load([checkout])[0]] == ["kept", "new-page"]


def test_a_folder_below_the_top_works_too(checkout: Path) -> None:
    (checkout / "sales").mkdir()
    (checkout / "sales" / "page.md").write_text("More guidance.")
    assert names(checkout / "sales") == ["page.md"]


def test_an_ignored_folder_named_on_purpose_is_read(checkout: Path) -> None:
    assert names(checkout / "drafts") == ["secret.md"]


def test_without_git_every_file_is_read(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    assert names(checkout) == ["build/copy.md", "drafts/secret.md", "kept.md", "new page.md"]


def test_a_checkout_cannot_make_git_run_programs(checkout: Path) -> None:
    hook = checkout / "hook.sh"
    hook.write_text(f"#!/bin/sh\ntouch {checkout}/ran\n")
    hook.chmod(0o755)
    git(checkout, "config", "core.fsmonitor", str(hook))
    names(checkout)
    assert not (checkout / "ran").exists()
