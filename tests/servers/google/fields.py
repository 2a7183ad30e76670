"""Partial answers: what `fields=a,b(c,d/e)` leaves of a JSON object. A mask that names nothing is refused."""

import re
from typing import Any

Mask = dict[str, "Mask"]


def masked(content: Any, fields: str | None) -> Any:
    """Return what a mask leaves of an answer; all of it without a mask. Raises ValueError for a broken mask."""
    if fields is None:
        return content
    tokens = re.findall(r"[A-Za-z]+|[(),/*]", fields)
    if "".join(tokens) != fields:
        raise ValueError(f"Invalid field selection {fields}")
    mask, rest = _parse(tokens)
    if rest:
        raise ValueError(f"Invalid field selection {fields}")
    return _kept(content, mask)


def _parse(tokens: list[str]) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while tokens and tokens[0] != ")":
        name, tokens = tokens[0], tokens[1:]
        inner: Mask = {}
        if tokens[:1] == ["("]:
            inner, tokens = _parse(tokens[1:])
            tokens = tokens[1:]
        mask[name] = inner
        if tokens[:1] == [","]:
            tokens = tokens[1:]
    return mask, tokens


def _kept(content: Any, mask: Mask) -> Any:
    if isinstance(content, list):
        return [_kept(each, mask) for each in content]
    if not mask or not isinstance(content, dict):
        return content
    return {key: _kept(value, mask[key]) for key, value in content.items() if key in mask}
