"""`coach serve`: the Slack app with its clock."""

import asyncio
from datetime import UTC, datetime
from urllib.parse import urlparse

from slack_sdk.errors import SlackApiError

from bot.cli import app
from bot.cli.context import fail, open_runtime
from bot.jobs.scheduler import build_scheduler
from bot.pipeline.store import NoSnapshot
from bot.runtime import Runtime
from bot.slack.app import SlackMisconfigured, build_app
from bot.slack.serve import serve as serve_slack
from bot.slack.services import Services


@app.command()
def serve() -> None:
    """Run the Slack app: Socket Mode with an app token, else signed HTTP, and send the digests."""
    runtime = open_runtime()
    try:
        asyncio.run(_serve(runtime))
    except (SlackMisconfigured, NoSnapshot) as error:
        fail(str(error))
    except SlackApiError as error:
        fail(f"Slack refused: {error.response.get('error')}; run `coach doctor`")


async def _serve(runtime: Runtime) -> None:
    def clock() -> datetime:
        return datetime.now(UTC)

    if runtime.deepener is not None:
        runtime.deepener.warm_up()
    services = Services(coach=runtime.coach, memory=runtime.memory, link_hosts=_link_hosts(runtime))
    slack = build_app(runtime.settings, services, clock)
    scheduler = build_scheduler(runtime, slack.client, clock)
    scheduler.start()
    try:
        await serve_slack(slack, runtime.settings)
    finally:
        scheduler.shutdown(wait=False)


def _link_hosts(runtime: Runtime) -> frozenset[str]:
    host = urlparse(runtime.settings.handbook_base_url or "").hostname
    return frozenset({host}) if host else frozenset()
