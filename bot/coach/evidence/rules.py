"""The extractor without a model: cues in sentences become graded evidence. High precision over recall."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.coach.evidence.cues import Cues, ElementCue
from bot.coach.evidence.model import Evidence, Grade, Statement
from bot.coach.evidence.statements import Statements
from bot.coach.reply import Element

_PARTICULAR = re.compile(r"\d|(?<!^)(?<![.!?] )\b[A-Z][a-z]{2,}|\b[A-Z][a-z]+[A-Z]\w*")
"""A figure or a name inside the sentence: what separates a concrete claim from a vague one."""


def extract(statements: Statements, cues: Cues) -> tuple[Evidence, ...]:
    """Return every piece of evidence the cues find; happy ears and soft commitments are none."""
    return tuple(_found(statements.items, cues))


def _found(statements: Iterable[Statement], cues: Cues) -> Iterator[Evidence]:
    for statement in statements:
        if _proves_nothing(statement, cues):
            continue
        found = [
            cue
            for cue in cues.elements
            if cue.found_in(statement.quote, statement.subject, by_buyer=statement.by_buyer)
        ]
        denied = {cue.element for cue in found if cue.negative}
        for cue in found:
            outside = statement.from_partner and cue.element is not Element.PARTNER  # a partner is not the buyer
            if not outside and (cue.negative or cue.element not in denied):
                yield _evidence(cue, statement, certain=cue.threat and cues.is_threat(statement.quote))


def _proves_nothing(statement: Statement, cues: Cues) -> bool:
    """A question, a story about others and mere words are on record, but prove nothing."""
    is_question = statement.quote.rstrip("\"'”) ").endswith("?")
    return is_question or cues.is_about_others(statement.quote) or _is_mere_words(statement, cues)


def _is_mere_words(statement: Statement, cues: Cues) -> bool:
    """A soft commitment or a seller's certainty sounds like proof and is none (DOMAIN 4.2)."""
    if statement.by_buyer:
        return cues.soft_family(statement.quote) is not None
    return cues.is_happy_ears(statement.quote)


def _evidence(cue: ElementCue, statement: Statement, *, certain: bool) -> Evidence:
    return Evidence(
        element=cue.element,
        trait=cue.trait,
        grade=_grade(replace(statement, hedged=False) if certain else statement),
        on=statement.on,
        source_id=statement.source_id,
        quote=statement.quote,
        person=statement.person,
        negative=cue.negative,
    )


def _grade(statement: Statement) -> Grade:
    if statement.by_buyer and not statement.hedged:
        return Grade.A
    if statement.person is not None and not statement.hedged:
        return Grade.B
    return Grade.C if _PARTICULAR.search(statement.quote) else Grade.D


def grade_as_evidence(statement: Statement, cues: Cues) -> Grade | None:
    """The grade a sentence has as evidence of anything, whoever proposes it; None if it can prove nothing."""
    return None if _proves_nothing(statement, cues) else _grade(statement)
