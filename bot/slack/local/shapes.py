"""Small checks from which the shape of any Block Kit object is put together.

A check looks at one value at one place (a JSON pointer) and adds to a list what is wrong with it.
"""

from collections.abc import Callable, Iterable
from typing import Any

Check = Callable[[Any, str, list[str]], None]


def problem(problems: list[str], at: str, words: str) -> None:
    """Note a problem in the manner of Slack, which ends each with the place."""
    problems.append(f"{words} [json-pointer:{at}]")


def anything(value: Any, at: str, problems: list[str]) -> None:
    """No demands."""


def flag(value: Any, at: str, problems: list[str]) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problem(problems, at, "must be a boolean")


def number(value: Any, at: str, problems: list[str]) -> None:
    """A number; booleans are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        problem(problems, at, "must be a number")


def whole(least: int, most: int) -> Check:
    """A whole number within limits."""

    def check(value: Any, at: str, problems: list[str]) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            problem(problems, at, f"must be a whole number from {least} to {most}")

    return check


def string(most: int | None = None, *, least: int = 0) -> Check:
    """Text of limited length."""

    def check(value: Any, at: str, problems: list[str]) -> None:
        if not isinstance(value, str):
            problem(problems, at, "must be a string")
        elif len(value) < least:
            problem(problems, at, f"must be at least {least} characters")
        elif most is not None and len(value) > most:
            problem(problems, at, f"must be no more than {most} characters, is {len(value)}")

    return check


def choice(*values: str) -> Check:
    """One of a few words."""

    def check(value: Any, at: str, problems: list[str]) -> None:
        if value not in values:
            problem(problems, at, f"must be one of {', '.join(values)}; is {value!r}")

    return check


def items(of: Check, most: int | None = None, *, least: int = 0) -> Check:
    """A list of limited length."""

    def check(value: Any, at: str, problems: list[str]) -> None:
        if not isinstance(value, list):
            problem(problems, at, "must be a list")
            return
        if len(value) < least:
            problem(problems, at, f"must have at least {least} items")
        if most is not None and len(value) > most:
            problem(problems, at, f"no more than {most} items allowed, there are {len(value)}")
        for index, item in enumerate(value):
            of(item, f"{at}/{index}", problems)

    return check


def record(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """An object with these fields and no other."""
    fields = {**required, **(optional or {})}

    def check(value: Any, at: str, problems: list[str]) -> None:
        if not isinstance(value, dict):
            problem(problems, at, "must be an object")
            return
        for name in required.keys() - value.keys():
            problem(problems, at, f"missing required field: {name}")
        for name, content in value.items():
            if name in fields:
                fields[name](content, f"{at}/{name}", problems)
            else:
                problem(problems, at, f"invalid additional property: {name}")

    return check


def typed(shapes: dict[str, Check]) -> Check:
    """An object whose `type` says which shape it has; the shapes do not mention `type`."""

    def check(value: Any, at: str, problems: list[str]) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in shapes:
            problem(problems, at, f"unsupported type: {kind!r}, expected one of {', '.join(sorted(shapes))}")
            return
        shapes[kind]({name: content for name, content in value.items() if name != "type"}, at, problems)

    return check


def in_turn(*checks: Check) -> Check:
    """Checks in turn, up to the first that finds a problem: the later ones rely on the earlier."""

    def check(value: Any, at: str, problems: list[str]) -> None:
        before = len(problems)
        for each in checks:
            if len(problems) == before:
                each(value, at, problems)

    return check


def unique(problems: list[str], named: Iterable[tuple[str, str]], what: str) -> None:
    """Note every name that appears again; `named` pairs a name with its place."""
    seen: set[str] = set()
    for name, at in named:
        if name in seen:
            problem(problems, at, f"{what} {name!r} is used twice")
        seen.add(name)
