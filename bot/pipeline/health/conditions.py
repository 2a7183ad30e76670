"""A condition of the health playbook and its two readings: true or false for one deal, a column for many.

Three-valued logic has no place in a rule table: a comparison with an unknown facet does not hold.
"""

import operator
from collections.abc import Callable
from difflib import get_close_matches
from functools import reduce
from types import MappingProxyType
from typing import Any, Self

import ibis
import ibis.expr.types as ir
from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from bot.pipeline.health.inputs import NAMES, NUMBERS, YES_NO, Inputs

Compare = Callable[[Any, Any], Any]

COMPARISONS: MappingProxyType[str, Compare] = MappingProxyType(
    {
        "at_least": operator.ge,
        "at_most": operator.le,
        "more_than": operator.gt,
        "less_than": operator.lt,
    }
)


class Comparison(BaseModel):
    """What is asked of one facet; several operators must all hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_least: float | None = None
    at_most: float | None = None
    more_than: float | None = None
    less_than: float | None = None
    equals: StrictBool | None = Field(default=None, alias="is")
    known: StrictBool | None = None

    @model_validator(mode="after")
    def ask_something(self) -> Self:
        """Refuse a facet without an operator."""
        if not self.model_fields_set:
            raise ValueError(f"write one of {', '.join(COMPARISONS)}, is, known")
        return self

    @property
    def bounds(self) -> list[tuple[Compare, float]]:
        """The numeric comparisons that are written, each with its number."""
        written = ((compare, getattr(self, name)) for name, compare in COMPARISONS.items())
        return [(compare, bound) for compare, bound in written if bound is not None]

    def holds(self, value: Any) -> bool:
        """Whether `value` satisfies every operator; an unknown one satisfies only `known: false`."""
        if self.known is not None and self.known != (value is not None):
            return False
        if self.equals is not None and value is not self.equals:
            return False
        return all(value is not None and compare(value, bound) for compare, bound in self.bounds)

    def column(self, value: ir.Column) -> ir.BooleanValue:
        """The same as `holds`, for a column; never NULL."""
        parts = [compare(value, bound).fill_null(False) for compare, bound in self.bounds]
        if self.known is not None:
            parts.append(value.notnull() if self.known else value.isnull())
        if self.equals is not None:
            parts.append((value == self.equals).fill_null(False))
        return reduce(operator.and_, parts)


class Condition(BaseModel):
    """Comparisons by facet name, all of which must hold, and `any`, of which one must."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Comparison]

    any: tuple["Condition", ...] = ()

    @model_validator(mode="after")
    def use_known_facets(self) -> Self:
        """Refuse facets that do not exist and operators that do not fit the kind of facet."""
        for name, asked in self.comparisons.items():
            if name not in NAMES:
                close = get_close_matches(name, NAMES, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(sorted(NAMES))}"
                raise ValueError(f"unknown facet {name!r}; {hint}")
            if asked.bounds and name not in NUMBERS:
                raise ValueError(f"{name} is not a number; compare it with `is` or `known`")
            if asked.equals is not None and name not in YES_NO:
                raise ValueError(f"{name} is not a yes/no facet; `is` does not fit it")
        return self

    @property
    def comparisons(self) -> dict[str, Comparison]:
        """What is asked of each facet."""
        return self.__pydantic_extra__ or {}

    def holds(self, inputs: Inputs) -> bool:
        """Whether one deal satisfies the condition."""
        return all(asked.holds(inputs[name]) for name, asked in self.comparisons.items()) and (
            not self.any or any(choice.holds(inputs) for choice in self.any)
        )

    def column(self, rows: ir.Table) -> ir.BooleanValue:
        """The same as `holds`, for a table of inputs; never NULL."""
        parts = [asked.column(rows[name]) for name, asked in self.comparisons.items()]
        if self.any:
            parts.append(reduce(operator.or_, [choice.column(rows) for choice in self.any]))
        return reduce(operator.and_, parts, ibis.literal(True))
