"""Live sources: what a CRM, a mailbox or a copy of one has to say, in pages that continue a cursor."""

from bot.pipeline.sources.catalogue import SOURCES, configured, make_source
from bot.pipeline.sources.crm_rules import CrmRules, OwnStages, load_crm_rules
from bot.pipeline.sources.protocol import (
    Colleague,
    Cursor,
    Description,
    FeedState,
    Page,
    QuotaNearlySpent,
    Record,
    Source,
    SourceError,
    SourceMisconfigured,
    SourceUnavailable,
    Tombstone,
)

__all__ = [
    "SOURCES",
    "Colleague",
    "CrmRules",
    "Cursor",
    "Description",
    "FeedState",
    "OwnStages",
    "Page",
    "QuotaNearlySpent",
    "Record",
    "Source",
    "SourceError",
    "SourceMisconfigured",
    "SourceUnavailable",
    "Tombstone",
    "configured",
    "load_crm_rules",
    "make_source",
]
