"""HTTP as sources use it: no secret in the clear, always a time limit, patient with a server that asks for it."""

from urllib.parse import urlsplit, urlunsplit

from bot.pipeline.sources.protocol import SourceMisconfigured

ON_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
TIMEOUT_SECONDS = 120  # a query over a big object may take its server two minutes
RETRIES = 5
RETRIED = (429, 500, 502, 503, 504)
FIRST_PAUSE_SECONDS = 0.5  # doubled with each try


def checked_url(url: str, setting: str) -> str:
    """Return a base URL without a slash at its end. Raises SourceMisconfigured unless secrets are safe on the way."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ON_THIS_MACHINE):
        return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    raise SourceMisconfigured(f"{setting} is {url!r}; it must start with https:// (http only for this machine)")
