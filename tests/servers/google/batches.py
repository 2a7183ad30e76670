"""Google's batches: many requests in one multipart body, each part a request of its own."""

import json
from email.parser import BytesParser
from email.policy import compat32
from typing import Any


def read_batch(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """Return the Content-ID and the path of each part; parts that are no GET are refused."""
    message = BytesParser(policy=compat32).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    asked = []
    for part in message.get_payload():
        method, path, _ = part.get_payload().split("\n", 1)[0].split(" ")
        if method != "GET" or part.get_content_type() != "application/http":
            raise ValueError(f"{method} is not understood here")
        asked.append((part["Content-ID"], path))
    return asked


def write_batch(answers: list[tuple[str, int, dict[str, Any]]]) -> tuple[str, bytes]:
    """Return content type and body of the answers, each under the Content-ID of its question."""
    lines = []
    for content_id, status, body in answers:
        lines += [
            "--batch_local", "Content-Type: application/http", f"Content-ID: <response-{content_id[1:]}", "",
            f"HTTP/1.1 {status} {'OK' if status == 200 else 'Refused'}", "Content-Type: application/json", "",
            json.dumps(body),
        ]  # fmt: skip
    return 'multipart/mixed; boundary="batch_local"', "\r\n".join([*lines, "--batch_local--", ""]).encode()
