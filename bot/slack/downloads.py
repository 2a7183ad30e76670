"""Fetching a file somebody dropped. The bot's token goes to Slack and nowhere else."""

from typing import Any
from urllib.parse import urlparse

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import Refused

MAX_BYTES = 5 * 1024 * 1024
_SLACK_HOSTS = frozenset({"files.slack.com"})
_TIMEOUT = aiohttp.ClientTimeout(total=20)
TOO_LARGE = "That file is larger than 5 MB; paste the part that matters."
NOT_THERE = "Slack does not give me that file. Was it deleted, or do I lack the permission files:read?"


async def download(client: AsyncWebClient, file: dict[str, Any]) -> bytes:
    """The bytes of a file object of an event. Raises Refused for one that is too large or out of reach."""
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    if int(file.get("size") or 0) > MAX_BYTES:
        raise Refused(TOO_LARGE)
    if not _is_slacks(url, client.base_url):
        raise Refused(NOT_THERE)
    headers = {"Authorization": f"Bearer {client.token}"}
    async with (
        aiohttp.ClientSession(timeout=_TIMEOUT) as session,
        session.get(url, headers=headers, allow_redirects=False) as answer,
    ):
        if answer.status != 200:
            raise Refused(NOT_THERE)
        return await _read(answer.content)


async def _read(content: aiohttp.StreamReader) -> bytes:
    """What arrives, up to the limit: the size an event names is only a claim."""
    data = bytearray()
    async for chunk in content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > MAX_BYTES:
            raise Refused(TOO_LARGE)
    return bytes(data)


def _is_slacks(url: str, base_url: str) -> bool:
    """Whether the address is Slack's file host over TLS, or the very server that is spoken to as Slack."""
    asked, known = urlparse(url), urlparse(base_url)
    if asked.scheme == "https" and asked.hostname in _SLACK_HOSTS:
        return True
    return (asked.scheme, asked.hostname, asked.port) == (known.scheme, known.hostname, known.port)
