"""Whoever opens a module of the product is told what it is about."""

import ast
from pathlib import Path

from tests.house.repository import below, tree_of


def test_every_module_with_code_says_what_it_is() -> None:
    silent = [str(path) for path in below("bot", suffix=".py") if not _speaks(path)]
    assert silent == []


def _speaks(path: Path) -> bool:
    tree = tree_of(path)
    return not tree.body or bool(ast.get_docstring(tree))
