"""Evidence a model pointed at earlier: remembered, and held against the record again whenever it is used.

Three things can end it: its source reads differently now or is gone, the rules of today refuse it, a person disputed
it. It never confirms an element; the same modesty holds as on the day it was read.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.coach.evidence.model import Evidence, ReadByModel
from bot.coach.ground.evidence import EvidenceCheck, Proposal, speaker_of
from bot.coach.ground.lexicon import Lexicon
from bot.coach.llm.rules import ModelRules
from bot.coach.playbook import CoachPlaybook
from bot.coach.qualify.meddppicc import qualify
from bot.coach.reply import Element
from bot.coach.view import DealView, view_deal
from bot.handbook.search import Handbook
from bot.memory import KeptReading, Memory, NewReading, reading_key
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import Activity, Deal, Note
from bot.playbook import load_playbook

_ELEMENTS = {element.value: element for element in Element}


@dataclass(frozen=True, slots=True)
class ReadHow:
    """By which model, with which prompt (`id@version`), on whose question and when something was read."""

    model: str
    prompt: str
    asker_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recall:
    """What models read in deals before, as far as it still holds. All methods block."""

    memory: Memory
    check: EvidenceCheck
    playbook: CoachPlaybook

    def view(self, brief: DealBrief, handbook: Handbook | None) -> DealView:
        """One deal judged with everything that is remembered of it. Whoever calls has checked access."""
        kept = self.memory.readings.of_deal(brief.deal.id)
        if not kept:
            return view_deal(brief, self.playbook, handbook)
        evidence = self.evidence(kept, view_deal(brief, self.playbook, None))
        return view_deal(brief, self.playbook, handbook, evidence)

    def evidence(self, kept: Sequence[KeptReading], view: DealView) -> tuple[Evidence, ...]:
        """The readings that still hold, as evidence; `view` is the deal judged without them."""
        prints = fingerprints(view.brief.deal)
        current = [each for each in kept if prints.get(each.source_id) == each.source_hash]
        speakers = {(item.source_id, item.quote): speaker_of(item) for item in view.statements.items}
        proposals = [
            Proposal(element, trait, each.quote, each.source_id, speaker, each.said_on)
            for each in current
            if (speaker := speakers.get((each.source_id, each.quote))) and (element := _ELEMENTS.get(each.element))
            for trait in each.traits
        ]
        admitted = self.check.readmit(
            proposals, view.statements, view.ledger, lambda ledger: qualify(ledger, view.brief, self.playbook.meddppicc)
        )
        readings = {each.key: each for each in current}
        return tuple(_marked(item, readings[_key_of(view.brief.deal, item)]) for item in admitted.evidence)

    def undisputed(self, deal: Deal, evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """The evidence nobody took out before."""
        disputed = self.memory.readings.disputed_keys(deal.id)
        return tuple(item for item in evidence if _key_of(deal, item) not in disputed)

    def keep(self, deal: Deal, evidence: Iterable[Evidence], how: ReadHow) -> None:
        """Remember what a model pointed at and code admitted."""
        prints = fingerprints(deal)
        traits: dict[tuple[Element, str, str], list[Evidence]] = {}
        for item in evidence:
            traits.setdefault((item.element, item.source_id, item.quote), []).append(item)
        self.memory.readings.keep(_new(same, deal, prints[same[0].source_id], how) for same in traits.values())

    def dispute(self, deal_id: str, reading_id: int, by_id: str, now: datetime) -> bool:
        """A person says a sentence proves nothing: it never counts again; False if it had gone already."""
        return self.memory.readings.dispute(reading_id, deal_id, by_id, now)

    def forget_outdated(self, current: Callable[[Collection[str]], Iterable[Deal]]) -> int:
        """Delete the words of sources that changed or went away; returns how many.

        `current` returns those of some deals that there still are: what was read in the others is gone too.
        """
        read = self.memory.readings.sources()
        kept = {deal.id: fingerprints(deal) for deal in current(read)}
        return sum(self._forget(deal_id, sources, kept.get(deal_id, {})) for deal_id, sources in read.items())

    def _forget(self, deal_id: str, sources: Mapping[str, Collection[str]], prints: Mapping[str, str]) -> int:
        outdated = {each for source, hashes in sources.items() for each in hashes if prints.get(source) != each}
        return self.memory.readings.forget(deal_id, outdated) if outdated else 0


def fingerprints(deal: Deal) -> dict[str, str]:
    """A hash of every note and activity by its id: another text, writer, day or subject is another source."""
    notes = {note.id: _note_parts(note) for note in deal.notes}
    parts = notes | {activity.id: _activity_parts(activity) for activity in deal.activities}
    return {id_: hashlib.sha256(json.dumps(each).encode()).hexdigest() for id_, each in parts.items()}


def _note_parts(note: Note) -> list[Any]:
    return [note.on.isoformat(), note.author, note.text]


def _activity_parts(activity: Activity) -> list[Any]:
    people = sorted(activity.participants)
    return [activity.on.isoformat(), activity.kind.value, activity.direction, people, activity.subject, activity.body]


def _marked(item: Evidence, kept: KeptReading) -> Evidence:
    return replace(item, read_by=ReadByModel(kept.model, kept.id))


def _key_of(deal: Deal, item: Evidence) -> str:
    return reading_key(deal.id, item.source_id, item.element.value, item.quote)


def _new(same: Sequence[Evidence], deal: Deal, source_hash: str, how: ReadHow) -> NewReading:
    """One row for one sentence about one element, with every trait it was taken to show."""
    first = same[0]
    return NewReading(
        deal_id=deal.id,
        source_id=first.source_id,
        source_hash=source_hash,
        element=first.element.value,
        traits=tuple(item.trait for item in same),
        quote=first.quote,
        said_on=first.on,
        grade=first.grade.value,
        model=how.model,
        prompt=how.prompt,
        asker_id=how.asker_id,
        read_at=how.at,
    )


def open_recall(playbook_dir: Path, playbook: CoachPlaybook, memory: Memory) -> Recall:
    """What is remembered, held against the rules in `playbook_dir`. Raises PlaybookError."""
    rules = load_playbook(playbook_dir / "model.yaml", ModelRules)
    lexicon = load_playbook(playbook_dir / "grounding.yaml", Lexicon)
    return Recall(memory, EvidenceCheck(rules.extract.proposals, playbook.cues, lexicon), playbook)
