"""The model of `knowledge/playbook/conversation.yaml`."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.coach.evidence.cues import Pattern
from bot.coach.reply import Element


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TrialClose(_Model):
    """A low-stakes check: the elements it tests and its words."""

    name: str
    elements: tuple[Element, ...] = Field(min_length=1)
    text: str


class Objection(_Model):
    """One kind of objection: how it is recognised, clarified and validated; `elements` hold the evidence for it."""

    name: str
    label: str
    cue: Pattern
    clarify: str
    elements: tuple[Element, ...]
    validate_with: str = Field(alias="validate")


class DecisionRole(_Model):
    """A role a decision usually needs."""

    name: str
    crm_role: str
    titles: Pattern
    ask: str


class Barrier(_Model):
    """One kind of switching barrier with the move that lowers it."""

    name: str
    cue: Pattern
    move: str


class ConversationPlaybook(_Model):
    """Words for the next talk."""

    trial_closes: tuple[TrialClose, ...] = Field(min_length=1)
    objections: tuple[Objection, ...] = Field(min_length=1)
    roles: tuple[DecisionRole, ...] = Field(min_length=1)
    barriers: tuple[Barrier, ...] = Field(min_length=1)
    loop: tuple[str, ...]

    @model_validator(mode="after")
    def every_element_can_be_tested(self) -> Self:
        """Refuse a file in which a gap could have no trial close."""
        tested = {element for close in self.trial_closes for element in close.elements}
        missing = [element.value for element in Element if element not in tested]
        if missing:
            raise ValueError(f"no trial close tests {', '.join(missing)}")
        return self
