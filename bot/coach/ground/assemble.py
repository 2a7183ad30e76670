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
    """Return the message in better words; None if none of them found a place or it exceeds `fits` words.

    At most `also` statements are added on facts that no line of the draft told.
    """
    told = [checked for checked in kept if checked.used - {RATING}]
    places = _settle(draft.lines, {checked: _place(checked, draft.lines) for checked in told})
    replaced = [_replaced(line, number, places) for number, line in enumerate(draft.lines)]
    extra = [checked.text for checked, place in places.items() if place is None][:also]
    for added in range(len(extra), -1, -1):
        text = "\n".join(line for line in _with_extra(replaced, extra[:added]) if line)
        changed = added or replaced != [line.text for line in draft.lines]
        if changed and len(text.split()) <= fits:
            return text
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
    words = " ".join(_sentence(checked.text) for checked, place in places.items() if place == number)
    return f"{line.label} {words}" if words else ""


def _with_extra(lines: list[str], extra: list[str]) -> list[str]:
    if not extra:
        return lines
    before = next((place for place, line in enumerate(lines) if line.startswith(_NEXT)), len(lines))
    return [*lines[:before], f"{ALSO} {' '.join(map(_sentence, extra))}", *lines[before:]]


def _sentence(text: str) -> str:
    words = text.strip().rstrip(";,:")
    ended = words if words[-1:] in ".!?”" else f"{words}."
    return ended[:1].upper() + ended[1:]
