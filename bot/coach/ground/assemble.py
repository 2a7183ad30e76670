"""Putting checked words into the place of the lines they tell, in the order of the answer contract.

A line is replaced only when the words that stand for it tell every fact it held; else it stays as it was.
So the answer can become better, and never less complete.
"""

from collections.abc import Sequence

from bot.coach.ground.check import RATING
from bot.coach.ground.draft import Draft, Line
from bot.coach.ground.model import Checked

ALSO = "*Also:*"
_NEXT = "*Next"


def assemble(draft: Draft, kept: Sequence[Checked], *, also: int, fits: int) -> str | None:
    """Return the message in better words; None if none of them found a place.

    At most `also` statements are added on facts that no line of the draft told. What would make the
    message longer than `fits` words is left out: first the additions, then the lines that grew most.
    """
    places = {checked: _place(checked, draft.lines) for checked in kept if checked.used - {RATING}}
    settled = _settle(draft.lines, places)
    lines = [line.text for line in draft.lines]
    better = [_replaced(line, number, settled) for number, line in enumerate(draft.lines)]
    extra = [checked.text for checked, place in settled.items() if place is None][:also]
    for added in range(len(extra), -1, -1):
        text = _joined(_with_extra(better, extra[:added]))
        if text != _joined(lines) and _length(text) <= fits:
            return text
    return _shortened(lines, better, fits)


def _shortened(lines: list[str], better: list[str], fits: int) -> str | None:
    """Put the old lines back, those that grew most first, until the message fits."""
    changed = [number for number, line in enumerate(lines) if better[number] != line]
    changed.sort(key=lambda number: _length(better[number]) - _length(lines[number]))
    while changed:
        text = _joined([better[number] if number in changed else line for number, line in enumerate(lines)])
        if _length(text) <= fits:
            return text
        changed.pop()
    return None


def _place(checked: Checked, lines: Sequence[Line]) -> int | None:
    """The first line that holds something these words tell; None if no line does."""
    return next((number for number, line in enumerate(lines) if line.holds & checked.used), None)


def _settle(lines: Sequence[Line], places: dict[Checked, int | None]) -> dict[Checked, int | None]:
    """Drop words whose line stays because others of its facts are untold, until nothing changes."""
    while True:
        told = frozenset().union(*(checked.used for checked in places))
        staying = {number for number, line in enumerate(lines) if line.open and not line.holds <= told}
        left = {checked: place for checked, place in places.items() if place not in staying}
        if len(left) == len(places):
            return left
        places = left


def _replaced(line: Line, number: int, places: dict[Checked, int | None]) -> str:
    told = frozenset().union(*(checked.used for checked in places))
    if not line.open or not line.holds <= told:
        return line.text
    words = " ".join(sentence(checked.text) for checked, place in places.items() if place == number)
    return f"{line.label} {words}" if words else ""


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if line)


def _length(text: str) -> int:
    return len(text.split())


def _with_extra(lines: list[str], extra: list[str]) -> list[str]:
    if not extra:
        return lines
    before = next((place for place, line in enumerate(lines) if line.startswith(_NEXT)), len(lines))
    return [*lines[:before], f"{ALSO} {' '.join(map(sentence, extra))}", *lines[before:]]


def sentence(text: str) -> str:
    """Words as a sentence: a capital first, a full stop last."""
    words = text.strip().rstrip(";,:")
    ended = words if words[-1:] in ".!?”" else f"{words}."
    return ended[:1].upper() + ended[1:]
