"""A copy of Salesforce in a database, read in place through ibis."""

from bot.pipeline.sources.warehouse.source import WarehouseSource

__all__ = ["WarehouseSource"]
