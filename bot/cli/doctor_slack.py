"""What `coach doctor` asks about Slack: does the token work, may it do enough, and can the readers be reached."""

import json
from collections.abc import Mapping
from datetime import datetime

from slack_sdk.errors import SlackApiError

from bot.cli.finding import Finding
from bot.jobs.accounts import readers_of
from bot.jobs.clock import DigestRules
from bot.jobs.mailing import Round
from bot.memory.errors import BotMemoryError
from bot.pipeline.store import NoSnapshot
from bot.playbook import PlaybookError
from bot.resources import shipped
from bot.runtime import Runtime
from bot.slack.app import SlackMisconfigured, build_client

_SHOWN = 3


async def examine_slack(runtime: Runtime) -> Finding:
    """Whether the token is accepted and was granted every scope of the manifest."""
    if runtime.settings.slack_bot_token is None:
        return Finding("slack", "off", "no SLACK_BOT_TOKEN; the command line works without", "see README, Slack")
    try:
        answer = await build_client(runtime.settings).auth_test()
    except (SlackApiError, SlackMisconfigured, OSError, TimeoutError) as error:
        reason = error.response.get("error", "no answer") if isinstance(error, SlackApiError) else str(error)
        return Finding("slack", "bad", f"auth.test failed: {reason}", "paste the token of OAuth & Permissions again")
    found = f"connected as {answer.get('user')} in {answer.get('team')}"
    if lacking := _scopes_lacking(answer.headers):
        fix = "on the app's page under OAuth & Permissions add them (or paste manifest.json), then Reinstall"
        return Finding("slack", "bad", f"{found}, without the scopes {', '.join(lacking)}", fix)
    return Finding("slack", "ok", found)


def examine_accounts(runtime: Runtime, now: datetime) -> Finding:
    """Whether those who get messages have a Slack account, recorded or found by their address."""
    try:
        circle = Round(runtime, DigestRules.load(runtime.settings.playbook_dir), now)
        readers = readers_of(circle)
        unreached = [reader for reader in readers if not circle.users[reader.id].slack_user_id]
    except (NoSnapshot, PlaybookError, BotMemoryError) as error:
        return Finding("readers", "off", f"not known: {error}", "mend the checks above")
    reached = len(readers) - len(unreached)
    if not unreached:
        return Finding("readers", "ok", f"all {reached} have a Slack account")
    names = ", ".join(reader.name for reader in unreached[:_SHOWN])
    more = f" and {len(unreached) - _SHOWN} others" if len(unreached) > _SHOWN else ""
    fix = "coach digest --all --dry-run says why; correct their address or record slack_user_id"
    found = f"{reached} of {len(readers)} have a Slack account; not {names}{more}"
    return Finding("readers", "ok" if reached else "bad", found, fix)


def _scopes_lacking(headers: Mapping[str, str]) -> list[str]:
    """The scopes of the manifest that the token was not granted; none where Slack does not tell."""
    granted = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes")
    if granted is None:
        return []
    wanted: list[str] = json.loads(shipped("manifest.json").read_text())["oauth_config"]["scopes"]["bot"]
    return sorted(set(wanted) - {scope.strip() for scope in granted.split(",")})
