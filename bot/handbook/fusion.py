"""One score a section, from what speaks for it: its words, its heading, its meaning, a question it was written for.

Scores are added, not ranks (docs/decisions/004-score-fusion.md); what each share is worth is in 020 and 021.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.handbook.lexical import Scores
from bot.handbook.relevance import SearchSettings


@dataclass(frozen=True, slots=True)
class Parts:
    """What speaks for each section, one number a section.

    `keywords` and `headings` are 0 to 1; `passages`, `wholes` and `asked` are cosines to its best passage or question,
    to the section as a whole, and to the nearest of its own questions (0 if it has none).
    """

    keywords: Scores
    headings: Scores
    passages: Scores
    wholes: Scores
    asked: Scores


def fused(parts: Parts, bare: NDArray[np.bool_], settings: SearchSettings) -> Scores:
    """Return the score of each section: 0 to 1, and above 1 where it was written for nearly this question.

    `bare` marks sections without questions of their own: there the heading is what comes closest to one.
    """
    rest = 1 - settings.keyword_share - settings.section_share
    meaning = rest * of_best(parts.passages) + settings.section_share * of_best(parts.wholes)
    shares = np.where(bare, np.float32(settings.heading_share), np.float32(0))
    mixed = (1 - shares) * (settings.keyword_share * parts.keywords + meaning) + shares * parts.headings
    return np.asarray(mixed + settings.own_question_bonus * _sameness(parts.asked, settings.own_question_from))


def _sameness(asked: Scores, start: float) -> Scores:
    """Return 0 up to the cosine `start`, rising to 1 where a section's own question is asked word for word."""
    return np.asarray(np.maximum(asked - np.float32(start), 0) / np.float32(1 - start))


def of_best(cosines: Scores) -> Scores:
    """Return cosines over the best of all.

    Their natural zero is the lower end, so that sections outside the candidates lose nothing by the list being cut.
    """
    best = float(cosines.max(initial=0.0))
    return cosines / np.float32(best) if best > 0 else cosines


def min_max(scores: Scores) -> Scores:
    """Return keyword scores stretched to 0 to 1; all 0 where none differs."""
    low, high = float(scores.min(initial=0.0)), float(scores.max(initial=0.0))
    return (scores - np.float32(low)) / np.float32(high - low) if high > low else np.zeros_like(scores)
