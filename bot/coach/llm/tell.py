"""The job of telling: points in, one claim a point out, each handed on as soon as it is written.

What the claims are worth is checked elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from bot.coach.ground.model import Violation
from bot.coach.ground.points import Point
from bot.coach.llm.client import Behalf, ModelClient
from bot.coach.llm.prompts import Prompt
from bot.coach.llm.wire import Wire, json_lines, list_schema, problem_lines, read_answer

JOB = "tell"


class _Claim(Wire):
    point: str
    text: str


class _Answer(Wire):
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
        "points": json_lines(map(_row, points)),
        "problems": problem_lines(problems),
    }
    heard = 0

    def listen(written: str) -> None:
        nonlocal heard
        claims = whole_claims(written)
        for claim in claims[heard:]:
            said(claim)
        heard = len(claims)

    read_answer(_Answer, client.ask(JOB, prompt, values, _schema(points), behalf, listen))


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


def _schema(points: Sequence[Point]) -> dict[str, Any]:
    """The shape of the answer. Points are enumerated, so a server that keeps to schemas cannot invent one."""
    claim = {"point": {"type": "string", "enum": [point.id for point in points]}, "text": {"type": "string"}}
    return list_schema("claims", "One sentence for each point.", "claims", claim)
