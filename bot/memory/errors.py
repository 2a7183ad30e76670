"""What can go wrong with the bot's memory, by who has to act."""


class BotMemoryError(Exception):
    """Base of every error of this room; `retryable` says whether the same call may succeed later."""

    retryable = False


class MemoryConfigurationError(BotMemoryError):
    """The URL, driver, file or schema version cannot work; an operator has to change something."""


class MemoryUnavailableError(BotMemoryError):
    """The database does not answer now: server down, disk full, file locked for too long."""

    retryable = True


class UnknownReplyError(BotMemoryError):
    """Feedback was given on a reply that was never recorded."""
