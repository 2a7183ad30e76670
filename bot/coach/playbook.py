"""The coach's own playbook files, loaded and checked together."""

from dataclasses import dataclass
from pathlib import Path

from bot.coach.evidence.cues import Cues
from bot.coach.qualify.playbook import MeddppiccPlaybook
from bot.coach.steps import ActionPlaybook
from bot.playbook import load_playbook


@dataclass(frozen=True, slots=True)
class CoachPlaybook:
    """What sales operations may edit about the coach's judgement."""

    meddppicc: MeddppiccPlaybook
    actions: ActionPlaybook
    cues: Cues

    @classmethod
    def load(cls, directory: Path) -> "CoachPlaybook":
        """Read the coach's files in `directory`. Raises PlaybookError naming file, line and field."""
        return cls(
            meddppicc=load_playbook(directory / "meddppicc.yaml", MeddppiccPlaybook),
            actions=load_playbook(directory / "actions.yaml", ActionPlaybook),
            cues=load_playbook(directory / "cues.yaml", Cues),
        )
