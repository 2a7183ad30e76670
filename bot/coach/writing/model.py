"""The nouns of writing: what is proposed, the form it is filled in with, the preview a person confirms, the result."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.memory import CrmWrite
from bot.pipeline.sources.writer import NOTE, PLAN, TASK, Standing, WritableField

_LABELS = {"next_step": "Next step", "close_date": "Close date", "stage": "Stage", NOTE: "Note", TASK: "Task"}


class NotWritable(Exception):  # noqa: N818 - a decision, not a failure
    """Nothing is written; the message is a plain sentence that says why."""


class Unfit(Exception):  # noqa: N818 - something to correct
    """What was entered cannot be written; `entry` names the input to correct, the message says how."""

    def __init__(self, entry: str, reason: str) -> None:
        super().__init__(reason)
        self.entry = entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody may want to write. `target` None = still to be chosen; `text` and `due` None = to be filled in.

    `text` is the value of a field as people write it, the body of a note, or what a task asks for.
    """

    deal_id: str
    target: str | None = None
    text: str | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What can be filled in for one target, beside how the record stands now.

    `targets` are what may be written at all, with their labels; `proposal` is what was proposed, `key` its key.
    """

    key: str
    proposal: Proposal
    crm: str
    target: str
    targets: tuple[tuple[str, str], ...]
    field: WritableField
    now: Standing

    def with_entries(self, text: str | None, due: date | None) -> "Form":
        """The form with what somebody entered."""
        return replace(self, proposal=replace(self.proposal, target=self.target, text=text, due=due))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What will be written if the person confirms: `old` → `new`, as people read them. None = empty.

    `proposal` is the key under which it can be filled in again. `notices` are worth a thought first.
    """

    key: str
    proposal: str
    crm: str
    deal_name: str
    target: str
    old: str | None
    new: str | None
    due: date | None
    by_name: str
    read_at: datetime
    notices: tuple[str, ...] = ()

    @property
    def adds(self) -> bool:
        """Whether something is added rather than changed."""
        return self.target in (NOTE, TASK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a write or an undoing, with a sentence that says so.

    `again` is a fresh preview where the record had changed; `proposal` the key to fill in again where that may help.
    """

    write: CrmWrite
    sentence: str
    can_undo: bool = False
    again: Preview | None = None
    proposal: str | None = None


def label_of(target: str) -> str:
    """Return a target in words, as a heading."""
    return _LABELS.get(target) or target.removeprefix(PLAN).replace("_", " ").capitalize()
