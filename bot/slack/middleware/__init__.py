"""What runs before every listener: noise, forgeries and repetitions out, the room's helpers in."""

from slack_bolt.async_app import AsyncApp

from bot.slack.middleware.context import Helpers
from bot.slack.middleware.foreign import refuse_foreign
from bot.slack.middleware.noise import drop_noise
from bot.slack.middleware.redelivery import drop_repetition

__all__ = ["Helpers", "register"]


def register(app: AsyncApp, helpers: Helpers) -> None:
    """Install the middleware; the order matters, since only what will be answered may be claimed."""
    app.middleware(helpers.attach)
    app.middleware(refuse_foreign)
    app.middleware(drop_noise)
    app.middleware(drop_repetition)
