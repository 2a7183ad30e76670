"""The health playbook as typed data: points, caps, override and cut-offs (DOMAIN 2.5).

Loaded from `knowledge/playbook/health.yaml`; whatever cannot be evaluated is refused on load with its line.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.pipeline.brief import HealthBucket
from bot.pipeline.health.conditions import Condition
from bot.pipeline.health.inputs import NUMBERS, YES_NO
from bot.pipeline.health.words import WORDS, placeholders
from bot.pipeline.model import DealType
from bot.playbook import load_playbook


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _templates(says: object) -> object:
    """Accept one text or a list of texts; refuse names no deal has."""
    texts = [says] if isinstance(says, str) else says
    for text in texts if isinstance(texts, Sequence) else ():
        unknown = set(placeholders(str(text))) - WORDS
        if unknown:
            raise ValueError(f"{text!r} quotes {sorted(unknown)}; use {', '.join(sorted(WORDS))}")
    return texts


Templates = Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_templates)]
Codes = tuple[str, ...]


class Line(_Strict):
    """Points for a condition, unless one of the named signals already scored."""

    points: int
    when: Condition
    unless: Codes = ()
    says: Templates


class SignalRule(_Strict):
    """One signal: the first of its lines that holds counts."""

    code: str
    title: str
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]


class CutOff(_Strict):
    """The lowest net points of a bucket; none for the last one."""

    bucket: HealthBucket
    at_least: int | None = None


class Score(_Strict):
    """How net points become a number from 0 to 100, for sorting only."""

    base: int
    per_point: int

    def of(self, net: int) -> int:
        """Return the score of `net` points."""
        return min(100, max(0, self.base + self.per_point * net))


class Reason(_Strict):
    """A condition and how to say it."""

    when: Condition
    says: Templates


class CapRule(_Strict):
    """The best bucket allowed while the condition holds and, if `fired` is given, one of those scored."""

    code: str
    best: HealthBucket
    only: DealType | None = None
    when: Condition = Condition()
    fired: Codes = ()
    says: Templates


class OverrideRule(_Strict):
    """A bucket that holds whatever points and caps say."""

    code: str
    bucket: HealthBucket
    only: DealType | None = None
    when: Condition
    says: Templates


class WhatIf(_Strict):
    """One single change of a deal: facets that get a value and facets that grow."""

    says: str
    when: Condition = Condition()
    set: dict[str, float | bool] = {}
    add: dict[str, int] = {}

    @model_validator(mode="after")
    def change_known_facets(self) -> Self:
        """Refuse changes of facets that do not exist."""
        unknown = (self.set.keys() | self.add.keys()) - NUMBERS - YES_NO
        if unknown or not (self.set or self.add):
            raise ValueError(f"`set` or `add` must name facets; unknown: {sorted(unknown)}")
        return self


class HealthRules(_Strict):
    """The whole rule table.

    Raises ValidationError for cut-offs that do not fall, a missing table, a code used twice, and an
    `unless` or `fired` that names no earlier signal.
    """

    cut_offs: tuple[CutOff, ...]
    score: Score
    insufficient: tuple[Reason, ...]
    tables: dict[DealType, tuple[SignalRule, ...]]
    caps: tuple[CapRule, ...] = ()
    overrides: tuple[OverrideRule, ...] = ()
    what_if: tuple[WhatIf, ...] = ()

    @model_validator(mode="after")
    def be_decidable(self) -> Self:
        """Refuse tables under which a deal would have no bucket, or two."""
        self._check_cut_offs()
        if missing := set(DealType) - self.tables.keys():
            raise ValueError(f"tables: no table for {', '.join(sorted(missing))}")
        signals = [signal.code for table in self.tables.values() for signal in table]
        codes = signals + [cap.code for cap in self.caps] + [rule.code for rule in self.overrides]
        if repeated := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"the codes {repeated} are used twice")
        for table in self.tables.values():
            _check_unless(table)
        for cap in self.caps:
            _refuse_unknown(cap.fired, signals, f"caps: {cap.code}: fired")
        return self

    def _check_cut_offs(self) -> None:
        buckets = [cut.bucket for cut in self.cut_offs]
        if buckets != list(HealthBucket):
            raise ValueError(f"cut_offs: list each of {', '.join(HealthBucket)} once, best first")
        floors = [cut.at_least for cut in self.cut_offs]
        if floors[-1] is not None or None in floors[:-1]:
            raise ValueError("cut_offs: every bucket but the last needs at_least, the last has none")
        for above, below in pairwise(floor for floor in floors if floor is not None):
            if below >= above:
                raise ValueError(f"cut_offs: floors must fall, but {below} follows {above}")

    def signals(self, deal_type: DealType) -> tuple[SignalRule, ...]:
        """Return the signals of one motion, in order."""
        return self.tables[deal_type]

    def bucket_of(self, net: int) -> HealthBucket:
        """Return the bucket of `net` points before caps."""
        return next(cut.bucket for cut in self.cut_offs if cut.at_least is None or net >= cut.at_least)


def _check_unless(table: Sequence[SignalRule]) -> None:
    before: list[str] = []
    for signal in table:
        for line in signal.lines:
            _refuse_unknown(line.unless, before, f"tables: {signal.code}: unless")
        before.append(signal.code)


def _refuse_unknown(named: Iterable[str], known: Sequence[str], field: str) -> None:
    for code in named:
        if code not in known:
            raise ValueError(f"{field} names {code!r}, which is no signal before it")


def load_health(playbook_dir: Path) -> HealthRules:
    """Read `health.yaml` of a playbook folder. Raises PlaybookError with file, line and field."""
    return load_playbook(playbook_dir / "health.yaml", HealthRules)
