"""A baseline to be measured against: records and notes stuffed into one generous prompt, and nothing checked.

No access rules, no fence around untrusted text, no evidence rules, no grounding: what a quick integration would
ship. It serves `coach eval --with naive` and is on no path to a person.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.coach.evaluation.world import World
from bot.coach.llm.chat import Chat
from bot.coach.llm.errors import UnusableAnswer
from bot.coach.llm.prompts import Prompt, load_prompt
from bot.coach.llm.rules import ModelRules
from bot.coach.reply import Element, ElementStatus, Outcome
from bot.pipeline.brief import HealthBucket
from bot.pipeline.service import Pipeline
from bot.pipeline.statements import PipelineRules
from bot.pipeline.store import load_rows
from bot.playbook import load_playbook
from bot.resources import shipped
from bot.settings import Settings

PROMPT = "naive"
_CHARACTERS = 60_000
"""As much of the records as is stuffed into the prompt: about 15,000 tokens, which every current model takes."""
_STUFFED = ("opportunities", "contacts", "contact_roles", "activities", "notes", "stage_visits")
_BUCKETS = tuple(bucket.value for bucket in HealthBucket)


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Step(_Wire):
    owner: str
    due: str
    text: str


class _Answer(_Wire):
    outcome: Outcome
    text: str
    health_bucket: Literal["Good", "Average", "At Risk", "Poor", "none"]
    meddppicc: dict[Element, ElementStatus]
    next_steps: list[_Step]
    citations: list[str]


@dataclass(frozen=True, slots=True)
class NaiveBot:
    """A model with a prompt and nothing else."""

    chat: Chat
    prompt: Prompt
    rules: PipelineRules

    def answer(self, world: World) -> Mapping[str, Any]:
        """The text and the structured part of a reply line. Raises ModelError."""
        rendered = self.prompt.render({"records": self._records(world), "question": world.message})
        value = self.chat.ask(rendered, _SCHEMA).value
        try:
            answer = _Answer.model_validate(value).model_dump(mode="json")
        except ValidationError as error:
            raise UnusableAnswer("the answer has another shape") from error
        if answer["health_bucket"] == "none":
            answer["health_bucket"] = None
        return {"text": answer.pop("text"), "structured": answer}

    def _records(self, world: World) -> str:
        """Every record of the world with the computed facts of each deal, whoever asks."""
        pipeline = Pipeline(load_rows(world.tables, world.timezone).con, self.rules, world.timezone, world.benchmarks)
        stuffed = {name: world.tables.get(name, ()) for name in _STUFFED}
        facts = pipeline.facet_rows(world.as_of, include_closed=True)
        text = json.dumps({"today": world.as_of, "facts": facts} | stuffed, default=str, ensure_ascii=False)
        return text[:_CHARACTERS]


def open_naive(settings: Settings, rules: PipelineRules) -> NaiveBot:
    """The baseline on the configured model, nothing called yet. Raises PlaybookError or PromptError."""
    limits = load_playbook(settings.playbook_dir / "model.yaml", ModelRules)
    key = settings.openai_api_key
    chat = Chat(
        settings.model or limits.default_model,
        limits,
        api_key=key.get_secret_value() if key else None,
        base_url=settings.openai_base_url,
    )
    return NaiveBot(chat, load_prompt(shipped("prompts") / "baseline", PROMPT), rules)


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object", "additionalProperties": False, "properties": properties, "required": list(properties),
    }  # fmt: skip


def _one_of(values: list[str]) -> dict[str, Any]:
    return {"type": "string", "enum": values}


_TEXT = {"type": "string"}
_STATUS = _one_of([status.value for status in ElementStatus])
_SCHEMA: dict[str, Any] = {
    "title": "answer",
    "description": "The answer to the seller.",
    **_closed(
        {
            "outcome": _one_of([outcome.value for outcome in Outcome]),
            "text": _TEXT,
            "health_bucket": _one_of([*_BUCKETS, "none"]),
            "meddppicc": _closed({element.value: _STATUS for element in Element}),
            "next_steps": {"type": "array", "items": _closed({"owner": _TEXT, "due": _TEXT, "text": _TEXT})},
            "citations": {"type": "array", "items": _TEXT},
        }
    ),
}
