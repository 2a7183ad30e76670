"""The model of `knowledge/playbook/drafts.yaml`."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.coach.reply import Element


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AgendaPart(_Model):
    """One part of a meeting: its minutes and its text with `{topic}` or `{next_topic}`."""

    minutes: int = Field(gt=0)
    text: str


class DraftPlaybook(_Model):
    """Words of drafts."""

    open_points: dict[Element, str]
    agenda: tuple[AgendaPart, ...] = Field(min_length=1)
    confirm: str

    @model_validator(mode="after")
    def every_element_has_words(self) -> Self:
        """Refuse a file that leaves an element without words for the buyer."""
        missing = [element.value for element in Element if element not in self.open_points]
        if missing:
            raise ValueError(f"open_points lacks {', '.join(missing)}")
        return self
