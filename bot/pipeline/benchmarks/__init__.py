"""Benchmarks: the closest average with enough data, with its size and its level (DOMAIN 2.4)."""

from bot.pipeline.benchmarks.cohorts import SAMPLES, cell_table, cells_of
from bot.pipeline.benchmarks.ladder import Cohorts, Peer
from bot.pipeline.benchmarks.rules import BenchmarkRules, Metric, load_benchmark_rules
from bot.pipeline.benchmarks.samples import PERIOD, sample_table

__all__ = [
    "PERIOD",
    "SAMPLES",
    "BenchmarkRules",
    "Cohorts",
    "Metric",
    "Peer",
    "cell_table",
    "cells_of",
    "load_benchmark_rules",
    "sample_table",
]
