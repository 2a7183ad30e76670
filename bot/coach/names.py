"""Finding the deal a message is about, among the deals the asker may see and no others.

Exact words first, misspellings second. The account's first word is the name people use; words such as
"renewal" or "open" never identify a deal on their own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.pipeline.model import DealName, DealStatus

_WORD = re.compile(r"[^\W_]+", re.UNICODE)

GENERIC = frozenset(
    """
    a an and the of for in on to new open closed close deal deals my our all any inc ltd llc gmbh plc corp co company
    group holding holdings renewal expansion upgrade extension pilot phase project platform system systems service
    services software data cloud suite team plan program programme year term contract order review health forecast
    pipeline stage next step steps meeting call mail email date at is it this that good poor average risk who what
    when where why how
    """.split()
)
"""Words that occur in deal names and in ordinary questions alike."""

MISSPELLING_RATIO = 86
"""Similarity (0-100) from which one word counts as a misspelling of another; below it names get mixed up."""

NEAR_RATIO = 72
"""Similarity from which a name is offered as "did you mean"; only ever inside the asker's own scope."""

_MIN_FUZZY_LETTERS = 5
_SOME_NAME = "Acme"  # means nothing to the rules


@dataclass(frozen=True, slots=True)
class Resolution:
    """`deals` match equally well: one is an answer, several are a menu. `near` are offers, not matches."""

    deals: tuple[DealName, ...] = ()
    near: tuple[DealName, ...] = ()


def words(text: str) -> list[str]:
    """The words of `text` in lower case, without a possessive 's."""
    return [word for word in _WORD.findall(re.sub(r"['’]s\b", "", text.casefold()))]


def resolve(text: str, deals: Sequence[DealName]) -> Resolution:
    """Return the deals `text` names. An open deal is preferred over closed ones of the same strength."""
    asked = words(text)
    by_id = [deal for deal in deals if re.search(rf"(?<![\w-]){re.escape(deal.id)}(?![\w-])", text, re.IGNORECASE)]
    if by_id:
        return Resolution(deals=tuple(by_id))
    scored = [(score, deal, matched) for deal in deals for score, matched in [_strength(asked, deal)] if score >= 1]
    if not scored:
        return Resolution(near=_near(asked, deals))
    best = max(score for score, _, _ in scored)
    top = [deal for score, deal, _ in scored if score == best]
    matched = frozenset[str]().union(*(found for score, _, found in scored if score == best))
    if _names_another(text, matched, top):
        return Resolution(near=_prefer_single_open(top))
    return Resolution(deals=_prefer_single_open(top))


def without_names(text: str, deals: Sequence[DealName]) -> str:
    """`text` with what reads as a deal's name replaced, so that "Mobile Masts" is no question for a mobile number.

    Two words of a name side by side read as one; a single word may as well be what is asked about.
    """
    for deal in deals:
        own = set(words(f"{deal.account} {deal.name}"))
        for run in reversed(_runs(text, own)):
            text = f"{text[: run[0].start()]}{_SOME_NAME}{text[run[-1].end() :]}"
    return text


def _runs(text: str, own: set[str]) -> list[list[re.Match[str]]]:
    """Words of `own` that stand side by side in `text`, two at least, one of them a name by itself."""
    runs: list[list[re.Match[str]]] = [[]]
    for word in _WORD.finditer(text):
        if word[0].casefold() in own:
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1 and any(word[0].casefold() not in GENERIC for word in run)]


def _names_another(text: str, matched: frozenset[str], deals: Sequence[DealName]) -> bool:
    """Whether the name goes on with a capitalised word no matching deal has: "Acme Freight" is not "Acme Foods"."""
    if text.isupper():
        return False  # nothing can be told from capitals
    own = {word for deal in deals for word in words(f"{deal.account} {deal.name}")}
    pairs = re.findall(r"([^\W_]+)\s+(?=([A-Z][^\W_]{2,}))", text)
    return any(
        first.casefold() in matched and second.casefold() not in own and second.casefold() not in GENERIC
        for first, second in pairs
    )


def _prefer_single_open(deals: list[DealName]) -> tuple[DealName, ...]:
    still_open = [deal for deal in deals if deal.status is DealStatus.OPEN]
    if len(still_open) == 1:
        return (still_open[0],)
    return tuple(sorted(deals, key=lambda deal: (deal.status is not DealStatus.OPEN, deal.name)))


def _strength(asked: list[str], deal: DealName) -> tuple[float, frozenset[str]]:
    """How strongly `asked` names `deal`: 1 is enough to identify it, more breaks ties."""
    account = words(deal.account)
    rest = [word for word in words(deal.name) if word not in account]
    weights = {word: 0.5 for word in (*account[1:], *rest) if word not in GENERIC}
    if account:
        weights[account[0]] = 0.5 if account[0] in GENERIC else 1.0
    elif len(rest) == 1 and rest[0] not in GENERIC:
        weights[rest[0]] = 1.0  # one word is all there is to call it by
    phrase = frozenset(rest) if _says_phrase(rest, asked) else frozenset[str]()
    matched = {mine: weight * hit for mine, weight in weights.items() if (hit := _hit(mine, asked)) > 0}
    said = frozenset(asked_word for asked_word in asked if _hit_any(asked_word, matched))
    return sum(matched.values()) + bool(phrase), said | phrase


def _says_phrase(rest: list[str], asked: list[str]) -> bool:
    """Whether the words after the account's name stand in the message one after the other, generic or not."""
    width = len(rest)
    return width > 1 and any(asked[place : place + width] == rest for place in range(len(asked) - width + 1))


def _hit(name_word: str, asked: list[str]) -> float:
    if name_word in asked:
        return 1.0
    if len(name_word) < _MIN_FUZZY_LETTERS:
        return 0.0
    close = (word for word in asked if len(word) >= _MIN_FUZZY_LETTERS and word not in GENERIC)
    return 1.0 if any(fuzz.ratio(name_word, word) >= MISSPELLING_RATIO for word in close) else 0.0


def _hit_any(asked_word: str, matched: dict[str, float]) -> bool:
    return any(
        asked_word == name_word
        or (len(asked_word) >= _MIN_FUZZY_LETTERS and fuzz.ratio(asked_word, name_word) >= MISSPELLING_RATIO)
        for name_word in matched
    )


def _near(asked: list[str], deals: Sequence[DealName]) -> tuple[DealName, ...]:
    candidates = [word for word in asked if len(word) >= _MIN_FUZZY_LETTERS and word not in GENERIC]
    scored = []
    for deal in deals:
        heads = [word for word in words(deal.account)[:1] if word not in GENERIC]
        ratio = max((fuzz.ratio(head, word) for head in heads for word in candidates), default=0)
        if ratio >= NEAR_RATIO:
            scored.append((ratio, deal))
    return tuple(deal for _, deal in sorted(scored, key=lambda pair: (-pair[0], pair[1].name))[:3])
