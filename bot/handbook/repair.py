"""Broken characters: quotes, dashes and arrows that a wrong decoding turned into a bare `â`.

UTF-8 read as ISO-8859-2 with control characters dropped leaves one `â` for six different signs, so
what it was can only be told from its neighbours. The rule reads a text only if it shows the symptom:
languages that write `â` never write it before a space or a full stop.
"""

import re
import unicodedata

SYMPTOM_MIN_COUNT = 5
"""Fewer stranded `â` than this may be a typing slip; the text is left alone."""

SYMPTOM_MIN_SHARE = 0.2
"""Share of `â` that stand before no letter, above which the text is held to be broken."""

_STRANDED = re.compile(r"â(?![^\W\d_])")
_BARE = re.compile("â")
_CONTRACTION = re.compile(r"(?:s|t|re|ve|ll|d|m)(?![^\W_])", re.IGNORECASE)

_EN_DASH, _EM_DASH, _ARROW, _APOSTROPHE, _OPEN, _CLOSE = "–—→’“”"


def repair_characters(text: str) -> str:
    """Return `text` with broken and invisible characters mended; line ends become `\\n`.

    Ordinary mojibake is left to ftfy; control, zero-width and bidirectional marks are dropped, so that
    what a person reads and what is indexed are the same.
    """
    import ftfy

    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if shows_bare_a(text):
        text = repair_bare_a(text)
    text = ftfy.fix_text(text, uncurl_quotes=False, unescape_html=False, normalization="NFC")
    return drop_invisible(text).replace("\u00a0", " ")


def shows_bare_a(text: str) -> bool:
    """Return whether `text` carries the symptom: many `â`, a good part of them before no letter."""
    stranded = len(_STRANDED.findall(text))
    return stranded >= SYMPTOM_MIN_COUNT and stranded >= SYMPTOM_MIN_SHARE * text.count("â")


def repair_bare_a(text: str) -> str:
    """Return `text` with every bare `â` read from its neighbours.

    >>> repair_bare_a("10â14 days, Lead â Qualified, donât, âgoodâ")
    '10–14 days, Lead → Qualified, don’t, “good”'
    """
    text = text.replace("âŚ", "…").replace("Ă", "×")
    return _BARE.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    text, at = match.string, match.start()
    before, after = text[at - 1] if at else "\n", text[at + 1 : at + 2]
    if (before.isdigit() or before == "%") and after.isdigit():
        return _EN_DASH
    if before == " " and after == " ":
        return _ARROW
    if before.isalpha() and after.isalpha():
        return _APOSTROPHE if _CONTRACTION.match(text, at + 1) else _EM_DASH
    return _OPEN if before in " \n(" else _CLOSE


def drop_invisible(text: str) -> str:
    """Return `text` without control and format characters (Unicode Cc, Cf, Co); tabs become spaces.

    These include the zero-width, bidirectional and tag characters that hide text from a reader.
    """
    return "".join(
        character for character in text.replace("\t", " ") if character == "\n" or not _is_invisible(character)
    )


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs"}
