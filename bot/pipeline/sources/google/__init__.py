"""Gmail and Google Calendar: what people wrote and whom they met, read with google-api-python-client."""

from bot.pipeline.sources.google.account import Accounts, ConnectedAccounts, DelegatedAccounts
from bot.pipeline.sources.google.feeds import Terms
from bot.pipeline.sources.google.rules import GoogleRules, load_google_rules
from bot.pipeline.sources.google.source import GoogleSource, company_of

__all__ = [
    "Accounts",
    "ConnectedAccounts",
    "DelegatedAccounts",
    "GoogleRules",
    "GoogleSource",
    "Terms",
    "company_of",
    "load_google_rules",
]
