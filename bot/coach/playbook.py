"""The coach's own playbook files, loaded and checked together."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.coach.actions import ConcretenessRules
from bot.coach.consults.rules import ConsultRules
from bot.coach.conversation import ConversationPlaybook
from bot.coach.drafts.playbook import DraftPlaybook
from bot.coach.evidence.cues import Cues
from bot.coach.mutual_rules import MutualPlanRules
from bot.coach.phrases import PhraseBook
from bot.coach.qualify.playbook import MeddppiccPlaybook
from bot.coach.results_playbook import ResultPlaybook
from bot.coach.rubrics.playbook import RubricPlaybook
from bot.coach.steps import ActionPlaybook
from bot.playbook import load_playbook


class ShownFields(BaseModel):
    """`fields.yaml`: custom CRM fields an answer may show (DOMAIN 2.3, custom details)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shown: tuple[str, ...]

    def of(self, custom: Mapping[str, Any]) -> dict[str, str]:
        """The allowed fields that hold something, under readable names."""
        return {
            name.replace("_", " "): str(value)
            for name, value in custom.items()
            if value not in (None, "") and any(fnmatch(name.casefold(), pattern) for pattern in self.shown)
        }


@dataclass(frozen=True, slots=True)
class CoachPlaybook:
    """What sales operations may edit about the coach's judgement."""

    meddppicc: MeddppiccPlaybook
    actions: ActionPlaybook
    cues: Cues
    fields: ShownFields
    concreteness: ConcretenessRules
    consult: ConsultRules
    rubrics: RubricPlaybook
    drafts: DraftPlaybook
    conversation: ConversationPlaybook
    results: ResultPlaybook
    phrases: PhraseBook
    mutual_plan: MutualPlanRules

    @classmethod
    def load(cls, directory: Path) -> "CoachPlaybook":
        """Read the coach's files in `directory`. Raises PlaybookError naming file, line and field."""
        return cls(
            meddppicc=load_playbook(directory / "meddppicc.yaml", MeddppiccPlaybook),
            actions=load_playbook(directory / "actions.yaml", ActionPlaybook),
            cues=load_playbook(directory / "cues.yaml", Cues),
            fields=load_playbook(directory / "fields.yaml", ShownFields),
            concreteness=load_playbook(directory / "concreteness.yaml", ConcretenessRules),
            consult=load_playbook(directory / "consult.yaml", ConsultRules),
            rubrics=load_playbook(directory / "rubrics.yaml", RubricPlaybook),
            drafts=load_playbook(directory / "drafts.yaml", DraftPlaybook),
            conversation=load_playbook(directory / "conversation.yaml", ConversationPlaybook),
            results=ResultPlaybook.load(directory),
            phrases=load_playbook(directory / "phrases.yaml", PhraseBook),
            mutual_plan=load_playbook(directory / "mutual_plan.yaml", MutualPlanRules),
        )
