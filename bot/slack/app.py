"""Builds the Bolt app: a client that retries, verified requests, our middleware, listeners and error words."""

import logging
import secrets
from urllib.parse import urlparse

from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.desk import Desk
from bot.settings import Settings
from bot.slack import errors, listeners, middleware
from bot.slack.addresses import Addresses
from bot.slack.answering import Answering
from bot.slack.cards import Cards
from bot.slack.consulting import Consulting
from bot.slack.homes import Homes
from bot.slack.menus import Menus
from bot.slack.notes import Notes
from bot.slack.people import People
from bot.slack.services import Clock, Services
from bot.slack.working import Work

_TIMEOUT_SECONDS = 15
_RETRIES = 2

# Bolt and the SDK log whole requests at DEBUG, message text included.
logging.getLogger("slack_bolt").setLevel(logging.INFO)
logging.getLogger("slack_sdk").setLevel(logging.INFO)


class SlackMisconfigured(Exception):  # noqa: N818 - reads as what is wrong
    """A setting is missing; the message names the variable and where to find its value."""


def build_client(settings: Settings) -> AsyncWebClient:
    """A Web API client that waits out 429 (as long as Slack says) and tries again after 5xx and lost
    connections, twice each. Raises SlackMisconfigured without a bot token.
    """
    if settings.slack_bot_token is None:
        raise SlackMisconfigured(
            "SLACK_BOT_TOKEN is not set; copy it (xoxb-…) from your app's page, OAuth & Permissions"
        )
    handlers: list[AsyncRetryHandler] = [
        AsyncRateLimitErrorRetryHandler(max_retry_count=_RETRIES),
        AsyncServerErrorRetryHandler(max_retry_count=_RETRIES),
        AsyncConnectionErrorRetryHandler(max_retry_count=_RETRIES),
    ]
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=_TIMEOUT_SECONDS,
        retry_handlers=handlers,
    )


class CoachApp(AsyncApp):
    """Bolt's app with what is under way in it, so that `serve` can end it in good order."""

    work: Work


def build_app(settings: Settings, services: Services, clock: Clock) -> CoachApp:
    """The complete app; `serve` connects it. Raises SlackMisconfigured without a bot token.

    Without a signing secret every HTTP request is refused; Socket Mode needs none.
    """
    secret = settings.slack_signing_secret
    app = CoachApp(
        name="coach",
        client=build_client(settings),
        signing_secret=secret.get_secret_value() if secret else _unguessable(),
        request_verification_enabled=True,
    )
    helpers = _helpers(services, clock)
    app.work = helpers.work
    middleware.register(app, helpers)
    listeners.register(app)
    errors.register(app)
    return app


def link_hosts(settings: Settings) -> frozenset[str]:
    """The hosts messages may link to: that of the company's own handbook, if it has one."""
    host = urlparse(settings.handbook_base_url or "").hostname
    return frozenset({host} if host else ())


def _helpers(services: Services, clock: Clock) -> middleware.Helpers:
    menus, cards, desk, work = Menus(services.memory), Cards(services), Desk(services.coach), Work()
    return middleware.Helpers(
        services=services,
        clock=clock,
        people=People(services.coach),
        answering=Answering(services, menus, cards, work),
        menus=menus,
        work=work,
        cards=cards,
        desk=desk,
        homes=Homes(services),
        notes=Notes(services, desk),
        consulting=Consulting(services, desk),
        addresses=Addresses(services.memory),
    )


def _unguessable() -> str:
    """A secret nobody knows, since Bolt would otherwise accept signatures made with the empty string."""
    return secrets.token_hex(32)
