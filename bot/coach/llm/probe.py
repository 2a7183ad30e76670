"""One small real call, so that a wrong key, address, model name or mode is found before a person waits for it."""

from typing import Any

from bot.coach.llm.chat import Chat
from bot.coach.llm.prompts import Prompt

JOB = "probe"
_SCHEMA: dict[str, Any] = {
    "title": "Probe",
    "type": "object",
    "properties": {"ready": {"type": "boolean"}},
    "required": ["ready"],
    "additionalProperties": False,
}


def answers(chat: Chat, prompt: Prompt) -> bool:
    """Whether the model answers in the agreed form. Raises ModelError if it does not answer at all.

    Holds no word about any deal, and is not counted against anybody's budget.
    """
    return chat.ask(prompt.render({}), _SCHEMA).value.get("ready") is True
