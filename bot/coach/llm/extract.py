"""The job of reading: sentences of notes and mails in, proposed evidence out, each with its verbatim quote."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.coach.evidence.cues import Cues
from bot.coach.evidence.model import Statement
from bot.coach.evidence.statements import Statements
from bot.coach.ground.evidence import Proposal, speaker_of, traits_of
from bot.coach.llm.client import Behalf, ModelClient
from bot.coach.llm.prompts import Prompt
from bot.coach.llm.rules import ExtractRules
from bot.coach.llm.wire import Wire, json_lines, list_schema, read_answer
from bot.coach.reply import Element

JOB = "extract"


class _Item(Wire):
    element: str
    trait: str
    quote: str
    source: str
    speaker: str
    date: str


class _Answer(Wire):
    items: list[_Item]


def extract(
    client: ModelClient, prompt: Prompt, statements: Statements, cues: Cues, rules: ExtractRules, behalf: Behalf
) -> list[Proposal]:
    """Ask which sentences are evidence of what. Without a sentence to read nothing is asked.

    Only sentences that code trusts are sent: no quoted history, nothing aimed at software. Raises what
    the client raises.
    """
    shown = _newest(statements.items, rules)
    if not shown:
        return []
    sources = {source: f"s{place}" for place, source in enumerate(dict.fromkeys(item.source_id for item in shown), 1)}
    traits = traits_of(cues)
    values = {
        "statements": json_lines(_row(item, sources) for item in shown),
        "traits": "\n".join(f"{element.value}: {', '.join(names)}" for element, names in traits.items()),
    }
    answer = client.ask(JOB, prompt, values, _schema(traits, list(sources.values())), behalf)
    items = read_answer(_Answer, answer).items
    names = {alias: source for source, alias in sources.items()}
    return [_proposal(item, names) for item in items]


def _newest(items: Sequence[Statement], rules: ExtractRules) -> list[Statement]:
    shown: list[Statement] = []
    room = rules.characters
    for item in items[: rules.statements]:
        room -= len(item.quote)
        if room < 0:
            break
        shown.append(item)
    return shown


def _row(item: Statement, sources: dict[str, str]) -> dict[str, str]:
    side = "partner" if item.from_partner else "buyer" if item.by_buyer else "seller's note"
    return {
        "source": sources[item.source_id],
        "speaker": speaker_of(item),
        "side": side,
        "date": item.on.isoformat(),
        "sentence": item.quote,
    }


def _proposal(item: _Item, names: dict[str, str]) -> Proposal:
    known = {element.value for element in Element}
    try:
        on: date | None = date.fromisoformat(item.date)
    except ValueError:
        on = None
    return Proposal(
        element=Element(item.element) if item.element in known else None,
        trait=item.trait,
        quote=item.quote,
        source_id=names.get(item.source, ""),
        speaker=item.speaker,
        on=on,
    )


def _schema(traits: dict[Element, tuple[str, ...]], sources: list[str]) -> dict[str, Any]:
    item = {
        "element": {"type": "string", "enum": [element.value for element in traits]},
        "trait": {"type": "string", "enum": sorted({name for names in traits.values() for name in names})},
        "quote": {"type": "string"},
        "source": {"type": "string", "enum": sources},
        "speaker": {"type": "string"},
        "date": {"type": "string"},
    }
    return list_schema("evidence", "Sentences that are evidence.", "items", item)
