"""The form of what is sent to a model and what comes back, the same for every job."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.coach.ground.model import Violation
from bot.coach.llm.errors import UnusableAnswer


class Wire(BaseModel):
    """Part of an answer: every field there, none besides, each of its type."""

    model_config = ConfigDict(extra="forbid", strict=True)


Answer = TypeVar("Answer", bound=Wire)


def read_answer(shape: type[Answer], answer: Mapping[str, Any]) -> Answer:
    """The answer in its shape. Raises UnusableAnswer: servers differ in how well they keep to a schema."""
    try:
        return shape.model_validate(answer)
    except ValidationError as error:
        raise UnusableAnswer("the answer has another shape") from error


def json_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    """One JSON object a line: a text cannot break out of its line and pass for another."""
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def problem_lines(problems: Iterable[Violation]) -> str:
    """What was wrong with the last attempt, for the next one."""
    return json_lines({"sentence": problem.sentence, "problem": problem.detail} for problem in problems)


def list_schema(title: str, description: str, field: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON schema of an answer `{field: [item, …]}`; `item` maps the fields of one to their schemas."""
    items = {"type": "array", "items": object_schema(item)}
    return {"title": title, "description": description, **object_schema({field: items})}


def object_schema(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON schema of an object with exactly these fields."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
