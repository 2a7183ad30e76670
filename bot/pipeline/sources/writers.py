"""The CRMs that can be written to, by name, and why a pipeline cannot be."""

from bot.pipeline.sources.catalogue import Clock
from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.protocol import SourceMisconfigured
from bot.pipeline.sources.writer import Writer
from bot.settings import Settings

TIMEOUT_SECONDS = 20  # a person is waiting
RETRIES = 2
WRITERS = ("salesforce", "hubspot")


def make_writer(name: str, settings: Settings, rules: CrmRules, clock: Clock) -> Writer:
    """Return the writer of a CRM. Raises SourceMisconfigured for a missing setting or library."""
    try:
        return _salesforce(settings, rules, clock) if name == "salesforce" else _hubspot(settings, rules)
    except ModuleNotFoundError as error:
        raise SourceMisconfigured(
            f"{name} needs the package {error.name}; pip install 'slack-sales-coach[{name}]'"
        ) from error


def _salesforce(settings: Settings, rules: CrmRules, clock: Clock) -> Writer:
    from bot.pipeline.sources.salesforce import Credentials, Org
    from bot.pipeline.sources.salesforce.write import SalesforceWriter

    org = Org(Credentials.of(settings), clock, timeout_seconds=TIMEOUT_SECONDS, retries=RETRIES)
    return SalesforceWriter(org, rules)


def _hubspot(settings: Settings, rules: CrmRules) -> Writer:
    from bot.pipeline.sources.hubspot.write import HubSpotWriter

    token = settings.hubspot_access_token
    if token is None:
        raise SourceMisconfigured("HubSpot needs HUBSPOT_ACCESS_TOKEN, a private app's token; see docs/sources.md")
    return HubSpotWriter(token.get_secret_value(), settings.hubspot_api_url, rules)
