"""Hygiene: what is wrong with a record and what mends it (DOMAIN 5.3, 12.1)."""

from bot.pipeline.hygiene.check import DealHygiene, Finding, HygieneJudge, NotChecked
from bot.pipeline.hygiene.duplicates import Duplicate, find_duplicates
from bot.pipeline.hygiene.rules import HygieneRules, Severity, load_hygiene
from bot.pipeline.hygiene.score import RecordScore, mean_score

__all__ = [
    "DealHygiene",
    "Duplicate",
    "Finding",
    "HygieneJudge",
    "HygieneRules",
    "NotChecked",
    "RecordScore",
    "Severity",
    "find_duplicates",
    "load_hygiene",
    "mean_score",
]
