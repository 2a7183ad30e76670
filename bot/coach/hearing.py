"""What is heard of a model at work under an answer: only what may be shown at once."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.coach.reply import CoachReply


class Phase(StrEnum):
    """What the model is busy with."""

    READING = "reading"
    TELLING = "telling"


@dataclass(frozen=True, slots=True)
class Begun:
    """Work goes on to this phase."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class Informed:
    """Code's answer over new evidence; it takes the place of the answer that is out."""

    reply: CoachReply


@dataclass(frozen=True, slots=True)
class Sentence:
    """One checked sentence with what it is about; never taken back."""

    label: str
    words: str


Heard: TypeAlias = Begun | Informed | Sentence
Hear: TypeAlias = Callable[[Heard], None]
"""Is called, in the thread that works, with each thing as soon as it may be shown."""
