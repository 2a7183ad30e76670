"""What a CRM that can be written to is to the rest of the house, beside `Source`, which only reads.

A writer writes what it is told and decides nothing. It never overwrites what the person has not seen: right before
a change it reads the record again, and refuses if the record is another one than it was shown. A write that got no
answer is never sent twice: the record is read, and says what became of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from bot.pipeline.sources.protocol import SourceError, SourceUnavailable

NEXT_STEP, CLOSE_DATE, STAGE = "next_step", "close_date", "stage"
NOTE, TASK = "note", "task"
PLAN = "plan:"
"""Before the name of a field of the command plan (`command_plan` in crm.yaml)."""


class FieldKind(StrEnum):
    """What may be put into a field."""

    TEXT = "text"
    LINES = "lines"
    """A text of several lines."""
    DAY = "day"
    CHOICE = "choice"
    """One of the choices of a `Standing`."""


@dataclass(frozen=True, slots=True)
class WritableField:
    """A field of the deal that may be written today. `longest` is in characters; None = no limit is known."""

    kind: FieldKind
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Writable:
    """What may be written today, learnt by asking the CRM: fields by target, and whether notes and tasks may be added.

    `problems` say what may not and what to grant.
    """

    fields: Mapping[str, WritableField]
    adds: Mapping[str, WritableField]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a field may take: as the CRM spells it, and as people read it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How one field of a deal stands in the CRM right now.

    `value` is as the CRM spells it, `shown` as people read it; None = empty. `version` moves whenever somebody else
    changes what was read. Of a note or task about to be added, both values are None.
    """

    deal_id: str
    deal_name: str
    owner_id: str | None
    is_open: bool
    target: str
    value: str | None
    shown: str | None
    version: str
    choices: tuple[Choice, ...] = ()

    def is_still(self, other: "Standing") -> bool:
        """Whether nothing that was read has changed."""
        return (self.value, self.version, self.is_open) == (other.value, other.version, other.is_open)


@dataclass(frozen=True, slots=True)
class Addition:
    """A note or a task to add to a deal, in the name of `owner_id`; `at` is now, `due` a task's day."""

    target: str
    title: str
    text: str
    owner_id: str
    at: datetime
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What was added; `version` None = not known, so it cannot be taken away again from here."""

    record_id: str
    version: str | None


class Writer(Protocol):
    """A CRM that can be written to. Methods raise SourceError (nothing was written), and those below."""

    @property
    def name(self) -> str:
        """The name people sync it by, for example `salesforce`."""
        ...

    @property
    def title(self) -> str:
        """The name people know it by, for example `Salesforce`."""
        ...

    def knows(self, deal_id: str) -> bool:
        """Whether an id could be one of this CRM's deals, judged by its form."""
        ...

    def describe(self) -> Writable:
        """Ask what may be written today."""
        ...

    def read(self, deal_id: str, target: str) -> Standing:
        """Read a field of a deal as it is now. Raises WriteRefused if the deal is gone."""
        ...

    def may_edit(self, deal_id: str, user_id: str) -> bool | None:
        """Whether the CRM itself lets this person edit the deal; None if it does not tell."""
        ...

    def change(self, seen: Standing, value: str | None) -> Standing | None:
        """Write `value` unless the field moved since `seen`; returns how it stands then, None if that is not known.

        Raises WriteConflict, WriteRefused or WriteLost.
        """
        ...

    def add(self, seen: Standing, addition: Addition) -> Added:
        """Add a note or task to the deal. Raises WriteRefused or WriteLost."""
        ...

    def remove(self, target: str, record_id: str, version: str) -> None:
        """Take an added note or task away. Raises WriteConflict if it was edited, WriteRefused or WriteLost."""
        ...


class WriteRefused(SourceError):  # noqa: N818 - a decision
    """The CRM does not allow it; nothing was written. The message is a sentence for the person."""


class WriteLost(SourceError):  # noqa: N818 - a state
    """The CRM gave no answer and cannot be asked what became of the write."""


class WriteConflict(SourceError):  # noqa: N818 - a state
    """The record changed since it was shown; nothing was written. `now` is how it stands, None if it is gone."""

    def __init__(self, now: Standing | None = None) -> None:
        super().__init__("the record changed since it was shown")
        self.now = now


@dataclass(frozen=True, slots=True)
class Change:
    """One change about to be sent: how to read the field, and how to send it given how it stands."""

    read: Callable[[], Standing]
    send: Callable[[Standing], None]
    same: Callable[[str | None, str | None], bool] = field(default=lambda one, other: one == other)


def settle(change: Change, seen: Standing, value: str | None) -> Standing | None:
    """Read, compare with `seen`, send, read again; as `Writer.change`."""
    now = change.read()
    if not now.is_still(seen):
        raise WriteConflict(now)
    try:
        change.send(now)
    except WriteLost:
        return _what_became_of(change, now, value)
    except WriteConflict as conflict:  # somebody was faster between reading and sending
        raise WriteConflict(change.read()) from conflict
    try:
        return change.read()
    except SourceError:  # it is written; only how it stands now is not known
        return None


def _what_became_of(change: Change, before: Standing, value: str | None) -> Standing:
    """Return how the field stands if the unanswered write arrived. Raises SourceUnavailable if it did not."""
    try:
        now = change.read()
    except SourceError as error:
        raise WriteLost("no answer, twice") from error
    if change.same(now.value, value):
        return now
    if now.is_still(before):
        raise SourceUnavailable("the change did not arrive")
    raise WriteConflict(now)


def mapped_fields(opportunities: Mapping[str, str | None], plan: Mapping[str, str], *, stage: str) -> dict[str, str]:
    """The CRM's own field behind each target, as crm.yaml maps them; a target without one is left out."""
    named = {target: opportunities.get(target) for target in (NEXT_STEP, CLOSE_DATE)}
    planned = {f"{PLAN}{name}": field for name, field in plan.items()}
    return {target: field for target, field in (named | {STAGE: stage} | planned).items() if field}


def writable_field(target: str, *, takes_lines: bool, longest: int | None) -> WritableField:
    """What may be put into the field of a target; `takes_lines` and `longest` count for text."""
    if target == CLOSE_DATE:
        return WritableField(FieldKind.DAY)
    if target == STAGE:
        return WritableField(FieldKind.CHOICE)
    return WritableField(FieldKind.LINES if takes_lines else FieldKind.TEXT, longest)
