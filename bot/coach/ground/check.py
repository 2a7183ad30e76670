"""The check itself: every sentence of every claim against the material, removed unless it is supported."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.coach.evidence.cues import Cues
from bot.coach.ground.lexicon import TOKEN, Lexicon, tidy
from bot.coach.ground.model import Checked, Claim, Fact, Findings, Material, Quote, Reason, Violation
from bot.coach.ground.segments import segments, sentences
from bot.coach.ground.standings import judge_elements
from bot.coach.ground.support import Gap, Part, carried_by
from bot.pipeline.brief import HealthBucket

_QUOTED = re.compile(r"[“\"«„]([^”\"»“]+)[”\"»]")
_BUCKET = re.compile(
    r"\b(?:rated |health(?: is)? )?(At Risk|at risk|Poor|Average|Good)\b"
    r"|\b(?:rated|health(?: is)?:?) (poor|average|good)\b"
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
RATING = "the rating"
"""Stands among the used ids for the bucket, which is always known."""
_SPEAKING = re.compile(r"\b(?:wrote|writes|said|says|told us|words)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence with what its claim cites."""

    text: str
    facts: tuple[Fact, ...]
    quotes: tuple[Quote, ...]

    @property
    def cited(self) -> frozenset[str]:
        return frozenset(fact.id for fact in self.facts)


class GroundingCheck:
    """Checks a model's claims against what code knows. Holds no state between checks."""

    def __init__(self, lexicon: Lexicon, cues: Cues) -> None:
        """Work with the words of the playbook."""
        self._lexicon = lexicon
        self._cues = cues

    def check(self, claims: Iterable[Claim], material: Material) -> Findings:
        """Keep the supported sentences of each claim; name what was removed and why."""
        kept: list[Checked] = []
        removed: list[Violation] = []
        count = 0
        for claim in claims:
            good, bad = self._claim(claim, material)
            count += len(good) + len(bad)
            removed += bad
            if good:
                used = frozenset().union(*(ids for _, ids in good))
                kept.append(Checked(" ".join(text for text, _ in good), used))
        return Findings(tuple(kept), tuple(removed), count, Counter(violation.reason.value for violation in removed))

    def _claim(self, claim: Claim, material: Material) -> tuple[list[tuple[str, frozenset[str]]], list[Violation]]:
        text = tidy(claim.text)
        unknown = _unknown_ids(claim, material)
        if unknown or not text:
            return [], [Violation(Reason.UNKNOWN_ID if unknown else Reason.UNCITED, text, ", ".join(unknown))]
        if not_quoted := set(claim.citation_keys) - {
            quote.source for quote in material.quotes if quote.id in claim.quote_ids
        }:
            return [], [Violation(Reason.CITATION, text, f"it cites {', '.join(not_quoted)} without quoting it")]
        good, bad = [], []
        for sentence in sentences(text):
            statement = _Statement(
                sentence,
                tuple(fact for id_ in claim.fact_ids if (fact := material.fact(id_))),
                tuple(quote for id_ in claim.quote_ids if (quote := material.quote(id_))),
            )
            verdict = self._sentence(statement, material)
            if isinstance(verdict, Violation):
                bad.append(verdict)
            else:
                good.append((sentence, verdict))
        return good, bad

    def _sentence(self, statement: _Statement, material: Material) -> frozenset[str] | Violation:
        """The facts and quotes that carry the sentence, or what is wrong with it."""
        prose, quote, problem = _without_quotes(statement)
        if problem:
            return problem
        if blocked := self._blocked(prose, statement):
            return blocked
        if quote:
            return self._quoting(_SPEAKING.sub(" ", prose), quote, statement, material)
        judged = judge_elements(prose, material, statement.cited)
        if judged.violation:
            return judged.violation
        rest, wrong = _without_bucket(judged.rest, statement.text, material)
        if wrong:
            return wrong
        used = judged.used | ({RATING} if rest != judged.rest else frozenset())
        return self._carried(rest, self._parts(statement.facts, material), used, statement, material)

    def _quoting(
        self, prose: str, quote: Quote, statement: _Statement, material: Material
    ) -> frozenset[str] | Violation:
        """Around a quote only its own "who, when" may stand, so it cannot be put into another mouth."""
        parts = [Part(quote.id, said) for said in segments(tidy(quote.said_by), self._lexicon, material.today)]
        return self._carried(prose, parts, frozenset({quote.id}), statement, material)

    def _carried(
        self, prose: str, parts: Sequence[Part], used: frozenset[str], statement: _Statement, material: Material
    ) -> frozenset[str] | Violation:
        subject = frozenset(self._lexicon.folded(word) for word in TOKEN.findall(material.subject))
        carriers = set(used)
        for segment in segments(self._without_first_capital(prose, parts), self._lexicon, material.today):
            if segment.words <= subject and not (segment.figures or segment.days or segment.negations):
                continue
            found = carried_by(segment, parts, subject)
            if isinstance(found, Gap):
                return Violation(found.reason, statement.text, f"“{segment.text.strip()}”: {found.detail}")
            carriers.add(found.id)
        if not carriers:
            return Violation(Reason.UNCITED, statement.text, "it says nothing of a cited fact")
        return frozenset(carriers)

    def _without_first_capital(self, prose: str, parts: Sequence[Part]) -> str:
        """The sentence with a small first letter, where the facts write that word small: it is no name then."""
        first = TOKEN.search(prose)
        small = frozenset().union(*(part.says.words - part.says.names for part in parts))
        if first is None or self._lexicon.folded(first[0]) not in small:
            return prose
        return prose[: first.start()] + first[0].lower() + prose[first.end() :]

    def _parts(self, facts: Iterable[Fact], material: Material) -> list[Part]:
        return [
            Part(fact.id, said)
            for fact in facts
            for said in segments(_QUOTED.sub(" ", tidy(fact.text)), self._lexicon, material.today)
        ]

    def _blocked(self, prose: str, statement: _Statement) -> Violation | None:
        known = {address for fact in statement.facts for address in _ADDRESS.findall(fact.text)}
        text = prose
        for address in known:
            text = text.replace(address, " ")
        if self._cues.is_instruction(text):
            return Violation(Reason.INSTRUCTION, statement.text, "text aimed at software")
        for reason, pattern in self._lexicon.forbidden:
            if match := pattern.search(text):
                return Violation(reason, statement.text, f"“{match[0]}” may not be said")
        return None


