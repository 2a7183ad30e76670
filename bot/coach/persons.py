"""Words of a message that name a person rather than a deal: "what did Gareth say?", "draft a mail to Bruno".

Careful on purpose: "how is Martin?" may mean a deal the asker must not see, so only words about people count.
"""

import re
from collections.abc import Sequence

from bot.coach.names import words
from bot.pipeline.model import DealName
from bot.pipeline.service import Pipeline

_BEFORE = (
    r"(?:(?:meeting|call|meet|met|speak|spoke|talk|talked|chat|session|lunch|coffee) with|(?:mail|e-?mail|write|wrote|"
    r"reply|replied|answer|message|note|line|lines|invitation|talk|spoke|speak|listen|send \w+) to|"
    r"(?:hear|heard|mail|e-?mail|answer|reply|word|anything) from|"
    r"ask|call|ring|tell|told|chase|invite|remind|promised?|did|does|who is|who['’]s)"
)
_AFTER = (
    r"(?:says?|said|writes?|wrote|repl(?:y|ied)|answer(?:s|ed)?|promised?|wants?|wanted|thinks?|agreed?|mention(?:s|ed)?|"
    r"accept(?:s|ed)?|declined?|joins?|joined|left|responded|asked|last)\b"
)


_BEFORE_NAME = re.compile(rf"\b(?i:{_BEFORE})\s+([^\W\d_]+)(?:['’]s)?(?:\s+([^\W\d_]+))?")
_NAME_AFTER = re.compile(rf"(?:([^\W\d_]+)\s+)?\b([^\W\d_]+)\s+(?i:{_AFTER})")


def persons_in(text: str) -> list[frozenset[str]]:
    """The words, in lower case, of everything `text` speaks of as a person; many of them are nobody's name.

    A capitalised neighbour belongs to the name: "Martin Logistics" is a company, whoever Martin is.
    """
    found = [_name(match[1], match[2]) for match in _BEFORE_NAME.finditer(text)]
    found += [_name(match[2], match[1]) for match in _NAME_AFTER.finditer(text)]
    return list(dict.fromkeys(found))


def _name(word: str, neighbour: str | None) -> frozenset[str]:
    is_part = neighbour is not None and neighbour[0].isupper() and neighbour.casefold() not in _NO_NAME
    return frozenset({word.casefold(), neighbour.casefold()} if is_part and neighbour else {word.casefold()})


_NO_NAME = frozenset({"what", "when", "has", "have", "did", "does", "i"})
"""Words that begin a sentence and so may stand capitalised before a name."""


def deals_of_person(text: str, strange: Sequence[str], deals: Sequence[DealName], pipeline: Pipeline) -> list[DealName]:
    """Deals with the buyer's person `text` speaks of; none if it holds another name nobody knows."""
    colleagues = {word for user in pipeline.users.values() for word in words(user.name)}
    for name in persons_in(text):
        if not name <= colleagues and set(strange) <= name:
            theirs = pipeline.deals_of_person(name, [deal.id for deal in deals])
            if theirs:
                return theirs
    return []
