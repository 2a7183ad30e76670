"""The sources by name, made from settings and the playbook; a library is imported only by who syncs with it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.protocol import Colleague, Source, SourceMisconfigured
from bot.pipeline.sources.wire import checked_url
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.pipeline.sources.google import Accounts

Clock = Callable[[], datetime]
People = Callable[[], Sequence[Colleague]]


def make_source(name: str, settings: Settings, rules: CrmRules, clock: Clock, people: People = tuple) -> Source:
    """Return the source called `name`. Raises SourceMisconfigured for an unknown name or a missing setting.

    `people` tells whom the CRM knows, to sources that read people's own mailboxes.
    """
    maker = SOURCES.get(name)
    if maker is None:
        raise SourceMisconfigured(f"there is no source {name!r}; known are {', '.join(SOURCES)}")
    try:
        return maker(settings, rules, clock, people)
    except ModuleNotFoundError as error:
        raise SourceMisconfigured(
            f"{name} needs the package {error.name}; pip install 'slack-sales-coach[{name}]'"
        ) from error


def configured(settings: Settings) -> tuple[str, ...]:
    """Return the names of the sources somebody has set up, those that tell the people first."""
    marks = {
        "salesforce": settings.salesforce_client_id,
        "hubspot": settings.hubspot_access_token,
        "warehouse": settings.warehouse_url,
        "google": settings.google_service_account_file or settings.google_client_file,
    }
    return tuple(name for name, mark in marks.items() if mark)


def _salesforce(settings: Settings, rules: CrmRules, clock: Clock, _: People) -> Source:
    from bot.pipeline.sources.salesforce import Credentials, Org, SalesforceSource

    return SalesforceSource(Org(Credentials.of(settings), clock, rules.keep_api_share), rules)


def _hubspot(settings: Settings, rules: CrmRules, _: Clock, __: People) -> Source:
    from bot.pipeline.sources.hubspot import HubSpotSource, Portal

    token = _plain(settings.hubspot_access_token)
    if token is None:
        raise SourceMisconfigured("HubSpot needs HUBSPOT_ACCESS_TOKEN, a private app's token; see docs/sources.md")
    return HubSpotSource(Portal(token, settings.hubspot_api_url, rules.keep_api_share), rules)


def _warehouse(settings: Settings, rules: CrmRules, _: Clock, __: People) -> Source:
    from bot.pipeline.sources.warehouse import WarehouseSource

    url = _plain(settings.warehouse_url)
    if url is None:
        raise SourceMisconfigured("the warehouse needs COACH_WAREHOUSE_URL, the address of its database")
    return WarehouseSource(url, rules)


def _google(settings: Settings, rules: CrmRules, clock: Clock, people: People) -> Source:
    from bot.pipeline.sources.google import GoogleSource, Terms, company_of, load_google_rules

    own, known = load_google_rules(settings.playbook_dir), tuple(people())
    terms = Terms(
        accounts=_google_accounts(settings),
        rules=own,
        company=company_of(known, own),
        now=clock(),
        bodies=settings.google_read_bodies and rules.activity_text,
        longest_text=rules.longest_text,
        api_url=checked_url(settings.google_api_url, "GOOGLE_API_URL") if settings.google_api_url else None,
    )
    return GoogleSource(terms, known)


def _google_accounts(settings: Settings) -> "Accounts":
    from bot.pipeline.sources.google import ConnectedAccounts, DelegatedAccounts

    if settings.google_service_account_file:
        return DelegatedAccounts(settings.google_service_account_file)
    if settings.google_client_file:
        return ConnectedAccounts(settings.google_tokens_dir)
    raise SourceMisconfigured(
        "Google needs GOOGLE_SERVICE_ACCOUNT_FILE, or GOOGLE_CLIENT_FILE with people connected; see docs/sources.md"
    )


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


SOURCES: dict[str, Callable[[Settings, CrmRules, Clock, People], Source]] = {
    "salesforce": _salesforce,
    "hubspot": _hubspot,
    "warehouse": _warehouse,
    "google": _google,
}
