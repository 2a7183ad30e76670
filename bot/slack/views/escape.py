"""Making untrusted text harmless before it is shown (DOMAIN 8.3).

CRM fields, mail, notes and Slack messages are data. Whatever they hold, the result mentions nobody, links
nowhere and formats nothing; a cut is always visible.
"""

import re
import unicodedata

CUT = " … (shortened)"
LINK_REMOVED = "(link removed)"

_INVISIBLE_KEPT = {"\u200d", "\ufe0f"}  # joiner and variation selector: emoji need them
_JOINER = "\u2060"
_ROOM_BEFORE_CLEANING = 4
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|www\.|mailto:|javascript:|\btel:)[^\s<>|\"')\]]*", re.IGNORECASE)
_BARE_HOST_WITH_PATH = re.compile(r"(?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,20}/[^\s<>|\"')\]]*", re.IGNORECASE)
_ENTITY = re.compile(r"<[@#!][^>\n]{0,200}>")
_BROADCAST = re.compile(r"@(?=(?:channel|here|everyone|group)\b)", re.IGNORECASE)
_SHORTCODE = re.compile(r":(?=[0-9_+'-]{0,40}[a-z][a-z0-9_+'-]{0,80}:)", re.IGNORECASE)  # a letter, so no time of day
_LOOKALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_MARKDOWN_LOOKALIKES = str.maketrans({"[": "［", "]": "］", "\\": "＼", "|": "∣"})
_EDGE_UNDERSCORE = re.compile(r"(?<!\w)_+|_+(?!\w)")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def plain(text: str, limit: int = 3000) -> str:
    """One line of harmless text for plain_text and rich_text objects, at most `limit` characters.

    Control and direction-changing characters go, white space collapses, links are dropped, `<@U…>`
    entities go and `@channel` no longer reads as a mention.
    """
    room = _ROOM_BEFORE_CLEANING * limit
    if len(text) > room:
        text = text[:room] + CUT  # a mail of a megabyte is not cleaned to show one line of it
    line = " ".join(_visible(text).split())
    line = _ENTITY.sub("", line)
    line = _BARE_HOST_WITH_PATH.sub(LINK_REMOVED, _URL.sub(LINK_REMOVED, line))
    line = _BROADCAST.sub("@" + _JOINER, line)
    return shorten(_SHORTCODE.sub(":" + _JOINER, line), limit)


def plain_lines(text: str, limit: int = 3000) -> str:
    """Like `plain`, keeping line breaks."""
    return _cut_lines([line for line in (plain(raw, limit) for raw in text.splitlines()) if line] or [""], limit)


def mrkdwn(text: str, limit: int = 3000) -> str:
    """Harmless text for mrkdwn objects and the `text` fallback, at most `limit` characters once escaped.

    Slack has no escape for `* _ ~` and the backtick, so look-alikes stand in for them.
    """
    line = _EDGE_UNDERSCORE.sub("ˍ", plain(text, limit).translate(_LOOKALIKES))
    line = "›" + line[1:] if line.startswith(">") else line
    return _fit_escaped(line, limit)


def markdown(text: str, limit: int = 3000) -> str:
    """Harmless text within markdown (`markdown_text`, streamed words), where brackets and backslashes act as well."""
    return mrkdwn(text, limit).translate(_MARKDOWN_LOOKALIKES)


def mrkdwn_lines(text: str, limit: int = 3000) -> str:
    """Like `mrkdwn`, keeping line breaks."""
    lines: list[str] = []
    for raw in text.splitlines():
        lines.append(mrkdwn(raw, limit))
        if sum(map(len, lines)) > limit:
            break
    return _cut_lines([line for line in lines if line], limit)


def shorten(text: str, limit: int) -> str:
    """Return `text` within `limit` characters; a cut falls between words and says so."""
    if len(text) <= limit:
        return text
    mark = CUT if limit > len(CUT) * 2 else "…"
    kept = text[: limit - len(mark)]
    at_word = kept.rsplit(" ", 1)[0] if " " in kept[len(kept) // 2 :] else kept
    return at_word.rstrip(" ,;:–-") + mark


def _visible(text: str) -> str:
    if text.isprintable():  # nearly always: neither control nor separator but the plain space
        return text
    return "".join(" " if char in "\n\r\t\v\f\u2028\u2029" else char for char in text if _is_visible(char))


def _is_visible(char: str) -> bool:
    """Whether `char` is text: not a control, format (bidirectional, zero width), surrogate or private one."""
    if char in "\n\r\t\v\f\u2028\u2029" or char in _INVISIBLE_KEPT:
        return True
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _fit_escaped(line: str, limit: int) -> str:
    escaped = line.translate(_ENTITIES)
    room = limit
    while len(escaped) > limit:
        room -= len(escaped) - limit
        escaped = shorten(line, max(room, 1)).translate(_ENTITIES)
    return escaped


def _cut_lines(lines: list[str], limit: int) -> str:
    """Join lines within `limit`, dropping whole lines at the end rather than half an entity."""
    text = "\n".join(lines)
    kept = len(lines)
    while len(text) > limit and kept > 1:
        kept -= 1
        text = "\n".join(lines[:kept]) + CUT
    return text if len(text) <= limit else lines[0][:limit]
