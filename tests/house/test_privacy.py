"""Nothing in the repository points at the machine or the service it was written on."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.house.repository import SHARED, below, files, text_of

# Put together from pieces, so that this file does not name what it forbids.
PLACES = ["/" + name + "/" for name in ("work", "opt/" + "pypi", "opt/" + "wheels", "root", "home/" + "runner")] + [
    "C:" + "\\Users"
]
HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "registry." + "yarnpkg",
    "conda." + "anaconda",
    "index-" + "url =",
]
FORBIDDEN = re.compile("|".join(rf"(?<![\w.]){re.escape(name)}" for name in PLACES + HOSTS))


def test_no_file_names_a_machine_path_or_a_package_registry() -> None:
    found = [f"{path}:{number}: {hit}" for path in files() for number, hit in _hits(path)]
    assert found == []


def _hits(path: Path) -> list[tuple[int, str]]:
    lines = text_of(path).splitlines()
    return [(at, match[0]) for at, line in enumerate(lines, 1) for match in FORBIDDEN.finditer(line)]


def test_the_rule_itself_would_notice() -> None:
    assert FORBIDDEN.search("read " + "/" + "work/notes.md")
    assert FORBIDDEN.search("https://" + "pypi" + ".org/simple")
    assert not FORBIDDEN.search("docs/work/notes.md and framework/x")


def test_nothing_the_product_ships_knows_the_development_scenarios() -> None:
    scenarios = _scenarios()
    names = {
        str(deal[key]) for scenario in scenarios for deal in scenario["opportunities"] for key in ("id", "account")
    }
    assert len(names) > len(scenarios)
    text = {path: text_of(path).lower() for path in below("bot", "knowledge", "prompts")}
    assert [f"{path}: {name}" for path, words in text.items() for name in sorted(names) if name.lower() in words] == []


def _scenarios() -> list[dict[str, Any]]:
    path = SHARED / "devset" / "scenarios.jsonl"
    if not path.exists():
        pytest.skip("the shared development set is not here")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
