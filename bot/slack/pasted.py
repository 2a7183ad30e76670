"""Recognising notes among questions, and reading dropped files as text."""

import re

from bot.handbook.extract import Unreadable
from bot.handbook.formats import decode, read_markdown, read_pdf
from bot.handbook.word import read_docx
from bot.slack.failures import Refused

MAX_TEXT = 60_000
"""Characters read from one paste or file: about three hours of transcript."""
READABLE = (".txt", ".md", ".vtt", ".docx", ".pdf")
_MARKED = re.compile(r"\s*(?:meeting |call )?notes?\b[^\n:]{0,80}:", re.IGNORECASE)
_FEWEST_LINES, _FEWEST_CHARACTERS, _LONG = 3, 160, 600
_CUE = re.compile(r"^\d*\s*$|^\d{1,2}:?\d{2}:\d{2}[.,]\d{3}\s*-->|^(?:WEBVTT|NOTE|STYLE|REGION)\b")
_VOICE = re.compile(r"<v(?:\.[^ >]*)? ([^>]+)>")
_TAG = re.compile(r"</?[^>]{1,80}>")


def is_notes(text: str) -> bool:
    """Whether a message is notes to read rather than a question: marked so, several lines, or very long."""
    lines = [line for line in text.splitlines() if line.strip()]
    several = len(lines) >= _FEWEST_LINES and len(text) >= _FEWEST_CHARACTERS
    return bool(_MARKED.match(text)) or several or len(text) >= _LONG


def file_text(name: str, data: bytes) -> str:
    """The text of a dropped file. Raises Refused, with a reason to show, for what cannot be read."""
    kind = refuse_unreadable(name)
    try:
        return _text(kind, data)[:MAX_TEXT]
    except Unreadable as error:
        raise Refused(f"I can't read “{name}”: {error.reason}. What helps: {error.fix}.") from error
    except ImportError as error:
        raise Refused(f"Reading {kind} files is not installed here; paste the text instead.") from error


def refuse_unreadable(name: str) -> str:
    """The kind of a file by its name. Raises Refused for one that is not read, before it is fetched."""
    kind = next((suffix for suffix in READABLE if name.lower().endswith(suffix)), None)
    if kind is None:
        raise Refused(f"I can read {', '.join(READABLE)}; “{name}” is none of these.")
    return kind


def _text(kind: str, data: bytes) -> str:
    if kind == ".vtt":
        return transcript(decode(data))
    readers = {".md": read_markdown, ".docx": read_docx, ".pdf": read_pdf}
    return readers[kind](data).text if kind in readers else decode(data)


def transcript(text: str) -> str:
    """WebVTT subtitles as lines of "Speaker: words", one a turn; timings and marks go."""
    turns: list[str] = []
    for raw in text.splitlines():
        line = raw.strip()
        if not line or _CUE.match(line):
            continue
        voice = _VOICE.match(line)
        words = _TAG.sub("", line).strip()
        if voice:
            speaker = f"{voice.group(1).strip()}: "
            again = turns and turns[-1].startswith(speaker)
            turns.append(f"{turns.pop()} {words}" if again else speaker + words)
        elif turns:
            turns[-1] = f"{turns[-1]} {words}"
        else:
            turns.append(words)
    return "\n".join(turns)
