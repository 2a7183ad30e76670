"""Building the page: once a version, and a plain sentence where it cannot be."""

import os
from pathlib import Path

import pytest

from bot.cli import demo, playground_page
from bot.cli.playground_page import NoPage, built_page


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A PATH that holds only stand-ins; each call is noted in a file."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(name: str, script: str) -> None:
        path = folder / name
        path.write_text(f"#!/bin/sh\necho {name} >> {tmp_path}/calls\n{script}\n")
        path.chmod(0o755)

    return put


def a_node(version: str) -> str:
    mkdir, touch = "/bin/mkdir", "/usr/bin/touch"
    build = f'{mkdir} -p "$2"; {touch} "$2/index.html"'
    return f'if [ "$1" = --version ]; then echo {version}; else {build}; fi'


NPM = "/bin/mkdir -p node_modules"


def test_without_node_a_sentence_says_what_is_needed(tools, tmp_path):
    with pytest.raises(NoPage, match=r"needs Node.js 18 or newer"):
        built_page(tmp_path / "cache", print)


def test_an_old_node_is_named(tools, tmp_path):
    tools("node", a_node("v16.20.2"))
    tools("npm", NPM)
    with pytest.raises(NoPage, match=r"this is v16.20.2"):
        built_page(tmp_path / "cache", print)


def test_what_npm_says_is_passed_on(tools, tmp_path):
    tools("node", a_node("v20.1.0"))
    tools("npm", "echo 'npm error network request failed' >&2; exit 1")
    with pytest.raises(NoPage, match="npm ci says: npm error network request failed"):
        built_page(tmp_path / "cache", print)


def test_the_page_is_built_once_and_its_libraries_fetched_once(tools, tmp_path, monkeypatch):
    tools("node", a_node("v20.1.0"))
    tools("npm", NPM)
    said: list[str] = []
    first = built_page(tmp_path / "cache", said.append)
    assert built_page(tmp_path / "cache", said.append) == first
    assert (tmp_path / "calls").read_text().split() == ["node", "npm", "node"]
    assert len(said) == 1

    monkeypatch.setattr(playground_page, "SOURCES", playground_page.SOURCES[:-1])
    assert built_page(tmp_path / "cache", said.append) != first
    assert (tmp_path / "calls").read_text().split().count("npm") == 1


def test_the_demo_waits_for_nobody_where_no_person_sits(monkeypatch):
    reader, writer = os.pipe()
    with os.fdopen(reader) as piped, os.fdopen(writer, "w"):
        monkeypatch.setattr("sys.stdin", piped)
        assert not demo.on_a_terminal()
