"""Every sentence we ship is our own: none repeats the documents we learned from."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.repository import SHARED, below, docstrings, text_of

RUN = 8
"""Words in a row that two texts do not share by chance."""

SOURCES = ("DOMAIN.md", "DESIGN.md", "STYLE.md", "FIELD.md", "SLACK.md", "STACK.md", "seeds/*.txt")
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n|\n\s*[-*#|>]|\|")
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_WORD = re.compile(r"[a-z][a-z'’]*")


def runs(text: str) -> Iterator[str]:
    """Every run of RUN words inside one sentence of `text`, code left out."""
    for sentence in _SENTENCE_END.split(_CODE.sub(" ", text.lower())):
        words = _WORD.findall(sentence)
        for start in range(len(words) - RUN + 1):
            yield " ".join(words[start : start + RUN])


def own_prose() -> Iterator[tuple[Path, str]]:
    """What people read of this repository: pages, prompts, playbook and docstrings."""
    for path in below("docs", "knowledge", "prompts", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"):
        yield path, text_of(path)
    for path in below("bot", suffix=".py"):
        yield from ((path, docstring) for docstring in docstrings(path))


def test_a_repeated_sentence_would_be_found() -> None:
    sentence = "The quick brown fox jumps over the lazy dog tonight."
    assert set(runs(sentence)) & set(runs(f"Some words before. {sentence} And more."))
    assert not set(runs(sentence)) & set(runs("The quick brown fox. Jumps over the lazy dog tonight."))


def test_no_sentence_is_taken_from_what_we_learned_from() -> None:
    sources = [path for pattern in SOURCES for path in SHARED.glob(pattern)]
    if not sources:
        pytest.skip("the shared documents are not here")
    theirs = {run for path in sources for run in runs(path.read_text(encoding="utf-8"))}
    found = {f"{path}: {run}" for path, text in own_prose() for run in runs(text) if run in theirs}
    assert sorted(found) == []
