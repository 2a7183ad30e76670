"""The filter of a view: operators on columns of a deal's row, checked when the playbook is loaded.

A comparison with something unknown does not hold; only `known: false`, `is_not` and `not_in` accept it.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationInfo, model_validator

from bot.pipeline.stages import StageModel, folded
from bot.pipeline.views.fields import CUSTOM, FIELDS, WORST_BUCKET_FIRST, Kind, kind_of

Value = StrictBool | float | str
Row = Mapping[str, Any]
Orders = Mapping[str, int]

_BOUNDS: MappingProxyType[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {"at_least": operator.ge, "at_most": operator.le, "more_than": operator.gt, "less_than": operator.lt}
)
_ALWAYS = frozenset({"known", "equals", "differs", "among", "not_among"})
_OPERATORS: Mapping[Kind, frozenset[str]] = MappingProxyType(
    {
        Kind.TEXT: _ALWAYS | {"contains"},
        Kind.NUMBER: _ALWAYS | set(_BOUNDS),
        Kind.DATE: frozenset({"known", "before", "after"}),
        Kind.YES_NO: frozenset({"known", "equals", "differs"}),
        Kind.STAGE: _ALWAYS | set(_BOUNDS) | {"contains"},
        Kind.BUCKET: _ALWAYS | set(_BOUNDS),
        Kind.ANY: _ALWAYS | set(_BOUNDS) | {"contains"},
    }
)


class Comparison(BaseModel):
    """What is asked of one column; several operators must all hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    known: StrictBool | None = None
    equals: Value | None = Field(default=None, alias="is")
    differs: Value | None = Field(default=None, alias="is_not")
    among: tuple[Value, ...] | None = Field(default=None, alias="in")
    not_among: tuple[Value, ...] | None = Field(default=None, alias="not_in")
    at_least: float | str | None = None
    at_most: float | str | None = None
    more_than: float | str | None = None
    less_than: float | str | None = None
    before: date | None = None
    after: date | None = None
    contains: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def ask_something(self) -> Self:
        """Refuse a column without an operator."""
        if not self.model_fields_set:
            raise ValueError("write an operator: is, is_not, in, not_in, at_least, at_most, known, contains ...")
        return self

    def holds(self, value: Any, orders: Orders | None) -> bool:
        """Whether a value satisfies every operator; `orders` ranks the words of an ordered column."""
        return all(_TESTS[name](value, getattr(self, name), orders) for name in self.model_fields_set)


def _bound(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Orders | None], bool]:
    def test(value: Any, bound: Any, orders: Orders | None) -> bool:
        left = _rank(value, orders) if orders else _number(value)
        right = _rank(bound, orders) if orders else _number(bound)
        return left is not None and right is not None and compare(left, right)

    return test


def _rank(word: Any, orders: Orders) -> int | None:
    return orders.get(folded(word)) if isinstance(word, str) else None


def _number(value: Any) -> float | None:
    """A number, also where a custom column holds it as text; None for anything else."""
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return folded(value) == folded(wanted)
    return type(value) is bool and value is wanted if isinstance(wanted, bool) else value == wanted


_TESTS: Mapping[str, Callable[[Any, Any, Orders | None], bool]] = MappingProxyType(
    {
        "known": lambda value, wanted, _: (value is not None) == wanted,
        "equals": lambda value, wanted, _: value is not None and _same(value, wanted),
        "differs": lambda value, wanted, _: not _same(value, wanted),
        "among": lambda value, wanted, _: value is not None and any(_same(value, each) for each in wanted),
        "not_among": lambda value, wanted, _: not any(_same(value, each) for each in wanted),
        "before": lambda value, wanted, _: value is not None and value < wanted,
        "after": lambda value, wanted, _: value is not None and value > wanted,
        "contains": lambda value, wanted, _: value is not None and folded(wanted) in folded(str(value)),
        **{name: _bound(compare) for name, compare in _BOUNDS.items()},
    }
)


class Condition(BaseModel):
    """Comparisons by column, all of which must hold, and `any`, of which one must."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Comparison]

    any: tuple["Condition", ...] = ()

    @model_validator(mode="after")
    def fit_the_columns(self, info: ValidationInfo) -> Self:
        """Refuse columns that do not exist, operators that do not fit them and words without a rank."""
        for name, asked in self.comparisons.items():
            kind = kind_of(name)
            if kind is None:
                raise ValueError(unknown_field(name))
            _refuse_misfits(name, kind, asked)
            _refuse_unranked(name, kind, asked, info.context)
        return self

    @property
    def comparisons(self) -> dict[str, Comparison]:
        """What is asked of each column."""
        return self.__pydantic_extra__ or {}

    @property
    def names(self) -> frozenset[str]:
        """Every column asked about."""
        return frozenset(self.comparisons).union(*(choice.names for choice in self.any))

    def holds(self, row: Row, orders: Mapping[Kind, Orders]) -> bool:
        """Whether one deal's row satisfies the condition; `orders` ranks stages and buckets."""
        return all(
            asked.holds(row.get(name), orders.get(kind_of(name) or Kind.ANY))
            for name, asked in self.comparisons.items()
        ) and (not self.any or any(choice.holds(row, orders) for choice in self.any))


def orders_of(stages: StageModel) -> dict[Kind, Orders]:
    """Return the ranks of stages (by any of their names) and of health buckets, worst first."""
    return {
        Kind.STAGE: {name: stage.order for name, stage in stages.names()},
        Kind.BUCKET: {folded(bucket.value): rank for rank, bucket in enumerate(WORST_BUCKET_FIRST)},
    }


def unknown_field(name: str) -> str:
    """The sentence for a column nobody has, with the nearest one."""
    close = get_close_matches(name, FIELDS, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"use a column of `coach facets` or {CUSTOM}NAME"
    return f"unknown facet {name!r}; {hint}"


def _refuse_misfits(name: str, kind: Kind, asked: Comparison) -> None:
    misfits = asked.model_fields_set - _OPERATORS[kind]
    if misfits:
        aliases = {key: field.alias or key for key, field in Comparison.model_fields.items()}
        fitting = ", ".join(aliases[key] for key in aliases if key in _OPERATORS[kind])
        raise ValueError(f"{aliases[min(misfits)]} does not fit {name} ({kind.value}); use {fitting}")


def _refuse_unranked(name: str, kind: Kind, asked: Comparison, stages: Any) -> None:
    """Words compared with a stage or bucket must be one; stages are checked only where they are known."""
    if kind not in {Kind.STAGE, Kind.BUCKET} or not isinstance(stages, StageModel):
        return
    ranks = orders_of(stages)[kind]
    for word in _words(asked):
        if folded(str(word)) not in ranks:
            known = (
                [stage.name for stage in stages.stages] if kind is Kind.STAGE else [b.value for b in WORST_BUCKET_FIRST]
            )
            raise ValueError(f"{name}: no {kind.value} {word!r}; use {', '.join(known)}")


def _words(asked: Comparison) -> Sequence[Any]:
    single = [asked.equals, asked.differs, *(getattr(asked, name) for name in _BOUNDS)]
    return [word for word in (*single, *(asked.among or ()), *(asked.not_among or ())) if word is not None]
