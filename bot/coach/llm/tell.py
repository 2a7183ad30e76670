"""The job of telling: points in, one claim a point out, each handed on as soon as it is written.

What the claims are worth is checked elsewhere.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json

from bot.coach.ground.model import Violation
from bot.coach.ground.points import Point
from bot.coach.llm.client import Behalf, ModelClient
from bot.coach.llm.errors import UnusableAnswer
from bot.coach.llm.prompts import Prompt

JOB = "tell"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Claim(_Wire):
    point: str
    text: str


class _Answer(_Wire):
    claims: list[_Claim]


@dataclass(frozen=True, slots=True)
class Told:
    """Words for the point with this id."""

    point: str
    text: str


def tell(
    client: ModelClient,
    prompt: Prompt,
    points: Sequence[Point],
    question: str,
    problems: Sequence[Violation],
    behalf: Behalf,
    said: Callable[[Told], None],
) -> None:
    """Ask for words and call `said` with each claim once it is whole; after a call anew all come again.

    `problems` are those of the last attempt. Raises what the client raises; what was said before still counts.
    """
    values = {
        "question": question,
        "points": _lines(_row(point) for point in points),
        "problems": _lines({"sentence": problem.sentence, "problem": problem.detail} for problem in problems),
    }
    heard = 0

    def listen(written: str) -> None:
        nonlocal heard
        claims = whole_claims(written)
        for claim in claims[heard:]:
            said(claim)
        heard = len(claims)

    answer = client.ask(JOB, prompt, values, _schema(points), behalf, listen)
    try:
        _Answer.model_validate(answer)
    except ValidationError as error:
        raise UnusableAnswer("the answer has another shape") from error


def whole_claims(written: str) -> list[Told]:
    """The claims of an answer that is still being written, without the one that may still grow.

    A claim is whole when the answer could end after it, or when the next one has begun.
    """
    stem = written.rstrip(" \n\t\r,")
    ends = (_claims(stem + end, partial=False) for end in ("]}", "}", ""))
    ended = next((claims for claims in ends if claims is not None), None)
    if ended is None:
        ended = (_claims(written, partial=True) or [])[:-1]
    return [Told(claim["point"], claim["text"]) for claim in ended if _is_claim(claim)]


def _claims(text: str, *, partial: bool) -> list[Any] | None:
    try:
        answer = from_json(text, allow_partial=partial)
    except ValueError:
        return None
    claims = answer.get("claims") if isinstance(answer, dict) else None
    return claims if isinstance(claims, list) else None


def _is_claim(claim: Any) -> bool:
    return isinstance(claim, dict) and all(isinstance(claim.get(name), str) for name in ("point", "text"))


def _row(point: Point) -> dict[str, Any]:
    said = {"fact": point.fact.text, "quote": ""} if point.fact else {"fact": "", "quote": point.text}
    return {"id": point.id, "label": point.label, "must": point.must, **said}


def _lines(rows: Iterable[dict[str, Any]]) -> str:
    """One JSON object a line: a text cannot break out of its line and pass for another."""
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def _schema(points: Sequence[Point]) -> dict[str, Any]:
    """The shape of the answer. Points are enumerated, so a server that keeps to schemas cannot invent one."""
    claim = {"point": {"type": "string", "enum": [point.id for point in points]}, "text": {"type": "string"}}
    claims = {"type": "array", "items": _object(claim)}
    return {"title": "claims", "description": "One sentence for each point.", **_object({"claims": claims})}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
