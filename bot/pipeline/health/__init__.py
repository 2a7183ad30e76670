"""Deal health: a transparent rule table with two readers, one deal in words and many as columns (DOMAIN 2.5)."""

from bot.pipeline.health.columns import health_table
from bot.pipeline.health.rules import HealthRules, load_health
from bot.pipeline.health.score import assess_health

__all__ = ["HealthRules", "assess_health", "health_table", "load_health"]
