"""Suggested prompts of the Messages tab."""

from bot.coach.home import Suggestion
from bot.slack.views.escape import plain

_MOST = 4
_TITLE_LIMIT = 75
_MESSAGE_LIMIT = 500


def prompts(suggestions: list[Suggestion]) -> list[dict[str, str]]:
    """The prompts as `assistant.threads.setSuggestedPrompts` takes them; Slack shows at most four."""
    return [
        {"title": plain(suggestion.title, _TITLE_LIMIT), "message": plain(suggestion.message, _MESSAGE_LIMIT)}
        for suggestion in suggestions[:_MOST]
    ]
