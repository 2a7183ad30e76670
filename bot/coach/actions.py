"""Whether an action is concrete enough to be tracked, and how it could be said better (DOMAIN 6.4).

Pure: words, names and days in; points, reasons and rewrites out.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bot.coach.dates import working_days_after

OWNER = "a named owner"
COUNTERPART = "a named person or a thing to hand over"
ACT = "an act somebody else can see"
DAY = "a day that is not past"
PROOF = "what proves it is done"
_NEEDED = frozenset({OWNER, DAY})
_NAME = re.compile(r"(?<!^)(?<![.!?:] )\b[A-Z][a-z]{2,}")
"""A capitalised word inside the sentence; the first word of one proves nothing."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rewrite(_Model):
    """One concrete way to say a vague action; `days` are working days from today."""

    text: str
    done_when: str
    days: int = Field(ge=1, le=30)


class Topic(_Model):
    """What a vague action was probably about, and two ways to say it."""

    when: str
    rewrites: tuple[Rewrite, Rewrite]

    @field_validator("when")
    @classmethod
    def compiles(cls, pattern: str) -> str:
        """Refuse what is no regular expression."""
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return pattern


class ConcretenessRules(_Model):
    """`concreteness.yaml`: what counts as observable, as a thing, as proof."""

    accept_from: int = Field(ge=1, le=5)
    longest: int = Field(ge=40, le=300)
    fewest_proof_words: int = Field(ge=1, le=5)
    verbs: tuple[str, ...] = Field(min_length=1)
    wishes: tuple[str, ...] = Field(min_length=1)
    artefacts: tuple[str, ...] = Field(min_length=1)
    topics: tuple[Topic, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def always_a_topic(self) -> Self:
        """Refuse a file whose last topic does not fit every action."""
        if not re.search(self.topics[-1].when, "anything"):
            raise ValueError('the last topic must fit every action; write `when: "."`')
        return self

    @cached_property
    def observable(self) -> re.Pattern[str]:
        """Finds a verb with a visible result."""
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, self.verbs))})(?:e?s|d)?\b", re.IGNORECASE)

    @cached_property
    def wish(self) -> re.Pattern[str]:
        """Finds words that leave no trace."""
        return re.compile(rf"\b(?:{'|'.join(self.wishes)})\b", re.IGNORECASE)

    @cached_property
    def thing(self) -> re.Pattern[str]:
        """Finds something one can hand over."""
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, self.artefacts))})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDraft:
    """An action as somebody wrote it. Empty words and None mean: not said."""

    text: str
    owner: str | None
    due: date | None
    done_when: str | None
    counterpart: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """0 to 5 points; `missing` says in words what cost the others. `too_long`: better split in two."""

    score: int
    missing: tuple[str, ...]
    accepted: bool
    too_long: bool


def judge_action(draft: ActionDraft, rules: ConcretenessRules, today: date) -> Judgement:
    """Score one action; it is accepted from `accept_from` points if it has an owner and a day."""
    met = {
        OWNER: bool(draft.owner and draft.owner.strip()),
        COUNTERPART: _names_somebody(draft, rules),
        ACT: bool(rules.observable.search(rules.wish.sub(" ", draft.text))),
        DAY: draft.due is not None and draft.due >= today,
        PROOF: _proves(draft.done_when or "", rules),
    }
    missing = tuple(point for point, holds in met.items() if not holds)
    score = len(met) - len(missing)
    accepted = score >= rules.accept_from and not _NEEDED & set(missing)
    return Judgement(score, missing, accepted, len(draft.text) > rules.longest)


def rewrites(
    draft: ActionDraft, rules: ConcretenessRules, today: date, account: str
) -> tuple[ActionDraft, ActionDraft]:
    """Two concrete ways to say a vague action: person, act, day and proof named.

    Owner, counterpart and a day that is not past are kept; what is missing is filled in.
    """
    topic = next(topic for topic in rules.topics if re.search(topic.when, draft.text or ".", re.IGNORECASE))
    first, second = (_rewritten(rewrite, draft, today, account) for rewrite in topic.rewrites)
    return first, second


def is_evidence(note: str | None, rules: ConcretenessRules) -> bool:
    """Whether a note says something that can be seen: enough words, and not only a wish or a feeling."""
    return _proves(note or "", rules) and bool(rules.wish.sub(" ", note or "").strip(" .,;!"))


def _names_somebody(draft: ActionDraft, rules: ConcretenessRules) -> bool:
    if draft.counterpart and draft.counterpart.strip():
        return True
    named = [name for name in _NAME.findall(draft.text) if name != draft.owner]
    return bool(named or rules.thing.search(draft.text))


def _proves(done_when: str, rules: ConcretenessRules) -> bool:
    return len(done_when.split()) >= rules.fewest_proof_words and not rules.wish.fullmatch(done_when.strip())


def _rewritten(rewrite: Rewrite, draft: ActionDraft, today: date, account: str) -> ActionDraft:
    contact = draft.counterpart or f"a named contact at {account}"
    slots = {"contact": contact, "account": account}
    kept = draft.due if draft.due is not None and draft.due >= today else None
    return ActionDraft(
        text=rewrite.text.format(**slots),
        owner=draft.owner,
        due=kept or working_days_after(today, rewrite.days),
        done_when=rewrite.done_when.format(**slots),
        counterpart=contact,
    )
