"""`coach serve`: the Slack app with its clock."""

import asyncio
from datetime import UTC, datetime

from slack_sdk.errors import SlackApiError

from bot.cli import app
from bot.cli.context import fail, open_runtime
from bot.coach.live_sources import lines_of
from bot.jobs.scheduler import build_scheduler
from bot.pipeline.store import NoSnapshot
from bot.runtime import Runtime
from bot.slack.app import SlackMisconfigured, build_app, link_hosts
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
    services = Services(
        coach=runtime.coach,
        memory=runtime.memory,
        link_hosts=link_hosts(runtime.settings),
        live_sources=lines_of(runtime.settings),
        writing=runtime.writing,
    )
    slack = build_app(runtime.settings, services, clock)
    scheduler = build_scheduler(runtime, slack.client, clock)
    scheduler.start()
    try:
        await serve_slack(slack, runtime.settings)
    finally:
        scheduler.shutdown(wait=False)
