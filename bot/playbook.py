"""Reading `knowledge/playbook/*.yaml`: what sales operations may edit, checked before it is used.

Each room owns the pydantic model of its own file; this module turns YAML plus a model into values,
and a mistake into one sentence that names file, line, field and fix.
"""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[str | int, ...]


class PlaybookError(ValueError):
    """A playbook file cannot be used. The message names file, line, field and what is expected."""


_Fastest: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's parser in C, ten times as fast, where PyYAML was built with it."""


class _UniqueKeyLoader(_Fastest):  # type: ignore[misc]
    """Safe loading that refuses a key written twice, which YAML would silently let the last win."""


def _mapping_without_repeats(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key.value!r} is written twice", key.start_mark
            )
        seen.add(key.value)
    return loader.construct_mapping(node, deep=True)


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_repeats)


def load_playbook(path: Path, model: type[Model], context: Any = None) -> Model:
    """Read `path` as YAML and return it as `model`, whose validators see `context` (pydantic's own).

    Raises PlaybookError for a missing file, broken YAML or a value the model refuses; every refused
    field is named with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise PlaybookError(f"{path}: file not found; restore it from the shipped knowledge/playbook") from error
    except UnicodeDecodeError as error:
        raise PlaybookError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    try:
        parsed = yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506 - a SafeLoader subclass
        return model.model_validate(parsed, context=context)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PlaybookError(f"{path}:{line}: {error.problem}") from error
    except ValidationError as error:
        raise PlaybookError(_explain(path, text, error)) from error


def _explain(path: Path, text: str, error: ValidationError) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    lines = []
    for problem in error.errors():
        where = tuple(problem["loc"])
        field = ".".join(str(part) for part in where) or "the file"
        lines.append(f"{path}:{_line_of(root, where)}: {field}: {problem['msg']}")
    return "\n".join(lines)


def _line_of(node: yaml.Node | None, where: Location) -> int:
    """Return the 1-based line of the deepest node on the way to `where` that exists."""
    line = node.start_mark.line + 1 if node else 1
    for part in where:
        child = _child(node, part)
        if child is None:
            break
        node, line = child, child.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]  # type: ignore[no-any-return]
    return None
