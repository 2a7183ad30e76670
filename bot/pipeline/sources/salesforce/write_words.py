"""Salesforce's reasons not to write, in sentences a salesperson can act on."""

from bot.pipeline.sources.salesforce.org import QueryRefused

NO_ANSWER = "Salesforce gives no answer at the moment."

_NO_EDIT = "Salesforce does not allow the coach to change this record; an admin can grant it, or you change it there."
_WORDS = {
    "INSUFFICIENT_ACCESS": _NO_EDIT,
    "INSUFFICIENT_ACCESS_OR_READONLY": _NO_EDIT,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": _NO_EDIT,
    "INVALID_FIELD_FOR_INSERT_UPDATE": (
        "Salesforce does not allow the coach to change this field; an admin can grant Edit on it."
    ),
    "INVALID_FIELD": "Salesforce has no such field any more, or hides it from the coach; tell whoever runs the coach.",
    "ENTITY_IS_LOCKED": "The record is locked in Salesforce, usually by an approval; unlock it there first.",
    "UNABLE_TO_LOCK_ROW": "Somebody else is saving this record right now. Try again in a moment.",
    "ENTITY_IS_DELETED": "That record was deleted in Salesforce.",
    "NOT_FOUND": "That record is not in Salesforce any more, or the coach may not see it there.",
    "INVALID_CROSS_REFERENCE_KEY": "That record is not in Salesforce any more, or the coach may not see it there.",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "Salesforce does not offer that value for this deal.",
    "STRING_TOO_LONG": "That text is longer than the field in Salesforce.",
}
_THEIR_OWN = frozenset({"FIELD_CUSTOM_VALIDATION_EXCEPTION", "REQUIRED_FIELD_MISSING", "CANNOT_EXECUTE_FLOW_TRIGGER"})
"""Rules of the company itself; what they say is meant to be read."""
_LONGEST = 300


def refusal_words(refused: QueryRefused) -> str:
    """Return why nothing was written."""
    said = str(refused).partition(": ")[2][:_LONGEST]
    if refused.code in _THEIR_OWN:
        return f"A rule of your Salesforce does not allow it: {said}"
    return _WORDS.get(refused.code) or f"Salesforce refused it ({refused.code}): {said}"
