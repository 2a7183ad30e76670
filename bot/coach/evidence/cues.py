"""The language cues of `knowledge/playbook/cues.yaml`, compiled and checked."""

import re
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from bot.coach.reply import Element


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ElementCue(_Model):
    """A sentence speaks to `trait` of `element` when every pattern of `all` and none of `unless` is found in it.

    `negative` marks a sentence that takes the element away. `threat` takes "if this goes on …" for certain.
    `with_subject` reads the mail's subject with the sentence, for short replies such as "Confirmed.".
    """

    element: Element
    trait: str
    all: tuple[Pattern, ...]
    unless: tuple[Pattern, ...] = ()
    negative: bool = False
    threat: bool = False
    with_subject: bool = False

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern, re.IGNORECASE) for pattern in self.all)

    @cached_property
    def _vetoes(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern, re.IGNORECASE) for pattern in self.unless)

    def found_in(self, sentence: str, subject: str, *, by_buyer: bool) -> bool:
        """Whether the sentence holds every part of the cue, the first one not denied.

        In a seller's sentence "I" and "our" are the seller: a cue in the first person says nothing there.
        """
        found = list(self._patterns[0].finditer(sentence))
        is_threat = self.threat and _CONDITION.match(sentence)  # "if it is not fixed by March …" denies nothing
        if not self.negative and not is_threat and all(_is_denied(match, sentence) for match in found):
            return False
        if any(veto.search(sentence) for veto in self._vetoes):
            return False
        if not by_buyer and all(_is_first_person(match, sentence) for match in found):
            return False
        text = f"{sentence} {subject}" if self.with_subject else sentence
        return all(pattern.search(text) for pattern in self._patterns)


_CONDITION = re.compile(r"\W*(if|unless|wenn|falls|si)\b", re.I)
_DENIAL = re.compile(
    r"\b(not|cannot|never|nobody|no one|none|neither|without|hardly)\b|n['’]t\b|\bno\b(?! (later|more|less))"
    r"|\b(nicht|kein\w*|nie|niemand|ohne|pas|aucune?|jamais|sans|nunca|ningun[oa]?)\b",
    re.I,
)
_DENIAL_REACH = 30  # letters before a cue in which a denial turns it round


def _is_denied(found: re.Match[str], sentence: str) -> bool:
    return bool(_DENIAL.search(sentence[max(0, found.start() - _DENIAL_REACH) : found.start()]))


_FIRST_PERSON = re.compile(r"\b(i|we|my|our|you|your)\b", re.I)
_REPORTS = re.compile(r"\b(said|says|told|wrote|writes|mentioned|explained|confirmed|named|stated|reported)\b", re.I)


def _is_first_person(found: re.Match[str], sentence: str) -> bool:
    """Whether the seller is the one who acts: "I presented …", "our must-haves"; not in words reported of a buyer."""
    before = sentence[: found.start()]
    report = _REPORTS.search(before)
    if report and not _FIRST_PERSON.search(before[: report.start()]):
        return False
    return bool(re.match(_FIRST_PERSON, found.group(0)) or _FIRST_PERSON.search(before))


class Cues(_Model):
    """All cues of the playbook."""

    soft_commitment: dict[str, tuple[Pattern, ...]]
    happy_ears: tuple[Pattern, ...]
    hedge: tuple[Pattern, ...]
    threat: tuple[Pattern, ...]
    instruction: tuple[Pattern, ...]
    left_company: tuple[Pattern, ...]
    price_talk: tuple[Pattern, ...]
    not_theirs: tuple[Pattern, ...]
    elements: tuple[ElementCue, ...]

    @cached_property
    def _soft(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((family, _joined(patterns)) for family, patterns in self.soft_commitment.items())

    @cached_property
    def _happy(self) -> re.Pattern[str]:
        return _joined(self.happy_ears)

    @cached_property
    def _hedge(self) -> re.Pattern[str]:
        return _joined(self.hedge)

    @cached_property
    def _threat(self) -> re.Pattern[str]:
        return _joined(self.threat)

    @cached_property
    def _left(self) -> re.Pattern[str]:
        return _joined(self.left_company)

    @cached_property
    def _not_theirs(self) -> re.Pattern[str]:
        return _joined(self.not_theirs)

    @cached_property
    def _price(self) -> re.Pattern[str]:
        return _joined(self.price_talk)

    @cached_property
    def _instruction(self) -> re.Pattern[str]:
        return _joined(self.instruction)

    def soft_family(self, sentence: str) -> str | None:
        """The family of soft commitment (DOMAIN 4.2) the sentence belongs to, in words; else None."""
        return next((family.replace("_", " ") for family, cue in self._soft if cue.search(sentence)), None)

    def soft_strength(self, sentence: str) -> int:
        """How many families of soft commitment the sentence belongs to: the more, the more telling the quote."""
        return sum(bool(cue.search(sentence)) for _, cue in self._soft)

    def is_happy_ears(self, sentence: str) -> bool:
        """Whether a seller's sentence claims certainty instead of reporting an act."""
        return bool(self._happy.search(sentence))

    def is_hedged(self, sentence: str) -> bool:
        """Whether the speaker marks the sentence as not certain."""
        return bool(self._hedge.search(sentence))

    def is_threat(self, sentence: str) -> bool:
        """Whether the condition in the sentence says what happens if nothing changes."""
        return bool(self._threat.search(sentence))

    def says_someone_left(self, sentence: str) -> bool:
        """Whether the sentence says that a person is no longer there."""
        return bool(self._left.search(sentence))

    def is_about_others(self, sentence: str) -> bool:
        """Whether the sentence tells of another customer or of an average, not of this buyer."""
        return bool(self._not_theirs.search(sentence))

    def is_price_talk(self, sentence: str) -> bool:
        """Whether an amount in the sentence is likely the price of the deal."""
        return bool(self._price.search(sentence))

    def is_instruction(self, text: str) -> bool:
        """Whether the text addresses software instead of reporting on the deal (DOMAIN 8.3)."""
        return bool(self._instruction.search(text))


def _joined(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
