"""What the value of each control may look like; whatever else arrives was not made by this app.

A value only ever names things. What it names may be gone or somebody else's: that is decided where it is used.
"""

import re

from bot.slack.ids import ActionId

_KEY = r"[^:]{1,64}"
_NUMBER = r"\d{1,9}"
_PLACE = r"\d{1,2}"
_ANY = r".{1,2000}"
_ITEM = rf"{_NUMBER}:{_NUMBER}"

SHAPES: dict[ActionId, str] = {
    ActionId.CHOOSE_DEAL: _ANY,
    ActionId.CHOOSE_CONSULT: _ANY,
    ActionId.FEEDBACK: _ANY,
    ActionId.ACCEPT_STEP: rf"{_KEY}:{_PLACE}",
    ActionId.USE_REWRITE: r"[01]",
    ActionId.EXPLAIN: _KEY,
    ActionId.EVIDENCE: _KEY,
    ActionId.CONTEST: _KEY,
    ActionId.SHARE: _KEY,
    ActionId.DISPUTE_READING: rf"{_KEY}:{_NUMBER}",
    ActionId.DISPUTED_FACT: _ANY,
    ActionId.ACTION_MENU: rf"(done|move|drop):{_ITEM}",
    ActionId.ACTION_RESULT: rf"(done|move|drop):{_ITEM}",
    ActionId.ACTION_REWORD: rf"{_ITEM}:[01]",
    ActionId.HOME_GO: _ANY,
    ActionId.PREFERENCES: _ANY,
    ActionId.TEAM_MEMBER: _ANY,
    ActionId.DIGEST_ACCEPT: rf"{_KEY}:{_PLACE}",
    ActionId.DIGEST_SNOOZE: rf"{_KEY}:{_PLACE}",
    ActionId.KEEP_EVIDENCE: _KEY,
    ActionId.CHOOSE_EVIDENCE: _KEY,
    ActionId.DISCARD_EVIDENCE: _KEY,
    ActionId.CONSULT_START: rf"(full|light):{_ANY}",
    ActionId.CONSULT_OPEN: _NUMBER,
    ActionId.CONSULT_PREPARE: _NUMBER,
    ActionId.CONSULT_NEXT: rf"{_NUMBER}:{_ANY}",
    ActionId.CONSULT_CALL_OFF: _NUMBER,
    ActionId.CONSULT_OVERVIEW: _NUMBER,
    ActionId.CONSULT_QUESTION: rf"{_NUMBER}:{_PLACE}",
    ActionId.CONSULT_SWAP: _NUMBER,
    ActionId.CONSULT_ACTION: _NUMBER,
    ActionId.CONSULT_REWRITE: r"[01]",
    ActionId.CONSULT_AGREE: _NUMBER,
    ActionId.CONSULT_INVITE: _NUMBER,
    ActionId.CONSULT_UNINVITE: rf"{_NUMBER}:{_KEY}",
    ActionId.CONSULT_NOTE: _NUMBER,
    ActionId.CONSULT_WRAP_UP: _NUMBER,
    ActionId.CONSULT_SHARE: _NUMBER,
    ActionId.CONSULT_RESULT: rf"{_NUMBER}:{_ITEM}:(done|moved|dropped)",
    ActionId.CONSULT_CLOSE: _NUMBER,
    ActionId.COMMAND_PLAN: _ANY,
    ActionId.PLAN_REVIEW: _ANY,
    ActionId.MUTUAL_PLAN: _ANY,
    ActionId.CONSULT_LIST: r"(menu|team|forecast|help)",
    ActionId.OPEN_VIEW: rf"[^:]{{1,75}}:{_NUMBER}",
    ActionId.WRITE_CARD: _KEY,
    ActionId.WRITE_STEP: rf"{_KEY}:{_PLACE}",
    ActionId.WRITE_PROPOSAL: _KEY,
    ActionId.WRITE_TARGET: _ANY,
    ActionId.WRITE_EDIT: _KEY,
    ActionId.WRITE_UNDO: _NUMBER,
}
"""Of each control, a regular expression its whole value matches. A control without one takes any value."""


def is_known(action_id: str, value: str) -> bool:
    """Whether a control of this app could hold this value; True for a control whose values have no shape."""
    name = action_id.partition(":")[0]
    shape = SHAPES.get(ActionId(name)) if name in set(ActionId) else None
    return shape is None or re.fullmatch(shape, value, re.DOTALL) is not None
