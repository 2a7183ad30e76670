"""pyproject.toml declares what the product imports, and nothing it does not."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions

from tests.house.repository import ROOT, below, tree_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

NOT_IMPORTED = {
    "psycopg": "SQLAlchemy loads it when a PostgreSQL URL asks for it",
    "tzdata": "zoneinfo reads it where the system has no time zones",
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name)[0]).lower()


def declared() -> set[str]:
    extras = PROJECT["optional-dependencies"]
    return {normal(line) for line in [*PROJECT["dependencies"], *extras["docx"], *extras["postgres"]]}


def imported() -> dict[str, set[str]]:
    """Names of distributions behind each top-level package the product imports."""
    distributions = packages_distributions()
    return {
        module: {normal(name) for name in distributions.get(module, [])}
        for path in below("bot", suffix=".py")
        for module in _imports(tree_of(path))
        if module not in sys.stdlib_module_names and module != "bot"
    }


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_what_is_imported_is_declared() -> None:
    undeclared = [module for module, names in imported().items() if not names & declared()]
    assert undeclared == []


def test_what_is_declared_is_imported() -> None:
    used = set().union(*imported().values())
    assert sorted(declared() - used - NOT_IMPORTED.keys()) == []
