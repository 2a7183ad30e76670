"""A finished reply taken apart: the lines that may be reworded, and the facts and quotes they hold.

Only the plain message is read, and the typed parts of the reply, so any answer in the contract of
DOMAIN 8.1 will do. Lines without one of the known labels are decisions of code and stand as they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.coach.ground.lexicon import tidy
from bot.coach.ground.model import Fact, Material, Quote, Standing
from bot.coach.reply import CoachReply, ElementLine, Severity

GAPS = "MEDDPPICC"
_LABEL = re.compile(r"^\*([^*\n]+?):?\*\s*")
_PART = re.compile(r";\s+(?![^“]*”)(?![^(]*\))")
_MARKUP = re.compile(r"[*_`]|\[\d+\]")
_HANDBOOK_WORDS = range(6, 36)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the message. `holds` are the facts and quotes that must be told for it to be replaced."""

    text: str
    label: str = ""
    holds: frozenset[str] = frozenset()

    @property
    def open(self) -> bool:
        """Whether other words may stand for it."""
        return bool(self.holds)


@dataclass(frozen=True, slots=True)
class Draft:
    """The message by lines, and everything its other words may be made of."""

    lines: tuple[Line, ...]
    material: Material


@dataclass(slots=True)
class _Collector:
    """Gives every fact one id, however often it occurs."""

    facts: dict[str, Fact] = field(default_factory=dict)

    def fact(self, text: str, **more: object) -> str:
        words = _bare(text)
        known = self.facts.get(words.casefold())
        if known is None:
            known = Fact(f"f{len(self.facts) + 1}", words, **more)  # type: ignore[arg-type]
            self.facts[words.casefold()] = known
        return known.id


@dataclass(frozen=True, slots=True)
class _Gaps:
    """The facts about elements, by the part of the reply they come from."""

    facts: dict[ElementLine, str]

    def told_by(self, text: str) -> frozenset[str]:
        """What other words for the line of gaps must tell: every element it names."""
        return frozenset(id_ for line, id_ in self.facts.items() if line.element.label.lower() in text.lower())


def take_apart(reply: CoachReply, labels: frozenset[str]) -> Draft | None:
    """Return the draft of a reply about one deal; None for any other kind. `labels` name the open lines."""
    if reply.deal is None or reply.health is None:
        return None
    collector = _Collector()
    findings = _Gaps({line: collector.fact(_finding(line), element=line.element) for line in reply.meddppicc})
    quotes = tuple(_quotes(reply))
    lines = tuple(_line(text, labels, collector, quotes, findings) for text in reply.text.splitlines())
    for extra in (*reply.health.reasons, *reply.health.caps, *(act.text for act in reply.did)):
        collector.fact(extra)
    material = Material(
        facts=tuple(collector.facts.values()),
        quotes=quotes,
        bucket=reply.health.bucket,
        standings={line.element: Standing(line.status, line.severity is Severity.CRITICAL) for line in reply.meddppicc},
        subject=f"{reply.deal.name} {reply.deal.account}",
        today=reply.as_of.date(),
    )
    return Draft(lines, material)


def _finding(line: ElementLine) -> str:
    critical = ", critical" if line.severity is Severity.CRITICAL else ""
    return f"{line.element.label} {line.status.value.replace('_', ' ')}{critical}: {line.why}"


def _quotes(reply: CoachReply) -> Iterator[Quote]:
    said = [item for item in reply.said if item.quote]
    for place, item in enumerate(said, start=1):
        yield Quote(f"q{place}", tidy(item.quote or ""), item.text)
    place = 0
    for citation in reply.citations:
        for sentence in re.split(r"(?<=[.!?])\s+|\n+", citation.quote):
            if len(sentence.split()) in _HANDBOOK_WORDS and sentence[:1].isalpha() and sentence[-1:] in ".!?":
                place += 1
                yield Quote(f"h{place}", tidy(sentence), "the handbook", citation.key)


def _line(text: str, labels: frozenset[str], collector: _Collector, quotes: tuple[Quote, ...], findings: _Gaps) -> Line:
    match = _LABEL.match(text)
    if match is None or match[1] not in labels:
        return Line(text)
    if match[1] == GAPS:
        return Line(text, match[0].strip(), findings.told_by(text))
    body = text[match.end() :]
    held = set()
    for quote in quotes:
        if quote.source is None and quote.text in tidy(body):
            held.add(quote.id)
            body = re.sub(r"\s*\([^)]*\)", "", tidy(body).replace(quote.text, ""), count=1)
    for part in _PART.split(body):
        if len(re.findall(r"[^\W_]{2,}", part)) > 1:
            held.add(collector.fact(part))
    return Line(text, match[0].strip(), frozenset(held))


def _bare(text: str) -> str:
    words = tidy(_MARKUP.sub("", text))
    return re.sub(r"^[\s.,:;“”]+|[\s.,:;]+$", "", words)
