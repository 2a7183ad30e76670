"""Handbook passages for steps and questions; a step without a fitting page simply carries no citation."""

from collections.abc import Sequence

from bot.coach.reply import CitationLine, NextStep
from bot.coach.steps import PlannedStep
from bot.handbook.model import Passage
from bot.handbook.search import Handbook

MAX_CITATIONS = 3


def cite(
    planned: Sequence[PlannedStep], handbook: Handbook | None, stage: str | None
) -> tuple[tuple[NextStep, ...], tuple[CitationLine, ...]]:
    """Attach to each step the handbook section that fits it best; return steps and the sections cited."""
    steps: list[NextStep] = []
    cited: dict[str, CitationLine] = {}
    for item in planned:
        passage = _best(item.query, handbook, stage)
        if passage is None or (passage.key not in cited and len(cited) == MAX_CITATIONS):
            steps.append(item.step)
            continue
        cited.setdefault(passage.key, citation(passage))
        steps.append(item.step.model_copy(update={"citations": (passage.key,)}))
    return tuple(steps), tuple(cited.values())


def look_up(query: str, handbook: Handbook | None) -> tuple[CitationLine, ...]:
    """The one section that fits `query` best, as a source line; nothing if no page fits."""
    passage = _best(query, handbook, None)
    return (citation(passage),) if passage else ()


def citation(passage: Passage) -> CitationLine:
    """A passage as a source line."""
    return CitationLine(key=passage.key, title=passage.title, quote=passage.text, url=passage.url)


def _best(query: str, handbook: Handbook | None, stage: str | None) -> Passage | None:
    if handbook is None:
        return None
    return next(iter(handbook.search(query, k=1, stage=stage)), None)
