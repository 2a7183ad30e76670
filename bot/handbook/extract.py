"""What reading one file gives: its text, or the reason why there is none."""

from dataclasses import dataclass, field

from bot.handbook.model import Questions, Tags


class Unreadable(ValueError):  # noqa: N818 - says what is the matter
    """This file cannot be read. Carries the reason and the fix for the report."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.reason, self.fix = reason, fix


@dataclass(frozen=True, slots=True)
class Extract:
    """Text of a file. `warning` is a (reason, fix) that did not stop the file from being read."""

    text: str
    markdown: bool
    title: str | None = None
    tags: Tags = field(default_factory=Tags)
    questions: Questions = field(default_factory=Questions)
    warning: tuple[str, str] | None = None
