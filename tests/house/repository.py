"""The files of this repository, for tests about its habits. `SHARED` is learning material that may be absent."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"


@cache
def files() -> tuple[Path, ...]:
    """Every file git knows or would take, relative to the root; without git, what a checkout would hold."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.splitlines()  # fmt: skip
        return tuple(Path(name) for name in listed if (ROOT / name).is_file())
    except (OSError, subprocess.CalledProcessError):
        return tuple(_walked())


def _walked() -> Iterator[Path]:
    for top in (".ci", "bot", "docs", "knowledge", "prompts", "tests", "tools"):
        for path in (ROOT / top).rglob("*"):
            if path.is_file() and not {"node_modules", "__pycache__"} & set(path.parts):
                yield path.relative_to(ROOT)
    yield from (path.relative_to(ROOT) for path in ROOT.iterdir() if path.is_file() and path.name != ".env")


def below(*folders: str, suffix: str = "") -> list[Path]:
    """Files under these top folders (or with exactly these names) whose name ends in `suffix`."""
    return [path for path in files() if path.parts[0] in folders and path.name.endswith(suffix)]


def text_of(path: Path) -> str:
    """The text of a file; empty for one that is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(text_of(path), filename=str(path))


def docstrings(path: Path) -> Iterator[str]:
    """Every docstring of a Python file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
