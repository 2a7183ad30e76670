"""The sources by name, made from settings and the playbook; a library is imported only by who syncs with it."""

from collections.abc import Callable
from datetime import datetime

from pydantic import SecretStr

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.protocol import Source, SourceMisconfigured
from bot.settings import Settings

Clock = Callable[[], datetime]


def make_source(name: str, settings: Settings, rules: CrmRules, clock: Clock) -> Source:
    """Return the source called `name`. Raises SourceMisconfigured for an unknown name or a missing setting."""
    maker = SOURCES.get(name)
    if maker is None:
        raise SourceMisconfigured(f"there is no source {name!r}; known are {', '.join(SOURCES)}")
    try:
        return maker(settings, rules, clock)
    except ModuleNotFoundError as error:
        raise SourceMisconfigured(
            f"{name} needs the package {error.name}; pip install 'slack-sales-coach[{name}]'"
        ) from error


def configured(settings: Settings) -> tuple[str, ...]:
    """Return the names of the sources somebody has set up."""
    marks = {
        "salesforce": settings.salesforce_client_id,
        "hubspot": settings.hubspot_access_token,
        "warehouse": settings.warehouse_url,
    }
    return tuple(name for name, mark in marks.items() if mark)


def _salesforce(settings: Settings, rules: CrmRules, clock: Clock) -> Source:
    from bot.pipeline.sources.salesforce import Credentials, Org, SalesforceSource

    credentials = Credentials(
        login_url=settings.salesforce_login_url,
        client_id=settings.salesforce_client_id,
        client_secret=_plain(settings.salesforce_client_secret),
        username=settings.salesforce_username,
        password=_plain(settings.salesforce_password),
        private_key_file=settings.salesforce_private_key_file,
    )
    return SalesforceSource(Org(credentials, clock, rules.keep_api_share), rules)


def _hubspot(settings: Settings, rules: CrmRules, _: Clock) -> Source:
    from bot.pipeline.sources.hubspot import HubSpotSource, Portal

    token = _plain(settings.hubspot_access_token)
    if token is None:
        raise SourceMisconfigured("HubSpot needs HUBSPOT_ACCESS_TOKEN, a private app's token; see docs/sources.md")
    return HubSpotSource(Portal(token, settings.hubspot_api_url, rules.keep_api_share), rules)


def _warehouse(settings: Settings, rules: CrmRules, _: Clock) -> Source:
    from bot.pipeline.sources.warehouse import WarehouseSource

    url = _plain(settings.warehouse_url)
    if url is None:
        raise SourceMisconfigured("the warehouse needs COACH_WAREHOUSE_URL, the address of its database")
    return WarehouseSource(url, rules)


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


SOURCES: dict[str, Callable[[Settings, CrmRules, Clock], Source]] = {
    "salesforce": _salesforce,
    "hubspot": _hubspot,
    "warehouse": _warehouse,
}
