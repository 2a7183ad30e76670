"""Reading the lines of a plain message by their labels, so that each can be laid out its own way.

The coach writes `*Why:* …`, `*They did:* …`; better words from a model keep the labels. A line without a
known label is shown as it stands, so nothing is ever lost by not being understood.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LABELLED = re.compile(r"^\*(?P<label>[^*:\n]{2,30}):\*\s*(?P<rest>.*)$")
_BULLET = re.compile(r"^[•-]\s+")
WHY, DID, SOFT, HEARD, GAPS, NEXT = "Why", "They did", "Only said", "In their words", "MEDDPPICC", "Next"
_KNOWN = frozenset({WHY, DID, SOFT, HEARD, GAPS, NEXT})
_KEPT = "\x1f"  # stands for a semicolon that ends no clause; text from outside holds no control character
_REPEATED = "Benchmarks:"
"""Starts a line whose figures the small print gives anyway."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A message taken apart: what comes before the reasons, the labelled lines, what is left, how many steps."""

    before: tuple[str, ...]
    labelled: dict[str, str]
    after: tuple[str, ...]
    steps: int

    def clauses(self, label: str, whole: Iterable[str] = ()) -> list[str]:
        """The clauses of a labelled line, without its last full stop; empty if there is no such line.

        `whole` are clauses known to hold a semicolon of their own.
        """
        text = self.labelled.get(label, "").strip().removesuffix(".")
        for clause in whole:
            text = text.replace(clause, clause.replace(";", _KEPT))
        return [clause.strip().replace(_KEPT, ";") for clause in _split(text) if clause.strip()]


def read_lines(text: str) -> Lines:
    """Take a message apart; lines under `*Next:*` are counted, since the card shows the steps themselves."""
    before: list[str] = []
    after: list[str] = []
    labelled: dict[str, str] = {}
    steps = 0
    for line in (raw.strip() for raw in text.splitlines() if raw.strip()):
        match = _LABELLED.match(line)
        if match and match["label"] in _KNOWN:
            labelled[match["label"]] = match["rest"]
        elif NEXT in labelled and _BULLET.match(line):
            steps += 1
        elif not line.startswith(_REPEATED):
            (after if labelled else before).append(line)
    return Lines(tuple(before), labelled, tuple(after), steps)


def _split(text: str) -> list[str]:
    """Split at semicolons outside quotation marks and brackets."""
    clauses, depth = [""], 0
    for char in text:
        depth += (char in "“([") - (char in "”)]")
        if char == ";" and depth <= 0:
            clauses.append("")
        else:
            clauses[-1] += char
    return clauses
