"""Functions that fit a screen and files that hold one idea."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.repository import below, text_of, tree_of

LONGEST_FUNCTION = 60
LONGEST_FILE = 450
LONGEST_TEST_FILE = 500
"""Tables of cases run longer than code."""


def test_no_function_is_longer_than_a_screen() -> None:
    long = [found for path in below("bot", "tests", "tools", suffix=".py") for found in _long_functions(path)]
    assert long == []


def _long_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines"


def test_no_file_outgrows_its_idea() -> None:
    limits = {"bot": LONGEST_FILE, "tools": LONGEST_FILE, "tests": LONGEST_TEST_FILE}
    sizes = {path: len(text_of(path).splitlines()) for path in below(*limits, suffix=".py")}
    assert [f"{path}: {lines} lines" for path, lines in sizes.items() if lines > limits[path.parts[0]]] == []
