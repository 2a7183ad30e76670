"""A replica that sends: `python -m tests.jobs.sender`; a line with an instant on stdin is one round at that time.

It answers each round with a line of JSON on stdout. Whoever started it may kill it at any moment.
"""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import aiohttp
import structlog

from bot.jobs.accounts import find_accounts
from bot.jobs.clock import DigestRules, Pace
from bot.jobs.digests import RepDigests
from bot.jobs.mailing import Post, Round
from bot.runtime import Runtime
from bot.settings import Settings
from bot.slack.addresses import Addresses
from bot.slack.app import build_client
from bot.slack.pace import Pacer

UNHURRIED = 1_000_000
"""Messages a minute: on a simulated clock nobody waits."""


async def main() -> None:
    """Open what the environment names, then send a round for each line."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("ERROR"))
    settings = Settings(_env_file=None, COACH_HOME=Path(os.environ["COACH_HOME"]))
    runtime = Runtime(settings)
    rules = DigestRules.load(settings.playbook_dir).model_copy(
        update={"pace": Pace(per_minute=UNHURRIED, at_once=8, batch=int(os.environ.get("BATCH", "400")))}
    )
    client = build_client(settings)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
        client.session = session
        post, addresses = Post(client, Pacer(UNHURRIED), lambda: now), Addresses(runtime.memory)
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            now = datetime.fromisoformat(line.strip())
            await find_accounts(client, addresses, Round(runtime, rules, now), UNHURRIED)
            done = await post.run(Round(runtime, rules, now), RepDigests())
            print(json.dumps(asdict(done)), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
