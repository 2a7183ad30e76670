"""Measures of ranking and of abstention, for sections with one or several right answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

DEPTH = 10


@dataclass(frozen=True, slots=True)
class RankingScores:
    """Means over questions. A question that finds nothing counts 0 everywhere."""

    hit1: float
    hit3: float
    hit5: float
    recall3: float
    mrr10: float
    ndcg10: float


def score_ranking(found: Sequence[str], gold: Collection[str]) -> tuple[float, ...]:
    """Return hit@1, hit@3, hit@5, recall@3, MRR@10 and nDCG@10 of one ranked list; `gold` must not be empty."""
    ranks = [rank for rank, key in enumerate(found[:DEPTH]) if key in gold]
    hits = tuple(float(any(rank < k for rank in ranks)) for k in (1, 3, 5))
    recall = sum(rank < 3 for rank in ranks) / len(gold)
    first = 1 / (ranks[0] + 1) if ranks else 0.0
    ideal = sum(1 / log2(rank + 2) for rank in range(min(len(gold), DEPTH)))
    return (*hits, recall, first, sum(1 / log2(rank + 2) for rank in ranks) / ideal)


def mean_ranking(lists: Sequence[tuple[Sequence[str], Collection[str]]]) -> RankingScores:
    """Return the means over (ranked keys, gold keys)."""
    return RankingScores(*np.mean([score_ranking(found, gold) for found, gold in lists], axis=0).tolist())


def caught_when_refusing(answerable: Sequence[float], unanswerable: Sequence[float], refused: float) -> float:
    """Return the share of unanswerable questions below the floor that refuses `refused` of the answerable ones."""
    floor = float(np.quantile(answerable, refused))
    return float(np.mean([value < floor for value in unanswerable]))


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float:
    """Return how often an answerable question scores above an unanswerable one; ties count half."""
    above, below = np.asarray(answerable)[:, None], np.asarray(unanswerable)[None, :]
    return float(((above > below) + 0.5 * (above == below)).mean())
