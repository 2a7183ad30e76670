"""Back-test: would the health buckets have told won from lost deals half-way (DOMAIN 2.5)."""

from bot.pipeline.backtest.figures import Backtest, BucketRate
from bot.pipeline.backtest.run import backtest

__all__ = ["Backtest", "BucketRate", "backtest"]
