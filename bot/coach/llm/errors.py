"""What can go wrong with a model, by what happens next. The person always keeps the answer of code."""


class ModelError(Exception):
    """Base of every failure of this room. `kind` is stored and counted; `retryable` = the same call may work."""

    kind = "failed"
    retryable = False


class ModelMisconfigured(ModelError):  # noqa: N818 - reads as what is wrong
    """Key, address, model name or package cannot work; an operator has to change something."""

    kind = "misconfigured"


class ModelUnavailable(ModelError):  # noqa: N818
    """The server is down, busy or not reachable. `retry_after_seconds` is the server's own wish, if it had one."""

    kind = "unavailable"
    retryable = True

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        """Keep what the server said about when to come back."""
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ModelTooSlow(ModelError):  # noqa: N818
    """No answer within the time-out."""

    kind = "too slow"
    retryable = True


class ModelPaused(ModelError):  # noqa: N818
    """Too many failures in a row: the model is left alone for a while."""

    kind = "paused"


class ModelStopped(ModelError):  # noqa: N818
    """The person pressed Stop, or asked something else: nobody waits for the answer any more."""

    kind = "stopped"


class AllowanceSpent(ModelError):  # noqa: N818
    """The person's tokens or money of the day are used up."""

    kind = "allowance spent"


class UnusableAnswer(ModelError):  # noqa: N818
    """The model answered, but not in the agreed form: cut off, filtered, no JSON, another schema."""

    kind = "unusable answer"
