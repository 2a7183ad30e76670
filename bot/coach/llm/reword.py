"""The job of wording: facts, quotes and a draft in, claims out. What the claims are worth is checked elsewhere."""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.coach.ground.draft import Draft
from bot.coach.ground.model import Claim, Violation
from bot.coach.llm.client import Behalf, ModelClient
from bot.coach.llm.prompts import Prompt
from bot.coach.llm.wire import Wire, json_lines, list_schema, problem_lines, read_answer

JOB = "reword"
_NONE = ["none"]  # an enumeration must not be empty


class _Claim(Wire):
    text: str
    fact_ids: list[str]
    quote_ids: list[str]
    citation_keys: list[str]


class _Answer(Wire):
    claims: list[_Claim]


def reword(
    client: ModelClient, prompt: Prompt, draft: Draft, problems: Sequence[Violation], behalf: Behalf
) -> list[Claim]:
    """Ask for better words; `problems` are those of the last attempt. Raises what the client raises."""
    material = draft.material
    values = {
        "facts": json_lines({"id": fact.id, "fact": fact.text} for fact in material.facts),
        "quotes": json_lines(
            {"id": quote.id, "quote": quote.text, "said_by": quote.said_by, "key": quote.source or ""}
            for quote in material.quotes
        ),
        "draft": json_lines(
            {"line": line.text, "holds": sorted(line.holds, key=_quotes_first)} for line in draft.lines if line.open
        ),
        "problems": problem_lines(problems),
    }
    claims = read_answer(_Answer, client.ask(JOB, prompt, values, _schema(draft), behalf)).claims
    return [
        Claim(claim.text, tuple(claim.fact_ids), tuple(claim.quote_ids), tuple(claim.citation_keys)) for claim in claims
    ]


def _quotes_first(id_: str) -> tuple[bool, int]:
    return id_[0] != "q", int(id_[1:])


def _schema(draft: Draft) -> dict[str, Any]:
    """The shape of the answer. Ids are enumerated, so a server that keeps to schemas cannot invent one."""
    material = draft.material
    sources = sorted({quote.source for quote in material.quotes if quote.source})
    claim = {
        "text": {"type": "string"},
        "fact_ids": _ids(fact.id for fact in material.facts),
        "quote_ids": _ids(quote.id for quote in material.quotes),
        "citation_keys": _ids(sources),
    }
    return list_schema("claims", "Statements with what they rest on.", "claims", claim)


def _ids(ids: Iterable[str]) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "enum": list(ids) or _NONE}}
