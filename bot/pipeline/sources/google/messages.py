"""A Gmail message as an activity, by its headers (DOMAIN 2.2).

Sent is what carries Gmail's own label SENT. Received is what somebody outside the company wrote; what a colleague
wrote is in that colleague's mailbox. A sent mail is with everybody it went to, a received one with its author only.
The instant is Gmail's own, never the `Date` header, which is whatever the sender's clock said.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import getaddresses
from typing import Any

from bs4 import BeautifulSoup

from bot.pipeline.sources.google.rules import Automatic
from bot.pipeline.sources.values import stamp

HEADERS = (
    "From", "Sender", "To", "Cc", "Bcc", "Subject", "Auto-Submitted", "Precedence", "List-Unsubscribe", "Return-Path",
    "Content-Type", "Content-Class", "X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients",
)  # fmt: skip
"""All that is asked of a message in the metadata mode."""

NOT_MAIL = frozenset({"TRASH", "SPAM", "DRAFT", "CHAT"})
TELLING_LABELS = NOT_MAIL | {"SENT", "INBOX"}
"""Labels whose coming or going may change what a message is; the others (read, starred, sorted) cannot."""

Row = Mapping[str, Any]
Values = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Company:
    """Which addresses are of the company itself: by domain, and one by one where a domain is open to anybody."""

    domains: frozenset[str]
    addresses: frozenset[str]

    def is_own(self, address: str) -> bool:
        """Whether an address is a colleague's."""
        return address in self.addresses or address.rpartition("@")[2] in self.domains


def mail_values(message: Row, address: str, company: Company, automatic: Automatic) -> Values | None:
    """Return a message of the mailbox `address` as an activity; None if it is no mail with anybody outside."""
    labels = frozenset(message.get("labelIds", ()))
    headers = _headers(message)
    outbound = "SENT" in labels
    people = _addresses(headers, ("to", "cc", "bcc") if outbound else ("from",))
    external = [person for person in people if not company.is_own(person)]
    if labels & NOT_MAIL or not external:
        return None
    return {
        "activity_id": str(message["id"]),
        "user_email": address,
        "kind": "email",
        "direction": "outbound" if outbound else "inbound",
        "start_at": stamp(received_at(message)),
        "participants": ";".join(external),
        "is_auto": "true" if is_automatic(headers, automatic) else "false",
        "subject": " ".join(headers.get("subject", "").split()) or None,
    }


def received_at(message: Row) -> datetime:
    """Return when Gmail took the message in."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(message["internalDate"]))


def is_automatic(headers: Mapping[str, str], automatic: Automatic) -> bool:
    """Whether no person wrote this: an absence notice, a bounce, a calendar answer, a mailing (RFC 3834)."""
    return _says_so(headers) or _looks_so(headers, automatic)


def _says_so(headers: Mapping[str, str]) -> bool:
    precedence = headers.get("precedence", "").strip().lower()
    content = headers.get("content-type", "").lower()
    return (
        headers.get("auto-submitted", "no").partition(";")[0].strip().lower() != "no"
        or precedence in ("bulk", "junk", "auto_reply")
        or "x-autoreply" in headers
        or "x-autorespond" in headers
        or "x-failed-recipients" in headers
        or headers.get("x-auto-response-suppress", "").strip().lower() == "all"
        or headers.get("return-path", "-").strip() == "<>"
        or content.startswith(("multipart/report", "text/calendar"))
        or headers.get("content-class", "").lower().endswith("calendarmessage")
        or ("list-unsubscribe" in headers and precedence != "list")  # a group of people says `list`
    )


def _looks_so(headers: Mapping[str, str], automatic: Automatic) -> bool:
    senders = {person.partition("@")[0] for person in _addresses(headers, ("from", "sender"))}
    subject = " ".join(headers.get("subject", "").lower().split())
    return bool(senders & set(automatic.senders)) or subject.startswith(automatic.subjects)


def _headers(message: Row) -> dict[str, str]:
    """Return headers by lower-case name; of one that comes several times, all values."""
    found: dict[str, str] = {}
    for header in message.get("payload", {}).get("headers", ()):
        name, value = str(header["name"]).lower(), str(header["value"]).replace("\0", "")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _addresses(headers: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    """Return the addresses of some headers, each once, in order; what is no address is left out."""
    written = (pair for name in names if name in headers for pair in getaddresses([headers[name]]))
    return list(dict.fromkeys(address.lower() for _, address in written if is_address(address)))


def is_address(text: str) -> bool:
    """Whether a text can be an address and sit in a `;`-separated list."""
    name, _, domain = text.rpartition("@")
    return bool(name and domain) and not any(sign in text for sign in ' ;,<>"\n\r\t')


def body_text(message: Row) -> str | None:
    """Return what a whole message says: its plain text, else its HTML without the marks."""
    parts = list(_parts(message.get("payload", {})))
    for mime_type, read in (("text/plain", str), ("text/html", _without_marks)):
        texts = [_decoded(part) for part in parts if part.get("mimeType") == mime_type and not part.get("filename")]
        if joined := "\n".join(read(text) for text in texts if text).strip():
            return joined
    return None


def _parts(part: Row) -> Iterator[Row]:
    yield part
    for inner in part.get("parts", ()):
        yield from _parts(inner)


def _decoded(part: Row) -> str:
    data = str(part.get("body", {}).get("data", ""))
    try:
        return base64.urlsafe_b64decode(data + "=" * (-len(data) % 4)).decode("utf-8", errors="replace")
    except (binascii.Error, ValueError):
        return ""


def _without_marks(html: str) -> str:
    return BeautifulSoup(html, "html.parser").get_text("\n", strip=True)
