"""The model of `knowledge/playbook/meddppicc.yaml`."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.coach.reply import Element

Level = int  # 0 nothing, 1 partial, 2 confirmed


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ElementAction(_Model):
    """What to do about a gap; `days` are working days, `{contact}` and `{account}` are filled in."""

    text: str
    done_when: str
    days: int = Field(ge=0, le=30)


class ElementRule(_Model):
    """One element: its weight, the level each stage demands and how long proof lasts (DOMAIN 3.2).

    `met` is what to do where the person it turns on is in contact already.
    """

    weight: int = Field(ge=0)
    weight_late: int | None = None
    weight_attached: int | None = None
    required: dict[str, Level]
    shelf_life_days: int = Field(gt=0)
    shelf_life_days_near_close: int | None = None
    unknown: str
    query: str
    questions: tuple[str, ...] = Field(min_length=1)
    actions: tuple[ElementAction, ...] = Field(min_length=1)
    met: ElementAction | None = None


class MeddppiccPlaybook(_Model):
    """All elements plus the rules that make a gap critical."""

    partner: bool
    full_check_from: float
    critical_within_days: int
    critical_elements: frozenset[Element]
    late_stages: tuple[str, ...]
    elements: dict[Element, ElementRule]

    @model_validator(mode="after")
    def every_element_is_configured(self) -> "MeddppiccPlaybook":
        """Refuse a file that forgets an element, or elements that disagree about the stages."""
        missing = [element.value for element in Element if element not in self.elements]
        if missing:
            raise ValueError(f"these elements are missing: {', '.join(missing)}")
        stages = {tuple(rule.required) for rule in self.elements.values()}
        if len(stages) > 1:
            raise ValueError("every element must name the same stages, in the same order, under `required`")
        return self

    def stages(self) -> tuple[str, ...]:
        """The stages of the matrix in order."""
        return tuple(next(iter(self.elements.values())).required)

    def next_stage(self, stage: str) -> str | None:
        """The stage after `stage`, or None for the last or an unknown one."""
        stages = self.stages()
        place = stages.index(stage) + 1 if stage in stages else len(stages)
        return stages[place] if place < len(stages) else None