def _unknown_ids(claim: Claim, material: Material) -> list[str]:
    facts, quotes = {fact.id for fact in material.facts}, {quote.id for quote in material.quotes}
    return [
        *(id_ for id_ in claim.fact_ids if id_ not in facts),
        *(id_ for id_ in claim.quote_ids if id_ not in quotes),
    ]


def _cited_without_quoting(claim: Claim, material: Material) -> list[str]:
    quoted = {quote.source for quote in material.quotes if quote.id in claim.quote_ids}
    return [key for key in claim.citation_keys if key not in quoted]


def _without_quotes(statement: _Statement) -> tuple[str, Quote | None, Violation | None]:
    """The sentence outside its quotation marks, and the cited quote it holds.

    Whatever stands in quotation marks must be a whole cited quote, or a quoted part of a cited fact.
    """
    found: list[Quote] = []
    spans = {plain_words(span) for fact in statement.facts for span in _QUOTED.findall(tidy(fact.text))}
    for said in _QUOTED.findall(statement.text):
        match = next((quote for quote in statement.quotes if plain_words(quote.text) == plain_words(said)), None)
        if match:
            found.append(match)
        elif plain_words(said) not in spans:
            return "", None, Violation(Reason.QUOTE, statement.text, "not a whole quote that it cites")
    if len(found) > 1:
        return "", None, Violation(Reason.QUOTE, statement.text, "one quote a sentence")
    prose = _QUOTED.sub(" ", statement.text)
    if re.search(r"[“”\"«»„]", prose):
        return "", None, Violation(Reason.QUOTE, statement.text, "quotation marks do not match")
    return prose, found[0] if found else None, None


def plain_words(text: str) -> str:
    """A quote as it is compared: one normal form, straight marks, no closing full stop."""
    return tidy(text).translate(str.maketrans("’‘", "''")).strip(" .…,;").casefold()


def _without_bucket(prose: str, sentence: str, material: Material) -> tuple[str, Violation | None]:
    for match in _BUCKET.finditer(prose):
        named = (match[1] or match[2]).title()
        if material.bucket is None or HealthBucket(named) is not material.bucket:
            return "", Violation(Reason.BUCKET, sentence, f"the deal is not rated {named}")
    if _BUCKET.search(prose) and re.search(r"\b(?:not|no longer|never|isn['’]t)\b", prose, re.IGNORECASE):
        return "", Violation(Reason.BUCKET, sentence, "say the rating itself")
    return _BUCKET.sub(" ", prose), None
