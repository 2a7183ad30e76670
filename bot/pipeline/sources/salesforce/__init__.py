"""Salesforce: people, deals, their history and activities, read by REST with simple-salesforce."""

from bot.pipeline.sources.salesforce.login import Credentials, Login
from bot.pipeline.sources.salesforce.org import Org
from bot.pipeline.sources.salesforce.source import SalesforceSource

__all__ = ["Credentials", "Login", "Org", "SalesforceSource"]
