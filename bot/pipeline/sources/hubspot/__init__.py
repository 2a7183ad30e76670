"""HubSpot: owners, deals with their property history, and engagements, read with hubspot-api-client."""

from bot.pipeline.sources.hubspot.portal import Portal
from bot.pipeline.sources.hubspot.source import HubSpotSource

__all__ = ["HubSpotSource", "Portal"]
