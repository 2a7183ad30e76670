"""An invented software vendor with an invented pipeline, for `coach demo`, the playground and tests.

Fernhall Software sells shift planning. Twenty-two hand-written deals each tell one story with real evidence
and real traps (`stories/*.yaml`); ordinary open deals and 400 days of closed ones stand around them so that
benchmarks, win rates, forecasts and digests have something to say. The output is a folder of contract CSV
files: the sample enters the product by the same door as everybody's data.
"""

from bot.pipeline.sample.writing import SampleStory, SampleSummary, write_sample

__all__ = ["SampleStory", "SampleSummary", "write_sample"]
